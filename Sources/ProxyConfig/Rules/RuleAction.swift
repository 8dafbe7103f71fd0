/// The actions of the rule sets and what stands behind each (`haproxy -dKcfg`, configuration manual, section 4.2).
struct RuleAction: Sendable {
    /// One argument.
    enum Argument: Sendable {
        case expression
        case format
        case word
        /// Any word, `if` included; what is said without one.
        case text(String)
        /// A word that begins no condition; what is said without one.
        case name(String)
        case regex
        case integer
        /// A number, also a hexadecimal one.
        case mark
        /// A number, or an expression that gives one.
        case value
        case choice([String])
        /// A word and its arguments, which may be absent.
        case option(String, [Argument])
        /// What `deny`, `tarpit` and `return` answer with.
        case answer
        /// What `redirect` says.
        case redirect
        /// A sample, and the place or the length that it is captured by.
        case capture
        case headerMatch
        case bodyWait
        case timeout
        case status
    }

    /// What must stand behind the name, and what HAProxy says where it does not.
    struct Usage: Sendable {
        /// How many words there are at least.
        var count: Int
        var text: String
        /// Nothing but a condition may follow them.
        var isAll = false
    }

    /// What the parentheses behind the name hold.
    enum Parentheses: Sendable {
        case none
        case variable
        /// Numbers of counters, then of the tracked entry.
        case counters(Int)
        /// A file of patterns.
        case file
        /// `<variable>,<resolvers>[,ipv4|ipv6]`
        case resolution
    }

    var sets: String
    var parentheses = Parentheses.none
    var arguments: [Argument] = []
    var usage: Usage?

    init(_ sets: String, _ arguments: [Argument] = [], in parentheses: Parentheses = .none, _ usage: Usage? = nil) {
        self.sets = sets
        self.arguments = arguments
        self.parentheses = parentheses
        self.usage = usage
    }

    static let levels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "silent"]

    static let all: [String: RuleAction] = [
        "accept": .init("csxr"), "reject": .init("csxrq"), "close": .init("r"), "allow": .init("qpa"),
        "expect-proxy": .init("c", [.choice(["layer4"])]),
        "expect-netscaler-cip": .init("c", [.choice(["layer4"])]),
        "silent-drop": .init("csxrqp"), "disable-l7-retry": .init("q"), "wait-for-handshake": .init("q"),
        "capture": .init("xqpa", [.capture]),
        "track-sc0": track, "track-sc1": track, "track-sc2": track,
        "set-src": .init("csxq", [.expression]), "set-src-port": .init("csxq", [.expression]),
        "set-dst": .init("csxq", [.expression]), "set-dst-port": .init("csxq", [.expression]),
        "set-mark": .init("csxrqp", [.mark]), "set-tos": .init("csxrqp", [.mark]),
        "set-nice": .init("xrqp", [.integer]), "set-log-level": .init("xrqp", [.choice(levels)]),
        "set-priority-class": .init("xq", [.expression]), "set-priority-offset": .init("xq", [.expression]),
        "sc-inc-gpc0": .init("csxrqp", in: .counters(1)), "sc-inc-gpc1": .init("csxrqp", in: .counters(1)),
        "sc-inc-gpc": .init("csxrqp", in: .counters(2)),
        "sc-set-gpt0": .init("csxrqp", [.value], in: .counters(1)),
        "sc-set-gpt": .init("csxrqp", [.value], in: .counters(2)),
        "set-var": .init("csxrqpa", [.expression], in: .variable),
        "set-var-fmt": .init("csxrqpa", [.format], in: .variable),
        "unset-var": .init("csxrqpa", in: .variable),
        "switch-mode": .init("x", [.choice(["http"]), .option("proto", [.word])]),
        "use-service": .init("xq", [.word]), "do-resolve": .init("xq", [.expression], in: .resolution),
        "send-spoe-group": .init(
            "xrqp",
            [.text(""), .text("")],
            .init(count: 2, text: "expects 2 arguments: <engine-id> <group-id>", isAll: true)
        ),
        "ot-group": .init(
            "xrqpa",
            [.text(""), .text("")],
            .init(count: 2, text: "expects: <filter-id> <group-id> [{ if | unless } ...]", isAll: true)
        ),
        "deny": .init("qp", [.answer]), "tarpit": .init("q", [.answer]), "return": .init("qp", [.answer]),
        "redirect": .init("qp", [.redirect]),
        "auth": .init("q", [.option("realm", [.text("missing realm value")])]),
        "add-header": .init("qpa", header, exactly(2)), "set-header": .init("qpa", header, exactly(2)),
        "early-hint": .init("q", header, exactly(2)),
        "del-header": .init("qpa", [.headerMatch], .init(count: 1, text: "expects at least 1 argument")),
        "replace-header": .init("qpa", [.text(""), .regex, .format], exactly(3)),
        "replace-value": .init("qpa", [.text(""), .regex, .format], exactly(3)),
        "replace-path": replace, "replace-pathq": replace, "replace-uri": replace,
        "set-method": set, "set-path": set, "set-pathq": set, "set-query": set, "set-uri": set,
        "add-acl": .init("qp", [.format], in: .file, exactly(1)),
        "del-acl": .init("qp", [.format], in: .file, exactly(1)),
        "del-map": .init("qp", [.format], in: .file, exactly(1)),
        "set-map": .init("qp", [.format, .format], in: .file, exactly(2)),
        "cache-use": .init("q", [.name("expects a cache name")]),
        "cache-store": .init("p", [.name("expects a cache name")]),
        "normalize-uri": .init(
            "q",
            [.choice(normalizers), .option("full", []), .option("strict", []), .option("force", [])]
        ),
        "strict-mode": .init("qpa", [.choice(["on", "off"])], exactly(1)),
        "wait-for-body": .init("qp", [.bodyWait]),
        "set-timeout": .init("q", [.timeout], exactly(2)),
        "set-status": .init(
            "pa",
            [.status],
            .init(count: 1, text: "expects 1 argument: <status>; or 3 arguments: <status> reason <fmt>")
        ),
    ]

    private static let track = RuleAction("csxqp", [.expression, .option("table", [.text("missing table name")])])
    private static let header: [Argument] = [.text(""), .format]
    private static let replace = RuleAction(
        "q",
        [.regex, .format],
        .init(count: 2, text: "expects exactly 2 arguments <match-regex> and <replace-format>", isAll: true)
    )
    private static let set = RuleAction(
        "q",
        [.format],
        .init(count: 1, text: "expects exactly 1 argument <format>", isAll: true)
    )

    private static func exactly(_ count: Int) -> Usage {
        Usage(count: count, text: "expects exactly \(count) arguments")
    }

    private static let normalizers = [
        "fragment-encode", "fragment-strip", "path-merge-slashes", "path-strip-dot", "path-strip-dotdot",
        "percent-decode-unreserved", "percent-to-uppercase", "query-sort-by-name",
    ]
}
