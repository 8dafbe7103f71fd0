internal import Addresses
internal import Files
internal import Glibc
internal import ProxyConfig
internal import ProxyEngine

// Where listeners listen, and how servers are connected to.
extension SnapshotCompiler {
    /// A part that cannot be served, and why.
    struct Unservable: Error {
        var reason: String
    }

    mutating func listeners(
        _ bind: Bind,
        _ frontend: ProxyConfig.Frontend,
        _ numbers: inout ListenerNumbers,
        _ seen: inout Set<ListenAddress>
    ) -> [Listener] {
        var result: [Listener] = []
        if let reason = bind.quarantine {
            refuse(bind, frontend, reason)
            // Those that do not serve have their numbers, too.
            for address in bind.addresses { for _ in places(address, bind) { _ = numbers.next(bind) } }
            return []
        }
        let backlog = Self.backlog(bind, frontend)
        let options = options(bind, frontend)
        for address in bind.addresses {
            for place in places(address, bind) {
                let number = numbers.next(bind)
                guard seen.insert(place).inserted else {
                    refuse(bind, frontend, "another bind has \(place) already")
                    continue
                }
                let name = bind.name ?? place.description
                var listener = Listener(
                    name: name,
                    address: place,
                    backlog: backlog,
                    options: options,
                    number: number
                )
                listener.isNamed = bind.name != nil
                listener.maxConnections = UInt32(clamping: max(0, bind.maxConnections ?? 0))
                result.append(listener)
            }
        }
        return result
    }

    /// One for each port.
    private func places(_ address: ProxyConfig.SocketAddress, _ bind: Bind) -> [ListenAddress] {
        let interface = bind.interface ?? ""
        let namespace = bind.namespace ?? ""
        switch address {
        case .ip(let ip, let ports):
            let onlyV6 = ip.family == .v6 && isOnlyV6(bind, ip)
            return (ports ?? 0...0).map { port in
                ListenAddress(
                    Endpoint(ip, port: port),
                    onlyV6: onlyV6 || hasV4(ip, port, interface, namespace),
                    interface: interface,
                    namespace: namespace
                )
            }
        // Resolved or quarantined before.
        case .name: return []
        case .unix(let path): return [ListenAddress(.path(model.global.unixBind.prefix + path))]
        case .abstract(let name): return [ListenAddress(.abstract(name))]
        case .descriptor(let number): return [ListenAddress(.descriptor(Int32(clamping: number)))]
        }
    }

    /// As HAProxy: `v6only` is stronger than `v4v6`, and the kernel's `bindv6only` decides when neither is said.
    private func isOnlyV6(_ bind: Bind, _ address: IPAddress) -> Bool {
        if bind.isV6Only || address.number != 0 { return true }
        return !bind.isV4V6 && bindsV6Only
    }

    /// `:::80` beside `:80`: IPv4 is the other one's.
    private func hasV4(_ address: IPAddress, _ port: UInt16, _ interface: String, _ namespace: String) -> Bool {
        guard address.family == .v6, address.number == 0, port > 0 else { return address.family == .v4 }
        return wildcardPorts.contains(WildcardPort(port: port, interface: interface, namespace: namespace))
    }

    /// A port on which 0.0.0.0 is bound.
    struct WildcardPort: Hashable {
        var port: UInt16
        var interface: String
        var namespace: String
    }

    static func wildcardPorts(_ model: ProxyModel) -> Set<WildcardPort> {
        var result: Set<WildcardPort> = []
        let frontends = model.frontends
        for index in frontends.indices where !frontends[index].isDisabled {
            for bind in frontends[index].binds {
                for case .ip(let ip, let ports?) in bind.addresses where ip.family == .v4 && ip.number == 0 {
                    for port in ports {
                        result.insert(
                            WildcardPort(port: port, interface: bind.interface ?? "", namespace: bind.namespace ?? "")
                        )
                    }
                }
            }
        }
        return result
    }

    /// `net.ipv6.bindv6only`.
    static func bindsV6Only() -> Bool {
        guard let text = try? AtomicFile.readText("/proc/sys/net/ipv6/bindv6only") else { return false }
        return text.hasPrefix("1")
    }

