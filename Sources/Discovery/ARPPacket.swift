public import Addresses

/// An ARP packet for IPv4 on Ethernet: 28 bytes (RFC 826).
public struct ARPPacket: Hashable, Sendable {
    public enum Operation: UInt16, Sendable, Hashable {
        case request = 1
        case reply = 2
    }

    public var operation: Operation
    public var senderMAC: MACAddress
    /// `0.0.0.0` in a probe.
    public var sender: IPAddress
    /// Zeros in a request.
    public var targetMAC: MACAddress
    public var target: IPAddress

    public init(
        _ operation: Operation,
        senderMAC: MACAddress,
        sender: IPAddress,
        targetMAC: MACAddress = .zero,
        target: IPAddress
    ) {
        self.operation = operation
        self.senderMAC = senderMAC
        self.sender = sender
        self.targetMAC = targetMAC
        self.target = target
    }

    /// "Who has `address`?", asked by somebody who has none: RFC 5227, section 1.1.
    public static func probe(_ address: IPAddress, from mac: MACAddress) -> ARPPacket {
        ARPPacket(.request, senderMAC: mac, sender: IPAddress(v4: 0), target: address)
    }

    /// "I have `address`": a request of the address for itself (RFC 5227, section 1.1), also called gratuitous ARP. Who
    /// knows the address with another MAC takes this one.
    public static func announcement(_ address: IPAddress, from mac: MACAddress) -> ARPPacket {
        ARPPacket(.request, senderMAC: mac, sender: address, target: address)
    }

    /// nil unless it is ARP for IPv4 on Ethernet; padding behind it is left out.
    public init?(_ payload: ArraySlice<UInt8>) {
        let start = payload.startIndex
        guard payload.count >= 28, payload[start..<start + 6].elementsEqual(Self.header),
            let operation = Operation(rawValue: UInt16(payload[start + 6]) << 8 | UInt16(payload[start + 7])),
            let senderMAC = MACAddress(bytes: payload[start + 8..<start + 14]),
            let sender = IPAddress(bytes: payload[start + 14..<start + 18]),
            let targetMAC = MACAddress(bytes: payload[start + 18..<start + 24]),
            let target = IPAddress(bytes: payload[start + 24..<start + 28])
        else { return nil }
        self.init(operation, senderMAC: senderMAC, sender: sender, targetMAC: targetMAC, target: target)
    }

    /// Ethernet, IPv4, six bytes, four bytes.
    private static let header: [UInt8] = [0, 1, 8, 0, 6, 4]

    public var bytes: [UInt8] {
        var bytes = Self.header
        bytes.reserveCapacity(28)
        bytes += [0, UInt8(operation.rawValue)]
        bytes += senderMAC.bytes
        bytes += sender.bytes
        bytes += targetMAC.bytes
        bytes += target.bytes
        return bytes
    }

    /// To all hosts of the link.
    public var broadcastFrame: EthernetFrame { EthernetFrame(to: .broadcast, from: senderMAC, .arp, bytes) }
}
