public import Addresses

/// An interface of this machine, as far as it matters to where an address belongs.
public struct ProbeInterface: Hashable, Sendable {
    public var index: Int
    public var mac: MACAddress
    /// What it has; their networks are connected to it.
    public var addresses: [InterfaceAddress]

    public init(index: Int, mac: MACAddress, addresses: [InterfaceAddress]) {
        self.index = index
        self.mac = mac
        self.addresses = addresses
    }

    /// What there is to probe and announce for `address`: on the interface whose network it lies in, of several the one
    /// with the longest prefix. nil where a router sends it here (no link is asked for it), and for an address that the
    /// interface has already.
    public static func request(for address: IPAddress, among interfaces: [ProbeInterface]) -> AddressProbe.Request? {
        var best: (interface: ProbeInterface, prefixLength: Int)?
        for interface in interfaces {
            for network in interface.addresses.map({ $0.network }) where network.contains(address) {
                if best.map({ $0.prefixLength < network.prefixLength }) ?? true {
                    best = (interface, network.prefixLength)
                }
            }
        }
        guard let interface = best?.interface, !interface.addresses.contains(where: { $0.address == address }) else {
            return nil
        }
        return AddressProbe.Request(address, interface: interface.index, mac: interface.mac)
    }
}
