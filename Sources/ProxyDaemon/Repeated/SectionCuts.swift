internal import Glibc
internal import ProxyConfig

/// Where the sections of a haproxy.cfg begin and end, found without reading what is in them.
struct SectionCuts {
    struct Cut {
        var kind: SectionKind
        var range: Range<Int>
        var name: Range<Int>
        /// Sections before it that are no proxies: the `defaults` it begins with is among them.
        var context: UInt32

        var hasFrontend: Bool { kind == .frontend || kind == .listen }
        var hasBackend: Bool { kind == .backend || kind == .listen }
        var isProxy: Bool { hasFrontend || hasBackend }
    }

    private(set) var all: [Cut] = []
    /// Places of the proxies in ``all``.
    private(set) var proxies: [Int] = []

    private static let kinds = SectionKind.allCases.map { (kind: $0, word: Array($0.rawValue.utf8)) }
    private static let firstLetters = Set(kinds.map { $0.word[0] })

    /// nil where a section does not stand for itself: directives, words that are quoted, numbers of proxies.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let base = bytes.baseAddress else { return nil }
        var start = 0
        var others: UInt32 = 0
        while start < bytes.count {
            let newline = memchr(base + start, 0x0a, bytes.count - start)
            let end = newline.map { UnsafeRawPointer(base).distance(to: UnsafeRawPointer($0)) }
            let line = start..<(end ?? bytes.count)
            defer { start = line.upperBound + 1 }
            let word = Self.word(bytes, from: line.lowerBound, to: line.upperBound)
            guard let first = word.first.map({ bytes[$0] }), first != UInt8(ascii: "#") else { continue }
            guard first != UInt8(ascii: "."), Self.isPlain(bytes, word) else { return nil }
            guard let kind = Self.kind(bytes, word) else {
                // Before the first section only comments.
                if all.isEmpty || word.count == 2 && first == UInt8(ascii: "i") && bytes[word.lowerBound + 1] == 0x64 {
                    return nil
                }
                continue
            }
            if !all.isEmpty {
                all[all.count - 1].range = all[all.count - 1].range.lowerBound..<line.lowerBound
                if !all[all.count - 1].isProxy { others += 1 }
            }
            let name = Self.word(bytes, from: word.upperBound, to: line.upperBound)
            guard Self.isPlain(bytes, name) else { return nil }
            let cut = Cut(kind: kind, range: line.lowerBound..<bytes.count, name: name, context: others)
            if cut.isProxy {
                if name.isEmpty { return nil }
                proxies.append(all.count)
            }
            all.append(cut)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }

    private static func word(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Range<Int> {
        var first = start
        while first < end, isBlank(bytes[first]) { first += 1 }
        var last = first
        while last < end, !isBlank(bytes[last]), last == first || bytes[last] != UInt8(ascii: "#") { last += 1 }
        return first..<last
    }

    /// Whether it says what its bytes are.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>, _ word: Range<Int>) -> Bool {
        for place in word {
            switch bytes[place] {
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "\\"), UInt8(ascii: "$"): return false
            default: continue
            }
        }
        return true
    }

    private static func kind(_ bytes: UnsafeBufferPointer<UInt8>, _ word: Range<Int>) -> SectionKind? {
        guard firstLetters.contains(bytes[word.lowerBound]) else { return nil }
        let part = UnsafeBufferPointer(rebasing: bytes[word])
        for (kind, name) in kinds where name.count == part.count && name.elementsEqual(part) { return kind }
        return nil
    }

    /// Whether a name of a proxy could have this byte.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
