/// Takes secrets out of texts that strangers will read. Rather too much than too little; JSON stays JSON.
struct Redactor {
    /// Values that are known, wherever they stand.
    private let known: [[UInt8]]

    static let mask = "***"

    /// - Parameter known: Values that must not be there; those of fewer than four bytes are left alone.
    init(known: [String] = []) {
        self.known = known.map { Array($0.utf8) }.filter { $0.count >= 4 }.sorted { $0.count > $1.count }
    }

    /// Words behind which a secret stands, as parts of names too: `API_PASSWORD`, `x-auth-token`.
    private static let telling = [
        "password", "passwd", "passphrase", "pwd", "secret", "token", "authorization", "auth", "apikey", "api-key",
        "api_key", "aes-key", "ticket-key", "dynamic-cookie-key", "ca-sign-pass", "tcp-md5sig", "_key", "private_key",
        "cookie", "setenv", "presetenv",
    ].map { Array($0.utf8) }

    /// Whether a secret may stand behind such a name.
    static func isTelling(_ name: String) -> Bool {
        let lower = Array(name.lowercased().utf8)
        return telling.contains { contains(lower[...], $0) }
    }

    /// The text without secrets, and how many were taken out.
    func redact(_ bytes: [UInt8]) -> (bytes: [UInt8], count: Int) {
        if let (json, count) = redactJSON(bytes[...]) { return (Array(json), count) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var count = 0
        var isInKey = false
        for (index, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            if index > 0 { result.append(0x0a) }
            let (kept, taken) = redact(line, &isInKey)
            result += kept
            count += taken
        }
        return (result, count)
    }

    func redact(_ text: String) -> String { String(decoding: redact(Array(text.utf8)).bytes, as: UTF8.self) }

    private func redact(_ line: ArraySlice<UInt8>, _ isInKey: inout Bool) -> (ArraySlice<UInt8>, Int) {
        let wasInKey = isInKey
        // A log may have a value in each line.
        if !wasInKey, let json = redactJSON(line) { return json }
        let begins = Self.contains(line, Array("PRIVATE KEY-----".utf8))
        if begins || wasInKey {
            let ends = Self.contains(line, Array("-----END".utf8))
            isInKey = !ends
            // What stands before the key on its line goes with it: a paste may have mangled it.
            return wasInKey ? ([], 0) : (ArraySlice("\(Self.mask) private key".utf8), 1)
        }
        var text = line
        var count = maskPlain(&text)
        count += Self.maskTold(&text)
        return (text, count)
    }

    /// A name without what is a secret by itself, whatever stands before it.
    func redactKnown(_ name: String) -> (String, Int) {
        var text = Array(name.utf8)[...]
        let count = maskPlain(&text)
        return (String(decoding: text, as: UTF8.self), count)
    }

    /// What is a secret by itself.
    func maskPlain(_ text: inout ArraySlice<UInt8>) -> Int {
        var count = 0
        for value in known {
            while let range = Self.range(of: value, in: text) {
                text.replaceSubrange(range, with: Self.mask.utf8)
                count += 1
            }
        }
        return count + Self.maskHashes(&text) + Self.maskUserInformation(&text)
    }

    // MARK: Kinds of secrets

    /// `$6$salt$hash`, and whatever else crypt(5) writes.
    private static func maskHashes(_ text: inout ArraySlice<UInt8>) -> Int {
        var count = 0
        var index = text.startIndex
        while let start = text[index...].firstIndex(of: UInt8(ascii: "$")) {
            let end = text[start...].firstIndex { !isOfHash($0) } ?? text.endIndex
            let dollars = text[start..<end].count { $0 == UInt8(ascii: "$") }
            guard dollars >= 3, end - start >= 16 else {
                index = text.index(after: start)
                continue
            }
            text.replaceSubrange(start..<end, with: mask.utf8)
            index = text.index(start, offsetBy: mask.utf8.count, limitedBy: text.endIndex) ?? text.endIndex
            count += 1
        }
        return count
    }

    private static func isOfHash(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "$"), UInt8(ascii: "."), UInt8(ascii: "/"),
            UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }

    /// `https://user:password@host/`.
    private static func maskUserInformation(_ text: inout ArraySlice<UInt8>) -> Int {
        var count = 0
        var index = text.startIndex
        while let start = range(of: Array("://".utf8), in: text[index...])?.upperBound {
            let end = text[start...].firstIndex { $0 == 0x2f || $0 == 0x40 || $0 <= 0x20 } ?? text.endIndex
            index = start
            guard end < text.endIndex, text[end] == 0x40 else { continue }
            text.replaceSubrange(start..<end, with: mask.utf8)
            count += 1
        }
        return count
    }

    /// The word behind a telling one: `password hunter2`, `TOKEN=x`, `"pwd": "x"`, `Authorization: Basic x`.
    private static func maskTold(_ text: inout ArraySlice<UInt8>) -> Int {
        let lower = text.map { $0 >= 0x41 && $0 <= 0x5a ? $0 + 0x20 : $0 }
        guard telling.contains(where: { contains(lower[...], $0) }) else { return 0 }
        var isTold = false
        var masked = Array(text)
        var taken: [Range<Int>] = []
        for word in words(of: lower) {
            let isName = word.upperBound < lower.count && lower[word.upperBound] == UInt8(ascii: "=")
            if telling.contains(where: { contains(lower[word], $0) }) {
                isTold = true
                // `pwd:value`, in one.
                guard let colon = lower[word].firstIndex(of: UInt8(ascii: ":")), colon + 1 < word.upperBound else {
                    continue
                }
                taken.append((colon + 1)..<word.upperBound)
            } else if isTold, !isName, !lower[word].elementsEqual(":".utf8) {
                taken.append(word)
                // The scheme of a login is followed by the login; a variable's name by its value.
                let scheme = String(decoding: lower[word], as: UTF8.self)
                isTold = ["basic", "bearer", "digest"].contains(scheme) || taken.count == 1 && isVariable(lower)
            }
        }
        for word in taken.reversed() { masked.replaceSubrange(word, with: mask.utf8) }
        text = masked[...]
        return taken.count
    }

    private static func isVariable(_ lower: [UInt8]) -> Bool { contains(lower[...], Array("setenv".utf8)) }

    /// What stands between blanks, quotes, `=`, commas and brackets; what is in quotes is one word.
    private static func words(of text: [UInt8]) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        var quote: UInt8?
        for (index, byte) in text.enumerated() {
            let isEnd: Bool
            if let open = quote {
                isEnd = byte == open && (index == 0 || text[index - 1] != UInt8(ascii: "\\"))
                if isEnd { quote = nil }
            } else {
                isEnd = byte <= 0x20 || " =,;{}[]()\"'".utf8.contains(byte)
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { quote = byte }
            }
            if isEnd {
                if let start, start < index { words.append(start..<index) }
                start = nil
            } else if start == nil {
                start = index
            }
        }
        if let start, start < text.count { words.append(start..<text.count) }
        return words
    }

    // MARK: Bytes

    private static func contains(_ text: ArraySlice<UInt8>, _ part: [UInt8]) -> Bool {
        range(of: part, in: text) != nil
    }

    private static func range(of part: [UInt8], in text: ArraySlice<UInt8>) -> Range<Int>? {
        guard let first = part.first, text.count >= part.count else { return nil }
        var index = text.startIndex
        let last = text.endIndex - part.count
        while index <= last, let found = text[index...last].firstIndex(of: first) {
            if text[found..<(found + part.count)].elementsEqual(part) { return found..<(found + part.count) }
            index = found + 1
        }
        return nil
    }
}
