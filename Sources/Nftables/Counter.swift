/// What a named counter has counted: `counter vip_closed { packets 12 bytes 720 }`.
public struct Counter: Hashable, Sendable {
    public var packets: UInt64
    public var bytes: UInt64

    public init(packets: UInt64 = 0, bytes: UInt64 = 0) {
        self.packets = packets
        self.bytes = bytes
    }
}
