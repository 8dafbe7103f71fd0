public import Addresses

/// A neighbour solicitation or advertisement with its IPv6 header (RFC 4861, sections 4.3 and 4.4).
public struct NeighbourMessage: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case solicitation
        /// - Parameters:
        ///   - isSolicited: It answers somebody's solicitation.
        ///   - overrides: Who knows the address with another MAC takes this one.
        case advertisement(isRouter: Bool = false, isSolicited: Bool, overrides: Bool)
    }

    public var kind: Kind
    /// `::` in a probe.
    public var source: IPAddress
    public var destination: IPAddress
    public var target: IPAddress
    /// The option with the sender's MAC (solicitation) or the target's (advertisement).
    public var linkLayer: MACAddress?

    public init(
        _ kind: Kind,
        from source: IPAddress,
        to destination: IPAddress,
        target: IPAddress,
        linkLayer: MACAddress?
    ) {
        self.kind = kind
        self.source = source
        self.destination = destination
        self.target = target
        self.linkLayer = linkLayer
    }

    /// "Who has `address`?", asked by somebody who has none: RFC 4862, section 5.4.2.
    public static func probe(_ address: IPAddress) -> NeighbourMessage {
        NeighbourMessage(
            .solicitation,
            from: IPAddress(family: .v6, number: 0),
            to: address.solicitedNodeGroup,
            target: address,
            linkLayer: nil
        )
    }

    /// "I have `address`", to all nodes: RFC 4861, section 7.2.6.
    public static func announcement(_ address: IPAddress, from mac: MACAddress) -> NeighbourMessage {
        NeighbourMessage(
            .advertisement(isSolicited: false, overrides: true),
            from: address,
            to: .allNodes,
            target: address,
            linkLayer: mac
        )
    }

    /// "I have `address`", to the one who asked.
    public static func answer(_ address: IPAddress, from mac: MACAddress, to asker: IPAddress) -> NeighbourMessage {
        NeighbourMessage(
            .advertisement(isSolicited: true, overrides: true),
            from: address,
            to: asker,
            target: address,
            linkLayer: mac
        )
    }

    /// From an IPv6 packet; nil unless it is one of the two and passes every check of RFC 4861, sections 7.1.1 and
    /// 7.1.2: among them a hop limit of 255, which no packet from behind a router has.
    public init?(_ packet: ArraySlice<UInt8>) {
        let bytes = Array(packet.prefix(40 + Self.longestBody))
        guard bytes.count >= 64, bytes[0] >> 4 == 6, bytes[6] == Self.protocolNumber, bytes[7] == 255,
            let source = IPAddress(bytes: bytes[8..<24]), let destination = IPAddress(bytes: bytes[24..<40]),
            let target = IPAddress(bytes: bytes[48..<64]), !target.isMulticast, !source.isMulticast
        else { return nil }
        let length = Int(bytes[4]) << 8 | Int(bytes[5])
        // Behind it comes padding at most.
        guard length >= 24, length <= bytes.count - 40, bytes[41] == 0 else { return nil }
        let body = bytes[40..<40 + length]
        let options = body.dropFirst(24)
        guard Self.checksum(body, source, destination) == 0, Self.isWhole(options) else { return nil }
        (self.source, self.destination, self.target) = (source, destination, target)
        switch bytes[40] {
        case 135:
            kind = .solicitation
            linkLayer = Self.linkLayer(1, options)
            if source.isUnspecified, destination != target.solicitedNodeGroup || linkLayer != nil { return nil }
        case 136:
            let flags = bytes[44]
            let isSolicited = flags & 0x40 != 0
            kind = .advertisement(isRouter: flags & 0x80 != 0, isSolicited: isSolicited, overrides: flags & 0x20 != 0)
            linkLayer = Self.linkLayer(2, options)
            if source.isUnspecified || destination.isMulticast && isSolicited { return nil }
        default: return nil
        }
    }

    /// Longer ones are none: signatures of SEND (RFC 3971) have some hundred bytes.
    private static let longestBody = 1460
    private static let protocolNumber: UInt8 = 58

    /// Options follow each other to the end, and none is empty.
    private static func isWhole(_ options: ArraySlice<UInt8>) -> Bool {
        var rest = options
        while !rest.isEmpty {
            guard rest.count >= 8 else { return false }
            let length = Int(rest[rest.startIndex + 1]) * 8
            guard length > 0, length <= rest.count else { return false }
            rest = rest.dropFirst(length)
        }
        return true
    }

    /// The MAC address of the option `type` among options that are whole.
    private static func linkLayer(_ type: UInt8, _ options: ArraySlice<UInt8>) -> MACAddress? {
        var rest = options
        while !rest.isEmpty {
            let start = rest.startIndex
            if rest[start] == type { return MACAddress(bytes: rest[start + 2..<start + 8]) }
            rest = rest.dropFirst(Int(rest[start + 1]) * 8)
        }
        return nil
    }

    /// The IPv6 packet.
    public var bytes: [UInt8] {
        var body: [UInt8] = [kind == .solicitation ? 135 : 136, 0, 0, 0, flags, 0, 0, 0]
        body += target.bytes
        if let linkLayer { body += [kind == .solicitation ? 1 : 2, 1] + linkLayer.bytes }
        let sum = Self.checksum(body[...], source, destination)
        (body[2], body[3]) = (UInt8(sum >> 8), UInt8(sum & 0xff))
        return [0x60, 0, 0, 0, 0, UInt8(body.count), Self.protocolNumber, 255] + source.bytes + destination.bytes + body
    }

    private var flags: UInt8 {
        guard case .advertisement(let isRouter, let isSolicited, let overrides) = kind else { return 0 }
        return (isRouter ? 0x80 : 0) | (isSolicited ? 0x40 : 0) | (overrides ? 0x20 : 0)
    }

    /// To the destination's multicast group, or to `mac`.
    public func frame(from source: MACAddress, to mac: MACAddress? = nil) -> EthernetFrame {
        EthernetFrame(to: mac ?? .group(destination), from: source, .ipv6, bytes)
    }

    /// Of ICMPv6 (RFC 4443, section 2.3); 0 over a message that holds the right one.
    static func checksum(_ body: ArraySlice<UInt8>, _ source: IPAddress, _ destination: IPAddress) -> UInt16 {
        var sum = UInt64(body.count) + UInt64(protocolNumber)
        for address in [source.number, destination.number] {
            for shift in stride(from: 0, to: 128, by: 16) {
                sum += UInt64(truncatingIfNeeded: address >> UInt128(shift) & 0xffff)
            }
        }
        var isHigh = true
        for byte in body {
            sum += isHigh ? UInt64(byte) << 8 : UInt64(byte)
            isHigh.toggle()
        }
        while sum > 0xffff { sum = (sum & 0xffff) + (sum >> 16) }
        return ~UInt16(sum)
    }
}

extension IPAddress {
    /// `ff02::1`
    static let allNodes = IPAddress(family: .v6, number: 0xff02 << 112 | 1)

    /// `ff02::1:ff00:0` and the last three bytes: where hosts that have the address listen (RFC 4291, section 2.7.1).
    public var solicitedNodeGroup: IPAddress {
        IPAddress(family: .v6, number: 0xff02 << 112 | 0x1_ff00_0000 | number & 0xff_ffff)
    }
}
