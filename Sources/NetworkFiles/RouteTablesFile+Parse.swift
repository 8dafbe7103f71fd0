import Addresses
import Diagnostics

extension RouteTablesFile {
    public static func parse(_ text: String, file: String = path) -> ParsedFile<RouteTablesFile> {
        var parsed = ParsedFile(RouteTablesFile(), SourceText(text, file: file))
        if !parsed.source.lines.allSatisfy({ $0.isEmpty }) { parsed.value.document = LineDocument(parsed.source) }
        for line in valueLines(parsed.source) {
            guard let entry = parseEntry(line, &parsed) else { continue }
            if let first = parsed.value.entries.first(where: { $0.text == entry.text }) {
                parsed.report(
                    .warning,
                    at: line.position,
                    "the same as line \(first.table.position.line)",
                    remedy: "remove one of the two lines"
                )
                continue
            }
            checkAgainstEarlier(entry, &parsed)
            parsed.value.entries.append(entry)
            parsed.value.document.set(entry.text, ofLine: line.position.line)
        }
        return parsed
    }

    private static func parseEntry(_ line: Located<Substring>, _ parsed: inout ParsedFile<Self>) -> Entry? {
        let fields = fields(line)
        guard fields.count == 4 || fields.count == 5 else {
            parsed.report(
                at: line.position,
                "\(fields.count) \(fields.count == 1 ? "field" : "fields") instead of 4 or 5",
                remedy: "write <TableID>,<TableName>,<MACAddress>,<NetworkCIDR>[,<Gateway>]"
            )
            return nil
        }
        let table = parseTable(fields[0], &parsed)
        let name = parseName(fields[1], &parsed)
        let mac = MACAddress(String(fields[2].value))
        if mac == nil {
            parsed.report(
                at: fields[2].position,
                "\(quoted(fields[2])) is not a MAC address",
                remedy: "write six pairs of hexadecimal digits, for example 00:50:56:b4:ca:fd"
            )
        }
        let network = InterfaceAddress(String(fields[3].value))
        if network == nil {
            parsed.report(
                at: fields[3].position,
                "\(quoted(fields[3])) is not a network in CIDR notation",
                remedy: "write the interface's address and prefix length, for example 10.13.201.10/24"
            )
        }
        var gateway: Located<IPAddress>?
        if fields.count == 5 {
            guard let address = IPAddress(fields[4].value) else {
                parsed.report(
                    at: fields[4].position,
                    "\(quoted(fields[4])) is not an IP address",
                    remedy: "write the gateway's address without a prefix length, or leave the fifth field away"
                )
                return nil
            }
            gateway = Located(address, at: fields[4].position)
        }
        guard let table, let name, let mac, let network else { return nil }
        if let gateway, !checkGateway(gateway, of: network, &parsed) { return nil }
        var entry = Entry(table: table, name: name, mac: mac, network: network)
        entry.table.position = fields[0].position
        entry.name.position = fields[1].position
        entry.mac.position = fields[2].position
        entry.network.position = fields[3].position
        entry.gateway = gateway
        return entry
    }

    private static func parseTable(_ field: Located<Substring>, _ parsed: inout ParsedFile<Self>) -> Int? {
        let isNumber = !field.value.isEmpty && field.value.utf8.allSatisfy { (48...57).contains($0) }
        if isNumber, let table = Int(field.value), (2...250).contains(table) { return table }
        parsed.report(
            at: field.position,
            "\(quoted(field)) is not a table id",
            remedy: "use a number between 2 and 250; the others belong to the kernel and to iproute2"
        )
        return nil
    }

    private static func parseName(_ field: Located<Substring>, _ parsed: inout ParsedFile<Self>) -> String? {
        let isWord = field.value.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: ".")].contains(byte)
        }
        if isWord, !field.value.isEmpty { return String(field.value) }
        parsed.report(
            at: field.position,
            "\(quoted(field)) is not a table name",
            remedy: "use letters, digits, '-', '_' and '.', for example workload"
        )
        return nil
    }

    private static func checkGateway(
        _ gateway: Located<IPAddress>,
        of network: InterfaceAddress,
        _ parsed: inout ParsedFile<Self>
    ) -> Bool {
        if let problem = gatewayProblem(gateway.value, of: network) {
            parsed.report(at: gateway.position, problem.message, remedy: problem.remedy)
            return false
        }
        return true
    }

    private static func checkAgainstEarlier(_ entry: Entry, _ parsed: inout ParsedFile<Self>) {
        for other in parsed.value.entries {
            let line = other.table.position.line
            if other.table.value == entry.table.value, other.name.value != entry.name.value {
                parsed.report(
                    at: entry.name.position,
                    "table \(entry.table.value) is named \(other.name.value) on line \(line)",
                    remedy: "give each table one name"
                )
                return
            }
            if other.table.value != entry.table.value, other.name.value == entry.name.value {
                parsed.report(
                    at: entry.table.position,
                    "name \(entry.name.value) belongs to table \(other.table.value) on line \(line)",
                    remedy: "give each table a name of its own"
                )
                return
            }
            let (mine, theirs) = (entry.network.value, other.network.value)
            if other.table.value != entry.table.value, mine.network.overlaps(theirs.network) {
                parsed.report(
                    at: entry.network.position,
                    "network \(mine.network) overlaps \(theirs.network) of table \(other.table.value) on line \(line)",
                    remedy: "give each interface a network of its own"
                )
                return
            }
            let isSameNetwork = other.table.value == entry.table.value && mine.network == theirs.network
            if isSameNetwork, let a = entry.gateway, let b = other.gateway, a.value != b.value {
                parsed.report(
                    at: a.position,
                    "table \(entry.table.value) has gateway \(b.value) on line \(line)",
                    remedy: "keep one gateway for each table and address family"
                )
                return
            }
            if isSameNetwork, entry.mac.value != other.mac.value {
                parsed.report(
                    at: entry.mac.position,
                    "table \(entry.table.value) has \(mine.network) on interface \(other.mac.value) on line \(line)",
                    remedy: "use the MAC address of one interface on both lines"
                )
                return
            }
        }
    }

    private static func quoted(_ field: Located<Substring>) -> String {
        field.value.isEmpty ? "an empty field" : String(field.value)
    }
}
