/// Which packets a table sees: the word behind `table` in `nft`.
public enum TableFamily: UInt8, Hashable, Sendable, Codable, CaseIterable {
    /// IPv4 and IPv6 alike.
    case inet = 1
    case ip = 2
    case arp = 3
    case ip6 = 10

    /// As `nft` writes it.
    public var word: String {
        switch self {
        case .inet: "inet"
        case .ip: "ip"
        case .arp: "arp"
        case .ip6: "ip6"
        }
    }
}
