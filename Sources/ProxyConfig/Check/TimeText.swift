/// HAProxy's times: a number and one of `us ms s m h d` (configuration manual, section 2.5).
enum TimeText {
    enum Failure: Error, Hashable {
        case empty
        case unexpected(Character)
        case overflow
        case underflow
    }

    enum Unit: Int {
        case milliseconds = 1
        case seconds = 1000
    }

    /// The longest time, about 24.8 days.
    static let most = Int(Int32.max)

    /// Milliseconds, rounded up. A number without a unit counts in `unit`.
    static func milliseconds(_ text: String, unit: Unit = .milliseconds) throws(Failure) -> Int {
        let digits = text.utf8.prefix { (48...57).contains($0) }
        guard let first = text.first else { throw .empty }
        guard !digits.isEmpty else { throw .unexpected(first) }
        // More digits than this overflow in every unit.
        guard digits.count <= 17, let number = Int(String(Substring(digits))) else { throw .overflow }
        let suffix = text.dropFirst(digits.count)
        let milliseconds: Int
        switch suffix {
        case "": milliseconds = clamped(number, unit.rawValue)
        case "us":
            if number > 0, number < 1000 { throw .underflow }
            milliseconds = number / 1000 + (number % 1000 > 0 ? 1 : 0)
        case "ms": milliseconds = number
        case "s": milliseconds = clamped(number, 1000)
        case "m": milliseconds = clamped(number, 60_000)
        case "h": milliseconds = clamped(number, 3_600_000)
        case "d": milliseconds = clamped(number, 86_400_000)
        default: throw .unexpected(offender(suffix))
        }
        guard milliseconds <= most else { throw .overflow }
        return milliseconds
    }

    private static func clamped(_ number: Int, _ factor: Int) -> Int {
        let (product, overflows) = number.multipliedReportingOverflow(by: factor)
        return overflows ? .max : product
    }

    /// The first character behind the longest unit.
    private static func offender(_ suffix: Substring) -> Character {
        for unit in ["us", "ms", "s", "m", "h", "d"] where suffix.hasPrefix(unit) {
            return suffix.dropFirst(unit.count).first ?? " "
        }
        return suffix.first ?? " "
    }
}
