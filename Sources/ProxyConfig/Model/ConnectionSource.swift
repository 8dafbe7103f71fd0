/// `source`: where connections to servers come from (configuration manual, sections 4.2 and 5.2).
public struct ConnectionSource: Sendable, Hashable {
    /// `usesrc`: an address that need not be this machine's.
    public enum Foreign: Sendable, Hashable {
        case client
        case clientAddress
        case address(SocketAddress)
    }

    /// The unspecified address leaves the choice to the kernel.
    public var address: SocketAddress
    public var foreign: Foreign?
    public var interface: String?

    public init(_ address: SocketAddress) { self.address = address }
}

/// `clitcpka-cnt`, `srvtcpka-idle` and their like; nil is the kernel's own value.
public struct KeepAliveTimes: Sendable, Hashable {
    public var count: Int?
    /// Seconds.
    public var idle: Int?
    public var interval: Int?

    public init() {}
}

/// The global `unix-bind`: what unix sockets of `bind` lines have unless these say otherwise.
public struct UnixBindDefaults: Sendable, Hashable {
    /// Stands before every path.
    public var prefix = ""
    public var mode: Int?
    public var user: String?
    public var group: String?

    public init() {}
}
