/// What `add server` takes of the options of a `server` line (management guide, 9.3): HAProxy has a list of those that may be given
/// while it runs.
public enum DynamicServerWords {
    /// Those that may not.
    private static let refused: Set<String> = [
        "cookie", "init-addr", "log-proto", "max-reuse", "namespace", "no-agent-check", "no-check",
        "no-check-send-proxy",
        "no-check-ssl", "no-send-proxy-v2-ssl", "no-send-proxy-v2-ssl-cn", "no-ssl", "non-stick", "redir",
        "resolve-net",
        "resolve-opts", "resolve-prefer", "resolvers", "socks4", "ssl-reuse", "stick", "tcp-ut",
    ]

    /// The place of the first option that may not be given; nil if there is none before one that is not known at all.
    ///
    /// - Parameter words: The line from its address on.
    public static func refusedPlace(_ words: [String]) -> Int? {
        var index = 1
        while index < words.count {
            let word = words[index]
            if refused.contains(word) { return index }
            guard let arity = LineOptions.server[word] else {
                // Those of `source` are not in the table.
                guard ["usesrc", "interface"].contains(word) else { return nil }
                index += 2
                continue
            }
            index += 1 + arity
        }
        return nil
    }

    /// The value of an option, and the line without it.
    public static func taking(_ option: String, from words: [String]) -> (value: String?, rest: [String]) {
        var (value, rest): (String?, [String]) = (nil, Array(words.prefix(1)))
        var index = 1
        while index < words.count {
            let length = min(words.count - index, 1 + (LineOptions.server[words[index]] ?? 0))
            if words[index] == option, length == 2 {
                value = words[index + 1]
            } else {
                rest += words[index..<index + length]
            }
            index += length
        }
        return (value, rest)
    }
}
