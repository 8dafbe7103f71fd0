/// What the master answers to `reload`.
///
/// `Success=1` or `Success=0`, a line `--`, then text. On success one line per bind that changed or does not serve, and a
/// last line with the counts; on failure HAProxy's `[ALERT]` lines. Rules, backends and servers that cannot be followed have
/// lines of the same form, with `rule`, `backend` or `server` before the name and `-` where there is no address.
public struct ReloadAnswer: Hashable, Sendable {
    /// One bind that changed or does not serve:
    /// `bind <frontend>/<name> <address:port> <added|removed|quarantined>[ <reason>]`.
    public struct Bind: Hashable, Sendable {
        public enum Outcome: String, Hashable, Sendable {
            case added
            case removed
            /// It could not be bound; the rest serves, and binding is tried again.
            case quarantined
        }

        /// `frontend/name`. Names may hold any character but blanks.
        public var name: String
        public var endpoint: String
        public var outcome: Outcome
        /// Why it is quarantined; empty otherwise.
        public var reason: String

        public init(name: String, endpoint: String, outcome: Outcome, reason: String = "") {
            self.name = name
            self.endpoint = endpoint
            self.outcome = outcome
            self.reason = reason
        }
    }

    /// The new configuration is in effect.
    public var success: Bool
    /// Everything after the line `--`.
    public var text: String

    public init(success: Bool, text: String) {
        self.success = success
        self.text = text
    }

    /// Adds lines of what does not serve before the counts, and counts them.
    public mutating func addQuarantined(_ lines: [String]) {
        guard !lines.isEmpty, success else { return }
        var all = text.split(separator: "\n").map { String($0) }
        let counts = all.popLast() ?? ""
        let words = counts.split(separator: " ").map { word in
            guard word.hasPrefix("quarantined="), let count = Int(word.dropFirst(12)) else { return String(word) }
            return "quarantined=\(count + lines.count)"
        }
        text = (all + lines + [words.joined(separator: " ")]).joined(separator: "\n") + "\n"
    }

    /// Reads an answer; nil if its first line is not one of a `reload`.
    public init?(answer: String) {
        var lines = answer.split(separator: "\n", omittingEmptySubsequences: false)
        guard let head = lines.first, head == "Success=1" || head == "Success=0" else { return nil }
        lines.removeFirst()
        if lines.first == "--" { lines.removeFirst() }
        self.init(success: head == "Success=1", text: lines.joined(separator: "\n"))
    }

    /// The answer as it goes over the socket.
    public var wireText: String {
        var wire = "Success=\(success ? 1 : 0)\n--\n" + text
        if !wire.hasSuffix("\n") { wire += "\n" }
        return wire
    }

    public var binds: [Bind] {
        text.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 4)
            guard words.count >= 4, words[0] == "bind", let outcome = Bind.Outcome(rawValue: String(words[3])) else {
                return nil
            }
            return Bind(
                name: String(words[1]),
                endpoint: String(words[2]),
                outcome: outcome,
                reason: words.count > 4 ? String(words[4]) : ""
            )
        }
    }

    /// The lines of what does not serve: binds, and rules, backends and servers that cannot be followed.
    public var quarantined: [String] {
        text.split(separator: "\n").filter { line in
            let words = line.split(separator: " ", maxSplits: 4)
            return words.count >= 4 && Self.kinds.contains(words[0]) && words[3] == "quarantined"
        }.map { String($0) }
    }

    private static let kinds: Set<Substring> = ["bind", "file", "rule", "backend", "server", "stats"]
}
