public import Addresses

/// What the connections to a server ask for beyond its address and port (HAProxy's manual, 5.2). A server that asks for
/// nothing costs its connections nothing.
public struct ConnectionOptions: Hashable, Sendable {
    /// A unix socket in place of the endpoint; a leading `@` means the abstract namespace.
    public var path: String?
    /// The port is that of the client's destination, moved by so much. nil: the endpoint's.
    public var portOffset: Int32?
    /// `source`.
    public var source: SourceAddress?
    /// `send-proxy`, `send-proxy-v2`.
    public var proxyHeader: ProxyHeaderOptions?
    /// `option srvtcpka`.
    public var keepAlive: KeepAlive?
    /// `tcp-ut`, milliseconds; 0: the kernel's.
    public var userTimeout: UInt32 = 0
    /// `option nolinger`: connections that end otherwise than orderly are reset.
    public var resetsOnClose = false
    /// `option tcp-smart-connect`.
    public var connectsSmartly = false

    public init() {}
}

/// `source`: where connections to a server come from.
public struct SourceAddress: Hashable, Sendable {
    /// `usesrc`: an address that need not be this machine's.
    public enum Foreign: Hashable, Sendable {
        /// The client's address, any port.
        case clientAddress
        /// The client's address and port.
        case client
        /// Always this one.
        case fixed(Endpoint)
    }

    /// The unspecified address leaves the choice to the kernel.
    public var address: IPAddress
    /// In turn; nil: any that is free.
    public var ports: ClosedRange<UInt16>?
    public var foreign: Foreign?
    /// `interface`; empty for any.
    public var interface: String

    public init(
        _ address: IPAddress,
        ports: ClosedRange<UInt16>? = nil,
        foreign: Foreign? = nil,
        interface: String = ""
    ) {
        self.address = address
        self.ports = ports
        self.foreign = foreign
        self.interface = interface
    }
}

/// The PROXY header that a server wants before the client's first byte.
public struct ProxyHeaderOptions: Hashable, Sendable {
    /// 1 or 2.
    public var version: UInt8
    /// `proxy-v2-options crc32c`: a checksum.
    public var checksum: Bool
    /// `proxy-v2-options ssl`, and `send-proxy-v2-ssl`: says that the client spoke no TLS to us.
    public var tls: Bool
    /// `proxy-v2-options unique-id`: the frontend's `unique-id-format`.
    public var uniqueID: Bool

    public init(version: UInt8, checksum: Bool = false, tls: Bool = false, uniqueID: Bool = false) {
        self.version = version
        self.checksum = checksum
        self.tls = tls
        self.uniqueID = uniqueID
    }
}

extension Server {
    /// Where it is, as text: part of its identity.
    var placeText: String {
        if let path = connection.path { return "unix@\(path)" }
        if let offset = connection.portOffset { return "\(endpoint.address):\(offset < 0 ? "" : "+")\(offset)" }
        return endpoint.description
    }
}
