import Addresses
import Diagnostics

extension RouteTablesFile {
    public static func parse(_ text: String, file: String = path) -> ParsedFile<RouteTablesFile> {
        var parsed = ParsedFile(RouteTablesFile(), SourceText(text, file: file))
        if !parsed.source.lines.allSatisfy({ $0.isEmpty }) { parsed.value.document = LineDocument(parsed.source) }
        let lines = valueLines(parsed.source).compactMap { line in parseEntry(line, &parsed).map { (line, $0) } }
        var earlier = Earlier(lines.map { $0.1 })
        for (line, entry) in lines {
            if let first = earlier.line(entry) {
                parsed.report(
                    .warning,
                    at: line.position,
                    "the same as line \(first)",
                    remedy: "remove one of the two lines"
                )
                continue
            }
            if let problem = earlier.contradiction(entry) {
                parsed.report(at: problem.position, problem.message, remedy: problem.remedy)
            }
            earlier.add(entry)
            parsed.value.entries.append(entry)
            parsed.value.document.set(entry.text, ofLine: line.position.line)
        }
        // What is wrong with a line by itself was found first; people read from the top.
        parsed.diagnostics = parsed.diagnostics.enumerated()
            .sorted { ($0.element.position?.line ?? 0, $0.offset) < ($1.element.position?.line ?? 0, $1.offset) }
            .map { $0.element }
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
        if let network, network.prefixLength == 0 || !IPNetwork(network.address).isUnicast {
            parsed.report(
                at: fields[3].position,
                "no interface is connected to \(network)",
                remedy: "write the interface's address and prefix length, for example 10.13.201.10/24"
            )
            return nil
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

    private static func quoted(_ field: Located<Substring>) -> String {
        field.value.isEmpty ? "an empty field" : String(field.value)
    }
}
