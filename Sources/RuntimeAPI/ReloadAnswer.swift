/// What the master answers to `reload`.
///
/// `Success=1` or `Success=0`, a line `--`, then text. On success one line per bind that changed, does not serve, or has
/// an address of which there is something to say, and a last line with the counts; on failure HAProxy's `[ALERT]` lines.
/// Rules, backends and servers that cannot be followed have lines of the same form, with `rule`, `backend` or `server`
/// before the name and `-` where there is no address.
public struct ReloadAnswer: Hashable, Sendable {
    /// One bind: `bind <frontend>/<name> <address:port> <added|removed|quarantined|kept>[ <reason>]`.
    public struct Bind: Hashable, Sendable {
        public enum Outcome: String, Hashable, Sendable {
            case added
            case removed
            /// It could not be bound; the rest serves, and binding is tried again.
            case quarantined
            /// It serves as before; those who follow the listeners have something to say of its address.
            case kept
        }

        /// `frontend/name`. Names may hold any character but blanks.
        public var name: String
        public var endpoint: String
        public var outcome: Outcome
        /// Why it is quarantined, and what those who follow the listeners say of its address; empty otherwise.
        public var reason: String

        /// `conflict <mac>`: who else has the address; nil if nobody is known to.
        public var conflict: String? {
            let words = reason.split(separator: " ")
            guard let index = words.lastIndex(of: "conflict"), index + 1 < words.count else { return nil }
            return String(words[index + 1])
        }
        /// `outside`: the address is in no range and has no route of its own.
        public var isOutside: Bool { reason.split(separator: " ").contains("outside") }

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

    /// Adds lines of binds that are as they were, unless they have one, before the counts, which they are counted in.
    public mutating func addKept(_ lines: [String]) {
        if lines.isEmpty { return }
        let named = Set(binds.map { "bind \($0.name) \($0.endpoint)" })
        insert(lines.filter { !named.contains($0.split(separator: " ").prefix(3).joined(separator: " ")) })
    }

    private mutating func insert(_ lines: [String]) {
        guard !lines.isEmpty, success else { return }
        var all = text.split(separator: "\n").map { String($0) }
        all.insert(contentsOf: lines, at: max(0, all.count - 1))
        text = all.joined(separator: "\n") + "\n"
    }

    /// Adds lines of what does not serve before the counts, and counts them.
    public mutating func addQuarantined(_ lines: [String]) {
        guard !lines.isEmpty, success else { return }
        insert(lines)
        rewriteCounts { name, value in name == "quarantined" ? value + lines.count : value }
    }

    /// Binds that were quarantined, and serve after all.
    public mutating func serves(_ endpoints: Set<String>) {
        var count = 0
        rewrite { words in
            guard words[3] == "quarantined", endpoints.contains(String(words[2])) else { return nil }
            count += 1
            return words[..<3].joined(separator: " ") + " added"
        }
        guard count > 0 else { return }
        rewriteCounts { name, value in
            switch name {
            case "added": value + count
            case "quarantined": value - count
            default: value
            }
        }
    }

    /// Says of addresses what those who follow the listeners said: `conflict <mac>` or `outside` behind the lines of
    /// their binds.
    ///
    /// - Parameter words: What to say of a place such as `10.0.0.1:80`; nil for nothing.
    public mutating func note(_ words: (String) -> String?) {
        rewrite { line in
            guard line[3] != "removed" else { return nil }
            return words(String(line[2])).map { line.joined(separator: " ") + " " + $0 }
        }
    }

    /// Somebody who follows the listeners has not answered in time: the change is in effect, and may not be let through
    /// yet.
    public var isLate: Bool {
        get { text.split(separator: "\n").contains("guard late") }
        set {
            guard success, newValue != isLate else { return }
            var lines = text.split(separator: "\n").map { String($0) }.filter { $0 != "guard late" }
            if newValue { lines.insert("guard late", at: max(0, lines.count - 1)) }
            text = lines.joined(separator: "\n") + "\n"
        }
    }

    /// Lines of binds, each in five words at most, as `body` says; nil leaves one as it is.
    private mutating func rewrite(_ body: ([Substring]) -> String?) {
        guard success, text.contains("bind ") else { return }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line -> String in
            let words = line.split(separator: " ", maxSplits: 4)
            guard words.count >= 4, words[0] == "bind" else { return String(line) }
            return body(words) ?? String(line)
        }
        text = lines.joined(separator: "\n")
    }

    /// The numbers of the last line.
    private mutating func rewriteCounts(_ body: (Substring, Int) -> Int) {
        var all = text.split(separator: "\n").map { String($0) }
        let counts = (all.popLast() ?? "").split(separator: " ").map { word -> String in
            let parts = word.split(separator: "=")
            guard parts.count == 2, let value = Int(parts[1]) else { return String(word) }
            return "\(parts[0])=\(body(parts[0], value))"
        }
        text = (all + [counts.joined(separator: " ")]).joined(separator: "\n") + "\n"
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
