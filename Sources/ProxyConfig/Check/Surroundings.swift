public import Addresses

/// What a check asks of the machine. Without an answer it believes the file, so that a configuration can be checked
/// where it does not run.
public struct Surroundings: Sendable {
    /// The value of an environment variable that a double-quoted word names.
    public var variable: @Sendable (String) -> String?
    /// The address of a host name. When nil, names stay unresolved; when it gives nil, the name is an error, as it is
    /// for HAProxy.
    public var resolve: (@Sendable (String) -> IPAddress?)?
    /// The address of a name that must have one at once, as all but those of servers; nil leaves those to ``resolve`` too.
    public var resolveNow: (@Sendable (String) -> IPAddress?)?
    /// Why a descriptor is no socket to listen on; nil if it is one. Without this, all are believed to be.
    public var descriptorProblem: (@Sendable (Int) -> String?)?
    /// How many threads there are where `nbthread` does not say it; nil if nobody knows.
    public var processors: Int?
    /// Whether the system knows a user, a group.
    public var hasUser: @Sendable (String) -> Bool
    public var hasGroup: @Sendable (String) -> Bool
    /// Whether a file or directory exists, which a line names. HAProxy refuses a line that names another.
    public var hasFile: @Sendable (String) -> Bool
    /// Whether a file is there and says nothing.
    public var isEmptyFile: @Sendable (String) -> Bool = { _ in false }
    /// What a file of patterns says, with values or without; nil if it cannot be read. Without this, files are not looked
    /// into.
    public var contents: (@Sendable (_ path: String, _ hasValues: Bool) -> [UInt8]?)?
    /// Whether the proxy is started as master and worker (`-W`, `-Ws`), which `program` sections need.
    public var isMasterWorker: Bool
    /// Whether `.diag` lines speak (`-dD`).
    public var isDiagnosing = false
    /// `-dV`: as the global `ssl-server-verify none`.
    public var trustsServers = false

    /// For all names but those of servers.
    var resolver: (@Sendable (String) -> IPAddress?)? { resolve ?? resolveNow }

    public init(
        variable: @escaping @Sendable (String) -> String? = { _ in nil },
        resolve: (@Sendable (String) -> IPAddress?)? = nil,
        hasUser: @escaping @Sendable (String) -> Bool = { _ in true },
        hasGroup: @escaping @Sendable (String) -> Bool = { _ in true },
        hasFile: @escaping @Sendable (String) -> Bool = { _ in true },
        isMasterWorker: Bool = true
    ) {
        self.variable = variable
        self.resolve = resolve
        self.hasUser = hasUser
        self.hasGroup = hasGroup
        self.hasFile = hasFile
        self.isMasterWorker = isMasterWorker
    }
}
