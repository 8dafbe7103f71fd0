public import Addresses
public import Diagnostics

/// `/etc/vmware/anyip-routes.cfg`: the ranges of virtual IP addresses, one on a line: in CIDR notation
/// (`10.13.200.32/27`), or from the first address to the last (`10.13.200.33-10.13.200.62`).
public struct AnyIPRoutesFile: Sendable, Hashable {
    public static let path = "/etc/vmware/anyip-routes.cfg"

    public var ranges: [Located<AddressRange>]
    /// What the file said when it was read: ``text`` keeps it.
    private var document = LineDocument(header: Self.header)

    public init(ranges: [AddressRange] = []) {
        self.ranges = located(ranges)
    }

    public init(ranges: [IPNetwork]) { self.init(ranges: ranges.map { AddressRange($0) }) }

    /// Adds a range behind the others; false if it stands there already.
    @discardableResult
    public mutating func add(_ range: AddressRange) -> Bool {
        NetworkFiles.add(range, to: &ranges)
    }

    /// Removes a range; false if it is not there.
    @discardableResult
    public mutating func remove(_ range: AddressRange) -> Bool {
        NetworkFiles.remove(range, from: &ranges)
    }

    public static func parse(_ text: String, file: String = path) -> ParsedFile<AnyIPRoutesFile> {
        var parsed = parseList(text, file: file, parseRange)
        reportOverlaps(&parsed)
        for range in parsed.value {
            if range.value.networks.contains(where: { !$0.isUnicast }) {
                parsed.report(
                    at: range.position,
                    "\(range.value) is no range of unicast addresses",
                    remedy: "give the range that the control plane takes virtual IP addresses from"
                )
            }
        }
        var file = AnyIPRoutesFile()
        file.ranges = parsed.value
        file.document = NetworkFiles.document(of: parsed, header: header)
        return ParsedFile(file, parsed.source, parsed.diagnostics)
    }

    /// Each range with the first before it in the file that it overlaps. Only ranges that follow each other in order of
    /// their addresses can overlap, so thousands of disjoint ones are not compared with each other.
    private static func reportOverlaps(_ parsed: inout ParsedFile<[Located<AddressRange>]>) {
        let ranges = parsed.value
        let order = ranges.indices.sorted { ranges[$0].value < ranges[$1].value }
        var clusters: [[Int]] = []
        var last: IPAddress?
        for index in order {
            let range = ranges[index].value
            if let last, last.family == range.family, range.first <= last {
                clusters[clusters.count - 1].append(index)
            } else {
                clusters.append([index])
            }
            last = max(last ?? range.last, range.last)
        }
        for cluster in clusters where cluster.count > 1 {
            let inOrder = cluster.sorted()
            for (place, index) in inOrder.enumerated() {
                let range = ranges[index]
                guard let other = inOrder[..<place].first(where: { ranges[$0].value.overlaps(range.value) })
                else { continue }
                parsed.report(
                    at: range.position,
                    "range \(range.value) overlaps \(ranges[other].value) of line \(ranges[other].position.line)",
                    remedy: "keep the wider of the two, or make them disjoint"
                )
            }
        }
    }

    /// The file as it was read, or as the old appliance writes it, with these ranges.
    public var text: String { document.text(ranges.map { $0.value.description }) }

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
