/// What a haproxy.cfg means: the value that the proxy runs. Defaults are resolved into every frontend and backend, and a
/// `listen` section is a frontend and a backend of the same name.
///
/// Times are milliseconds, as HAProxy's. Two models of the same text but for comments and line numbers differ in their
/// positions only; compare ``Frontend/withoutPositions`` and its like to find what changed.
public struct ProxyModel: Sendable, Hashable {
    public var global: Global
    public var frontends: [Frontend]
    public var backends: [Backend]
    public var userlists: [Userlist]
    public var programs: [Program] = []
    public var stickTables: [StickTable] = []
    public var peers: [Peers] = []
    public var resolvers: [Resolvers] = []
    public var rings: [Ring] = []
    public var errorSections: [ErrorSection] = []
    /// A `log-forward` section listens.
    public var forwardsLogs = false

    public init(
        global: Global = Global(),
        frontends: [Frontend] = [],
        backends: [Backend] = [],
        userlists: [Userlist] = []
    ) {
        self.global = global
        self.frontends = frontends
        self.backends = backends
        self.userlists = userlists
    }

    public func backend(_ name: String) -> Backend? { backends.first { $0.name == name } }
    public func frontend(_ name: String) -> Frontend? { frontends.first { $0.name == name } }
    public func userlist(_ name: String) -> Userlist? { userlists.first { $0.name == name } }
}
