public import Addresses
public import Diagnostics

/// `/etc/vmware/workload-networks.cfg`: additional workload networks, which are reached through the workload gateway.
public struct WorkloadNetworksFile: Sendable, Hashable {
    public static let path = "/etc/vmware/workload-networks.cfg"

    /// So many priorities there are for their rules.
    public static let mostNetworks = 10000

    public var networks: [Located<IPNetwork>]

    public init(networks: [IPNetwork] = []) {
        self.networks = networks.map { Located($0, at: SourcePosition(line: 1, column: 1)) }
    }

    public static func parse(_ text: String, file: String = path) -> ParsedFile<WorkloadNetworksFile> {
        var parsed = parseNetworks(text, file: file, what: "a workload network")
        if parsed.value.count > mostNetworks {
            parsed.report(
                at: parsed.value[mostNetworks].position,
                "there are more than \(mostNetworks) networks, and each has a rule with a priority of its own",
                remedy: "put neighbouring networks together"
            )
        }
        var file = WorkloadNetworksFile()
        file.networks = parsed.value
        return ParsedFile(file, parsed.source, parsed.diagnostics)
    }

    /// The file in the old appliance's form.
    public var text: String { Self.header + networks.map { "\($0.value)\n" }.joined() }

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
