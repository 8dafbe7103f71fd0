import Addresses
import Diagnostics

extension ApplianceFile {
    public static func parse(_ text: String, file: String = path) -> ParsedFile<ApplianceFile> {
        let document = TOMLDocument.parse(text, file: file)
        var parsed = ParsedFile(ApplianceFile(), document.source, document.diagnostics)
        for table in document.value.tables {
            guard let head = table.path.first else {
                for entry in table.entries {
                    parsed.report(
                        at: entry.key.position,
                        "unknown key \(entry.key.value)",
                        remedy: "put it into a table, for example [interface.management]"
                    )
                }
                continue
            }
            if table.path.count == 1, singleTables.contains(head.value) {
                // A second table is reported already, and does not replace the first.
                let isFirst = table.position == document.value.tables.first { $0.name == head.value }?.position
                var value = parsed.value
                parseSingle(table, &value, &parsed)
                if isFirst { parsed.value = value }
                continue
            }
            guard head.value == "interface", table.path.count == 2,
                let role = InterfaceRole(rawValue: table.path[1].value)
            else {
                reportUnknown(table, &parsed)
                continue
            }
            guard let interface = parseInterface(table, role, isWhole: isWhole(table, document), &parsed)
            else { continue }
            check(interface, &parsed)
            if !parsed.value.interfaces.contains(where: { $0.role == role }) {
                parsed.value.interfaces.append(interface)
            }
        }
        parsed.value.interfaces.sort { $0.role < $1.role }
        return parsed
    }

    /// Tables that are there once at most.
    private static let singleTables = ["system", "api", "guard", "certificates", "recovery"]

    private static func parseSingle(_ table: TOMLTable, _ value: inout Self, _ parsed: inout ParsedFile<Self>) {
        switch table.name {
        case "system": value.system = parseSystem(table, &parsed)
        case "api": value.api = parseAPI(table, &parsed)
        case "guard": value.guardPolicy = parseGuard(table, &parsed)
        case "certificates": value.certificates = parseCertificates(table, &parsed)
        case "recovery": value.recovery = parseRecovery(table, &parsed)
        default: break
        }
    }

    private static func reportUnknown(_ table: TOMLTable, _ parsed: inout ParsedFile<Self>) {
        let name = table.name
        let known = singleTables + InterfaceRole.allCases.map { "interface.\($0.rawValue)" }
        parsed.report(
            at: table.position,
            "unknown table [\(name)]",
            remedy: Spelling.nearest(name, in: known).map { "did you mean [\($0)]?" }
                ?? "known tables: " + known.map { "[\($0)]" }.joined(separator: ", ")
        )
    }

    /// Whether none of the table's lines was left out because it could not be read.
    private static func isWhole(_ table: TOMLTable, _ document: ParsedFile<TOMLDocument>) -> Bool {
        let start = table.position.line
        let end = document.value.tables.map { $0.position.line }.filter { $0 > start }.min() ?? .max
        return !document.diagnostics.contains { problem in
            problem.position.map { $0.line > start && $0.line < end } ?? false
        }
    }

