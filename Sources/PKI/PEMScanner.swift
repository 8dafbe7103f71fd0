internal import FoundationEssentials

/// Finds the PEM blocks in whatever a text field made of them.
///
/// All blanks are dropped first, because a vSphere text field turns newlines into spaces, doubles them or strips them:
/// what is left (`-----BEGINCERTIFICATE-----MII…`) is the same for every way of mangling. Text before, between and
/// after the blocks is ignored.
struct PEMScanner {
    private(set) var blocks: [PEMBlock] = []
    /// Why a part of the text is not a block; lower-case sentences that follow "it".
    private(set) var defects: [String] = []
    /// Base64 was found, but no BEGIN line.
    private(set) var isBareBase64 = false
    /// The text looks like the name of a file instead of its content.
    private(set) var isPath = false
    /// Nothing but blanks.
    private(set) var isEmpty = false

    private let text: [UInt8]

    init(_ text: String) {
        let plain = Self.withoutBlanks(Array(text.utf8))
        // `base64 < ca.crt` is how guestinfo and Kubernetes secrets carry a PEM.
        if !Self.contains(plain, "BEGIN"), let inner = Self.base64(plain[...]), Self.contains(inner, "-----BEGIN") {
            self.text = Self.withoutBlanks(inner)
        } else {
            self.text = plain
        }
        scan()
        guard blocks.isEmpty, defects.isEmpty else { return }
        isEmpty = plain.isEmpty
        isBareBase64 = plain.count > 64 && Self.base64(plain[...]) != nil
        isPath = !isBareBase64 && plain.count < 256 && plain.contains(UInt8(ascii: "/"))
    }

    private mutating func scan() {
        var position = 0
        while let begin = find("-----BEGIN", in: position..<text.count) {
            guard let labelEnd = find("-----", in: begin.upperBound..<min(begin.upperBound + 48, text.count)) else {
                report("has a BEGIN line that does not end in -----")
                position = begin.upperBound
                continue
            }
            let kind = PEMBlock.Kind(label: string(begin.upperBound..<labelEnd.lowerBound))
            let next = find("-----BEGIN", in: labelEnd.upperBound..<text.count)?.lowerBound ?? text.count
            guard let end = find("-----END", in: labelEnd.upperBound..<next) else {
                report("has \(kind.words) without its END line: the text was cut off")
                position = next
                continue
            }
            take(kind, text[labelEnd.upperBound..<end.lowerBound])
            position = end.upperBound
        }
    }

    private mutating func take(_ kind: PEMBlock.Kind, _ body: ArraySlice<UInt8>) {
        // RFC 1421 headers, which openssl writes into encrypted PKCS#1 and SEC1 keys.
        if kind == .encryptedPrivateKey || Self.contains(Array(body.prefix(64)), "Proc-Type:4,ENCRYPTED") {
            blocks.append(PEMBlock(kind: .encryptedPrivateKey, bytes: []))
        } else if let bytes = Self.base64(body), !bytes.isEmpty {
            blocks.append(PEMBlock(kind: kind, bytes: bytes))
        } else {
            report("has \(kind.words) that is not base64 between its BEGIN and END lines")
        }
    }

    /// The same defect many times over says no more than once.
    private mutating func report(_ defect: String) {
        if !defects.contains(defect) { defects.append(defect) }
    }

    private func find(_ pattern: StaticString, in range: Range<Int>) -> Range<Int>? {
        Self.find(pattern, in: text[range])
    }

    private func string(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }

    private static func contains(_ text: [UInt8], _ pattern: StaticString) -> Bool {
        find(pattern, in: text[...]) != nil
    }

    private static func find(_ pattern: StaticString, in text: ArraySlice<UInt8>) -> Range<Int>? {
        pattern.withUTF8Buffer { pattern in
            guard text.count >= pattern.count else { return nil }
            for position in text.startIndex...(text.endIndex - pattern.count)
            where text[position] == pattern[0] && text[position..<position + pattern.count].elementsEqual(pattern) {
                return position..<position + pattern.count
            }
            return nil
        }
    }

    /// Drops ASCII blanks, the escapes `\n`, `\r` and `\t` spelled out (a PEM that went through JSON), and the no-break
    /// and zero-width spaces that come with text copied from a web page.
    private static func withoutBlanks(_ text: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let rest = text[position...].prefix(3)
            switch rest.first {
            case 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x20:
                position += 1
            case UInt8(ascii: "\\")
            where rest.dropFirst().first.map { "nrt".utf8.contains($0) } ?? false:
                position += 2
            case 0xc2 where rest.dropFirst().first == 0xa0:
                position += 2
            case 0xe2 where rest.elementsEqual([0xe2, 0x80, 0x8b]), 0xef where rest.elementsEqual([0xef, 0xbb, 0xbf]):
                position += 3
            default:
                result.append(text[position])
                position += 1
            }
        }
        return result
    }

    private static func base64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let digits = Array(text.prefix { $0 != UInt8(ascii: "=") })
        guard text.count - digits.count <= 2, text[(text.startIndex + digits.count)...].allSatisfy({ $0 == 0x3d })
        else { return nil }
        // Padding is worked out anew: a careless copy loses it, and it says nothing that the length does not.
        let padding = [UInt8](repeating: UInt8(ascii: "="), count: (4 - digits.count % 4) % 4)
        guard padding.count < 3, let data = Data(base64Encoded: Data(digits + padding)) else { return nil }
        return Array(data)
    }
}
