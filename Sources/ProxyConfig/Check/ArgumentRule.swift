import Diagnostics

/// What must stand behind a keyword whose meaning is all in a word or two. In the messages, which are HAProxy's, `{k}` is
/// the keyword and `{v}` the word behind it.
enum ArgumentRule {
    /// Whatever there is.
    case anything
    /// Nothing.
    case nothing
    /// A word, and what follows it.
    case word(String)
    /// A word, and nothing more.
    case onlyWord(String)
    /// A number as `atol(3)` reads it.
    case integer(String)
    /// A number, and nothing more.
    case onlyInteger(String)
    /// A number in a range.
    case range(ClosedRange<Int>, String)
    /// One of these words.
    case choice([String], String)
    /// `on` or `off`.
    case onOff
    /// A time; the message is for a missing one.
    case time(String)
    /// A path that must exist.
    case path(missing: String, absent: String)
    /// HAProxy 2.6 does not take it any more, or takes it with a switch that is off.
    case refused(String)
}

extension Checker {
    /// Checks the words behind the keyword; false after a problem.
    @discardableResult
    mutating func follows(_ rule: ArgumentRule, at index: Int = 1) -> Bool {
        let value = word(index)
        func text(_ message: String) -> String {
            message.replacing("{k}", with: word(0)).replacing("{v}", with: value)
        }
        switch rule {
        case .anything: return true
        case .nothing: return refuseExtra(after: index - 1)
        case .word(let message): return !value.isEmpty || refuse(text(message), at: index)
        case .onlyWord(let message):
            guard !value.isEmpty else { return refuse(text(message), at: index) }
            return refuseExtra(after: index)
        case .integer(let message):
            guard !value.isEmpty else { return refuse(text(message), at: index) }
            return integer(at: index) != nil
        case .onlyInteger(let message):
            guard !value.isEmpty else { return refuse(text(message), at: index) }
            return refuseExtra(after: index) && integer(at: index) != nil
        case .range(let range, let message):
            guard !value.isEmpty, range.contains(Self.number(value)) else { return refuse(text(message), at: index) }
            return true
        case .choice(let words, let message):
            return words.contains(value) || refuse(text(message), at: index)
        case .onOff:
            return value == "on" || value == "off"
                || refuse(text("'{k}' expects either 'on' or 'off' but got '{v}'."), at: index)
        case .time(let message):
            guard !value.isEmpty else { return refuse(text(message), at: index) }
            do throws(TimeText.Failure) {
                _ = try TimeText.milliseconds(value)
                return true
            } catch {
                return refuse(
                    error == .overflow
                        ? "timer overflow in argument '\(value)' to <\(word(0))> (maximum value is 2147483647 ms or ~24.8 days)"
                        : "unexpected character '\(Self.firstOdd(value))' in argument to <\(word(0))>.",
                    at: index
                )
            }
        case .path(let missing, let absent):
            guard !value.isEmpty else { return refuse(text(missing), at: index) }
            return value.hasPrefix("@") || surroundings.hasFile(value) || refuse(text(absent), at: index)
        case .refused(let message): return refuse(text(message), at: 0)
        }
    }

    private mutating func refuse(_ message: String, at index: Int) -> Bool {
        error(at: index, message, remedy: "see what the manual says of '\(word(0))'")
        return false
    }

    /// The character that ends a number and starts no unit.
    private static func firstOdd(_ text: String) -> Character { text.first { !$0.isNumber } ?? " " }

    /// The number that `atol(3)` reads at the start of a word.
    static func number(_ text: String) -> Int {
        if let number = Int(text) { return number }
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "+") }
            .prefix { (48...57).contains($0) }
        let number = Int(String(Substring(digits))) ?? (digits.isEmpty ? 0 : .max)
        return isNegative ? -number : number
    }

    /// What is left of it in 32 bits, which is what HAProxy keeps of most numbers.
    static func shortNumber(_ text: String) -> Int { Int(Int32(truncatingIfNeeded: number(text))) }
}
