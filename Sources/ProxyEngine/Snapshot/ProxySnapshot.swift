public import Addresses
public import ProxyPages
public import Patterns

/// Everything the engine runs, as one immutable value: compiled from a checked haproxy.cfg, or made by hand in tests.
///
/// Times are in milliseconds; nil means no limit, as an absent `timeout` does in HAProxy.
public struct ProxySnapshot: Hashable, Sendable {
    public var settings: EngineSettings
    public var frontends: [Frontend]
    public var backends: [Backend]
    public var stickTables: [StickTable] = []
    /// PEM text of CA files by path; ``TLSSettings`` name them.
    public var authorities: [String: String] = [:]
    /// Those that settings, frontends and backends name, and maybe others.
    public var logGroups: [LogGroup] = []
    /// Of the sections; empty if it does not matter.
    public var order = ProxyOrder()
    /// Files of patterns that conditions and converters name.
    public var patternFiles: [PatternFile] = []
    /// How often the configuration was read again: then, what commands changed of patterns counts no longer.
    public var readings: UInt64 = 0

    public init(settings: EngineSettings = EngineSettings(), frontends: [Frontend] = [], backends: [Backend] = []) {
        self.settings = settings
        self.frontends = frontends
        self.backends = backends
    }

    /// Every listener with the name of its frontend, in order.
    public var listeners: [(frontend: String, listener: Listener)] {
        var result: [(frontend: String, listener: Listener)] = []
        result.reserveCapacity(frontends.count)
        for index in frontends.indices {
            for listener in frontends[index].listeners { result.append((frontends[index].name, listener)) }
        }
        return result
    }
}

/// What holds for the whole process; fixed at start, except for ``maxConnections``, ``logGroup`` and ``peers``.
public struct EngineSettings: Hashable, Sendable {
    /// Worker threads (`nbthread`).
    public var threads: Int
    /// Most connections at a time (`maxconn`); more wait in the kernel's queue.
    public var maxConnections: Int
    /// Number of the ``LogGroup`` for what concerns no proxy; 0: nobody is told.
    public var logGroup: UInt64 = 0
    /// `spread-checks`, in percent.
    public var spreadChecks: Int
    /// `max-spread-checks`: milliseconds over which first checks are spread at most.
    public var maxSpreadChecks: UInt32?
    /// `hard-stop-after`: how long connections may outlive their server, their frontend, or the word to finish.
    public var hardStopAfter: UInt32?
    /// `grace`: how long listening goes on after the word to finish.
    public var grace: UInt32?
    /// False with `nosplice` and `-dS`.
    public var usesSplice = true
    /// Checks speak TLS: its library is loaded at the start, while there is a file system to load it from.
    public var loadsTLS = false
    /// `peers` sections.
    public var peers: [PeersSection] = []
    /// `maxconnrate` and its like; commands may change them.
    public var rates = ProcessRates()
    /// `set-var` and `set-var-fmt`; commands may say something else.
    public var variables: [ProcessVariable] = []

    public init(threads: Int = 1, maxConnections: Int = 2000, spreadChecks: Int = 0) {
        self.threads = threads
        self.maxConnections = maxConnections
        self.spreadChecks = spreadChecks
    }
}

/// A frontend: where it listens and which backend each connection goes to.
public struct Frontend: Hashable, Sendable {
    public var name: String
    public var listeners: [Listener]
    /// Looked at in order; the first that matches decides.
    public var rules: [SwitchingRule]
    /// Name of the backend when no rule matches; nil closes the connection.
    public var defaultBackend: String?
    /// `maxconn`: connections at a time; more wait in the kernel's queue. 0 is no limit.
    public var maxConnections: UInt32 = 0
    /// `rate-limit sessions`: connections taken a second; 0 is no limit.
    public var maxSessionRate: UInt32 = 0
    /// `timeout client`.
    public var clientTimeout: UInt32?
    /// `timeout client-fin`.
    public var clientFinTimeout: UInt32?
    /// Number of its ``LogGroup``; 0: it tells nobody.
    public var logGroup: UInt64 = 0
    /// `log-tag`; nil for its group's.
    public var logTag: String?
    /// What it tells of connections.
    public var logStyle = LogStyle.none
    /// `log-format`, for ``LogStyle/format``.
    public var logFormat: LineFormat?
    /// `option log-separate-errors`: connections that failed are errors.
    public var separatesErrors = false
    /// `option logasap`: connections are told of when their server has answered, not when they end.
    public var logsEarly = false
    /// `option dontlog-normal`: only connections that failed are told of.
    public var omitsNormalLogs = false
    /// `option dontlognull`.
    public var dontLogNull: Bool
    /// What a command made of it; a frontend that is not open has no listeners.
    public var state = State.open
    /// `option socket-stats`: statistics tell of each listener.
    public var countsListeners = false
    /// `option contstats`: statistics tell of the bytes of connections that have not ended.
    public var countsContinuously = false
    /// `option tcp-smart-accept`.
    public var smartAccept: Bool
    /// `unique-id-format`; sent to servers that ask for it.
    public var uniqueID: LineFormat?
    /// `tcp-request` lines; few have any.
    @Seldom public var connectionRules = ConnectionRules()
    /// Formats of its own beside ``logFormat``.
    @Seldom public var ownFormats = OwnLogFormats()
    /// What is answered here, by HTTP; nil for nearly all: connections are given to servers.
    @Seldom public var pages: PageDefinition?

    /// HAProxy's words for it.
    public enum State: UInt8, Hashable, Sendable {
        case open = 0
        /// `disable frontend`
        case paused = 1
        /// `shutdown frontend`
        case stopped = 2
    }

    public init(
        name: String,
        listeners: [Listener] = [],
        rules: [SwitchingRule] = [],
        defaultBackend: String? = nil,
        clientTimeout: UInt32? = nil,
        clientFinTimeout: UInt32? = nil,
        dontLogNull: Bool = false,
        smartAccept: Bool = false
    ) {
        self.name = name
        self.listeners = listeners
        self.rules = rules
        self.defaultBackend = defaultBackend
        self.clientTimeout = clientTimeout
        self.clientFinTimeout = clientFinTimeout
        self.dontLogNull = dontLogNull
        self.smartAccept = smartAccept
    }
}

/// `use_backend <backend> if …`.
public struct SwitchingRule: Hashable, Sendable {
    public var backend: String
    /// The name is made of what a connection says: `%[req.ssl_sni]`.
    public var format: LineFormat?
    /// Alternatives (`or`) of conditions that must all hold. No alternative at all: the rule always matches.
    public var alternatives: [[Condition]]
    /// `unless`
    public var isInverted = false

    public init(backend: String, alternatives: [[Condition]] = []) {
        self.backend = backend
        self.alternatives = alternatives
    }
}

/// One condition of a rule: true if any of its tests holds, or, negated, if none does.
public struct Condition: Hashable, Sendable {
    public enum Test: Hashable, Sendable {
        case destinationPort([ClosedRange<UInt16>])
        case source([IPNetwork])
        case destination([IPNetwork])
        case sourcePort([ClosedRange<UInt16>])
        /// `TRUE` and `FALSE`.
        case constant(Bool)
        case sample(SampleTest)
    }

    public var test: Test
    public var negated: Bool
    /// More tests of a named ACL.
    public var others: [Test] = []

    public init(_ test: Test, negated: Bool = false) {
        self.test = test
        self.negated = negated
    }

    /// Only a connection can tell.
    public var hasSamples: Bool {
        ([test] + others).contains { if case .sample = $0 { true } else { false } }
    }
}
