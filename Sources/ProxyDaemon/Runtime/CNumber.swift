/// Numbers as C reads them, whose functions HAProxy uses for the arguments of commands.
enum CNumber {
    /// strtol(3): a sign and digits, and what stands behind them; at the ends of the range it stays there.
    static func long(_ text: some StringProtocol) -> (value: Int, hasDigits: Bool, overflows: Bool, rest: Substring) {
        let text = Substring(text)
        let isNegative = text.hasPrefix("-")
        let digits = text.dropFirst(isNegative || text.hasPrefix("+") ? 1 : 0).prefix { $0.isASCII && $0.isNumber }
        if digits.isEmpty { return (0, false, false, text) }
        let value = Int((isNegative ? "-" : "") + digits)
        return (value ?? (isNegative ? .min : .max), true, value == nil, text[digits.endIndex...])
    }

    /// atoi(3): the lower half of what strtol(3) says, 0 without digits.
    static func int(_ text: some StringProtocol) -> Int { Int(Int32(truncatingIfNeeded: long(text).value)) }

    /// strtoul(3) with a base of the text's own; 0 without digits.
    static func unsigned(_ text: String) -> UInt64 {
        let isNegative = text.hasPrefix("-")
        let rest = text.dropFirst(isNegative || text.hasPrefix("+") ? 1 : 0)
        let isHexadecimal = rest.lowercased().hasPrefix("0x")
        let radix = isHexadecimal ? 16 : rest.hasPrefix("0") ? 8 : 10
        let digits = rest.dropFirst(isHexadecimal ? 2 : 0).prefix {
            $0.isASCII && ($0.hexDigitValue.map { $0 < radix } ?? false)
        }
        if digits.isEmpty { return 0 }
        guard let value = UInt64(digits, radix: radix) else { return .max }
        return isNegative ? 0 &- value : value
    }

    /// HAProxy's `strl2irc`: nothing but a number of 32 bits, without a plus; nil for anything else.
    static func whole(_ text: String) -> Int? {
        guard let value = Int32(text), !text.hasPrefix("+") else { return nil }
        return Int(value)
    }

    /// A time in seconds, rounded up; a number without a unit is one of seconds. nil for what is none, or too long.
    static func seconds(_ text: String) -> Int? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let number = Int(digits), number <= Int(Int32.max) * 1_000_000 else { return nil }
        let rest = text[digits.endIndex...]
        let seconds: Int
        switch rest.first {
        case nil, "s": seconds = number
        case "u" where rest.hasPrefix("us"): seconds = (number + 999_999) / 1_000_000
        case "m" where rest.hasPrefix("ms"): seconds = (number + 999) / 1000
        case "m": seconds = number.multipliedReportingOverflow(by: 60).overflow ? .max : number * 60
        case "h": seconds = number.multipliedReportingOverflow(by: 3600).overflow ? .max : number * 3600
        case "d": seconds = number.multipliedReportingOverflow(by: 86400).overflow ? .max : number * 86400
        default: return nil
        }
        return seconds <= Int(Int32.max) ? seconds : nil
    }
}
