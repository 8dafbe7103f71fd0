public import Diagnostics

/// A `ring` section: messages in memory, and servers that they are sent on to (configuration manual, section 3.9).
/// Times are milliseconds.
public struct Ring: Sendable, Hashable {
    /// Who gets the messages over TCP.
    public struct Server: Sendable, Hashable {
        public var name: String
        public var address: SocketAddress
        /// `log-proto octet-count`: each message behind its length, instead of a newline behind it (RFC 6587, 3.4).
        public var countsOctets = false

        public init(name: String, address: SocketAddress, countsOctets: Bool = false) {
            self.name = name
            self.address = address
            self.countsOctets = countsOctets
        }
    }

    public var name: String
    /// nil: its name.
    public var description: String?
    public var format = LogTarget.Format.raw
    /// Bytes of the longest message, with its header.
    public var maxLength = 16384
    /// Bytes of all.
    public var size = 16384
    public var connectTimeout: Int?
    public var serverTimeout: Int?
    public var servers: [Server] = []
    public var position: SourcePosition

    public init(name: String, position: SourcePosition) {
        self.name = name
        self.position = position
    }
}
