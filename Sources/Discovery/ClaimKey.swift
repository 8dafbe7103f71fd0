public import Addresses

/// An address on one interface: IPv6's link-local addresses are the same on several.
public struct ClaimKey: Hashable, Sendable {
    public var interface: Int
    public var address: IPAddress

    public init(_ interface: Int, _ address: IPAddress) {
        self.interface = interface
        self.address = address
    }
}

extension AddressProbe.Request {
    public var key: ClaimKey { ClaimKey(interface, address) }

    /// The probe as it goes out.
    var probe: [UInt8] {
        switch address.family {
        case .v4: ARPPacket.probe(address, from: mac).broadcastFrame.bytes
        case .v6: NeighbourMessage.probe(address).frame(from: mac).bytes
        }
    }

    /// The announcement as it goes out: gratuitous ARP, unsolicited neighbour advertisement.
    var announcement: [UInt8] {
        switch address.family {
        case .v4: ARPPacket.announcement(address, from: mac).broadcastFrame.bytes
        case .v6: NeighbourMessage.announcement(address, from: mac).frame(from: mac).bytes
        }
    }
}
