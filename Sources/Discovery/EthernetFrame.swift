public import Addresses

/// An Ethernet frame without a VLAN tag: 14 bytes of header and what it carries.
public struct EthernetFrame: Hashable, Sendable {
    /// What a frame carries: `ETH_P_*`.
    public struct Kind: RawRepresentable, Hashable, Sendable {
        public var rawValue: UInt16

        public init(rawValue: UInt16) { self.rawValue = rawValue }

        public static let arp = Kind(rawValue: 0x0806)
        public static let ipv6 = Kind(rawValue: 0x86dd)
    }

    public var destination: MACAddress
    public var source: MACAddress
    public var kind: Kind
    public var payload: ArraySlice<UInt8>

    public init(to destination: MACAddress, from source: MACAddress, _ kind: Kind, _ payload: [UInt8]) {
        self.destination = destination
        self.source = source
        self.kind = kind
        self.payload = payload[...]
    }

    /// nil if the bytes end within the header.
    public init?(_ bytes: ArraySlice<UInt8>) {
        let start = bytes.startIndex
        guard bytes.count >= 14, let destination = MACAddress(bytes: bytes[start..<start + 6]),
            let source = MACAddress(bytes: bytes[start + 6..<start + 12])
        else { return nil }
        self.destination = destination
        self.source = source
        kind = Kind(rawValue: UInt16(bytes[start + 12]) << 8 | UInt16(bytes[start + 13]))
        payload = bytes[(start + 14)...]
    }

    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(14 + payload.count)
        bytes += destination.bytes
        bytes += source.bytes
        bytes.append(UInt8(kind.rawValue >> 8))
        bytes.append(UInt8(kind.rawValue & 0xff))
        bytes += payload
        return bytes
    }
}

extension MACAddress {
    private init(number: UInt64) {
        // Six bytes are an address.
        self =
            MACAddress(bytes: (0..<6).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * (5 - $0))) }) ?? .broadcast
    }

    /// `ff:ff:ff:ff:ff:ff`
    public static let broadcast = MACAddress(number: 0xffff_ffff_ffff)
    /// What an ARP request has where the answer is wanted.
    public static let zero = MACAddress(number: 0)

    /// Where frames to an IPv6 multicast group go: `33:33` and the last four bytes of the group (RFC 2464).
    static func group(_ address: IPAddress) -> MACAddress {
        MACAddress(number: 0x3333_0000_0000 | UInt64(truncatingIfNeeded: address.number & 0xffff_ffff))
    }

    /// Of a group and of no host.
    public var isMulticast: Bool { bytes[0] & 1 == 1 }
}
