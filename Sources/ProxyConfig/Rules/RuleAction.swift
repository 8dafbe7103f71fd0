/// The actions of the rule sets and what stands behind each (`haproxy -dKcfg`, configuration manual, section 4.2).
struct RuleAction: Sendable {
    /// One argument.
    enum Argument: Sendable {
        case expression
        case format
        case word
        case integer
        /// A number, also a hexadecimal one.
        case mark
        case time
        /// A number, or an expression that gives one.
        case value
        case choice([String])
        /// A word and its arguments, which may be absent.
        case option(String, [Argument])
        /// What `deny`, `tarpit` and `return` answer with.
        case answer
        /// What `redirect` says.
        case redirect
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

    init(_ sets: String, _ arguments: [Argument] = [], in parentheses: Parentheses = .none) {
        self.sets = sets
        self.arguments = arguments
        self.parentheses = parentheses
    }

    static let levels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug", "silent"]

    static let all: [String: RuleAction] = [
        "accept": .init("csxr"), "reject": .init("csxrq"), "close": .init("r"), "allow": .init("qpa"),
        "expect-proxy": .init("c", [.choice(["layer4"])]),
        "expect-netscaler-cip": .init("c", [.choice(["layer4"])]),
        "silent-drop": .init("csxrqp"), "disable-l7-retry": .init("q"), "wait-for-handshake": .init("q"),
        "capture": .init("xqpa", [.expression, .option("len", [.integer]), .option("id", [.integer])]),
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
        "send-spoe-group": .init("xrqpa", [.word, .word]), "ot-group": .init("xrqpa", [.word, .word]),
        "deny": .init("qp", [.answer]), "tarpit": .init("q", [.answer]), "return": .init("qp", [.answer]),
        "redirect": .init("qp", [.redirect]), "auth": .init("q", [.option("realm", [.word])]),
        "add-header": .init("qpa", [.word, .format]), "set-header": .init("qpa", [.word, .format]),
        "early-hint": .init("q", [.word, .format]),
        "del-header": .init("qpa", [.word, .option("-m", [.choice(["str", "beg", "end", "sub", "reg"])])]),
        "replace-header": .init("qpa", [.word, .word, .format]),
        "replace-value": .init("qpa", [.word, .word, .format]),
        "replace-path": .init("q", [.word, .format]), "replace-pathq": .init("q", [.word, .format]),
        "replace-uri": .init("q", [.word, .format]),
        "set-method": .init("q", [.format]), "set-path": .init("q", [.format]), "set-pathq": .init("q", [.format]),
        "set-query": .init("q", [.format]), "set-uri": .init("q", [.format]),
        "add-acl": .init("qp", [.format], in: .file), "del-acl": .init("qp", [.format], in: .file),
        "del-map": .init("qp", [.format], in: .file), "set-map": .init("qp", [.format, .format], in: .file),
        "cache-use": .init("q", [.word]), "cache-store": .init("p", [.word]),
        "normalize-uri": .init(
            "q",
            [.choice(normalizers), .option("full", []), .option("strict", []), .option("force", [])]
        ),
        "strict-mode": .init("qpa", [.choice(["on", "off"])]),
        "wait-for-body": .init("qp", [.choice(["time"]), .time, .option("at-least", [.word])]),
        "set-timeout": .init("q", [.choice(["server", "tunnel"]), .value]),
        "set-status": .init("pa", [.integer, .option("reason", [.word])]),
    ]

    private static let track = RuleAction("csxqp", [.expression, .option("table", [.word])])

    private static let normalizers = [
        "fragment-encode", "fragment-strip", "path-merge-slashes", "path-strip-dot", "path-strip-dotdot",
        "percent-decode-unreserved", "percent-to-uppercase", "query-sort-by-name",
    ]
}
