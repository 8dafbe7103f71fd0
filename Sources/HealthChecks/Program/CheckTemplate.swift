/// A log-format string of a check: text with `%[fetch(…),converter]` in it (configuration manual, sections 7.3 and 8.2.4),
/// as far as the fetches make sense in a check.
public struct CheckTemplate: Hashable, Sendable {
    /// What a template may ask for.
    public struct Values: Sendable {
        /// What the server has said so far.
        public var answer: [UInt8]
        public var server: String
        public var backend: String
        public var status: Int
        /// Seconds since 1970.
        public var date: UInt32
    }

    enum Fetch: Hashable, Sendable {
        /// Bytes of the answer from an offset on; a length of 0 means all.
        case payload(Int, Int)
        case length
        case text([UInt8])
        case date
        case server
        case backend
        case status
        case nothing
    }

    enum Converter: Hashable, Sendable {
        case cutLine
        /// Up to the first zero, as text of C ends.
        case cutZero
        case trimLeft([UInt8])
        case trimRight([UInt8])
        case hexadecimal
        case networkOrder
        case lower
        case upper
    }

    enum Part: Hashable, Sendable {
        case literal([UInt8])
        case value(Fetch, [Converter])
    }

    let parts: [Part]
    /// The text is hexadecimal digits of what is meant (`send-binary-lf`).
    let isHexadecimal: Bool

    public init(literal bytes: [UInt8]) {
        parts = [.literal(bytes)]
        isHexadecimal = false
    }

    init(parts: [Part]) {
        self.parts = parts
        isHexadecimal = false
    }

    public init(literal text: String) { self.init(literal: Array(text.utf8)) }