    /// - Parameter isWhole: Whether every line of the table could be read: else nothing can be said to be missing.
    private static func parseInterface(
        _ table: TOMLTable,
        _ role: InterfaceRole,
        isWhole: Bool,
        _ parsed: inout ParsedFile<Self>
    ) -> Interface? {
        reportUnknownKeys(of: table, known: interfaceKeys, &parsed)
        let mac = value("mac", of: table, "a MAC address such as \"00:50:56:b4:ca:fd\"", &parsed) { MACAddress($0) }
        let address = value("address", of: table, "an address and prefix length such as \"10.13.10.199/24\"", &parsed) {
            InterfaceAddress($0)
        }
        let gateway = value("gateway", of: table, "an IP address such as \"10.13.10.1\"", &parsed) { IPAddress($0) }
        let address6 = value("address6", of: table, "an IPv6 address such as \"fd00:10::199/64\"", &parsed) {
            InterfaceAddress($0).flatMap { $0.address.family == .v6 ? $0 : nil }
        }
        let gateway6 = value("gateway6", of: table, "an IPv6 address such as \"fd00:10::1\"", &parsed) {
            IPAddress($0).flatMap { $0.family == .v6 ? $0 : nil }
        }
        if table["mac"] == nil, isWhole {
            parsed.report(
                at: table.position,
                "[interface.\(role.rawValue)] has no mac",
                remedy: "add mac = \"…\" so that the interface can be found"
            )
        }
        guard let mac else { return nil }
        var interface = Interface(role: role, mac: mac.value)
        interface.mac = mac
        interface.address = address
        // An address that is there and cannot be read is told already: the gateway is not without one.
        interface.gateway =
            role == .management && address == nil && (table["address"] != nil || !isWhole) ? nil : gateway
        interface.address6 = address6
        interface.gateway6 =
            role == .management && address6 == nil && (table["address6"] != nil || !isWhole) ? nil : gateway6
        interface.mtu = parseMTU(table, &parsed)
        interface.dhcp = parseDHCP(table, &parsed)
        return interface
    }

    private static func parseMTU(_ table: TOMLTable, _ parsed: inout ParsedFile<Self>) -> Located<Int>? {
        guard let written = table["mtu"] else { return nil }
        let wanted = "write a number of bytes from \(MTU.range.lowerBound) to \(MTU.range.upperBound), as mtu = 9000"
        guard case .integer(let mtu) = written.value else {
            parsed.report(at: written.position, "mtu is \(written.value.kind)", remedy: wanted)
            return nil
        }
        guard MTU.range.contains(mtu) else {
            parsed.report(at: written.position, "mtu \(mtu) is not possible", remedy: wanted)
            return nil
        }
        return Located(mtu, at: written.position)
    }

    private static func parseDHCP(_ table: TOMLTable, _ parsed: inout ParsedFile<Self>) -> Located<Bool>? {
        guard let written = table["dhcp"] else { return nil }
        guard case .boolean(let wanted) = written.value else {
            parsed.report(at: written.position, "dhcp is \(written.value.kind)", remedy: "write true or false")
            return nil
        }
        if wanted, table["address"] != nil || table["address6"] != nil {
            parsed.report(
                at: written.position,
                "dhcp = true beside an address",
                remedy: "remove the addresses and gateways, or dhcp: DHCP gives all of them"
            )
        }
        return Located(wanted, at: written.position)
    }

    private static func parseAPI(_ table: TOMLTable, _ parsed: inout ParsedFile<Self>) -> API {
        reportUnknownKeys(of: table, known: apiKeys, &parsed)
        let policies = BindAdmission.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        var api = API()
        api.bindAdmission = value("bind_admission", of: table, "one of \(policies)", &parsed) {
            BindAdmission(rawValue: $0)
        }
        return api
    }

    static func reportUnknownKeys(of table: TOMLTable, known: [String], _ parsed: inout ParsedFile<Self>) {
        for entry in table.entries where !known.contains(entry.key.value) {
            parsed.report(
                at: entry.key.position,
                "unknown key \(entry.key.value) in [\(table.name)]",
                remedy: Spelling.nearest(entry.key.value, in: known).map { "did you mean \($0)?" }
                    ?? "known keys: " + known.joined(separator: ", ")
            )
        }
    }

    static func value<Value>(
        _ key: String,
        of table: TOMLTable,
        _ wanted: String,
        _ parsed: inout ParsedFile<Self>,
        _ convert: (String) -> Value?
    ) -> Located<Value>? {
        guard let written = table[key] else { return nil }
        guard case .string(let text) = written.value else {
            parsed.report(at: written.position, "\(key) is \(written.value.kind)", remedy: "write \(wanted)")
            return nil
        }
        guard let value = convert(text) else {
            parsed.report(at: written.position, "\(key) \"\(text)\" cannot be read", remedy: "write \(wanted)")
            return nil
        }
        return Located(value, at: written.position)
    }
}
