internal import Addresses
internal import Files
internal import HealthChecks
internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

extension SnapshotCompiler {
    /// How the server is checked, its agent asked, and what connections of clients say of it.
    mutating func addChecks(
        _ server: ProxyConfig.Server,
        to result: inout ProxyEngine.Server
    ) throws(Unservable) {
        result.stated = Self.statedPlaces(server)
        if server.isAgentChecked, let agentPort = server.agentPort {
            result.agent = AgentSettings(
                endpoint: Endpoint(result.stated.agentAddress ?? result.endpoint.address, port: agentPort),
                interval: UInt32(clamping: max(1, server.agentInterval ?? server.interval)),
                question: server.agentQuestion
            )
        }
        guard server.isChecked else { return }
        var check = CheckSettings(interval: UInt32(clamping: max(1, server.interval)))
        check.fastInterval = Self.milliseconds(server.fastInterval)
        check.downInterval = Self.milliseconds(server.downInterval)
        check.fall = min(UInt32(clamping: server.fall), CheckSettings.mostInARow)
        check.rise = min(UInt32(clamping: server.rise), CheckSettings.mostInARow)
        check.path = server.checkPath
        // A port alone says nothing about a unix socket.
        let hasPort = server.checkPort != nil && result.connection.path == nil && server.checkPath == nil
        if hasPort || server.checkAddress != nil {
            let place = result.endpoint
            let port = server.checkPort ?? server.checkAddressPort ?? place.port
            check.endpoint = Endpoint(server.checkAddress ?? place.address, port: port)
        }
        // What connections carry is what checks carry, unless they go elsewhere.
        let usual = result.connection.proxyHeader
        check.proxyHeader =
            server.checkSendsProxy
            ? usual ?? ProxyHeaderOptions(version: 1) : check.endpoint == nil && check.path == nil ? usual : nil
        check.tls = try tls(server)
        result.check = check
        if server.observesLayer4 {
            let reaction: Observation.Reaction =
                switch server.onError {
                case .fastInterval: .fastInterval
                case .failCheck: .failCheck
                case .suddenDeath: .suddenDeath
                case .markDown: .markDown
                }
            result.observation = Observation(limit: UInt32(clamping: max(1, server.errorLimit)), reaction: reaction)
        }
    }

    private static func statedPlaces(_ server: ProxyConfig.Server) -> StatedPlaces {
        var places = StatedPlaces(
            checkAddress: server.checkAddress,
            checkPort: server.checkPort ?? 0,
            agentAddress: server.agentAddress ?? server.checkAddress,
            agentPort: server.agentPort ?? server.checkPort ?? 0
        )
        places.checkAddressPort = server.checkAddress == nil ? 0 : server.checkAddressPort ?? 0
        return places
    }

    /// The servers of a section that is `disabled`.
    static func resting(_ servers: [ProxyConfig.Server]) -> [RestingServer] {
        servers.reversed().map { server in
            var result = RestingServer(name: server.name)
            result.id = UInt32(clamping: server.id ?? 0)
            result.hostName = server.followedName ?? server.hostName
            switch server.address {
            case .ip(let address, let ports):
                if result.hostName == nil { result.address = address }
                result.port = UInt32(ports?.lowerBound ?? 0)
            case .name(let name, let ports):
                result.hostName = name
                result.port = UInt32(ports?.lowerBound ?? 0)
            case .unix, .abstract, .descriptor: break
            }
            if server.portOffset != 0 { result.port = UInt32(bitPattern: Int32(clamping: server.portOffset)) }
            result.isDisabled = server.isDisabled
            result.weight = UInt16(clamping: server.weight)
            result.rise = min(UInt32(clamping: server.rise), CheckSettings.mostInARow)
            result.usesTLS = server.usesTLS
            result.stated = statedPlaces(server)
            return result
        }
    }

    /// Some check speaks TLS.
    static func wantsTLS(_ backends: [ProxyEngine.Backend]) -> Bool {
        backends.indices.contains { index in
            backends[index].servers.indices.contains { backends[index].servers[$0].check?.tls?.isUsed == true }
                || backends[index].check.rules.contains { $0.first == "connect" && $0.contains("ssl") }
        }
    }

    private mutating func tls(_ server: ProxyConfig.Server) throws(Unservable) -> TLSSettings? {
        let isUsed = server.checksTLS || server.usesTLS
        guard isUsed || server.caFile != nil || server.checkServerName != nil else { return nil }
        var settings = TLSSettings(isUsed: isUsed)
        settings.serverName = server.checkServerName
        settings.protocols = server.checkProtocols
        guard let path = server.caFile, !server.verifiesNothing else { return settings }
        settings.authorities = path
        if authorities[path] == nil {
            do throws(SystemError) {
                // @system-ca stands for what the system trusts.
                let file = path == "@system-ca" ? "/etc/ssl/certs/ca-certificates.crt" : path
                guard let text = try AtomicFile.readText(file) else {
                    throw SystemError(code: 2, operation: "open \(path)")
                }
                authorities[path] = text
            } catch {
                throw Unservable(reason: "the CA file \(path) cannot be read: \(ErrnoName(error.code).words)")
            }
        }
        return settings
    }
}
