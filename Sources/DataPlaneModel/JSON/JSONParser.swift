/// Why a text is not JSON, and at which byte.
public struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    public var offset: Int
    public var message: String
    public var description: String { "\(message) at byte \(offset)" }
}

/// Reads JSON (RFC 8259) out of UTF-8. Strict; nesting is bounded, so that no body can exhaust the stack.
public struct JSONParser {
    /// Deepest nesting of arrays and objects.
    public static let depthLimit = 64
    /// Most members of one object: far more than any description has. Each is compared with those before it.
    public static let memberLimit = 1024

    private let bytes: [UInt8]
    private var offset = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The value that `bytes` hold, with nothing but blanks around it.
    public static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes)
        let value = try parser.value(depth: 0)
        parser.skipBlanks()
        if parser.offset < bytes.count { throw parser.error("text after the value") }
        return value
    }

    private func error(_ message: String) -> JSONError { JSONError(offset: offset, message: message) }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipBlanks() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { offset += 1 }
    }

    private mutating func take(_ byte: Character) -> Bool {
        guard let wanted = byte.asciiValue, next == wanted else { return false }
        offset += 1
        return true
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        if depth > Self.depthLimit { throw error("nested deeper than \(Self.depthLimit)") }
        skipBlanks()
        guard let byte = next else { throw error("unexpected end of JSON input") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .boolean(true))
        case UInt8(ascii: "f"): return try word("false", .boolean(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("unexpected character")
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        let wanted = Array("\(text)".utf8)
        guard bytes[offset...].starts(with: wanted) else { throw error("unexpected character") }
        offset += wanted.count
        return value
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        offset += 1
        var object = JSONObject()
        skipBlanks()
        if take("}") { return object }
        while true {
            skipBlanks()
            guard next == UInt8(ascii: "\"") else { throw error("a member's name expected") }
            let name = try string()
            skipBlanks()
            guard take(":") else { throw error("':' expected") }
            object[name] = try value(depth: depth + 1)
            if object.members.count > Self.memberLimit { throw error("more than \(Self.memberLimit) members") }
            skipBlanks()
            if take("}") { return object }
            guard take(",") else { throw error("',' or '}' expected") }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        offset += 1
        var values: [JSONValue] = []
        skipBlanks()
        if take("]") { return values }
        while true {
            values.append(try value(depth: depth + 1))
            skipBlanks()
            if take("]") { return values }
            guard take(",") else { throw error("',' or ']' expected") }
        }
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = offset
        var isInteger = true
        _ = take("-")
        let digits = offset
        while let byte = next {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"):
                isInteger = false
            default:
                return try number(from: start, digits: digits, isInteger)
            }
            offset += 1
        }
        return try number(from: start, digits: digits, isInteger)
    }

    private func number(from start: Int, digits: Int, _ isInteger: Bool) throws(JSONError) -> JSONValue {
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        let leadingZero = offset - digits > 1 && bytes[digits] == 0x30 && (0x30...0x39).contains(bytes[digits + 1])
        if isInteger, !leadingZero, let value = Int(text) { return .integer(value) }
        // `Double.init` takes more than JSON does; what is left after these two is a bare point.
        guard !leadingZero, !text.hasSuffix("."), let value = Double(text), value.isFinite else {
            throw error("bad number")
        }
        return .number(value)
    }

    private mutating func string() throws(JSONError) -> String {
        offset += 1
        var result: [UInt8] = []
        while let byte = next {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: result, as: UTF8.self) else { throw error("invalid UTF-8") }
                return text
            case UInt8(ascii: "\\"): try escape(into: &result)
            case 0..<0x20: throw error("control character in a string")
            default: result.append(byte)
            }
        }
        throw error("unexpected end of JSON input")
    }

    private mutating func escape(into result: inout [UInt8]) throws(JSONError) {
        guard let byte = next else { throw error("unexpected end of JSON input") }
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(byte)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0C)
        case UInt8(ascii: "n"): result.append(0x0A)
        case UInt8(ascii: "r"): result.append(0x0D)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try hexadecimal()
            if (0xD800..<0xDC00).contains(unit) {
                guard take("\\"), take("u") else { throw error("lone surrogate") }
                let low = try hexadecimal()
                guard (0xDC00..<0xE000).contains(low) else { throw error("lone surrogate") }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw error("lone surrogate") }
            result += String(Character(scalar)).utf8
        default: throw error("unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        guard offset + 4 <= bytes.count else { throw error("unexpected end of JSON input") }
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[offset])).hexDigitValue else { throw error("bad escape") }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
