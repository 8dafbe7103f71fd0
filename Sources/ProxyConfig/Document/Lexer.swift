/// HAProxy's splitting of one line into words (configuration manual, section 2.2 "Quoting and escaping"; `parse_line()`
/// of HAProxy 2.6): quotes, backslash escapes, comments and environment variables.
///
/// It works on bytes. A line without quotes and escapes, which is nearly every line, is only cut.
struct Lexer {
    /// The words, unquoted.
    private(set) var words: [String] = []
    /// Where each word is written, as offsets of bytes; a quoted word with its quotes.
    private(set) var spans: [Range<Int>] = []
    /// Offset of the `#` that starts the comment.
    private(set) var comment: Int?
    private(set) var problem: LexicalProblem?

    /// What `$NAME` inside double quotes becomes.
    var variables: Variables
    /// False where the text stays as it is written.
    private let expands: Bool
    /// A word of any line so far depended on a variable.
    var hasExpanded = false
    private var word: [UInt8] = []

    init(variables: Variables? = nil) {
        self.variables = variables ?? Variables { _ in nil }
        expands = variables != nil
    }

    init(_ line: Line, variables: Variables? = nil) {
        self.init(variables: variables)
        split(line)
    }

    /// Splits one line without its newline; what an earlier call found is forgotten.
    mutating func split(_ line: Line) {
        words.removeAll(keepingCapacity: true)
        spans.removeAll(keepingCapacity: true)
        comment = nil
        problem = nil
        line.withBytes { split($0) }
    }

    private mutating func split(_ bytes: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while true {
            while index < bytes.count, Lexer.isBlank(bytes[index]) { index += 1 }
            // A carriage return ends a line wherever it stands.
            guard index < bytes.count, bytes[index] != Lexer.carriageReturn else { return }
            if bytes[index] == UInt8(ascii: "#") {
                comment = index
                return
            }
            let start = index
            index = Lexer.plainEnd(bytes, from: start)
            if index == bytes.count || Lexer.endsPlainWord(bytes[index]) {
                words.append(String(decoding: bytes[start..<index], as: UTF8.self))
                spans.append(start..<index)
            } else {
                guard let end = splitQuoted(bytes, from: start) else { return }
                index = end
            }
        }
    }

