internal import Addresses

extension ByteWriter {
    mutating func write(_ listener: Listener) {
        string(listener.name)
        write(listener.address)
        number(UInt32(bitPattern: listener.backlog))
        write(listener.options)
        flag(listener.isNamed)
        number(listener.maxConnections)
        number(listener.number)
    }

    mutating func write(_ address: ListenAddress) {
        switch address.place {
        case .endpoint(let place):
            number(UInt8(0))
            endpoint(place)
        case .path(let path):
            number(UInt8(1))
            string(path)
        case .abstract(let name):
            number(UInt8(2))
            string(name)
        case .descriptor(let descriptor):
            number(UInt8(3))
            number(UInt32(bitPattern: descriptor))
        }
        flag(address.onlyV6)
        string(address.interface)
        string(address.namespace)
    }

    mutating func write(_ options: ListenerOptions) {
        let isPlain = options == ListenerOptions()
        flag(isPlain)
        if isPlain { return }
        flag(options.acceptsProxy)
        flag(options.isTransparent)
        flag(options.defersAccept)
        flag(options.usesFastOpen)
        number(UInt32(bitPattern: options.maxSegmentSize))
        number(options.userTimeout)
        optional(options.keepAlive) { $0.write($1) }
        flag(options.resetsOnClose)
        optional(options.mode) { $0.number($1) }
        optional(options.user) { $0.number($1) }
        optional(options.group) { $0.number($1) }
    }

    mutating func write(_ options: ConnectionOptions) {
        let isPlain = options == ConnectionOptions()
        flag(isPlain)
        if isPlain { return }
        optional(options.path) { $0.string($1) }
        optional(options.portOffset) { $0.number(UInt32(bitPattern: $1)) }
        optional(options.source) { $0.write($1) }
        optional(options.proxyHeader) { $0.write($1) }
        optional(options.keepAlive) { $0.write($1) }
        number(options.userTimeout)
        flag(options.resetsOnClose)
        flag(options.connectsSmartly)
    }

    private mutating func write(_ source: SourceAddress) {
        address(source.address)
        optional(source.ports) { $0.range($1) }
        switch source.foreign {
        case nil: number(UInt8(0))
        case .clientAddress: number(UInt8(1))
        case .client: number(UInt8(2))
        case .fixed(let place):
            number(UInt8(3))
            endpoint(place)
        }
        string(source.interface)
    }

    private mutating func write(_ keepAlive: KeepAlive) {
        number(keepAlive.count)
        number(keepAlive.idle)
        number(keepAlive.interval)
    }
}

extension ByteReader {
    mutating func listener() throws(MalformedSnapshot) -> Listener {
        var listener = Listener(
            name: try string(),
            address: try listenAddress(),
            backlog: Int32(bitPattern: try number()),
            options: try listenerOptions()
        )
        listener.isNamed = try flag()
        listener.maxConnections = try number()
        listener.number = try number()
        return listener
    }

    mutating func listenAddress() throws(MalformedSnapshot) -> ListenAddress {
        let place: ListenAddress.Place
        switch try number(UInt8.self) {
        case 0: place = .endpoint(try endpoint())
        case 1: place = .path(try string())
        case 2: place = .abstract(try string())
        case 3: place = .descriptor(Int32(bitPattern: try number()))
        default: throw MalformedSnapshot()
        }
        return ListenAddress(place, onlyV6: try flag(), interface: try string(), namespace: try string())
    }

    private mutating func listenerOptions() throws(MalformedSnapshot) -> ListenerOptions {
        var options = ListenerOptions()
        if try flag() { return options }
        options.acceptsProxy = try flag()
        options.isTransparent = try flag()
        options.defersAccept = try flag()
        options.usesFastOpen = try flag()
        options.maxSegmentSize = Int32(bitPattern: try number())
        options.userTimeout = try number()
        options.keepAlive = try flag() ? try keepAlive() : nil
        options.resetsOnClose = try flag()
        options.mode = try optionalNumber()
        options.user = try optionalNumber()
        options.group = try optionalNumber()
        return options
    }

    mutating func connectionOptions() throws(MalformedSnapshot) -> ConnectionOptions {
        var options = ConnectionOptions()
        if try flag() { return options }
        options.path = try flag() ? try string() : nil
        options.portOffset = try flag() ? Int32(bitPattern: try number()) : nil
        options.source = try flag() ? try sourceAddress() : nil
        options.proxyHeader = try flag() ? try proxyHeader() : nil
        options.keepAlive = try flag() ? try keepAlive() : nil
        options.userTimeout = try number()
        options.resetsOnClose = try flag()
        options.connectsSmartly = try flag()
        return options
    }

    private mutating func sourceAddress() throws(MalformedSnapshot) -> SourceAddress {
        var source = SourceAddress(try address())
        source.ports = try flag() ? try range() : nil
        switch try number(UInt8.self) {
        case 0: break
        case 1: source.foreign = .clientAddress
        case 2: source.foreign = .client
        case 3: source.foreign = .fixed(try endpoint())
        default: throw MalformedSnapshot()
        }
        source.interface = try string()
        return source
    }

    private mutating func keepAlive() throws(MalformedSnapshot) -> KeepAlive {
        KeepAlive(count: try number(), idle: try number(), interval: try number())
    }
}
