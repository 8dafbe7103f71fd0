public import Addresses

/// What a frame says about an address.
public struct Sighting: Hashable, Sendable {
    public enum Meaning: Hashable, Sendable {
        /// The sender has it.
        case holds
        /// The sender is about to take it, and asks whether somebody has it.
        case probes
        /// The sender, who has another address, asks for the MAC address (IPv6 only; the kernel answers for IPv4).
        case asks(from: IPAddress)
    }

    public var address: IPAddress
    public var mac: MACAddress
    public var meaning: Meaning

    public init(_ address: IPAddress, _ mac: MACAddress, _ meaning: Meaning) {
        self.address = address
        self.mac = mac
        self.meaning = meaning
    }

    /// Everything a frame says; nothing if it is not whole, not ARP, and no neighbour discovery.
    public static func read(_ bytes: ArraySlice<UInt8>) -> [Sighting] {
        guard let frame = EthernetFrame(bytes) else { return [] }
        switch frame.kind {
        case .arp: return ARPPacket(frame.payload).map { read($0) } ?? []
        case .ipv6: return NeighbourMessage(frame.payload).map { read($0, frame.source) } ?? []
        default: return []
        }
    }

    private static func read(_ packet: ARPPacket) -> [Sighting] {
        // What no host can have says nothing: nobody is to be named by it.
        if packet.senderMAC.isMulticast || packet.senderMAC == .zero { return [] }
        if !packet.sender.isUnspecified { return [Sighting(packet.sender, packet.senderMAC, .holds)] }
        return packet.operation == .request ? [Sighting(packet.target, packet.senderMAC, .probes)] : []
    }

    private static func read(_ message: NeighbourMessage, _ sender: MACAddress) -> [Sighting] {
        let mac = message.linkLayer ?? sender
        if mac.isMulticast || mac == .zero { return [] }
        switch message.kind {
        case .advertisement:
            return [Sighting(message.target, mac, .holds)]
        case .solicitation where message.source.isUnspecified:
            return [Sighting(message.target, mac, .probes)]
        case .solicitation:
            return [
                Sighting(message.source, mac, .holds),
                Sighting(message.target, mac, .asks(from: message.source)),
            ]
        }
    }
}