    /// Reads a word that has quotes or escapes; returns the offset behind it, nil after a problem.
    private mutating func splitQuoted(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
        word.removeAll(keepingCapacity: true)
        var index = start
        var quote: UInt8?
        var quoteStart = start
        reading: while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case Lexer.carriageReturn:
                break reading
            case UInt8(ascii: "#") where quote == nil:
                break reading
            case Lexer.doubleQuote, Lexer.singleQuote:
                if quote == nil {
                    quote = byte
                    quoteStart = index
                } else if quote == byte {
                    quote = nil
                } else {
                    word.append(byte)
                }
                index += 1
            case Lexer.backslash where quote != Lexer.singleQuote:
                guard let next = unescape(bytes, at: index, in: quote) else { return nil }
                index = next
            case UInt8(ascii: "$") where quote == Lexer.doubleQuote:
                guard expands else {
                    word.append(byte)
                    index += 1
                    continue
                }
                guard let next = expand(bytes, at: index, start: start, quote: &quote) else { return nil }
                index = next
            case _ where quote == nil && Lexer.isBlank(byte):
                break reading
            default:
                word.append(byte)
                index += 1
            }
        }
        if quote != nil {
            problem = LexicalProblem(.unmatchedQuote, at: quoteStart)
            return nil
        }
        words.append(String(decoding: word, as: UTF8.self))
        spans.append(start..<index)
        return index
    }

    private mutating func unescape(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int, in quote: UInt8?) -> Int? {
        guard index + 1 < bytes.count else {
            word.append(Lexer.backslash)
            return index + 1
        }
        switch bytes[index + 1] {
        case UInt8(ascii: " "), Lexer.backslash, UInt8(ascii: "#"), Lexer.singleQuote, Lexer.doubleQuote:
            word.append(bytes[index + 1])
        case UInt8(ascii: "t"): word.append(UInt8(ascii: "\t"))
        case UInt8(ascii: "n"): word.append(UInt8(ascii: "\n"))
        case UInt8(ascii: "r"): word.append(UInt8(ascii: "\r"))
        case UInt8(ascii: "$") where quote == Lexer.doubleQuote: word.append(UInt8(ascii: "$"))
        case UInt8(ascii: "x"):
            guard index + 3 < bytes.count, let high = Lexer.hexadecimal(bytes[index + 2]),
                let low = Lexer.hexadecimal(bytes[index + 3])
            else {
                problem = LexicalProblem(.invalidHexadecimal, at: index)
                return nil
            }
            word.append(high << 4 | low)
            return index + 4
        default:
            // Other combinations, such as `\1`, are left to who reads the word.
            word.append(Lexer.backslash)
            return index + 1
        }
        return index + 2
    }

    /// `$NAME`, `${NAME}`, `${NAME-default}` and `${NAME[*]}`, which makes a word of every word of the value.
    private mutating func expand(
        _ bytes: UnsafeBufferPointer<UInt8>,
        at dollar: Int,
        start: Int,
        quote: inout UInt8?
    ) -> Int? {
        hasExpanded = true
        var index = dollar + 1
        let brace = index < bytes.count && bytes[index] == UInt8(ascii: "{")
        if brace { index += 1 }
        let nameStart = index
        while index < bytes.count, Lexer.isNameByte(bytes[index], first: index == nameStart) { index += 1 }
        let name = String(decoding: bytes[nameStart..<index], as: UTF8.self)
        guard !name.isEmpty, Variables.canName(name) else {
            problem = LexicalProblem(.invalidVariableName, at: nameStart)
            return nil
        }
        var value = variables[name]
        var splits = false
        if brace {
            if index < bytes.count, bytes[index] == UInt8(ascii: "[") {
                guard bytes[index...].starts(with: "[*]".utf8) else {
                    problem = LexicalProblem(.invalidExpansion, at: index)
                    return nil
                }
                splits = true
                index += 3
            }
            if index < bytes.count, bytes[index] == UInt8(ascii: "-") {
                let end = bytes[index...].firstIndex(of: UInt8(ascii: "}")) ?? bytes.count
                value = value ?? String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
                index = end
            }
            guard index < bytes.count, bytes[index] == UInt8(ascii: "}") else {
                problem = LexicalProblem(.unmatchedBrace, at: dollar + 1)
                return nil
            }
            index += 1
        }
        guard let value else {
            // The quotes of an unset variable go with it and with the blanks behind it, as in HAProxy: the word vanishes.
            if index < bytes.count, bytes[index] == Lexer.doubleQuote {
                quote = nil
                index += 1
                while index < bytes.count, Lexer.isBlank(bytes[index]) { index += 1 }
            }
            return index
        }
        for byte in value.utf8 {
            if splits, Lexer.isBlank(byte) {
                guard !word.isEmpty else { continue }
                words.append(String(decoding: word, as: UTF8.self))
                spans.append(start..<start)
                word.removeAll(keepingCapacity: true)
            } else {
                word.append(byte)
            }
        }
        return index
    }
}

extension Lexer {
    static let doubleQuote = UInt8(ascii: "\"")
    static let singleQuote = UInt8(ascii: "'")
    static let backslash = UInt8(ascii: "\\")
    static let carriageReturn = UInt8(ascii: "\r")

    /// What `isspace()` says, but for the carriage return and the newline, which end a line.
    static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0b || byte == 0x0c }

    static func endsPlainWord(_ byte: UInt8) -> Bool {
        isBlank(byte) || byte == carriageReturn || byte == UInt8(ascii: "#")
    }

    /// Bytes that end a word or need more than copying.
    static func isSpecial(_ byte: UInt8) -> Bool {
        // Nearly every byte of a configuration is greater than "'", and only the backslash of those is special.
        byte > singleQuote
            ? byte == backslash
            : endsPlainWord(byte) || byte == doubleQuote || byte == singleQuote
    }

    /// Offset of the first special byte from `start` on.
    static func plainEnd(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
        var index = start
        let raw = UnsafeRawBufferPointer(bytes)
        let ones: UInt64 = 0x0101_0101_0101_0101
        // Eight bytes at a time: whether one of them is at most "'" or a backslash.
        while index + 8 <= raw.count {
            let eight = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let other = eight ^ (ones &* UInt64(backslash))
            let low = (eight &- ones &* UInt64(singleQuote + 1)) & ~eight
            let zero = (other &- ones) & ~other
            if (low | zero) & (ones << 7) != 0 { break }
            index += 8
        }
        while index < raw.count, !isSpecial(raw[index]) { index += 1 }
        return index
    }

    static func isNameByte(_ byte: UInt8, first: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): !first
        case UInt8(ascii: "."): first
        default: false
        }
    }

    static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
