public import Addresses
public import HealthChecks

/// A backend: the servers that share its connections.
public struct Backend: Hashable, Sendable {
    public var name: String
    /// The section is a `listen`; the log calls it a proxy.
    public var isListen = false
    /// `mode http`: it has no server.
    public var isHTTP = false
    /// The section is `disabled`: nobody is told of it, and who is sent there is closed.
    public var isDisabled = false
    public var servers: [Server]
    /// Those of a section that is `disabled`, the last one first, as HAProxy has them.
    public var resting: [RestingServer] = []
    /// `timeout connect`.
    public var connectTimeout: UInt32?
    /// `timeout server`.
    public var serverTimeout: UInt32?
    /// `timeout server-fin`.
    public var serverFinTimeout: UInt32?
    /// `timeout tunnel`: once the server has answered, it replaces the client's and the server's.
    public var tunnelTimeout: UInt32?
    /// `timeout check`: most time of a health check after its connection; also bounds the connection.
    public var checkTimeout: UInt32?
    /// `timeout queue`.
    public var queueTimeout: UInt32?
    /// `retries`: connection attempts after the first.
    public var retries: UInt8
    public var balance = Balance()
    /// `use-server`, in order.
    public var serverRules: [ServerRule] = []
    /// `option redispatch`: every how many retries another server is tried; negative counts from the last retry; nil is
    /// never.
    public var redispatchInterval: Int32?
    /// `option allbackups`: all backups share the connections; otherwise the first that is up takes them.
    public var usesAllBackups = false
    /// `fullconn`: connections of the backend at which servers take their `maxconn`.
    public var fullConnections: UInt32 = 0
    /// Number of its ``LogGroup``, which is told of what happens to its servers; 0: nobody is told.
    public var logGroup: UInt64 = 0
    /// `log-tag`; nil for its group's.
    public var logTag: String?
    /// `option abortonclose`: a client that ends while it waits for a server is let go.
    public var abortsOnClose = false
    /// `stick` lines, in order.
    public var stickRules: [StickRule] = []
    /// What a health check does once connected.
    public var check: CheckDefinition = CheckDefinition()
    /// `option log-health-checks`
    public var logsChecks = false
    /// `tcp-request content` and `tcp-response` lines; few have any.
    @Seldom public var connectionRules = ConnectionRules()

    public init(
        name: String,
        servers: [Server] = [],
        connectTimeout: UInt32? = nil,
        serverTimeout: UInt32? = nil,
        serverFinTimeout: UInt32? = nil,
        tunnelTimeout: UInt32? = nil,
        checkTimeout: UInt32? = nil,
        queueTimeout: UInt32? = nil,
        retries: UInt8 = 3
    ) {
        self.name = name
        self.servers = servers
        self.connectTimeout = connectTimeout
        self.serverTimeout = serverTimeout
        self.serverFinTimeout = serverFinTimeout
        self.tunnelTimeout = tunnelTimeout
        self.checkTimeout = checkTimeout
        self.queueTimeout = queueTimeout
        self.retries = retries
    }
}

/// A name that is followed while the proxy runs.
public struct FollowedName: Hashable, Sendable {
    public var name: String
    /// Who said where it is: the section and its name server, for the log.
    public var source: String

    public init(name: String, source: String) {
        self.name = name
        self.source = source
    }
}

/// A server of a backend. Its identity across changes is backend, name and place: a server that keeps them keeps its
/// health and counters.
public struct Server: Hashable, Sendable {
    public var name: String
    /// Address and port. Of no meaning with ``ConnectionOptions/path``; without its port with
    /// ``ConnectionOptions/portOffset``.
    public var endpoint: Endpoint
    /// The number that hashes and `balance first` know it by (`id`), from 1; 0: its place among the servers.
    public var id: UInt32 = 0
    /// 0-256; 0 takes no new connections.
    public var weight: UInt16
    public var limits = ServerLimits()
    /// `slowstart`: seconds in which its weight and limit grow after it came up; 0: at once.
    public var slowStart: UInt32 = 0
    /// `on-marked-down shutdown-sessions`
    public var shutsSessionsWhenDown = false
    /// `on-marked-up shutdown-backup-sessions`
    public var shutsBackupSessionsWhenUp = false
    /// `track`: whose health it shares.
    @Seldom public var track: ServerReference? = nil
    /// Used only when no other server is up.
    public var isBackup: Bool
    /// `disabled`: in maintenance, never used nor checked.
    public var isDisabled: Bool
    /// nil: not checked, always up.
    @Seldom public var check: CheckSettings? = nil
    /// What its connections ask for beyond the endpoint; most servers ask for nothing.
    @Seldom public var connection = ConnectionOptions()
    /// `non-stick`: no table learns it.
    public var isNeverStuckTo = false
    /// `agent-check`
    @Seldom public var agent: AgentSettings? = nil
    /// `resolvers`: the name that its address comes from; then that name is its place.
    @Seldom public var followed: FollowedName? = nil
    /// The name that its address came from when the configuration was read.
    @Seldom public var hostName: String? = nil
    /// `cookie`, which is told of.
    @Seldom public var cookie: String? = nil
    /// ``id`` was given by hand.
    public var hasOwnNumber = false
    /// Where checks and agents go, as it was said.
    @Seldom public var stated = StatedPlaces()
    /// `observe layer4`
    @Seldom public var observation: Observation? = nil
    /// Where it is configured to be, if a command moved it: who it is does not change with that.
    @Seldom public var origin: Endpoint? = nil
    /// A command added it: it begins in maintenance, and its checks begin when a command says so.
    public var isDynamic = false
    /// Such a server is in maintenance until somebody says otherwise; this one is not.
    public var beginsReady = false

    public init(
        name: String,
        endpoint: Endpoint,
        weight: UInt16 = 1,
        isBackup: Bool = false,
        isDisabled: Bool = false,
        check: CheckSettings? = nil
    ) {
        self.name = name
        self.endpoint = endpoint
        self.weight = weight
        self.isBackup = isBackup
        self.isDisabled = isDisabled
        self.check = check
    }

    /// Shares what is equal with `other`, so that it is there once.
    mutating func share(_ other: Server) {
        _check.share(other._check)
        _connection.share(other._connection)
        _agent.share(other._agent)
        _observation.share(other._observation)
        _stated.share(other._stated)
    }
}
