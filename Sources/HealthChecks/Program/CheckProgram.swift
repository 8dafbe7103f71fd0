/// What a check does: the compiled form of a ``CheckDefinition``.
public struct CheckProgram: Hashable, Sendable {
    /// Which messages a failure is reported by.
    public enum Kind: Hashable, Sendable {
        /// No option, or `option tcp-check`.
        case tcp
        case http
        /// `redis-check` and its like, and agents.
        case other
    }

    public var kind: Kind
    /// The first one is a connection.
    public var rules: [CheckRule]
    /// `option tcp-check` is there: failures name the step.
    public var namesSteps: Bool
    /// `http-check send-state`
    public var sendsState = false
    /// `http-check disable-on-404`
    public var stopsOn404 = false

    public init(kind: Kind, rules: [CheckRule], namesSteps: Bool = false) {
        self.kind = kind
        self.rules = rules
        self.namesSteps = namesSteps
    }

    /// Connects, and no more.
    public static let connect = CheckProgram(kind: .tcp, rules: [CheckRule(.connect(.implicit))])

    public init(_ definition: CheckDefinition) throws(CheckProblem) {
        switch definition.kind {
        case .connect: self = .connect
        case .tcp:
            var rules: [CheckRule] = []
            for words in definition.rules {
                var parser = RuleParser(words, step: rules.count + 1)
                rules.append(try parser.tcpRule(after: rules))
            }
            self.init(kind: .tcp, rules: rules, namesSteps: true)
        case .http: self = try HTTPProgram.program(definition)
        case .named(let name): self = try Self.protocolProgram(name, definition.arguments)
        case .agent:
            var rules: [CheckRule] = []
            if let text = definition.arguments.first {
                rules.append(CheckRule(.send(CheckTemplate(literal: text)), step: 1))
            }
            // HAProxy's first step is there whether anything is sent or not.
            rules.append(CheckRule(.expect(CheckExpectation(.custom(.agent))), step: 2))
            self.init(kind: .other, rules: rules)
        }
        complete()
    }

    /// Puts the connection in front that no line asks for, and hands comments on to the steps they speak of.
    private mutating func complete() {
        var isConnecting = false
        if case .connect? = rules.first(where: { $0.action != .comment })?.action { isConnecting = true }
        if !isConnecting { rules.insert(CheckRule(.connect(.implicit)), at: 0) }
        var comment: String?
        var result: [CheckRule] = []
        for var rule in rules {
            if rule.action == .comment {
                comment = rule.comment
                continue
            }
            if rule.comment == nil { rule.comment = comment }
            if case .connect = rule.action { comment = nil }
            result.append(rule)
        }
        rules = result
    }
}
