public import Addresses

/// One interface as it was asked for.
public struct InterfaceSettings: Sendable, Hashable {
    /// nil: by DHCP.
    public var address: InterfaceAddress?
    public var gateway: IPAddress?
    /// Beside or instead of ``address``; nil: none.
    public var address6: InterfaceAddress?
    public var gateway6: IPAddress?
    /// Bytes; nil leaves the adapter's.
    public var mtu: Int?
    /// Of the adapter; nil if the environment names no adapters.
    public var mac: MACAddress?

    public init(address: InterfaceAddress? = nil, gateway: IPAddress? = nil, mac: MACAddress? = nil) {
        self.address = address
        self.gateway = gateway
        self.mac = mac
    }

    /// With their gateways, IPv4 first.
    public var addresses: [(address: InterfaceAddress, gateway: IPAddress?)] {
        [(address, gateway), (address6, gateway6)].compactMap { address, gateway in address.map { ($0, gateway) } }
    }
}
