/// A network in CIDR notation: all addresses that share their first ``prefixLength`` bits. Host bits are zero.
public struct IPNetwork: Hashable, Sendable {
    /// The first address of the network.
    public let address: IPAddress
    /// 0-32 or 0-128.
    public let prefixLength: Int

    /// The network that `address` lies in; its host bits are cleared. nil if the prefix is too long.
    public init?(containing address: IPAddress, prefixLength: Int) {
        guard (0...address.family.bits).contains(prefixLength) else { return nil }
        self.address = IPAddress(
            family: address.family,
            number: address.number & ~Self.hostMask(address.family, prefixLength)
        )
        self.prefixLength = prefixLength
    }

    /// The network of the one address: /32 or /128.
    public init(_ address: IPAddress) {
        self.address = address
        prefixLength = address.family.bits
    }

    public var family: IPAddress.Family { address.family }
    public var first: IPAddress { address }
    public var last: IPAddress {
        IPAddress(family: family, number: address.number | Self.hostMask(family, prefixLength))
    }
    /// The IPv4 broadcast address; nil for /31, /32 and IPv6.
    public var broadcast: IPAddress? { family == .v4 && prefixLength < 31 ? last : nil }

    public func contains(_ other: IPAddress) -> Bool {
        other.family == family && (first...last).contains(other)
    }

    public func contains(_ other: IPNetwork) -> Bool {
        prefixLength <= other.prefixLength && contains(other.address)
    }

    public func overlaps(_ other: IPNetwork) -> Bool { contains(other) || other.contains(self) }

    /// Whether every address of it is one that a host can have: none is unspecified (`0.0.0.0/8`, `::`), loopback,
    /// multicast or the limited broadcast address.
    public var isUnicast: Bool {
        let family = family
        let others: [(number: UInt128, prefixLength: Int)] =
            family == .v4
            ? [(0, 8), (0x7f00_0000, 8), (0xe000_0000, 4), (0xffff_ffff, 32)]
            : [(0, 128), (1, 128), (0xff << 120, 8)]
        return !others.contains { other in
            let address = IPAddress(family: family, number: other.number)
            return IPNetwork(containing: address, prefixLength: other.prefixLength).map { overlaps($0) } ?? false
        }
    }

    static func hostMask(_ family: IPAddress.Family, _ prefixLength: Int) -> UInt128 {
        let bits = family.bits - prefixLength
        return bits == 128 ? .max : (UInt128(1) << UInt128(bits)) - 1
    }
}

extension IPNetwork: Comparable {
    public static func < (a: IPNetwork, b: IPNetwork) -> Bool {
        (a.address, a.prefixLength) < (b.address, b.prefixLength)
    }
}

extension IPNetwork: LosslessStringConvertible {
    /// `10.13.200.32/27`. Set host bits make it nil: ``InterfaceAddress`` reads those.
    public init?(_ description: String) {
        guard let parsed = InterfaceAddress(description), parsed.address == parsed.network.address else { return nil }
        self = parsed.network
    }

    public var description: String { "\(address)/\(prefixLength)" }
}
