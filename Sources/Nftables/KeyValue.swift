public import Addresses

/// The value of one field of a key.
public enum KeyValue: Hashable, Sendable {
    case address(IPAddress)
    case port(UInt16)
    case transport(UInt8)
    case interface(Int)
    case name(String)
    case mark(UInt32)
    case mac(MACAddress)

    /// As the kernel has it, without padding.
    public var bytes: [UInt8] {
        switch self {
        case .address(let address): address.bytes
        case .port(let port): Match.port(port)
        case .transport(let number): [number]
        case .interface(let index): Match.native(UInt32(truncatingIfNeeded: index))
        case .mark(let mark): Match.native(mark)
        case .mac(let mac): mac.bytes
        case .name(let name): Array((Array(name.utf8) + [UInt8](repeating: 0, count: 16)).prefix(16))
        }
    }

    /// The fields side by side, each padded to four bytes if there are several.
    static func key(_ values: [KeyValue]) -> [UInt8] {
        if values.count == 1 { return values[0].bytes }
        var key: [UInt8] = []
        key.reserveCapacity(20)
        for value in values {
            key += value.bytes
            while key.count % 4 != 0 { key.append(0) }
        }
        return key
    }
}
