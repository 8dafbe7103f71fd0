/// The expression behind `.if` and `.elif` (configuration manual, section 2.4): numbers, predicates, `!`, `&&`, `||` and
/// parentheses. HAProxy reads it to its end, whatever the value of its beginning, and so is it here.
struct BlockExpression {
    struct Failure: Error {
        /// HAProxy's words, without the directive.
        var message: String
        /// Offset of bytes in the expression.
        var offset: Int
    }

    private let bytes: [UInt8]
    private var index = 0
    private let variables: Variables

    private init(_ text: String, _ variables: Variables) {
        bytes = Array(text.utf8)
        self.variables = variables
    }

    /// The value of `text`; an empty one is false.
    static func evaluate(_ text: String, directive: String, variables: Variables) throws(Failure) -> Bool {
        guard !text.isEmpty else { return false }
        var expression = BlockExpression(text, variables)
        do throws(Failure) {
            let value = try expression.disjunction()
            expression.skipBlanks()
            guard expression.index < expression.bytes.count else { return value }
            let character = String(decoding: expression.bytes[expression.index...].prefix(1), as: UTF8.self)
            throw Failure(
                message: "unexpected character '\(character)' at the end of conditional expression '\(text)'",
                offset: expression.index
            )
        } catch {
            throw Failure(message: "\(error.message) in '\(directive)'", offset: error.offset)
        }
    }

    private mutating func disjunction() throws(Failure) -> Bool {
        var value = try conjunction()
        while skip("||") {
            let next = try conjunction()
            value = value || next
        }
        return value
    }

    private mutating func conjunction() throws(Failure) -> Bool {
        var value = try term()
        while skip("&&") {
            let next = try term()
            value = value && next
        }
        return value
    }

    private mutating func term() throws(Failure) -> Bool {
        var isNegated = false
        skipBlanks()
        while index < bytes.count, bytes[index] == UInt8(ascii: "!") {
            isNegated.toggle()
            index += 1
            skipBlanks()
        }
        let start = index
        guard index < bytes.count else { throw unparsable(from: start) }
        let value: Bool
        if bytes[index] == UInt8(ascii: "(") {
            index += 1
            value = try disjunction()
            skipBlanks()
            guard index < bytes.count, bytes[index] == UInt8(ascii: ")") else {
                throw Failure(
                    message: "expected ')' after conditional expression '\(text(from: start))'",
                    offset: start
                )
            }
            index += 1
        } else if let number = number() {
            value = number
        } else {
            value = try predicate()
        }
        return value != isNegated
    }

    /// A number as `strtol(3)` reads it: whether it is another one than 0.
    private mutating func number() -> Bool? {
        var place = index
        if bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+") { place += 1 }
        let isHexadecimal =
            bytes[place...].starts(with: "0x".utf8) && place + 2 < bytes.count
            && Lexer.hexadecimal(bytes[place + 2]) != nil
        if isHexadecimal { place += 2 }
        let start = place
        var isSet = false
        while place < bytes.count, let digit = Lexer.hexadecimal(bytes[place]), isHexadecimal || digit < 10 {
            isSet = isSet || digit > 0
            place += 1
        }
        guard place > start else { return nil }
        index = place
        return isSet
    }

    private mutating func predicate() throws(Failure) -> Bool {
        let start = index
        while index < bytes.count, Lexer.isNameByte(bytes[index], first: false) { index += 1 }
        let name = String(decoding: bytes[start..<index], as: UTF8.self)
        guard let predicate = BlockPredicate(rawValue: name) else { throw unparsable(from: start) }
        var values: [String] = []
        var end = index
        if index < bytes.count, bytes[index] == UInt8(ascii: "(") {
            values = try arguments(of: predicate)
            end = index - 1
        }
        guard predicate.argumentCount == 1 || values.count == predicate.argumentCount else {
            throw Failure(
                message:
                    "missing arguments (got \(max(values.count, 1))/\(predicate.argumentCount)), type 'string' expected in "
                    + "argument 1 of predicate '\(name)' used in conditional expression",
                offset: end
            )
        }
        return predicate.holds(values, variables)
    }

    /// `(<text>,…)`, where quotes and backslashes protect commas and parentheses.
    private mutating func arguments(of predicate: BlockPredicate) throws(Failure) -> [String] {
        index += 1
        var values: [String] = []
        var value: [UInt8] = []
        var quote: UInt8?
        func failure(_ before: String, at offset: Int) -> Failure {
            Failure(
                message:
                    "expected ')'\(before) in argument \(min(values.count, predicate.argumentCount - 1) + 1) of predicate "
                    + "'\(predicate.rawValue)' used in conditional expression",
                offset: offset
            )
        }
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case Lexer.doubleQuote, Lexer.singleQuote:
                if quote == nil { quote = byte } else if quote == byte { quote = nil } else { value.append(byte) }
            case Lexer.backslash where quote != Lexer.singleQuote && index + 1 < bytes.count:
                index += 1
                value.append(bytes[index])
            case UInt8(ascii: ",") where quote == nil:
                values.append(String(decoding: value, as: UTF8.self))
                value = []
                guard values.count < predicate.argumentCount else {
                    throw failure(" before '\(text(from: index))'", at: index)
                }
            case UInt8(ascii: ")") where quote == nil:
                index += 1
                values.append(String(decoding: value, as: UTF8.self))
                return values
            default: value.append(byte)
            }
            index += 1
        }
        throw failure("", at: index)
    }

    private func unparsable(from start: Int) -> Failure {
        Failure(message: "unparsable conditional expression '\(text(from: start))'", offset: start)
    }

    private func text(from start: Int) -> String { String(decoding: bytes[start...], as: UTF8.self) }

    private mutating func skipBlanks() {
        while index < bytes.count, Lexer.isBlank(bytes[index]) { index += 1 }
    }

    private mutating func skip(_ token: String) -> Bool {
        skipBlanks()
        guard bytes[index...].starts(with: token.utf8) else { return false }
        index += token.utf8.count
        return true
    }
}
