import ProxyConfig

/// Keeps secrets of haproxy.cfg out of logs.
enum Secrets {
    /// Keywords whose next word is secret.
    private static let followed: Set<String> = [
        "password", "insecure-password", "auth", "set-aws-signature", "aes-key", "ticket-key", "secret",
        "cluster-secret", "ca-sign-pass", "tcp-md5sig", "dynamic-cookie-key",
    ]

    /// Those of lines that have the keyword too: what a check sends may be a login.
    private static let ofChecks: [String: Set<String>] = [
        "tcp-check": ["send", "send-lf", "send-binary", "send-binary-lf"],
        "http-check": ["body", "body-lf", "cookie", "x-api-key", "x-auth-token"],
    ]

    /// The same for a text of several lines: a problem of a configuration shows the line that it is about.
    static func removed(fromLinesOf text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { removed(from: String($0)) }
            .joined(separator: "\n")
    }

    /// The line with each secret word replaced by `***`. A line without secrets stays as it is.
    static func removed(from text: String) -> String {
        let keywords = text.split { $0 == " " || $0 == "\t" || $0 == "\"" || $0 == "'" }.map { $0.lowercased() }
        let telling = ofChecks.reduce(followed) { keywords.contains($1.key) ? $0.union($1.value) : $0 }
        let isSuspect = keywords.contains { telling.contains($0) || $0.hasPrefix("authorization") }
        guard isSuspect || keywords.first == "setenv" || keywords.first == "presetenv" else { return text }
        let words = Line(raw: text).words
        // What cannot be taken apart is not shown at all.
        guard words.count > 1 else { return keywords.first.map { $0 + " ***" } ?? "***" }
        var shown = [words[0]]
        var isSecret = false
        for (index, word) in words.enumerated().dropFirst() {
            let isValue = index >= 2 && (words[0] == "setenv" || words[0] == "presetenv")
            shown.append(isSecret || isValue ? "***" : word)
            let lower = word.lowercased()
            isSecret = telling.contains(lower) || lower.hasPrefix("authorization")
        }
        // `password ***`: the first word itself may be the keyword.
        if followed.contains(words[0].lowercased()) { shown[1] = "***" }
        guard shown != words else { return text }
        return "  " + shown.joined(separator: " ")
    }
}
