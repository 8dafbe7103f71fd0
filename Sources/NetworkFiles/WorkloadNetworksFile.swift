public import Addresses
public import Diagnostics

/// `/etc/vmware/workload-networks.cfg`: additional workload networks, which are reached through the workload gateway.
public struct WorkloadNetworksFile: Sendable, Hashable {
    public static let path = "/etc/vmware/workload-networks.cfg"

    /// So many priorities there are for their rules.
    public static let mostNetworks = 10000

    public var networks: [Located<IPNetwork>]
    /// What the file said when it was read: ``text`` keeps it.
    private var document = LineDocument(header: Self.header)

    public init(networks: [IPNetwork] = []) {
        self.networks = located(networks)
    }

    /// Adds a network behind the others; false if it stands there already.
    @discardableResult
    public mutating func add(_ network: IPNetwork) -> Bool {
        NetworkFiles.add(network, to: &networks)
    }

    /// Removes a network; false if it is not there.
    @discardableResult
    public mutating func remove(_ network: IPNetwork) -> Bool {
        NetworkFiles.remove(network, from: &networks)
    }

    public static func parse(_ text: String, file: String = path) -> ParsedFile<WorkloadNetworksFile> {
        var parsed = parseList(text, file: file) { parseNetwork($0, "a workload network", &$1) }
        // A rule for everything would send the replies to whoever manages the machine to the workload gateway.
        for network in parsed.value where !network.value.isUnicast {
            parsed.report(
                at: network.position,
                "\(network.value) is no network that lies behind a gateway",
                remedy: "give the networks that the workload gateway leads to, one on a line"
            )
        }
        if parsed.value.count > mostNetworks {
            parsed.report(
                at: parsed.value[mostNetworks].position,
                "there are more than \(mostNetworks) networks, and each has a rule with a priority of its own",
                remedy: "put neighbouring networks together"
            )
        }
        var file = WorkloadNetworksFile()
        file.networks = parsed.value
        file.document = NetworkFiles.document(of: parsed, header: header)
        return ParsedFile(file, parsed.source, parsed.diagnostics)
    }

    /// The file as it was read, or in the old appliance's form, with these networks.
    public var text: String { document.text(networks.map { $0.value.description }) }

    static let header = """
        #
        # Configuration file that contains a line-delimited list of CIDR values
        # that define additional workload networks. Traffic to these networks is
        # routed through the gateway of the workload network.
        #
        # * Lines beginning with a comment character, #, are ignored
        # * This file is used by the route-tables service
        #

        """
}
