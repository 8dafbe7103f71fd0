/// HAProxy's times: a number and one of `us ms s m h d` (configuration manual, section 2.5).
enum TimeText {
    enum Failure: Error, Hashable {
        case empty
        case unexpected(Character)
        case overflow
    }

    /// The longest time, about 24.8 days.
    static let most = Int(Int32.max)

    private enum Unit {
        case absent, microsecond, millisecond, second, minute, hour, day

        /// The unit that bytes begin with; nil for anything else.
        init?(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
            let second = bytes.dropFirst().first
            switch bytes.first {
            case nil: self = .absent
            case UInt8(ascii: "u") where second == UInt8(ascii: "s"): self = .microsecond
            case UInt8(ascii: "m") where second == UInt8(ascii: "s"): self = .millisecond
            case UInt8(ascii: "s"): self = .second
            case UInt8(ascii: "m"): self = .minute
            case UInt8(ascii: "h"): self = .hour
            case UInt8(ascii: "d"): self = .day
            default: return nil
            }
        }

        var length: Int {
            switch self {
            case .absent: 0
            case .microsecond, .millisecond: 2
            case .second, .minute, .hour, .day: 1
            }
        }
    }

    /// The number that a text begins with, how many digits it has (18 for more), and the unit behind it.
    private static func parts(_ text: String) -> (number: Int, digits: Int, unit: Unit?) {
        var text = text
        return text.withUTF8 { bytes in
            var (number, digits) = (0, 0)
            while digits < min(18, bytes.count), (48...57).contains(bytes[digits]) {
                number = number * 10 + Int(bytes[digits] - 48)
                digits += 1
            }
            return (number, digits, Unit(bytes[digits...]))
        }
    }

    /// Milliseconds, rounded up. A number without a unit counts milliseconds. What stands behind a
    /// unit is passed over, as HAProxy 2.6 does; see ``hasTail(_:)``.
    static func milliseconds(_ text: String) throws(Failure) -> Int {
        let (number, digits, unit) = parts(text)
        guard let first = text.first else { throw .empty }
        guard digits > 0 else { throw .unexpected(first) }
        // More digits than this overflow in every unit.
        guard digits <= 17 else { throw .overflow }
        let milliseconds: Int
        switch unit {
        case .absent, .millisecond: milliseconds = number
        case .microsecond: milliseconds = number / 1000 + (number % 1000 > 0 ? 1 : 0)
        case .second: milliseconds = clamped(number, 1000)
        case .minute: milliseconds = clamped(number, 60_000)
        case .hour: milliseconds = clamped(number, 3_600_000)
        case .day: milliseconds = clamped(number, 86_400_000)
        case nil: throw .unexpected(text.dropFirst(digits).first ?? " ")
        }
        guard milliseconds <= most else { throw .overflow }
        return milliseconds
    }

    /// What is wrong with a text; nil for a time.
    static func failure(_ text: String) -> Failure? {
        do throws(Failure) {
            _ = try milliseconds(text)
            return nil
        } catch {
            return error
        }
    }

    private static func clamped(_ number: Int, _ factor: Int) -> Int {
        let (product, overflows) = number.multipliedReportingOverflow(by: factor)
        return overflows ? .max : product
    }

    /// True if something stands behind the unit: HAProxy warns.
    static func hasTail(_ text: String) -> Bool {
        let (_, digits, unit) = parts(text)
        guard let unit else { return false }
        return digits + unit.length < text.utf8.count
    }
}
