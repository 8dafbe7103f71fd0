public import Diagnostics

/// What `tcp-request` and `tcp-response` lines say (configuration manual, 4.2).
public struct ConnectionRules: Sendable, Hashable {
    /// `tcp-request connection`: before anything is read, a PROXY header included.
    public var connection: [ConnectionRule] = []
    /// `tcp-request session`: once addresses are known.
    public var session: [ConnectionRule] = []
    /// `tcp-request content`: about what the client has said.
    public var content: [ConnectionRule] = []
    /// `tcp-response content`: about what the server has said.
    public var response: [ConnectionRule] = []
    /// Slots for what is captured, in the order of the lines that make them.
    public var captureCount = 0
    /// `tcp-request inspect-delay`: milliseconds that rules about content may wait; nil: they judge what is there.
    public var inspectDelay: Int?
    /// `tcp-response inspect-delay`
    public var responseDelay: Int?

    public init() {}

    var withoutPositions: ConnectionRules {
        func cleared(_ rules: [ConnectionRule]) -> [ConnectionRule] {
            rules.map { rule in
                var rule = rule
                rule.position = SourcePosition(line: 0, column: 0)
                return rule
            }
        }
        var copy = self
        copy.connection = cleared(connection)
        copy.session = cleared(session)
        copy.content = cleared(content)
        copy.response = cleared(response)
        return copy
    }
}

/// One line of ``ConnectionRules``.
public struct ConnectionRule: Sendable, Hashable {
    public enum Action: Sendable, Hashable {
        case accept
        case reject
        case silentDrop
        /// `close`: the server's side is closed at once.
        case close
        /// `expect-proxy layer4`
        case expectProxy
        case setSource(SampleExpression)
        case setSourcePort(SampleExpression)
        case setDestination(SampleExpression)
        case setDestinationPort(SampleExpression)
        case setMark(UInt32)
        case setTypeOfService(UInt8)
        /// `set-var(<name>) <expression>`
        case setVariable(String, SampleExpression)
        /// `set-var-fmt(<name>) <format>`
        case formatVariable(String, String)
        case unsetVariable(String)
        /// nil: `silent`.
        case setLogLevel(LogTarget.Level?)
        case setPriorityClass(SampleExpression)
        case setPriorityOffset(SampleExpression)
        /// `capture <expression> len <length>`: into a slot for the log.
        case capture(SampleExpression, slot: Int, length: Int)
        /// `track-sc<number> <key> [table <name>]`; an empty name is the proxy's own table.
        case track(Int, SampleExpression, table: String)
        /// `sc-inc-gpc0(1)`, `sc-set-gpt(1,2) <value>`: the action, the numbers in its parentheses, and the value.
        case counter(String, [Int], CounterValue?)
        /// `set-nice`: there is one priority here.
        case nothing
    }

    /// What `sc-set-gpt` sets.
    public enum CounterValue: Sendable, Hashable {
        case number(Int)
        case expression(SampleExpression)
    }

    public var action: Action
    public var condition: Condition
    /// The line counts from the header of the section, which is 0.
    public var position: SourcePosition

    public init(_ action: Action, condition: Condition = .always, position: SourcePosition) {
        self.action = action
        self.condition = condition
        self.position = position
    }
}
