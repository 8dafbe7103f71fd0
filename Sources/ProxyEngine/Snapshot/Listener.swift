public import Addresses

/// One listening socket of a frontend.
public struct Listener: Hashable, Sendable {
    /// `name` of the bind line, or its address.
    public var name: String
    public var address: ListenAddress
    /// `backlog`; 0 means maxconn.
    public var backlog: Int32
    /// `maxconn` of the bind line: connections at a time; 0 is no limit.
    public var maxConnections: UInt32 = 0
    public var options: ListenerOptions
    /// ``name`` is that of the bind line; messages about other listeners give their number.
    public var isNamed = false
    /// `id`, or the place among the sockets of its frontend as HAProxy counts them.
    public var number: UInt32

    public init(
        name: String,
        address: ListenAddress,
        backlog: Int32 = 0,
        options: ListenerOptions = ListenerOptions(),
        number: UInt32 = 1
    ) {
        self.name = name
        self.address = address
        self.backlog = backlog
        self.options = options
        self.number = number
    }
}

extension Listener {
    /// `svname` of its row.
    var statisticsName: String { isNamed ? name : "sock-\(number)" }
}

/// Where a listener listens, and the identity of its socket: a listener whose address is in the old and the new
/// snapshot keeps its socket.
public struct ListenAddress: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The kinds of places a `bind` line can name.
    public enum Place: Hashable, Sendable, Comparable {
        case endpoint(Endpoint)
        /// A unix socket in the file system.
        case path(String)
        /// `abns@`: a unix socket of the abstract namespace.
        case abstract(String)
        /// `fd@`: a descriptor that whoever starts the proxy has opened.
        case descriptor(Int32)
    }

    public var place: Place
    /// IPv6 only; false on `::` also takes IPv4 (`v4v6`).
    public var onlyV6: Bool
    /// Few addresses have any, and thousands are kept.
    @Seldom private var scope = Scope()

    private struct Scope: Hashable, Sendable, HasUsualValue {
        static let usual = Scope()
        var interface = ""
        var namespace = ""
    }

    /// `interface`; empty for any.
    public var interface: String {
        get { scope.interface }
        set { scope.interface = newValue }
    }
    /// `namespace`: a network namespace by the name `ip netns` knows it by; empty for the proxy's own.
    public var namespace: String {
        get { scope.namespace }
        set { scope.namespace = newValue }
    }

    public init(_ place: Place, onlyV6: Bool = true, interface: String = "", namespace: String = "") {
        self.place = place
        self.onlyV6 = onlyV6
        if interface.isEmpty, namespace.isEmpty { return }
        scope = Scope(interface: interface, namespace: namespace)
    }

    public init(_ endpoint: Endpoint, onlyV6: Bool = true, interface: String = "", namespace: String = "") {
        self.init(.endpoint(endpoint), onlyV6: onlyV6, interface: interface, namespace: namespace)
    }

    /// Address and port; nil for unix sockets and descriptors.
    public var endpoint: Endpoint? {
        if case .endpoint(let endpoint) = place { return endpoint }
        return nil
    }

    /// `10.0.0.1:80`, `unix@/run/x.sock`, `abns@x`, `fd@3`.
    public var description: String {
        switch place {
        case .endpoint(let endpoint): endpoint.description
        case .path(let path): "unix@\(path)"
        case .abstract(let name): "abns@\(name)"
        case .descriptor(let number): "fd@\(number)"
        }
    }

    public static func < (a: Self, b: Self) -> Bool {
        (a.place, a.interface, a.namespace, a.onlyV6 ? 1 : 0) < (b.place, b.interface, b.namespace, b.onlyV6 ? 1 : 0)
    }
}

/// What a `bind` line and its frontend ask of a listening socket (HAProxy's manual, 5.1). Accepted connections inherit
/// the options of TCP from it, so that none of them costs a system call for each connection.
public struct ListenerOptions: Hashable, Sendable {
    /// `accept-proxy`: a PROXY header comes before the client's first byte.
    public var acceptsProxy = false
    /// `transparent`: an address that is not this machine's; each connection has its own destination.
    public var isTransparent = false
    /// `defer-accept`: accepted with the first byte.
    public var defersAccept = false
    /// `tfo`.
    public var usesFastOpen = false
    /// `mss`; negative: so much less than the path's. 0: the kernel's.
    public var maxSegmentSize: Int32 = 0
    /// `tcp-ut`, milliseconds; 0: the kernel's.
    public var userTimeout: UInt32 = 0
    /// `option clitcpka`.
    public var keepAlive: KeepAlive?
    /// `option nolinger`: connections that end otherwise than orderly are reset.
    public var resetsOnClose = false
    /// `mode`, `user` and `group` of a unix socket.
    public var mode: UInt32?
    public var user: UInt32?
    public var group: UInt32?

    public init() {}
}

/// TCP keep-alive; 0 is the kernel's own value (`net.ipv4.tcp_keepalive_*`).
public struct KeepAlive: Hashable, Sendable {
    /// Probes without an answer that end the connection.
    public var count: UInt32
    /// Seconds of silence before the first probe.
    public var idle: UInt32
    /// Seconds between probes.
    public var interval: UInt32

    public init(count: UInt32 = 0, idle: UInt32 = 0, interval: UInt32 = 0) {
        self.count = count
        self.idle = idle
        self.interval = interval
    }
}