    public init(_ text: String, isHexadecimal: Bool = false) throws(CheckProblem) {
        self.isHexadecimal = isHexadecimal
        var parts: [Part] = []
        var literal: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                literal.append(byte)
                continue
            }
            if rest.first == UInt8(ascii: "%") {
                literal.append(byte)
                rest.removeFirst()
                continue
            }
            guard rest.first == UInt8(ascii: "["), let end = Self.end(rest) else {
                if rest.first == UInt8(ascii: "[") {
                    throw CheckProblem("missing closing bracket in log-format '\(text)'")
                }
                throw CheckProblem("the log-format '\(text)' is not followed", isNotFollowed: true)
            }
            if !literal.isEmpty { parts.append(.literal(literal)) }
            literal = []
            parts.append(try Self.value(Array(rest[(rest.startIndex + 1)..<end])))
            rest = rest[(end + 1)...]
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.literal(literal)) }
        self.parts = parts
    }

    /// A bare fetch with converters, as `status-code` takes it.
    public init(fetch text: String) throws(CheckProblem) {
        parts = [try Self.value(Array(text.utf8))]
        isHexadecimal = false
    }

    public func bytes(_ values: Values) -> [UInt8] {
        var result: [UInt8] = []
        for part in parts {
            switch part {
            case .literal(let bytes): result += bytes
            case .value(let fetch, let converters):
                result += converters.reduce(Self.bytes(fetch, values)) { Self.convert($0, $1) }
            }
        }
        return isHexadecimal ? Hex.bytes(result) ?? [] : result
    }

    private static func bytes(_ fetch: Fetch, _ values: Values) -> [UInt8] {
        switch fetch {
        case .payload(let offset, let length):
            guard offset <= values.answer.count else { return [] }
            let rest = values.answer[offset...]
            return length == 0 ? Array(rest) : rest.count < length ? [] : Array(rest.prefix(length))
        case .length: return Array("\(values.answer.count)".utf8)
        case .text(let bytes): return bytes
        case .date: return (0..<4).map { UInt8(truncatingIfNeeded: values.date >> (24 - 8 * $0)) }
        case .server: return Array(values.server.utf8)
        case .backend: return Array(values.backend.utf8)
        case .status: return Array("\(values.status)".utf8)
        case .nothing: return []
        }
    }

    private static func convert(_ bytes: [UInt8], _ converter: Converter) -> [UInt8] {
        switch converter {
        case .cutLine: Array(bytes.prefix { $0 != 13 && $0 != 10 })
        case .cutZero: Array(bytes.prefix { $0 != 0 })
        case .trimLeft(let set): Array(bytes.drop { set.contains($0) })
        case .trimRight(let set): Array(bytes.reversed().drop { set.contains($0) }.reversed())
        case .hexadecimal: Hex.text(bytes)
        // A date is laid down in network order to begin with.
        case .networkOrder: bytes
        case .lower: bytes.map { (65...90).contains($0) ? $0 + 32 : $0 }
        case .upper: bytes.map { (97...122).contains($0) ? $0 - 32 : $0 }
        }
    }

    /// The bracket that closes the one `rest` begins with.
    private static func end(_ rest: ArraySlice<UInt8>) -> Int? {
        var isQuoted = false
        for index in rest.indices {
            if rest[index] == UInt8(ascii: "'") { isQuoted.toggle() }
            if rest[index] == UInt8(ascii: "]"), !isQuoted { return index }
        }
        return nil
    }

    private static func value(_ bytes: [UInt8]) throws(CheckProblem) -> Part {
        var words = split(bytes)
        guard !words.isEmpty else { throw CheckProblem("missing fetch method in log-format") }
        let first = words.removeFirst()
        var converters: [Converter] = []
        for word in words { converters.append(try converter(word)) }
        return .value(try fetch(first), converters)
    }

    /// `name(arguments)`, split at the commas outside parentheses and quotes.
    private static func split(_ bytes: [UInt8]) -> [(name: String, arguments: [String])] {
        var words: [[UInt8]] = [[]]
        var depth = 0
        var isQuoted = false
        for byte in bytes {
            if byte == UInt8(ascii: "'"), depth > 0 { isQuoted.toggle() }
            if !isQuoted, byte == UInt8(ascii: "(") { depth += 1 }
            if !isQuoted, byte == UInt8(ascii: ")") { depth -= 1 }
            if byte == UInt8(ascii: ","), depth == 0 { words.append([]) } else { words[words.count - 1].append(byte) }
        }
        return words.map { word in
            guard let open = word.firstIndex(of: UInt8(ascii: "(")), word.last == UInt8(ascii: ")") else {
                return (String(decoding: word, as: UTF8.self), [])
            }
            let inside = String(decoding: word[(open + 1)..<(word.count - 1)], as: UTF8.self)
            let arguments =
                inside.hasPrefix("'") || !inside.contains(",")
                ? [inside.hasPrefix("'") ? String(inside.dropFirst().dropLast()) : inside]
                : inside.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
            return (String(decoding: word[..<open], as: UTF8.self), arguments)
        }
    }

    private static func fetch(_ word: (name: String, arguments: [String])) throws(CheckProblem) -> Fetch {
        switch word.name {
        case "res.payload", "payload":
            let numbers = word.arguments.compactMap { Int($0) }
            guard numbers.count == 2, numbers[0] >= 0, numbers[1] >= 0 else {
                throw CheckProblem("'\(word.name)' expects an offset and a length")
            }
            return .payload(numbers[0], numbers[1])
        case "res.len": return .length
        case "str": return .text(Array((word.arguments.first ?? "").utf8))
        case "int": return .text(Array((word.arguments.first ?? "").utf8))
        case "date": return .date
        case "srv_name": return .server
        case "be_name": return .backend
        case "status", "res.status", "check.status": return .status
        case "var": return .nothing
        default: throw CheckProblem("the fetch method '\(word.name)' is not followed in checks", isNotFollowed: true)
        }
    }

    private static func converter(_ word: (name: String, arguments: [String])) throws(CheckProblem) -> Converter {
        switch word.name {
        case "cut_crlf": return .cutLine
        case "ltrim": return .trimLeft(Array((word.arguments.first ?? " ").utf8))
        case "rtrim": return .trimRight(Array((word.arguments.first ?? " ").utf8))
        case "hex": return .hexadecimal
        case "htonl": return .networkOrder
        case "lower": return .lower
        case "upper": return .upper
        default: throw CheckProblem("the converter '\(word.name)' is not followed in checks", isNotFollowed: true)
        }
    }
}
