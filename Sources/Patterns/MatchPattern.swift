public import Addresses
public import HealthChecks

/// A pattern as its method reads it.
public enum MatchPattern: Hashable, Sendable {
    /// `found`, `bool`: what is written is of no account.
    case nothing
    /// Inclusive.
    case range(ClosedRange<Int64>)
    case network(IPNetwork)
    /// IPv4 with a mask that is no prefix.
    case masked(UInt32, mask: UInt32)
    case bytes([UInt8])
    case expression(Pattern)

    /// It is none, in HAProxy's words without a full stop.
    public struct Problem: Error, Hashable, Sendable {
        public var message: String
        /// HAProxy would take it: a regular expression that describes more than a regular language.
        public var isBeyond = false

        public init(message: String, isBeyond: Bool = false) {
            self.message = message
            self.isBeyond = isBeyond
        }
    }

    /// - Parameters:
    ///   - ignoresCase: Of regular expressions; other texts are kept as they are.
    ///   - takesShortAddresses: As where HAProxy looks names up, whose resolver knows forms such as `10.1`: in conditions
    ///     without `-n`, when the configuration is read.
    public init(
        _ text: String,
        _ method: MatchMethod,
        ignoresCase: Bool = false,
        takesShortAddresses: Bool = false
    ) throws(Problem) {
        switch method {
        case .found, .bool: self = .nothing
        case .int, .len: self = .range(try Self.range(text))
        case .ip: self = try Self.addresses(text, takesShort: takesShortAddresses)
        case .bin: self = .bytes(try Self.binary(text))
        case .str, .beg, .sub, .dir, .dom, .end: self = .bytes(Array(text.utf8))
        case .reg, .regm: self = .expression(try Self.expression(text, ignoresCase, capturesGroups: method == .regm))
        }
    }

    // MARK: - Numbers

    private static func range(_ text: String) throws(Problem) -> ClosedRange<Int64> {
        let wrong = Problem(message: "'\(text)' is not a valid number range")
        let bytes = Array(text.utf8)
        // A minus is as good as a colon: there is no negative number.
        guard let mark = bytes.firstIndex(where: { $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "-") }) else {
            if bytes.isEmpty { throw wrong }
            guard let number = Self.number(bytes[...]) else { throw Problem(message: "'\(text)' is not a number") }
            return number...number
        }
        let (low, high) = (bytes[..<mark], bytes[(mark + 1)...])
        if low.isEmpty, high.isEmpty { throw wrong }
        guard let first = low.isEmpty ? Int64.min : number(low), let last = high.isEmpty ? Int64.max : number(high),
            first <= last
        else { throw wrong }
        return first...last
    }

    /// Decimal digits; a minus may stand first.
    static func number(_ text: ArraySlice<UInt8>) -> Int64? {
        guard let first = text.first, first != UInt8(ascii: "+") else { return nil }
        return Int64(String(decoding: text, as: UTF8.self))
    }

    // MARK: - Addresses

    private static func addresses(_ text: String, takesShort: Bool) throws(Problem) -> MatchPattern {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        if let address = IPAddress(parts[0]) ?? (takesShort ? ShortAddress.parse(parts[0]) : nil) {
            if parts.count == 1 { return .network(IPNetwork(address)) }
            if let length = length(parts[1], most: address.family.bits),
                let network = IPNetwork(containing: address, prefixLength: length)
            {
                return .network(network)
            }
            if address.family == .v4, let mask = IPAddress(parts[1]), mask.family == .v4 {
                return masked(UInt32(truncatingIfNeeded: address.number), UInt32(truncatingIfNeeded: mask.number))
            }
        }
        throw Problem(message: "'\(text)' is not a valid IPv4 or IPv6 address")
    }

    private static func length(_ text: Substring, most: Int) -> Int? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let length = Int(text), length <= most else {
            return nil
        }
        return length
    }

    private static func masked(_ address: UInt32, _ mask: UInt32) -> MatchPattern {
        let length = (~mask).leadingZeroBitCount
        let isPrefix = mask == (length == 0 ? 0 : UInt32.max << UInt32(32 - length))
        guard isPrefix, let network = IPNetwork(containing: IPAddress(v4: address), prefixLength: length) else {
            return .masked(address & mask, mask: mask)
        }
        return .network(network)
    }

    // MARK: - Texts

    private static func binary(_ text: String) throws(Problem) -> [UInt8] {
        let digits = Array(text.utf8)
        if digits.count % 2 != 0 { throw Problem(message: "an even number of hex digit is expected") }
        var result: [UInt8] = []
        var high: UInt8?
        for digit in digits {
            guard let value = hexadecimal(digit) else {
                let found = String(decoding: [digit], as: UTF8.self)
                throw Problem(message: "an hex digit is expected (found '\(found)')")
            }
            if let first = high { result.append(first << 4 | value) }
            high = high == nil ? value : nil
        }
        return result
    }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - 48
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - 87
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - 55
        default: nil
        }
    }

    /// More states are no pattern of a connection: threads keep room for those of one.
    public static let mostStates = 2048

    /// Whether an expression whose groups are told of is one of this engine.
    public static func checkCapturing(_ text: String) throws(Problem) {
        let beginning = "the regular expression '\(text)' is not followed yet: "
        let states: Int
        do throws(Pattern.Problem) {
            states = try Pattern(text, capturesGroups: true).states
        } catch {
            throw Problem(message: beginning + error.message, isBeyond: error.isBeyond)
        }
        if states > mostStates { throw Problem(message: beginning + "it is too large", isBeyond: true) }
    }

    private static func expression(
        _ text: String,
        _ ignoresCase: Bool,
        capturesGroups: Bool
    ) throws(Problem) -> Pattern {
        if let problem = RegexText.problem(text) { throw Problem(message: problem) }
        func invalid(_ reason: String, isBeyond: Bool) -> Problem {
            Problem(message: "regex '\(text)' is invalid (error=\(reason), erroffset=0)", isBeyond: isBeyond)
        }
        let pattern: Pattern
        do throws(Pattern.Problem) {
            pattern = try Pattern(text, ignoresCase: ignoresCase, capturesGroups: capturesGroups)
        } catch {
            throw invalid(error.message, isBeyond: error.isBeyond)
        }
        guard pattern.states <= mostStates else { throw invalid("regular expression is too large", isBeyond: true) }
        return pattern
    }
}
