public import Addresses
public import Diagnostics

/// `/etc/vmware/anyip-routes.cfg`: the ranges of virtual IP addresses, one CIDR per line.
public struct AnyIPRoutesFile: Sendable, Hashable {
    public static let path = "/etc/vmware/anyip-routes.cfg"

    public var ranges: [Located<IPNetwork>]

    public init(ranges: [IPNetwork] = []) {
        self.ranges = ranges.map { Located($0, at: SourcePosition(line: 1, column: 1)) }
    }

    public static func parse(_ text: String, file: String = path) -> ParsedFile<AnyIPRoutesFile> {
        var networks = parseNetworks(text, file: file, what: "a range")
        for (index, range) in networks.value.enumerated() {
            for other in networks.value[..<index] where other.value.overlaps(range.value) {
                networks.report(
                    at: range.position,
                    "range \(range.value) overlaps \(other.value) of line \(other.position.line)",
                    remedy: "keep the wider of the two, or make them disjoint"
                )
            }
            if !range.value.isUnicast {
                networks.report(
                    at: range.position,
                    "\(range.value) is no range of unicast addresses",
                    remedy: "give the range that the control plane takes virtual IP addresses from"
                )
            }
        }
        var file = AnyIPRoutesFile()
        file.ranges = networks.value
        return ParsedFile(file, networks.source, networks.diagnostics)
    }

    /// The file as the old appliance writes it.
    public var text: String { Self.header + ranges.map { "\($0.value)\n" }.joined() }

    static let header = """
        #
        # Configuration file that contains a line-delimited list of CIDR values
        # that define the network ranges used to bind the load balancer's frontends
        # to virtual IP addresses.
        #
        # * Lines beginning with a comment character, #, are ignored
        # * This file is used by the anyip-routes service
        #

        """
}
