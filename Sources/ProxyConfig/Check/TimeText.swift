/// HAProxy's times: a number and one of `us ms s m h d` (configuration manual, section 2.5).
enum TimeText {
    enum Failure: Error, Hashable {
        case empty
        case unexpected(Character)
        case overflow
    }

    /// The longest time, about 24.8 days.
    static let most = Int(Int32.max)

    /// Milliseconds, rounded up. A number without a unit counts milliseconds. What stands behind a
    /// unit is passed over, as HAProxy 2.6 does; see ``hasTail(_:)``.
    static func milliseconds(_ text: String) throws(Failure) -> Int {
        let digits = text.utf8.prefix { (48...57).contains($0) }
        guard let first = text.first else { throw .empty }
        guard !digits.isEmpty else { throw .unexpected(first) }
        // More digits than this overflow in every unit.
        guard digits.count <= 17, let number = Int(String(Substring(digits))) else { throw .overflow }
        let milliseconds: Int
        switch unit(text.dropFirst(digits.count)) {
        case "": milliseconds = number
        case "us": milliseconds = number / 1000 + (number % 1000 > 0 ? 1 : 0)
        case "ms": milliseconds = number
        case "s": milliseconds = clamped(number, 1000)
        case "m": milliseconds = clamped(number, 60_000)
        case "h": milliseconds = clamped(number, 3_600_000)
        case "d": milliseconds = clamped(number, 86_400_000)
        default: throw .unexpected(text.dropFirst(digits.count).first ?? " ")
        }
        guard milliseconds <= most else { throw .overflow }
        return milliseconds
    }

    private static func clamped(_ number: Int, _ factor: Int) -> Int {
        let (product, overflows) = number.multipliedReportingOverflow(by: factor)
        return overflows ? .max : product
    }

    /// True if something stands behind the unit: HAProxy warns.
    static func hasTail(_ text: String) -> Bool {
        let suffix = text.drop { $0.isASCII && $0.isNumber }
        return (unit(suffix) ?? suffix) != suffix
    }

    private static func unit(_ suffix: Substring) -> Substring? {
        if suffix.isEmpty { return suffix }
        return ["us", "ms", "s", "m", "h", "d"].first { suffix.hasPrefix($0) }
    }
}
