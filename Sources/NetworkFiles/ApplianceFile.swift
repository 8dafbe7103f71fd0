public import Addresses
public import Diagnostics

/// `/etc/appliance-net/appliance.toml`: the settings of our own.
///
/// ```toml
/// [interface.management]
/// mac = "00:50:56:b4:aa:01"
/// address = "10.13.10.199/24"
/// gateway = "10.13.10.1"
/// ```
public struct ApplianceFile: Sendable, Hashable {
    public static let path = "/etc/appliance-net/appliance.toml"
    /// Every key of a table `[interface.<role>]`.
    public static let interfaceKeys = ["mac", "address", "gateway"]

    /// A table `[interface.<role>]`.
    public struct Interface: Sendable, Hashable {
        public var role: InterfaceRole
        public var mac: Located<MACAddress>
        /// nil: by DHCP.
        public var address: Located<InterfaceAddress>?
        /// The machine's default route; on management only.
        public var gateway: Located<IPAddress>?

        public init(
            role: InterfaceRole,
            mac: MACAddress,
            address: InterfaceAddress? = nil,
            gateway: IPAddress? = nil
        ) {
            let nowhere = SourcePosition(line: 1, column: 1)
            self.role = role
            self.mac = Located(mac, at: nowhere)
            self.address = address.map { Located($0, at: nowhere) }
            self.gateway = gateway.map { Located($0, at: nowhere) }
        }
    }

    /// In the order of the roles.
    public var interfaces: [Interface]

    public init(interfaces: [Interface] = []) { self.interfaces = interfaces.sorted { $0.role < $1.role } }

    public subscript(_ role: InterfaceRole) -> Interface? { interfaces.first { $0.role == role } }

    public var text: String {
        var text = Self.header
        for interface in interfaces {
            text += "\n[interface.\(interface.role.rawValue)]\n"
            text += "mac = \"\(interface.mac.value)\"\n"
            if let address = interface.address { text += "address = \"\(address.value)\"\n" }
            if let gateway = interface.gateway { text += "gateway = \"\(gateway.value)\"\n" }
        }
        return text
    }

    static let header = """
        # Settings of the appliance.
        #
        # [interface.<role>]   role is management, workload or frontend
        #   mac      the interface is found by it, and named after its role
        #   address  address and prefix length; left out: DHCP
        #   gateway  the machine's default route (management only; the gateways of
        #            the others are in /etc/vmware/route-tables.cfg)

        """
}
