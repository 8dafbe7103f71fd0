public import HealthChecks

/// What an engine has counted, and how its servers are: what `show stat` and `show servers state` tell beyond the
/// configuration.
public struct EngineReport: Hashable, Sendable {
    /// Connections that exist now.
    public var connections: Int
    /// Connections so far.
    public var sessions: UInt64
    /// Log lines that nobody took.
    public var droppedLogs: UInt32 = 0
    public var frontends: [ProxyReport]
    public var backends: [BackendReport]

    public init(
        connections: Int = 0,
        sessions: UInt64 = 0,
        frontends: [ProxyReport] = [],
        backends: [BackendReport] = []
    ) {
        self.connections = connections
        self.sessions = sessions
        self.frontends = frontends
        self.backends = backends
    }
}

/// What went through; HAProxy's counters of the same meaning (management guide, 9.1).
public struct TrafficReport: Hashable, Sendable {
    public var sessions: UInt64 = 0
    public var bytesIn: UInt64 = 0
    public var bytesOut: UInt64 = 0
    /// Most connections at a time.
    public var most: UInt32 = 0
    public var chosen: UInt32 = 0
    public var connectErrors: UInt32 = 0
    public var responseErrors: UInt32 = 0
    public var retries: UInt32 = 0
    public var redispatches: UInt32 = 0
    public var clientAborts: UInt32 = 0
    public var serverAborts: UInt32 = 0
    /// Seconds since the last connection; nil if there was none.
    public var idleSeconds: UInt32?

    public init() {}
}

/// A frontend, or what a backend has in common with one.
public struct ProxyReport: Hashable, Sendable {
    public var name: String
    /// Connections that it has now.
    public var connections: UInt32
    public var traffic: TrafficReport

    public init(name: String, connections: UInt32 = 0, traffic: TrafficReport = TrafficReport()) {
        self.name = name
        self.connections = connections
        self.traffic = traffic
    }
}

public struct BackendReport: Hashable, Sendable {
    public var proxy: ProxyReport
    /// Connections that wait for any of its servers.
    public var queue: UInt32
    /// In the order of the configuration.
    public var servers: [ServerReport]

    public init(proxy: ProxyReport, queue: UInt32 = 0, servers: [ServerReport] = []) {
        self.proxy = proxy
        self.queue = queue
        self.servers = servers
    }
}

public struct ServerReport: Hashable, Sendable {
    public var proxy: ProxyReport
    /// Connections that wait for it.
    public var queue: UInt32 = 0
    /// Its health, and what it is told, let it be used.
    public var isUp = true
    public var isHealthy = true
    /// Its health takes no new connections, and leaves those that exist.
    public var isHeld = false
    /// `slowstart`: its weight grows.
    public var isStarting = false
    public var standing: ServerStanding = []
    /// The weight that counts now, 0-256.
    public var weight: UInt32 = 1
    public var maxConnections: UInt32 = 0
    /// Seconds since it came up or went down.
    public var stableSeconds: UInt32 = 0
    public var downs: UInt32 = 0
    public var downSeconds: UInt32 = 0
    public var failedChecks: UInt32 = 0
    public var check = CheckReport()
    public var agent = CheckReport()

    public init(proxy: ProxyReport) { self.proxy = proxy }
}

/// The last result of a server's check or agent.
public struct CheckReport: Hashable, Sendable {
    public var status = CheckStatus.unknown
    /// HAProxy's rise and fall counter.
    public var health: Int = 0
    public var code: Int = 0
    /// A command says that there are none.
    public var isOff = false
    /// There are none while the server is in maintenance.
    public var isPaused = false
    /// Milliseconds; nil before the first.
    public var duration: UInt32?

    public init() {}
}

/// What somebody says who administers a server (`set server … state`).
public enum Administration: UInt8, Hashable, Sendable {
    case ready = 0
    /// No new connections; those that exist go on.
    case drain = 1
    /// Not used.
    case maintenance = 2
}
