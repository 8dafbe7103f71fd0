public import Addresses

/// A `ring` section, or what a `log tcp@…` line makes (HAProxy's manual, 3.9): messages in memory, of which the last stay,
/// and servers that they are sent on to. Times are in milliseconds.
public struct LogRing: Hashable, Sendable {
    public struct Server: Hashable, Sendable {
        public var name: String
        public var endpoint: Endpoint
        /// Each message behind its length; else a newline is behind it (RFC 6587, 3.4).
        public var countsOctets: Bool

        public init(name: String, endpoint: Endpoint, countsOctets: Bool = false) {
            self.name = name
            self.endpoint = endpoint
            self.countsOctets = countsOctets
        }
    }

    public var name: String
    public var description: String
    public var format: LogFormat
    /// Bytes of the longest message.
    public var maxLength: UInt32
    /// Bytes of all.
    public var size: UInt32
    public var connectTimeout: UInt32?
    /// How long a server may take nothing.
    public var serverTimeout: UInt32?
    public var servers: [Server]

    public init(
        name: String,
        description: String = "",
        format: LogFormat = .raw,
        maxLength: UInt32 = 16384,
        size: UInt32 = 16384,
        connectTimeout: UInt32? = nil,
        serverTimeout: UInt32? = nil,
        servers: [Server] = []
    ) {
        self.name = name
        self.description = description
        self.format = format
        self.maxLength = maxLength
        self.size = size
        self.connectTimeout = connectTimeout
        self.serverTimeout = serverTimeout
        self.servers = servers
    }
}
