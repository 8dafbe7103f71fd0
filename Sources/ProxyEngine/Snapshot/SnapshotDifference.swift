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

    /// Nothing differs that needs a socket opened or closed, or a server's state made.
    public var isEmpty: Bool {
        addedBinds.isEmpty && removedBinds.isEmpty && addedServers.isEmpty && removedServers.isEmpty
    }

    /// The difference, each list in the order of the snapshot it comes from. An address that is listed twice counts once.
    public static func diff(from old: ProxySnapshot, to new: ProxySnapshot) -> SnapshotDifference {
        var result = SnapshotDifference()
        let before = Set(old.listeners.map { $0.listener.address })
        var seen: Set<ListenAddress> = []
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
        let members = old.members
        let next = new.members
        let keysBefore = Set(members.map { ServerKey($0) })
        let keysAfter = Set(next.map { ServerKey($0) })
        result.addedServers = next.filter { !keysBefore.contains(ServerKey($0)) }
        result.removedServers = members.filter { !keysAfter.contains(ServerKey($0)) }
        return result
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

extension ProxySnapshot {
    var members: [SnapshotDifference.Member] {
        backends.flatMap { backend in
            backend.servers.map { SnapshotDifference.Member(backend: backend.name, server: $0) }
        }
    }
}
