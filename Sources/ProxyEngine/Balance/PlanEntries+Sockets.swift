internal import Addresses

/// What a listener hands its connections.
struct ListenerEntry {
    var frontend: UnsafePointer<FrontendEntry>
    /// 0: not known before the kernel is asked for each connection.
    var address: UInt128 = 0
    var family: UInt8 = 0
    var number: UInt32
    /// HAProxy logs the number as the port of a client on a unix socket.
    var clientPort: UInt16 { UInt16(clamping: number) }
    var acceptsProxy: Bool
    /// `transparent`: connections come to ports that are not the socket's.
    var asksPort: Bool
    /// The name of the bind line, or the one that its row of statistics has; empty: it has none, or nobody asks.
    var name: PlanText
    /// `maxconn` of the bind line, 0 without one, and its counters; nil if nobody asks for them.
    var maxConnections: UInt32 = 0
    var cells: UnsafeMutablePointer<ListenerCells>?

    var mostConnections: UInt32 { maxConnections == 0 ? .max : maxConnections }

    init(
        _ listener: Listener,
        of frontend: UnsafePointer<FrontendEntry>,
        name: String,
        _ arena: inout Arena
    ) {
        self.frontend = frontend
        number = listener.number
        asksPort = listener.options.isTransparent
        acceptsProxy = listener.options.acceptsProxy
        self.name = arena.text(name)
        guard let endpoint = listener.address.endpoint, !listener.options.isTransparent else { return }
        address = endpoint.address.number
        family = endpoint.address.family == .v4 ? 4 : 6
    }
}

/// The other end of a connection, or the end it was made to, as the data path knows it.
struct Party: Equatable {
    var number: UInt128 = 0
    var port: UInt16 = 0
    /// 4 or 6; 0 for a unix socket and for what is not known.
    var family: UInt8 = 0

    init(number: UInt128 = 0, port: UInt16 = 0, family: UInt8 = 0) {
        (self.number, self.port, self.family) = (number, port, family)
    }

    init(_ endpoint: Endpoint) {
        self.init(
            number: endpoint.address.number,
            port: endpoint.port,
            family: endpoint.address.family == .v4 ? 4 : 6
        )
    }
}

/// What a connection to a server needs beyond connect(2) to its address.
struct SpecialConnection {
    /// A unix socket in place of the address.
    var unix: UnixAddress?
    /// The port is the client's destination's, moved by ``portOffset``.
    var mapsPort = false
    var portOffset: Int32 = 0
    var source: SourceEntry?
    var proxyHeader: ProxyHeaderOptions?
    var keepAlive: KeepAlive?
    var userTimeout: UInt32 = 0
    var resetsOnClose = false
    var connectsSmartly = false
}

/// `source`, as the data path knows it.
struct SourceEntry {
    enum Kind: UInt8 {
        case own
        case clientAddress
        case client
    }

    var kind = Kind.own
    /// Family 0: the kernel chooses.
    var address = Party()
    var isForeign = false
    /// 0: any port.
    var firstPort: UInt16 = 0
    var portCount: UInt32 = 0
    /// NUL-terminated; nil for any.
    var interface: UnsafePointer<UInt8>?
    var interfaceLength = 0

    init(_ source: SourceAddress, _ arena: inout Arena) {
        let address = source.address
        if address.number != 0 || source.ports != nil {
            self.address = Party(number: address.number, family: address.family == .v4 ? 4 : 6)
        }
        if let ports = source.ports {
            firstPort = ports.lowerBound
            portCount = UInt32(ports.count)
        }
        switch source.foreign {
        case nil: break
        case .clientAddress: kind = .clientAddress
        case .client: kind = .client
        case .fixed(let endpoint):
            let family: UInt8 = endpoint.address.family == .v4 ? 4 : 6
            self.address = Party(number: endpoint.address.number, family: family)
            firstPort = endpoint.port
            portCount = endpoint.port > 0 ? 1 : 0
        }
        isForeign = source.foreign != nil
        if !source.interface.isEmpty {
            let text = arena.text(source.interface + "\0")
            interface = text.start
            interfaceLength = text.count - 1
        }
    }
}

extension Arena {
    /// nil for a server that asks for nothing special.
    mutating func special(_ server: Server) -> UnsafePointer<SpecialConnection>? {
        let options = server.connection
        if options == ConnectionOptions() { return nil }
        var special = SpecialConnection()
        special.unix = options.path.flatMap { UnixAddress($0) }
        special.mapsPort = options.portOffset != nil
        special.portOffset = options.portOffset ?? 0
        special.source = options.source.map { SourceEntry($0, &self) }
        special.proxyHeader = options.proxyHeader
        special.keepAlive = options.keepAlive
        special.userTimeout = options.userTimeout
        special.resetsOnClose = options.resetsOnClose
        special.connectsSmartly = options.connectsSmartly
        return copy([special])
    }
}
