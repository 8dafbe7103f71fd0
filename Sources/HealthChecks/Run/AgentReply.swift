/// The line of an agent (`agent-check`; configuration manual, section 5.2): words in any order, behind a `#` what a
/// change of health is for.
public struct AgentReply: Hashable, Sendable {
    public enum Administration: String, Hashable, Sendable {
        case ready
        case drain
        case maintenance = "maint"
    }

    public var administration: Administration?
    /// Percent of the configured weight.
    public var weight: Int?
    public var maxConnections: Int?
    /// `up`: true; `down`, `fail`, `stopped`: false.
    public var isUp: Bool?
    /// What the check reports.
    public var status: CheckStatus = .noChange
    public var info = ""

    /// nil if the line is not complete.
    public init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstIndex(where: { $0 == 10 || $0 == 13 || $0 == 0 }), bytes[end] != 0 else {
            return nil
        }
        var rest = bytes[..<end]
        var health: String?
        var unknown: String?
        var warning: String?
        while let byte = rest.first {
            if byte == 32 || byte == 9 || byte == UInt8(ascii: ",") {
                rest.removeFirst()
                continue
            }
            if byte == UInt8(ascii: "#") {
                rest = rest.dropFirst().drop { $0 == 32 || $0 == 9 }
                break
            }
            let raw = rest.prefix { $0 != 32 && $0 != 9 && $0 != UInt8(ascii: ",") }
            rest = rest.dropFirst(raw.count)
            let word = String(decoding: raw, as: UTF8.self)
            switch word.lowercased() {
            case "up":
                (isUp, health, status) = (true, word, .layer7Passed)
            case "down", "stopped", "fail":
                (isUp, health, status) = (false, word, .layer7WrongStatus)
            case "ready", "drain", "maint": administration = Administration(rawValue: word.lowercased())
            case let text where text.hasPrefix("maxconn:"):
                let number = Int(word.dropFirst(8))
                if let number, number >= 0 { maxConnections = number } else { warning = "invalid maxconn" }
            case let text where (48...57).contains(raw.first ?? 0) && text.contains("%"):
                let number = Int(text.prefix { $0 != "%" })
                if let number, number <= 25600 { weight = number } else { warning = warning ?? "invalid weight" }
            default: unknown = unknown ?? word
            }
        }
        let description = String(decoding: rest.drop { $0 == 32 }, as: UTF8.self)
        if let health {
            var message = description
            if message.isEmpty || status == .layer7Passed { message = unknown ?? warning ?? description }
            info = "via agent : \(health)" + (message.isEmpty ? "" : " (\(message))")
        } else if let unknown {
            info = "agent reports an error : \(unknown)"
        } else if let warning {
            info = "agent warns : \(warning)"
        }
    }
}
