/// A health check as the configuration words it; ``CheckProgram`` is what it means.
public struct CheckDefinition: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        /// Connects, and no more.
        case connect
        /// `option tcp-check` and `tcp-check` lines.
        case tcp
        /// `option httpchk` and `http-check` lines.
        case http
        /// `option redis-check` and its like, by name.
        case named(String)
        /// `agent-check`.
        case agent
    }

    public var kind: Kind
    /// What stands behind the option: `["GET", "/", "HTTP/1.1"]`; the string of `agent-send`.
    public var arguments: [String]
    /// Lines of `tcp-check` or `http-check`, their words behind that keyword.
    public var rules: [[String]]

    public init(_ kind: Kind = .connect, arguments: [String] = [], rules: [[String]] = []) {
        self.kind = kind
        self.arguments = arguments
        self.rules = rules
    }

    /// Where `addr` of `connect` lines says a place: the line, and the word.
    public var places: [(rule: Int, word: Int)] {
        var places: [(Int, Int)] = []
        for (number, rule) in rules.enumerated() where rule.first == "connect" {
            var index = 1
            while index < rule.count {
                switch rule[index] {
                case "default", "send-proxy", "via-socks4", "linger", "ssl": index += 1
                case let option:
                    if option == "addr", index + 1 < rule.count { places.append((number, index + 1)) }
                    index += 2
                }
            }
        }
        return places
    }
}

/// Why a definition is refused, or not followed.
public struct CheckProblem: Error, Hashable, Sendable {
    public var message: String
    /// The configuration is right; what it asks for is not done.
    public var isNotFollowed: Bool
    /// The line is right, and stands where it cannot.
    public var isAboutOrder = false

    public init(_ message: String, isNotFollowed: Bool = false) {
        self.message = message
        self.isNotFollowed = isNotFollowed
    }

    static func order(_ message: String) -> CheckProblem {
        var result = CheckProblem(message)
        result.isAboutOrder = true
        return result
    }
}
