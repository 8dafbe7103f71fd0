/// What ``PageDefinition`` means.
public struct PageSettings: Sendable {
    /// What a frontend or a backend adds.
    public struct Proxy: Sendable {
        public var rules: [PageRule] = []
        public var statistics: StatisticsSettings?
        /// Whole answers by status, in place of HAProxy's own.
        public var answers: [Int: CustomAnswer] = [:]
        /// `description`
        public var description: String?
    }

    public var frontend = Proxy()
    /// nil: there is none.
    public var backend: Proxy?
    /// The frontend is a backend as well.
    public var isListen: Bool
    /// The name that stands for it in logs.
    public var backendName: String?
    public var monitorURI: String?
    /// Any of them makes the monitor answer 503.
    public var monitorFails: [PageCondition] = []
    /// `timeout http-request`, milliseconds; nil: as long as the client may be silent.
    public var requestTimeout: Int?
    /// `timeout http-keep-alive`; nil: as ``requestTimeout``.
    public var keepAliveTimeout: Int?
    /// `timeout tarpit`
    public var tarpitTimeout: Int?
    public var closesAfterEach = false
    /// `option accept-invalid-http-request`
    public var takesInvalid = false

    /// - Throws: ``UnservablePage`` for a line without which it would serve what it should not.
    public init(_ definition: PageDefinition) throws(UnservablePage) {
        isListen = definition.isListen
        var reader = PageReader(definition)
        frontend = try reader.proxy(definition.lines, isFrontend: true)
        monitorURI = reader.monitorURI
        monitorFails = reader.monitorFails
        requestTimeout = reader.times["http-request"]
        keepAliveTimeout = reader.times["http-keep-alive"]
        tarpitTimeout = reader.times["tarpit"]
        closesAfterEach = reader.closesAfterEach
        takesInvalid = reader.takesInvalid
        guard let other = definition.backend else { return }
        backend = try reader.proxy(other.lines, isFrontend: false)
        backendName = other.name
    }
}

/// `stats` lines.
public struct StatisticsSettings: Hashable, Sendable {
    /// The beginning of what is asked for.
    public var uri = "/haproxy?stats"
    public var realm = "HAProxy Statistics"
    public var accounts: [PageAccount] = []
    /// Seconds; 0: never.
    public var refresh = 0
    public var hidesVersion = false
    public var showsLegends = false
    public var showsModules = false
    /// nil: not shown. Empty: the machine's own name.
    public var node: String?
    /// nil: not shown. Empty: the global `description`.
    public var description: String?
    /// Names of proxies that are shown; `.` is the one that shows them. Empty: all.
    public var scopes: [String] = []
    public var rules: [PageRule] = []
    /// Any that holds lets it be changed.
    public var admin: [PageCondition] = []

    public init() {}
}

/// An `http-request` or `stats http-request` rule.
public struct PageRule: Hashable, Sendable {
    public enum Action: Hashable, Sendable {
        case allow
        /// `deny`, with its status and what is answered in place of the usual.
        case deny(Int, CustomAnswer?)
        /// `tarpit`
        case tarpit(Int)
        case reject
        /// `auth`, with its realm.
        case authenticate(String?)
        /// `use-service prometheus-exporter`
        case metrics
        case answer(CustomAnswer)
        case redirect(code: Int, location: RedirectTarget)
    }

    public var action: Action
    public var condition: PageCondition
}

/// Where a `redirect` leads.
public enum RedirectTarget: Hashable, Sendable {
    case location(String)
    /// The path of the request is put behind it.
    case prefix(String, dropsQuery: Bool)
    /// `scheme`: the same host and path.
    case scheme(String, dropsQuery: Bool)
}

/// An answer that the configuration or a file of it says.
public struct CustomAnswer: Hashable, Sendable {
    /// The whole first line.
    public var startLine: String
    public var status: Int
    /// Names in lower case.
    public var fields: [HTTPField]
    public var body: [UInt8]
    /// It says how long it is, so that another one may follow.
    public var hasLength: Bool
    /// It is empty: the connection is closed without a word.
    public var isSilent = false
}
