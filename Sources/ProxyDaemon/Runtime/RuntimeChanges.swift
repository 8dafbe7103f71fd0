internal import Addresses
internal import ProxyEngine

/// What commands have changed of the configuration that runs, until the next reload brings back what the file says. It is laid
/// over whatever is served meanwhile.
struct RuntimeChanges: Equatable {
    /// `set server … addr`, `check-addr`, `agent-addr` and their like.
    struct ServerChange: Equatable {
        var endpoint: Endpoint?
        var checkEndpoint: Endpoint?
        var agentEndpoint: Endpoint?
        var agentQuestion: String?
        /// What was said of these places, where something was.
        var stated: StatedPlaces?
        /// Its port follows the client's, moved by so much; `fixed`: no longer.
        var port: PortRule?
        /// `set server … fqdn`
        var name: CommandedName?
    }

    enum PortRule: Equatable {
        case fixed
        case mapped(Int32)
    }

    struct FrontendChange: Equatable {
        var maxConnections: UInt32?
        var state = Frontend.State.open
    }

    var servers: [ServerReference: ServerChange] = [:]
    /// `add server`, by backend.
    var added: [String: [Server]] = [:]
    /// `del server` of what the file has.
    var removed: Set<ServerReference> = []
    var frontends: [String: FrontendChange] = [:]
    /// `set maxconn global`
    var maxConnections: Int?

    /// What is served in place of `base`.
    func applied(to base: EncodedSnapshot) -> EncodedSnapshot {
        if self == RuntimeChanges() { return base }
        var settings = base.settings
        if let maxConnections { settings.maxConnections = min(maxConnections, settings.maxConnections) }
        let touched = Set(servers.keys.map { $0.backend } + added.keys + removed.map { $0.backend })
        return base.with(
            settings,
            frontends: frontends.isEmpty ? nil : base.frontends.map { changed($0) },
            backends: touched.isEmpty ? nil : base.backends.map { changed($0, touched) }
        )
    }

    private func changed(_ piece: EncodedProxy) -> EncodedProxy {
        guard let change = frontends.first(where: { piece.isNamed($0.key) })?.value,
            var frontend = try? piece.frontend()
        else { return piece }
        if let limit = change.maxConnections { frontend.maxConnections = limit }
        frontend.state = change.state
        if change.state != .open { frontend.listeners = [] }
        return EncodedProxy(frontend)
    }

    private func changed(_ piece: EncodedProxy, _ touched: Set<String>) -> EncodedProxy {
        guard touched.contains(where: { piece.isNamed($0) }), var backend = try? piece.backend() else { return piece }
        backend.servers.removeAll { removed.contains(ServerReference(backend: backend.name, server: $0.name)) }
        let known = Set(backend.servers.map { $0.name })
        backend.servers += (added[backend.name] ?? []).filter { !known.contains($0.name) }
        for index in backend.servers.indices {
            let reference = ServerReference(backend: backend.name, server: backend.servers[index].name)
            if let change = servers[reference] { change.apply(to: &backend.servers[index]) }
        }
        for index in backend.servers.indices {
            let reference = ServerReference(backend: backend.name, server: backend.servers[index].name)
            guard let name = servers[reference]?.name else { continue }
            let others = backend.servers.indices.filter { $0 != index }.map { backend.servers[$0] }
            let taken = others.filter { $0.followed?.name == name.name }.map { $0.endpoint.address }
            name.apply(to: &backend.servers[index], taken: Set(taken))
        }
        return EncodedProxy(backend)
    }
}

extension RuntimeChanges.ServerChange {
    fileprivate func apply(to server: inout Server) {
        if let endpoint, endpoint != server.endpoint {
            server.origin = server.endpoint
            server.endpoint = endpoint
        }
        if let port {
            server.origin = server.origin ?? server.endpoint
            if case .mapped(let offset) = port {
                server.connection.portOffset = offset
            } else {
                server.connection.portOffset = nil
            }
        }
        if let stated { server.stated = stated }
        if let checkEndpoint { server.check?.endpoint = checkEndpoint }
        if let agentEndpoint { server.agent?.endpoint = agentEndpoint }
        // What nobody said of checks and agents goes along with the server.
        let (said, own) = (server.stated, server.endpoint)
        if said.checkAddress == nil || said.checkPort == 0, let place = server.check?.endpoint {
            let itsOwn = said.checkAddress != nil && said.checkAddressPort != 0 ? said.checkAddressPort : own.port
            let port = said.checkPort == 0 ? itsOwn : place.port
            server.check?.endpoint = Endpoint(said.checkAddress ?? own.address, port: port)
        }
        if said.agentAddress == nil, let place = server.agent?.endpoint {
            server.agent?.endpoint = Endpoint(own.address, port: place.port)
        }
        if let agentQuestion { server.agent?.question = agentQuestion.isEmpty ? nil : agentQuestion }
    }
}
