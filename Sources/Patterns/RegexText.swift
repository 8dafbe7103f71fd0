/// Looks over a regular expression for what PCRE2 refuses, as far as that shows without compiling it.
public enum RegexText {
    private static let backslash = UInt8(ascii: "\\")

    /// HAProxy's words for it; nil if nothing is wrong.
    public static func problem(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        var depth = 0
        var index = 0
        var canRepeat = false
        func refuse(_ error: String, _ offset: Int) -> String {
            "regex '\(text)' is invalid (error=\(error), erroffset=\(offset))"
        }
        while index < bytes.count {
            switch bytes[index] {
            case backslash:
                index += 1
                guard index < bytes.count else { return refuse("\\ at end of pattern", index) }
                canRepeat = true
            case UInt8(ascii: "["):
                guard let end = classEnd(bytes, from: index + 1) else {
                    return refuse("missing terminating ] for character class", bytes.count)
                }
                index = end
                canRepeat = true
            case UInt8(ascii: "("):
                depth += 1
                canRepeat = false
                // `(?:`, `(?=`, `(?i)`: the question mark repeats nothing.
                if index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "?") { index += 1 }
            case UInt8(ascii: ")"):
                guard depth > 0 else { return refuse("unmatched closing parenthesis", index) }
                depth -= 1
                canRepeat = true
            case UInt8(ascii: "|"): canRepeat = false
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"):
                guard canRepeat else {
                    return refuse("quantifier does not follow a repeatable item", index)
                }
                // One more makes it lazy or possessive.
                if index + 1 < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "?")].contains(bytes[index + 1]) {
                    index += 1
                }
                canRepeat = false
            default: canRepeat = true
            }
            index += 1
        }
        return depth > 0 ? refuse("missing closing parenthesis", bytes.count) : nil
    }

    private static func classEnd(_ bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        if index < bytes.count, bytes[index] == UInt8(ascii: "^") { index += 1 }
        // A bracket that stands first is one of the characters.
        if index < bytes.count, bytes[index] == UInt8(ascii: "]") { index += 1 }
        while index < bytes.count, bytes[index] != UInt8(ascii: "]") {
            if bytes[index] == backslash { index += 1 }
            if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "["), bytes[index + 1] == UInt8(ascii: ":"),
                let end = bytes[(index + 2)...].firstIndex(of: UInt8(ascii: "]"))
            {
                index = end
            }
            index += 1
        }
        return index < bytes.count ? index : nil
    }
}
