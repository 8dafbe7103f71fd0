/// The `global` section (configuration manual, section 3).
public struct Global: Sendable, Hashable {
    /// `localpeer`
    public var localPeer: String?
    /// Connections of the whole process; nil leaves it to the limits of file descriptors.
    public var maxConnections: Int?
    /// `maxconnrate`, `maxsessrate`, `maxsslrate`; `maxcomprate` in kilobytes.
    public var maxConnectionRate: Int?
    public var maxSessionRate: Int?
    public var maxTLSRate: Int?
    public var maxCompressionRate: Int?
    public var user: String?
    public var group: String?
    public var userID: Int?
    public var groupID: Int?
    public var chroot: String?
    public var threads: Int?
    public var logTargets: [LogTarget] = []
    public var logTag: String?
    /// `log-send-hostname`: the name to send; empty for that of the machine, nil for none.
    public var logHostName: String?
    public var statsSockets: [StatsSocket] = []
    /// Milliseconds.
    public var statsTimeout: Int?
    /// `server-state-base`, `server-state-file`
    public var serverStateBase: String?
    public var serverStateFile: String?
    /// `stats maxconn`: clients of stats sockets at a time.
    public var statsMaxConnections: Int?
    public var isMasterWorker = false
    public var isDaemon = false
    /// Milliseconds that a removed part may keep its connections.
    public var hardStopAfter: Int?
    public var pidFile: String?
    public var node: String?
    public var description: String?
    /// Percent by which the intervals of health checks vary, 0-50.
    public var spreadChecks = 0
    /// `max-spread-checks`: milliseconds over which first checks are spread at most.
    public var maxSpreadChecks: Int?
    /// What `setenv` and its like made of the process's environment; nil for a variable that is removed.
    public var environment: [String: String?] = [:]
    /// `grace`: milliseconds between the word to finish and the end of listening.
    public var grace: Int?
    /// `ulimit-n`: descriptors that the process asks for.
    public var openFileLimit: Int?
    /// `fd-hard-limit`: most descriptors that it ever asks for.
    public var openFileHardLimit: Int?
    /// `strict-limits`: do not start where the limit of descriptors is too low for `maxconn`. Only if it is written: the
    /// default is to serve fewer connections.
    public var hasStrictLimits = false
    /// `zero-warning`: any warning is an error.
    public var refusesWarnings = false
    /// `nosplice`: bytes are copied.
    public var avoidsSplice = false

    /// `ssl-server-verify none`: nobody asks for the certificate of a server whose line says nothing of it.
    public var trustsServers = false
    /// `set-var`, `set-var-fmt`, in order.
    public var variables: [GlobalVariable] = []

    /// `expose-experimental-directives`
    public var allowsExperimental = false

    public var unixBind = UnixBindDefaults()

    public init() {}
}
