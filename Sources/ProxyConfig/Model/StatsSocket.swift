public import Diagnostics

/// `stats socket`: where the runtime API listens.
public struct StatsSocket: Sendable, Hashable {
    public enum Level: String, Sendable, Hashable {
        case user
        case `operator`
        case admin
    }

    public var address: SocketAddress
    public var level = Level.operator
    /// Permissions of a unix socket.
    public var mode: Int?
    public var user: String?
    public var group: String?
    public var exposesListeners = false
    public var position: SourcePosition

    public init(address: SocketAddress, position: SourcePosition) {
        self.address = address
        self.position = position
    }
}
