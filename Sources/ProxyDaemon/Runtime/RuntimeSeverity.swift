/// `set severity-output`: how bad what a command answers is, in the numbers and words of syslog. What a command only shows has
/// none.
enum RuntimeSeverity: Int {
    /// In which form answers begin with it.
    enum Output: String {
        case none
        case number
        case string
    }

    case error = 3
    case warning = 4
    case notice = 5
    case information = 6

    /// As HAProxy has it.
    private var word: String {
        switch self {
        case .error: "err"
        case .warning: "warning"
        case .notice: "notice"
        case .information: "info"
        }
    }

    func prefix(_ output: Output) -> String {
        switch output {
        case .none: ""
        case .number: "[\(rawValue)]: "
        case .string: "[\(word)]: "
        }
    }

    /// - Parameter words: The command; an answer that is a complaint is an error, others depend on it.
    init?(_ words: [String], _ answer: String) {
        if answer.isEmpty { return nil }
        func says(_ texts: String...) -> Bool { texts.contains { answer.hasPrefix($0) } }
        if says("Unknown command") {
            self = .information
            return
        }
        let second = words.count > 1 ? words[1] : ""
        switch (words.first ?? "", second) {
        case ("help", _), ("show", "version"), ("show", "startup-logs"), ("show", "libs"), ("expert-mode", _),
            ("experimental-mode", _):
            self = says("Permission") ? .error : .information
        case ("show", "cli") where words.last == "level": self = .information
        case ("add", "server") where says("New server registered."), ("del", "server") where says("Server deleted."):
            self = .information
        case ("show", "events") where says("Supported"), ("trace", "") where says("Supported"): self = .warning
        case ("trace", _) where says("All traces"): self = .notice
        case ("set", "server") where words.count > 3 && Self.places.contains(words[3]):
            self = says("No such", "Require", "set server", "Permission") ? .error : .warning
        case ("show", _), ("get", _):
            guard
                says(
                    "No such",
                    "Can't ",
                    "Unknown",
                    "Invalid",
                    "Missing",
                    "Require",
                    "Optional",
                    "Key ",
                    "Filter",
                    "unknown",
                    "Nothing to",
                    "Variable not",
                    "Expect",
                    "Permission",
                    "Can\u{2019}t",
                    "Malformed",
                    "didn't",
                    "'show",
                    "Data type",
                    "Certificate ID",
                    "The worker"
                )
            else { return nil }
            self = .error
        default: self = .error
        }
    }

    /// What HAProxy only warns of where it cannot be changed.
    private static let places: Set<String> = ["addr", "check-addr", "check-port", "agent-addr", "agent-port"]
}
