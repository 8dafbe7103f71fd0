public import Diagnostics

/// A `peers` section (configuration manual, section 3.5).
public struct Peers: Sendable, Hashable {
    public struct Peer: Sendable, Hashable {
        public var name: String
        /// nil for this process where the address is on a `bind` line.
        public var address: SocketAddress?
    }

    public var name: String
    /// In order; this process is among them by the name of `localpeer`.
    public var peers: [Peer] = []
    /// The `bind` line.
    public var bind: SocketAddress?
    public var isDisabled = false
    /// An option that is not followed, such as `ssl`.
    public var notFollowed: String?
    public var position: SourcePosition

    public init(name: String, position: SourcePosition) {
        self.name = name
        self.position = position
    }
}
