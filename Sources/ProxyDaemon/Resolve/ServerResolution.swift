internal import Addresses
internal import ProxyConfig
internal import ProxyEngine

/// Who finds a server's address out while the proxy runs (`resolvers` of its line).
struct ServerResolution: Equatable {
    var section: String
    /// `resolve-prefer ipv4`
    var prefersIPv4: Bool

    /// Those of a configuration; few have any.
    static func all(_ model: ProxyModel) -> [ServerReference: ServerResolution] {
        if model.resolvers.isEmpty { return [:] }
        var result: [ServerReference: ServerResolution] = [:]
        for backend in model.backends {
            for server in backend.servers {
                guard let section = server.resolvers else { continue }
                result[ServerReference(backend: backend.name, server: server.name)] =
                    ServerResolution(section: section, prefersIPv4: server.prefersIPv4)
            }
        }
        return result
    }
}

/// A name that a command gave a server (`set server … fqdn`).
struct CommandedName: Equatable {
    var name: String
    var resolution: ServerResolution

    private var key: ResolvedNames.Key { .init(section: resolution.section, name: name) }

    /// nil if its section is gone.
    func wanted(_ sections: [Resolvers]) -> Resolver.Wanted? {
        sections.first { $0.name == resolution.section }.map {
            Resolver.Wanted(key: key, settings: $0, prefersIPv4: resolution.prefersIPv4)
        }
    }

    /// Gives a server the name, and the address that it has now; without an answer yet it stays where it is, without an address
    /// it is in maintenance.
    ///
    /// - Parameter taken: Addresses of other servers with the same name: each has one of its own, or none.
    func apply(to server: inout ProxyEngine.Server, taken: Set<IPAddress>) {
        let source = ResolvedNames.shared.source(key)
        server.hostName = name
        server.followed = FollowedName(
            name: name,
            source: source.map { "\(resolution.section)/\($0)" } ?? resolution.section
        )
        // It is the same server wherever it is.
        server.origin = server.origin ?? server.endpoint
        guard let addresses = ResolvedNames.shared[key] else { return }
        let free = addresses.filter { !taken.contains($0) }
        guard let address = free.first(where: { $0 == server.endpoint.address }) ?? free.first else {
            server.isDisabled = true
            return
        }
        server.endpoint = Endpoint(address, port: server.endpoint.port)
    }
}

extension RuntimeChanges {
    /// What is to be resolved for it.
    func wanted(_ sections: [Resolvers]) -> [Resolver.Wanted] {
        var seen: Set<ResolvedNames.Key> = []
        return servers.values.compactMap { $0.name?.wanted(sections) }.filter { seen.insert($0.key).inserted }
            .sorted { ($0.key.section, $0.key.name) < ($1.key.section, $1.key.name) }
    }
}