    private func options(_ bind: Bind, _ frontend: ProxyConfig.Frontend) -> ListenerOptions {
        var options = ListenerOptions()
        options.acceptsProxy = bind.acceptsProxy
        options.isTransparent = bind.isTransparent
        options.defersAccept = bind.defersAccept
        options.usesFastOpen = bind.usesFastOpen
        options.maxSegmentSize = Int32(clamping: bind.maxSegmentSize ?? 0)
        options.userTimeout = UInt32(clamping: bind.tcpUserTimeout ?? 0)
        options.keepAlive = frontend.keepsClientsAlive ? KeepAlive(frontend.keepAliveTimes) : nil
        options.resetsOnClose = frontend.resetsOnClose
        let common = model.global.unixBind
        guard bind.addresses.contains(where: { if case .unix = $0 { true } else { false } }) else { return options }
        options.mode = (bind.mode ?? common.mode).map { UInt32(clamping: $0) }
        options.user = (bind.user ?? common.user).flatMap { name in
            UInt32(name) ?? getpwnam(name).map { $0.pointee.pw_uid }
        }
        options.group = (bind.group ?? common.group).flatMap { name in
            UInt32(name) ?? getgrnam(name).map { $0.pointee.gr_gid }
        }
        return options
    }

    // MARK: - Servers

    /// The server with its place and what its connections ask for.
    func server(
        _ server: ProxyConfig.Server,
        of backend: ProxyConfig.Backend
    ) throws(Unservable) -> ProxyEngine.Server {
        var options = ConnectionOptions()
        var endpoint = Endpoint(IPAddress(v4: 0), port: 0)
        switch server.address {
        case .ip(let ip, let ports):
            endpoint = Endpoint(ip, port: ports?.lowerBound ?? 0)
            if ports == nil { options.portOffset = Int32(clamping: server.portOffset) }
        case .unix(let path): options.path = path
        case .abstract(let name): options.path = "@\(name)"
        case .name, .descriptor: throw Unservable(reason: "\(server.address) is not an address")
        }
        if let source = server.source ?? backend.source { options.source = try Self.source(source) }
        switch server.sendsProxy {
        case .none: break
        case .v1: options.proxyHeader = ProxyHeaderOptions(version: 1)
        case .v2:
            options.proxyHeader = ProxyHeaderOptions(
                version: 2,
                checksum: server.proxyOptions.contains("crc32c"),
                tls: server.proxyOptions.contains("ssl"),
                uniqueID: server.proxyOptions.contains("unique-id")
            )
        }
        options.keepAlive = backend.keepsServersAlive ? KeepAlive(backend.keepAliveTimes) : nil
        options.userTimeout = UInt32(clamping: server.tcpUserTimeout ?? 0)
        options.resetsOnClose = backend.resetsOnClose
        options.connectsSmartly = backend.connectsSmartly
        var result = ProxyEngine.Server(name: server.name, endpoint: endpoint)
        result.connection = options
        result.isNeverStuckTo = server.isNeverStuckTo
        return result
    }

    private static func source(_ source: ConnectionSource) throws(Unservable) -> SourceAddress? {
        guard case .ip(let address, let ports) = source.address else {
            // A unix socket has no address that a TCP connection could come from; HAProxy passes over it.
            return nil
        }
        var result = SourceAddress(address, ports: ports, interface: source.interface ?? "")
        switch source.foreign {
        case nil: break
        case .client: result.foreign = .client
        case .clientAddress: result.foreign = .clientAddress
        case .address(.ip(let foreign, let ports)):
            result.foreign = .fixed(Endpoint(foreign, port: ports?.lowerBound ?? 0))
        case .address(let other): throw Unservable(reason: "'usesrc \(other)' is not an address")
        }
        return result
    }
}

extension KeepAlive {
    init(_ times: KeepAliveTimes) {
        self.init(
            count: UInt32(clamping: times.count ?? 0),
            idle: UInt32(clamping: times.idle ?? 0),
            interval: UInt32(clamping: times.interval ?? 0)
        )
    }
}
