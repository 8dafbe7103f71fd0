internal import Addresses

/// What changes between two snapshots, by identity: listeners by address, servers by backend, name and endpoint.
public struct SnapshotDifference: Hashable, Sendable {
    /// A listener and the frontend it belongs to.
    public struct Bind: Hashable, Sendable {
        public var frontend: String
        public var listener: Listener

        public init(frontend: String, listener: Listener) {
            self.frontend = frontend
            self.listener = listener
        }
    }

    /// A server and its backend.
    public struct Member: Hashable, Sendable {
        public var backend: String
        public var server: Server

        public init(backend: String, server: Server) {
            self.backend = backend
            self.server = server
        }
    }

    public var keptBinds: [Bind] = []
    public var addedBinds: [Bind] = []
    public var removedBinds: [Bind] = []
    public var addedServers: [Member] = []
    public var removedServers: [Member] = []

    /// No difference.
    public init() {}

    /// Nothing differs that needs a socket opened or closed, or a server's state made.
    public var isEmpty: Bool {
        addedBinds.isEmpty && removedBinds.isEmpty && addedServers.isEmpty && removedServers.isEmpty
    }

    /// The difference, each list in the order of the snapshot it comes from. An address that is listed twice counts once.
    public static func diff(from old: ProxySnapshot, to new: ProxySnapshot) -> SnapshotDifference {
        var result = SnapshotDifference()
        let before = Set(old.listeners.map { $0.listener.address })
        var seen = Set<ListenAddress>(minimumCapacity: before.count)
        for (frontend, listener) in new.listeners where seen.insert(listener.address).inserted {
            let bind = Bind(frontend: frontend, listener: listener)
            if before.contains(listener.address) {
                result.keptBinds.append(bind)
            } else {
                result.addedBinds.append(bind)
            }
        }
        var gone: Set<ListenAddress> = []
        for (frontend, listener) in old.listeners
        where !seen.contains(listener.address) && gone.insert(listener.address).inserted {
            result.removedBinds.append(Bind(frontend: frontend, listener: listener))
        }
        let (former, latter) = changed(old.backends, new.backends)
        let members = former.flatMap { $0.members }
        let next = latter.flatMap { $0.members }
        let keysBefore = Set(members.map { ServerKey($0) })
        let keysAfter = Set(next.map { ServerKey($0) })
        result.addedServers = next.filter { !keysBefore.contains(ServerKey($0)) }
        result.removedServers = members.filter { !keysAfter.contains(ServerKey($0)) }
        return result
    }

    /// The backends between those that have the same servers at the beginning and at the end: of thousands one changes
    /// at a time, and comparing takes a tenth of looking each up.
    private static func changed(_ old: [Backend], _ new: [Backend]) -> (ArraySlice<Backend>, ArraySlice<Backend>) {
        func isSame(_ a: Backend, _ b: Backend) -> Bool { a.name == b.name && a.servers == b.servers }
        let shorter = min(old.count, new.count)
        var first = 0
        while first < shorter, isSame(old[first], new[first]) { first += 1 }
        var last = 0
        while last < shorter - first, isSame(old[old.count - 1 - last], new[new.count - 1 - last]) { last += 1 }
        return (old[first..<old.count - last], new[first..<new.count - last])
    }
}

/// The identity of a server across snapshots.
struct ServerKey: Hashable, Sendable {
    var backend: String
    var name: String
    var endpoint: String

    init(_ member: SnapshotDifference.Member) {
        backend = member.backend
        name = member.server.name
        endpoint = member.server.placeText
    }
}

extension Backend {
    fileprivate var members: [SnapshotDifference.Member] {
        servers.map { SnapshotDifference.Member(backend: name, server: $0) }
    }
}
