/// Keywords and options that HAProxy had once, and what HAProxy 2.6 says of them: mostly what took their place.
enum RemovedKeywords {
    /// Keywords of proxy sections.
    static func words(_ keyword: String, _ value: String) -> String? {
        if let timeout = timeout(keyword) { return timeout }
        if let successor = rules[keyword] {
            return "The '\(keyword)' directive is not supported anymore since HAProxy 2.1.\(successor)"
        }
        switch keyword {
        case "grace": return "the 'grace' keyword is not supported any more since HAProxy version 2.5."
        case "reqdeny":
            return "The 'reqdeny' not supported anymore since HAProxy 2.1. Use 'http-request deny' instead."
        case "reqpass": return "The 'reqpass' not supported anymore since HAProxy 2.1."
        case "monitor-net":
            return
                "'monitor-net' doesn't exist anymore. Please use 'http-request return status 200 if { src \(value) }' "
                + "instead."
        case "redispatch":
            return "keyword 'redispatch' directive is not supported anymore since HAProxy 2.1. Use 'option redispatch'."
        case "appsession": return "'appsession' is not supported anymore since HAProxy 1.6."
        default: return nil
        }
    }

    /// Timeouts that were keywords, which stand behind `timeout` now.
    static func timeout(_ keyword: String) -> String? {
        timeouts[keyword].map {
            "the '\(keyword)' directive is not supported anymore since HAProxy 2.1. Use 'timeout \($0)'."
        }
    }

    static func option(_ name: String) -> String? {
        switch name {
        case "forceclose":
            "option 'forceclose' is not supported any more since HAProxy 2.0, please just remove it, or use 'option "
                + "httpclose' if absolutely needed."
        case "http-tunnel":
            "option 'http-tunnel' is not supported any more since HAProxy 2.1, please just remove it, it shouldn't be "
                + "needed."
        case "http_proxy":
            "option 'http_proxy' is not supported any more since HAProxy 2.5. This option stopped working in HAProxy 1.9 "
                + "and usually had nasty side effects. It can be more reliably implemented with combinations of "
                + "'http-request set-dst' and 'http-request set-uri', and even 'http-request do-resolve' if DNS resolution "
                + "is desired."
        default: nil
        }
    }

    /// Words that HAProxy suggests beside the keywords of today: its lists hold them.
    static let suggested = [
        "appsession", "backend", "block", "clitimeout", "contimeout", "defaults", "frontend", "listen", "monitor-net",
        "srvtimeout", "usesrc",
    ]

    private static let timeouts = ["clitimeout": "client", "contimeout": "connect", "srvtimeout": "server"]

    /// What is said of each behind the words that all of them have.
    private static let rules = [
        "block": " Use 'http-request deny' which uses the exact same syntax.",
        "reqadd": instead("http-request add-header"), "reqallow": instead("http-request allow"),
        "reqdel": instead("http-request del-header"), "reqiallow": instead("http-request allow"),
        "reqidel": instead("http-request del-header"), "reqideny": instead("http-request deny"), "reqipass": "",
        "reqirep": instead("http-request replace-header"), "reqitarpit": instead("http-request tarpit"),
        "reqrep":
            " Use 'http-request replace-path', 'http-request replace-uri' or 'http-request replace-header' instead.",
        "reqtarpit": instead("http-request tarpit"), "rspadd": instead("http-response add-header"),
        "rspdel": " Use 'http-response del-header' .", "rspdeny": instead("http-response deny"),
        "rspidel": instead("http-response del-header"), "rspideny": instead("http-response deny"),
        "rspirep": instead("http-response replace-header"), "rsprep": instead("http-response replace-header"),
    ]

    private static func instead(_ successor: String) -> String { " Use '\(successor)' instead." }
}
