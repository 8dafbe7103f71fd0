/// What a string may consist of. None may hold control characters: a line break would start a new keyword.
public enum Pattern: String, Sendable {
    /// Any text of one line.
    case line = ""
    /// One word.
    case word = "^[^\\s]+$"
    /// As `word`, in other words.
    case solid = "^\\S+$"
    /// Anything without a blank; may be empty.
    case unbroken = "^[^ ]*$"
    /// Names of sections.
    case name = "^[A-Za-z0-9-_.:]+$"
    /// A name, or a reference to an environment variable.
    case reference = "^[A-Za-z0-9-_.:${}\"]+$"
    /// A name without dots.
    case identifier = "^[A-Za-z0-9-_]+$"
    case identifierReference = "^[A-Za-z0-9-_${}\"]+$"
    case mailbox = "^\\S+@\\S+$"
    /// A number, in decimal or hexadecimal.
    case number = "^(0x[0-9A-Fa-f]+|[0-9]+)$"
    case duration = "^\\d+(ms|s|m|h|d)?$"
    case size = "^\\d+(k|K|m|M|g|G)?$"
    case shards = "^(by-thread|by-group|[0-9]+)$"
    case networks = "^([A-Za-z0-9.:/]+)(,[A-Za-z0-9.:/]+)*$"
    case resolveOptions =
        "^(allow-dup-ip|ignore-weight|prevent-dup-ip)(,(allow-dup-ip|ignore-weight|prevent-dup-ip))*$"
    /// A sample fetch.
    case sample = "^(?:[A-Za-z]+\\(\"([A-Za-z\\s]+)\"\\)|[A-Za-z]+)"
    case statusCodes = "^[a-zA-Z0-9 +\\-,]+$"

    func matches(_ text: String) -> Bool {
        switch self {
        case .line: true
        case .word, .solid: !text.isEmpty && !text.contains { $0.isWhitespace }
        case .unbroken: !text.contains(" ")
        case .name: Self.all(text) { Self.isName($0) || ".:".utf8.contains($0) }
        case .reference: Self.all(text) { Self.isName($0) || ".:${}\"".utf8.contains($0) }
        case .identifier: Self.all(text, Self.isName)
        case .identifierReference: Self.all(text) { Self.isName($0) || "${}\"".utf8.contains($0) }
        case .mailbox:
            Pattern.word.matches(text) && text.split(separator: "@", omittingEmptySubsequences: false).count >= 2
                && text.first != "@" && text.last != "@"
        case .number: Self.isNumber(text)
        case .duration: Self.isCount(text, units: ["", "ms", "s", "m", "h", "d"])
        case .size: Self.isCount(text, units: ["", "k", "K", "m", "M", "g", "G"])
        case .shards: text == "by-thread" || text == "by-group" || Self.all(text, Self.isDigit)
        case .networks:
            Self.isList(text) { Self.all($0) { Self.isLetter($0) || Self.isDigit($0) || ".:/".utf8.contains($0) } }
        case .resolveOptions:
            Self.isList(text) { ["allow-dup-ip", "ignore-weight", "prevent-dup-ip"].contains($0) }
        case .sample: text.utf8.first.map(Self.isLetter) ?? false
        case .statusCodes: Self.all(text) { Self.isLetter($0) || Self.isDigit($0) || " +-,".utf8.contains($0) }
        }
    }

    private static func all(_ text: String, _ isAllowed: (UInt8) -> Bool) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy(isAllowed)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isName(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
    }

    private static func isNumber(_ text: String) -> Bool {
        guard text.hasPrefix("0x") else { return all(text, isDigit) }
        return all(String(text.dropFirst(2))) {
            isDigit($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0 | 0x20)
        }
    }

    private static func isCount(_ text: String, units: Set<String>) -> Bool {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        return !digits.isEmpty && units.contains(String(text.dropFirst(digits.count)))
    }

    private static func isList(_ text: String, _ isElement: (String) -> Bool) -> Bool {
        text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { isElement(String($0)) }
    }
}
