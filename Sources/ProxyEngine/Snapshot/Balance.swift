/// How a backend chooses servers: `balance`, `hash-type` and `hash-balance-factor`.
public struct Balance: Hashable, Sendable {
    public enum Algorithm: UInt8, Hashable, Sendable {
        case roundRobin = 0
        case staticRoundRobin = 1
        case leastConnections = 2
        case first = 3
        case source = 4
        case random = 5
        /// `rdp-cookie`: a text is hashed; who has none takes a turn.
        case cookie = 6
    }

    /// `hash-type`: what hashes a text.
    public enum HashFunction: UInt8, Hashable, Sendable {
        case sdbm = 0
        case djb2 = 1
        case wt6 = 2
        case crc32 = 3
    }

    public var algorithm: Algorithm
    /// Of ``Algorithm/cookie``: what it is called, empty for any, and what hashes it.
    public var cookie = ""
    public var function = HashFunction.sdbm
    /// The client belongs to a server by what is hashed.
    public var isHash: Bool { algorithm == .source || algorithm == .cookie }
    /// Servers that `random` draws, of which the least loaded one is taken.
    public var draws: UInt16
    /// `hash-type consistent`; otherwise map-based.
    public var isConsistent: Bool
    /// The hash is mixed once more: `avalanche`, and `consistent` without a function.
    public var hasAvalanche: Bool
    /// `hash-balance-factor`: percent of the average load that a server may take; 0 is no bound.
    public var loadFactor: UInt32

    public init(
        _ algorithm: Algorithm = .roundRobin,
        draws: UInt16 = 2,
        isConsistent: Bool = false,
        hasAvalanche: Bool = false,
        loadFactor: UInt32 = 0
    ) {
        self.algorithm = algorithm
        self.draws = draws
        self.isConsistent = isConsistent
        self.hasAvalanche = hasAvalanche
        self.loadFactor = loadFactor
    }
}

/// `use-server <server> if …`: the server that takes a connection in place of the balance's choice, while it is up.
public struct ServerRule: Hashable, Sendable {
    public var server: String
    /// In place of ``server``: what its name is made of.
    public var format: LineFormat?
    /// Alternatives (`or`) of conditions that must all hold. No alternative at all: the rule always matches.
    public var alternatives: [[Condition]]
    /// `unless`
    public var isInverted = false

    public init(server: String, alternatives: [[Condition]] = []) {
        self.server = server
        self.alternatives = alternatives
    }
}

/// How many connections a server takes at a time; 0 is no limit.
public struct ServerLimits: Hashable, Sendable {
    /// `maxconn`
    public var maxConnections: UInt32
    /// `minconn`: the limit while the backend is idle. It grows to ``maxConnections`` with the load (`fullconn`).
    public var minConnections: UInt32
    /// `maxqueue`: most connections that wait for this server.
    public var maxQueue: UInt32

    /// As HAProxy reads them: a `minconn` that is higher or alone is the `maxconn`.
    public init(maxConnections: UInt32 = 0, minConnections: UInt32 = 0, maxQueue: UInt32 = 0) {
        self.maxConnections = max(maxConnections, minConnections)
        self.minConnections = minConnections == 0 ? maxConnections : minConnections
        self.maxQueue = maxQueue
    }
}

/// A server of any backend, by name.
public struct ServerReference: Hashable, Sendable {
    public var backend: String
    public var server: String

    public init(backend: String, server: String) {
        self.backend = backend
        self.server = server
    }
}
