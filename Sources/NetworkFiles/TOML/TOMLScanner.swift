import Diagnostics

/// Reads one line of TOML from left to right.
struct TOMLScanner {
    private let line: Int
    private var rest: Substring.UTF8View
    private var column = 1

    init(_ text: Substring, line: Int) {
        rest = text.utf8.last == UInt8(ascii: "\r") ? text.utf8.dropLast() : text.utf8
        self.line = line
    }

    var position: SourcePosition { SourcePosition(line: line, column: column) }
    /// Nothing but a comment is left.
    var isAtEnd: Bool { rest.isEmpty || rest.first == UInt8(ascii: "#") }

    @discardableResult
    private mutating func next() -> UInt8? {
        guard let byte = rest.popFirst() else { return nil }
        column += 1
        return byte
    }

    mutating func skipBlanks() {
        while let byte = rest.first, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { next() }
    }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        next()
        return true
    }

    mutating func expect(_ character: Unicode.Scalar, _ why: String) throws(TOMLProblem) {
        skipBlanks()
        if !take(character) { throw TOMLProblem(position, "expected \(character) \(why)") }
    }

    mutating func end() throws(TOMLProblem) {
        skipBlanks()
        if !isAtEnd { throw TOMLProblem(position, "unexpected text after the value", remedy: "begin a comment with #") }
    }

    /// A bare or quoted key.
    mutating func key() throws(TOMLProblem) -> Located<String> {
        skipBlanks()
        let start = position
        if let byte = rest.first, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            return Located(try string(), at: start)
        }
        let name = take { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
        }
        if name.isEmpty {
            throw TOMLProblem(start, "expected a key", remedy: "write key = value, or [table], or a # comment")
        }
        return Located(name, at: start)
    }

    /// Keys separated by dots.
    mutating func path() throws(TOMLProblem) -> [Located<String>] {
        var keys = [try key()]
        skipBlanks()
        while take(".") {
            keys.append(try key())
            skipBlanks()
        }
        return keys
    }

    mutating func value() throws(TOMLProblem) -> Located<TOMLValue> {
        skipBlanks()
        let start = position
        switch rest.first {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            return Located(.string(try string()), at: start)
        case UInt8(ascii: "["):
            return Located(.strings(try strings()), at: start)
        default:
            break
        }
        let word = take { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") && $0 != UInt8(ascii: "#") }
        if word == "true" { return Located(.boolean(true), at: start) }
        if word == "false" { return Located(.boolean(false), at: start) }
        if let number = integer(word) { return Located(.integer(number), at: start) }
        throw TOMLProblem(
            start,
            word.isEmpty ? "expected a value" : "\(word) is not a value",
            remedy: "write a \"string\", an integer, true, false, or an array of strings"
        )
    }

    private mutating func take(while condition: (UInt8) -> Bool) -> String {
        var bytes: [UInt8] = []
        while let byte = rest.first, condition(byte) {
            bytes.append(byte)
            next()
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Decimal, with `_` between digits allowed.
    private func integer(_ word: String) -> Int? {
        let bytes = Array(word.utf8)
        let underscore = UInt8(ascii: "_")
        for (index, byte) in bytes.enumerated() where byte == underscore {
            guard index > 0, index + 1 < bytes.count, (48...57).contains(bytes[index - 1]),
                (48...57).contains(bytes[index + 1])
            else { return nil }
        }
        let digits = word.filter { $0 != "_" }
        // TOML forbids leading zeros.
        let magnitude = digits.drop { $0 == "-" || $0 == "+" }
        return magnitude.hasPrefix("0") && magnitude.utf8.count > 1 ? nil : Int(digits)
    }

    /// A basic ("…", with escapes) or literal ('…') string on one line.
    private mutating func string() throws(TOMLProblem) -> String {
        let start = position
        guard let quote = next() else { throw TOMLProblem(start, "expected a string") }
        if rest.starts(with: [quote, quote]) {
            throw TOMLProblem(start, "strings over several lines are not supported", remedy: "use \\n in one line")
        }
        var text: [UInt8] = []
        while let byte = next() {
            if byte == quote { return String(decoding: text, as: UTF8.self) }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                text += Array(String(try escape()).utf8)
            } else {
                text.append(byte)
            }
        }
        throw TOMLProblem(start, "the string does not end", remedy: "close it with \(Unicode.Scalar(quote))")
    }

    /// The character that follows a backslash stands for.
    private mutating func escape() throws(TOMLProblem) -> Unicode.Scalar {
        let start = SourcePosition(line: line, column: column - 1)
        switch next() {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "u"): return try scalar(digits: 4, start)
        case UInt8(ascii: "U"): return try scalar(digits: 8, start)
        default: throw TOMLProblem(start, "unknown escape in a string", remedy: "write \\\\ for a backslash")
        }
    }

    private mutating func scalar(digits: Int, _ start: SourcePosition) throws(TOMLProblem) -> Unicode.Scalar {
        var text = ""
        for _ in 0..<digits {
            guard let byte = next() else { break }
            text.unicodeScalars.append(Unicode.Scalar(byte))
        }
        guard text.utf8.count == digits, let number = UInt32(text, radix: 16), let scalar = Unicode.Scalar(number)
        else { throw TOMLProblem(start, "\(text) is not the number of a character") }
        return scalar
    }

    private mutating func strings() throws(TOMLProblem) -> [String] {
        var result: [String] = []
        next()
        while true {
            skipBlanks()
            if take("]") { return result }
            if isAtEnd {
                throw TOMLProblem(position, "the array does not end on its line", remedy: "write it on one line")
            }
            guard rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "'") else {
                throw TOMLProblem(
                    position,
                    "expected a string in the array",
                    remedy: "only arrays of strings are supported"
                )
            }
            result.append(try string())
            skipBlanks()
            if take(",") { continue }
            try expect("]", "or , in the array")
            return result
        }
    }
}
