public import Addresses
public import Diagnostics

/// `/etc/vmware/route-tables.cfg`: the routing tables by which traffic leaves where it came in.
///
/// A line of five fields asks for a default route through the gateway and a rule that sends the network's traffic to
/// the table; one of four fields asks for the table's connected route.
public struct RouteTablesFile: Sendable, Hashable {
    public static let path = "/etc/vmware/route-tables.cfg"
    /// Prefix of the tables' names in iproute2.
    public static let namePrefix = "rtctl_"

    /// One line: `<TableID>,<TableName>,<MACAddress>,<NetworkCIDR>[,<Gateway>]`.
    public struct Entry: Sendable, Hashable {
        /// 2-250.
        public var table: Located<Int>
        /// Without the prefix `rtctl_`.
        public var name: Located<String>
        public var mac: Located<MACAddress>
        /// The network, written with the interface's own address: `10.13.201.10/24`.
        public var network: Located<InterfaceAddress>
        public var gateway: Located<IPAddress>?

        public init(
            table: Int,
            name: String,
            mac: MACAddress,
            network: InterfaceAddress,
            gateway: IPAddress? = nil
        ) {
            let nowhere = SourcePosition(line: 1, column: 1)
            self.table = Located(table, at: nowhere)
            self.name = Located(name, at: nowhere)
            self.mac = Located(mac, at: nowhere)
            self.network = Located(network, at: nowhere)
            self.gateway = gateway.map { Located($0, at: nowhere) }
        }

        /// The interface's address; nil if the line names the network only.
        public var ownAddress: IPAddress? {
            let value = network.value
            return value.address == value.network.address && value.prefixLength < value.address.family.bits
                ? nil : value.address
        }

        /// The line as it is written.
        public var text: String {
            let head = "\(table.value),\(name.value),\(mac.value),\(network.value)"
            return gateway.map { "\(head),\($0.value)" } ?? head
        }
    }

    public var entries: [Entry]
    /// What the file said when it was read: ``text`` keeps it.
    var document = LineDocument(header: Self.header)

    public init(entries: [Entry] = []) { self.entries = entries }

    /// The file as it was read, or as the old appliance writes it, with these entries.
    public var text: String { document.text(entries.map { $0.text }) }

    static let header = """
        #
        # Configuration file that contains a line-delimited list of values used to
        # create route tables on which default gateways are defined. This enables
        # the use of IP policy to ensure traffic to interfaces that do not use the
        # default gateway is routed correctly.
        #
        # * Lines beginning with a comment character, #, are ignored
        # * This file is used by the route-tables service
        #
        # Each line that contains a value must adhere to the following,
        # comma-separated format:
        #
        #   <TableID>,<TableName>,<MACAddress>,<NetworkCIDR>,<Gateway4>
        #
        # The fields in the above format are as follows:
        #
        # * TableID      The route table ID. This value should be an integer between
        #                2-250. Please see /etc/iproute2/rt_tables for a list of the
        #                route table IDs currently in use, including reserved IDs.
        #
        # * TableName    The name of the route table. This value will be appended
        #                to a constant prefix, used to identify route tables managed
        #                by the route-tables service.
        #
        # * MACAddress   The MAC address of the interface connected to the network
        #                specified by NetworkCIDR
        #
        # * NetworkCIDR  The CIDR of the network to which the interface by MACAddress
        #                is connected
        #
        # * Gateway4     The IPv4 address of the gateway used by the network specified
        #                by NetworkCIDR
        #
        # For example, the following lines are valid values:
        #
        #   2,frontend,00:00:00:ab:cd:ef,192.168.1.0/24,192.168.1.1
        #   3,workload,00:00:00:12:34:56,192.168.2.0/24,192.168.2.1
        #


        """
}
