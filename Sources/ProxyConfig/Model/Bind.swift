public import Diagnostics

/// One `bind` line.
public struct Bind: Sendable, Hashable {
    /// The `name` of the line.
    public var name: String?
    /// `id`: the number of its socket.
    public var id: Int?
    /// The addresses of the line, which commas separate.
    public var addresses: [SocketAddress]
    /// An IPv6 socket that takes IPv4 connections too.
    public var isV4V6 = false
    /// An IPv6 socket that takes IPv6 connections only.
    public var isV6Only = false
    public var isTransparent = false
    public var acceptsProxy = false
    public var defersAccept = false
    public var usesFastOpen = false
    public var interface: String?
    /// `namespace`: a network namespace to listen in.
    public var namespace: String?
    public var backlog: Int?
    public var maxConnections: Int?
    public var maxSegmentSize: Int?
    /// `tcp-ut`, milliseconds.
    public var tcpUserTimeout: Int?
    /// Permissions and owner of a unix socket.
    public var mode: Int?
    public var user: String?
    public var group: String?
    /// Why this line is not served although the configuration is right: it asks for something that is not there yet.
    public var quarantine: String?
    /// The line counts from the header of the section, which is 0: what stands above is of no account.
    public var position: SourcePosition

    public init(addresses: [SocketAddress], position: SourcePosition) {
        self.addresses = addresses
        self.position = position
    }

    /// The name, else the first address: how messages speak of it.
    public var label: String { name ?? addresses.first?.description ?? "" }
}
