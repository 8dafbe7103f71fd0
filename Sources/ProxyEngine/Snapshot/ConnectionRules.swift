/// What `tcp-request` and `tcp-response` lines say (configuration manual, 4.2).
public struct ConnectionRules: Hashable, Sendable {
    /// `tcp-request connection`: before anything is read, a PROXY header included.
    public var connection: [ConnectionRule] = []
    /// `tcp-request session`: once addresses are known.
    public var session: [ConnectionRule] = []
    /// `tcp-request content`: about what the client has said.
    public var content: [ConnectionRule] = []
    /// `tcp-response content`: about what the server has said.
    public var response: [ConnectionRule] = []
    /// Milliseconds that rules about content may wait; nil: they judge what is there.
    public var inspectDelay: UInt32?
    public var responseDelay: UInt32?
    /// Slots for what is captured (`declare capture request`, `tcp-request content capture`).
    public var captureCount: UInt16 = 0
    /// Conditions elsewhere in the proxy ask for samples.
    public var hasSamples = false
    /// The frontend is one half of a `listen` section: what its rules have judged, the other half's do not judge again.
    public var isListen = false

    public init() {}
}

/// One line of ``ConnectionRules``.
public struct ConnectionRule: Hashable, Sendable {
    public enum Action: Hashable, Sendable {
        case accept
        case reject
        case silentDrop
        /// The server's side is closed at once.
        case close
        case expectProxy
        case setSource(SampleExpression)
        case setSourcePort(SampleExpression)
        case setDestination(SampleExpression)
        case setDestinationPort(SampleExpression)
        case setMark(UInt32)
        case setTypeOfService(UInt8)
        /// The name, perhaps with conditions behind it: `txn.a,ifnotset`.
        case setVariable(String, SampleExpression)
        case formatVariable(String, LineFormat)
        case unsetVariable(String)
        /// nil: `silent`.
        case setLogLevel(LogLevel?)
        case setPriorityClass(SampleExpression)
        case setPriorityOffset(SampleExpression)
        /// What is kept for the log in a slot, as far as it fits.
        case capture(SampleExpression, slot: UInt16, length: UInt32)
        /// `track-sc<counter> <key> table <table>`
        case track(UInt8, SampleExpression, table: String)
        /// `sc-inc-gpc0(0)` and its like: the action, the numbers in its parentheses, and what is set.
        case counter(String, [UInt32], SampleExpression?)
    }

    public var action: Action
    public var condition: RuleCondition

    public init(_ action: Action, _ condition: RuleCondition = RuleCondition()) {
        self.action = action
        self.condition = condition
    }
}

/// For whom a rule holds.
public struct RuleCondition: Hashable, Sendable {
    /// Alternatives (`or`) of conditions that must all hold. No alternative at all: for everybody.
    public var alternatives: [[Condition]]
    /// `unless`
    public var isInverted: Bool

    public init(_ alternatives: [[Condition]] = [], isInverted: Bool = false) {
        self.alternatives = alternatives
        self.isInverted = isInverted
    }
}

extension ConnectionRules: HasUsualValue {
    public static let usual = ConnectionRules()
}
