import Diagnostics

/// Bytes of a document with the place of the next one. The XML and the JSON reader both stand on it.
struct InputScanner {
    /// Largest document that is read, in bytes. vCenter's environments are a few kilobytes; a guestinfo value cannot
    /// be larger than this.
    static let largestDocument = 1 << 20

    let bytes: [UInt8]
    let excerpt: SourceExcerpt
    private(set) var index = 0
    private var line = 1
    private var lineStart = 0

    /// Refuses what is too large and what is not UTF-8; leaves out a byte order mark.
    init(_ input: [UInt8], file: String) throws(Diagnostic) {
        guard input.count <= Self.largestDocument else {
            throw Diagnostic(
                file: file,
                "the document has \(input.count) bytes, more than the \(Self.largestDocument) that are read",
                remedy: "give an OVF environment, not another file"
            )
        }
        let valid = Self.validPrefix(of: input)
        guard valid == input.count else {
            let before = input[..<valid]
            let newline = before.lastIndex(of: UInt8(ascii: "\n"))
            throw Diagnostic(
                file: file,
                at: SourcePosition(
                    line: 1 + before.count { $0 == UInt8(ascii: "\n") },
                    column: valid - (newline ?? -1)
                ),
                "the document is not UTF-8",
                remedy: "save the document as UTF-8"
            )
        }
        bytes = Array(input.starts(with: [0xef, 0xbb, 0xbf]) ? input.dropFirst(3) : input[...])
        excerpt = SourceExcerpt(String(decoding: bytes, as: UTF8.self), file: file)
    }

    private static func validPrefix(of bytes: [UInt8]) -> Int {
        var iterator = bytes.makeIterator()
        var parser = Unicode.UTF8.ForwardParser()
        var count = 0
        while case .valid(let scalar) = parser.parseScalar(from: &iterator) { count += scalar.count }
        return count
    }

    var position: SourcePosition { SourcePosition(line: line, column: index - lineStart + 1) }
    var peek: UInt8? { index < bytes.count ? bytes[index] : nil }
    var atEnd: Bool { index >= bytes.count }

    mutating func advance() {
        guard index < bytes.count else { return }
        let byte = bytes[index]
        index += 1
        guard byte == UInt8(ascii: "\n") else { return }
        line += 1
        lineStart = index
    }

    func sees(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { text in
            index + text.count <= bytes.count && bytes[index..<(index + text.count)].elementsEqual(text)
        }
    }

    /// Goes past `text` if it comes next.
    mutating func take(_ text: StaticString) -> Bool {
        guard sees(text) else { return false }
        for _ in 0..<text.utf8CodeUnitCount { advance() }
        return true
    }

    /// Goes past blanks; true if there were any.
    @discardableResult
    mutating func skipBlanks() -> Bool {
        let start = index
        while let byte = peek, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { advance() }
        return index > start
    }

    func problem(_ message: String, at place: SourcePosition? = nil, remedy: String) -> Diagnostic {
        excerpt.problem(at: place ?? position, message, remedy: remedy)
    }

    /// What comes next, for messages: a character in quotes, or the end of the document.
    var next: String {
        guard let byte = peek else { return "the end of the document" }
        switch byte {
        case 0x21...0x7e: return "'\(Unicode.Scalar(byte))'"
        case 0x20: return "a space"
        case 0x0a, 0x0d: return "the end of the line"
        case 0x80...: return "a character outside ASCII"
        default: return "the control character \(byte)"
        }
    }
}
