/// What a field of a set's key, or the value of a map, is.
public enum KeyType: UInt32, Hashable, Sendable, Codable, CaseIterable {
    // The numbers are nft's own; the kernel only keeps them for whoever lists the set.
    case ipv4Address = 7
    case ipv6Address = 8
    case etherAddress = 9
    /// One byte: 6 is TCP.
    case transportProtocol = 12
    /// A port.
    case service = 13
    case mark = 19
    /// In the machine's order of bytes.
    case interfaceIndex = 20
    case interfaceName = 41

    /// Bytes of the value alone; in a concatenation each field is padded to four.
    public var length: Int {
        switch self {
        case .ipv4Address, .mark, .interfaceIndex: 4
        case .ipv6Address, .interfaceName: 16
        case .etherAddress: 6
        case .transportProtocol: 1
        case .service: 2
        }
    }

    /// As `nft` writes it.
    public var word: String {
        switch self {
        case .ipv4Address: "ipv4_addr"
        case .ipv6Address: "ipv6_addr"
        case .etherAddress: "ether_addr"
        case .transportProtocol: "inet_proto"
        case .service: "inet_service"
        case .mark: "mark"
        case .interfaceIndex: "iface_index"
        case .interfaceName: "ifname"
        }
    }

    /// Whether the number is in the machine's order of bytes.
    var isNative: Bool { self == .mark || self == .interfaceIndex || self == .interfaceName }
}

extension [KeyType] {
    /// Bytes of the key as the kernel has it.
    var keyLength: Int { count == 1 ? self[0].length : reduce(0) { $0 + ($1.length + 3) & ~3 } }

    /// Six bits for each field, the first the highest: `nft`'s number of the concatenation.
    var typeNumber: UInt32 { reduce(0) { $0 << 6 | $1.rawValue } }

    init?(typeNumber: UInt32) {
        var types: [KeyType] = []
        var rest = typeNumber
        while rest > 0 {
            guard let type = KeyType(rawValue: rest & 63) else { return nil }
            types.insert(type, at: 0)
            rest >>= 6
        }
        if types.isEmpty { return nil }
        self = types
    }
}
