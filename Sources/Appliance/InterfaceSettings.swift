public import Addresses

/// One interface as it was asked for.
public struct InterfaceSettings: Sendable, Hashable {
    /// nil: by DHCP.
    public var address: InterfaceAddress?
    public var gateway: IPAddress?
    /// Of the adapter; nil if the environment names no adapters.
    public var mac: MACAddress?

    public init(address: InterfaceAddress? = nil, gateway: IPAddress? = nil, mac: MACAddress? = nil) {
        self.address = address
        self.gateway = gateway
        self.mac = mac
    }
}
