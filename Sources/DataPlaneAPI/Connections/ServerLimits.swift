internal import NIOCore

/// What one listener allows. Times as in the original's options of these names.
public struct ServerLimits: Sendable, Hashable {
    /// Most connections of one listener. One more closes the one that has been idle for the longest, or else the one
    /// whose request has been coming for the longest.
    /// One with TLS takes about 80 kB.
    public var connections = 512
    /// Most bytes of all header fields of a request.
    public var headerSize = 64 << 10
    /// Longest time that a connection may wait for its next request.
    public var keepAlive = Duration.seconds(180)
    /// Longest time between the first byte of a request and its last.
    public var read = Duration.seconds(30)
    /// Longest time between the first byte of an answer and its last.
    public var write = Duration.seconds(60)

    public init() {}
}
