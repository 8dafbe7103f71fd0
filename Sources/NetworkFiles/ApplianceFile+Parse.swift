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
            guard head.value == "interface", table.path.count == 2,
                let role = InterfaceRole(rawValue: table.path[1].value)
            else {
                reportUnknown(table, &parsed)
                continue
            }
            guard let interface = parseInterface(table, role, &parsed) else { continue }
            check(interface, &parsed)
            if !parsed.value.interfaces.contains(where: { $0.role == role }) {
                parsed.value.interfaces.append(interface)
            }
        }
        parsed.value.interfaces.sort { $0.role < $1.role }
        return parsed
    }

    private static func reportUnknown(_ table: TOMLTable, _ parsed: inout ParsedFile<Self>) {
        let name = table.path.map { $0.value }.joined(separator: ".")
        let known = InterfaceRole.allCases.map { "interface.\($0.rawValue)" }
        parsed.report(
            at: table.position,
            "unknown table [\(name)]",
            remedy: Spelling.nearest(name, in: known).map { "did you mean [\($0)]?" }
                ?? "known tables: " + known.map { "[\($0)]" }.joined(separator: ", ")
        )
    }

    private static func parseInterface(
        _ table: TOMLTable,
        _ role: InterfaceRole,
        _ parsed: inout ParsedFile<Self>
    ) -> Interface? {
        let known = interfaceKeys
        for entry in table.entries where !known.contains(entry.key.value) {
            parsed.report(
                at: entry.key.position,
                "unknown key \(entry.key.value) in [interface.\(role.rawValue)]",
                remedy: Spelling.nearest(entry.key.value, in: known).map { "did you mean \($0)?" }
                    ?? "known keys: " + known.joined(separator: ", ")
            )
        }
        let mac = value("mac", of: table, "a MAC address such as \"00:50:56:b4:ca:fd\"", &parsed) { MACAddress($0) }
        let address = value("address", of: table, "an address and prefix length such as \"10.13.10.199/24\"", &parsed) {
            InterfaceAddress($0)
        }
        let gateway = value("gateway", of: table, "an IP address such as \"10.13.10.1\"", &parsed) { IPAddress($0) }
        if table["mac"] == nil {
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
        interface.gateway = gateway
        return interface
    }

    private static func value<Value>(
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

    /// Why an interface cannot have an address; nil if it can.
    private static func addressProblem(_ address: InterfaceAddress) -> String? {
        let network = address.network
        if address.prefixLength == 0 || !IPNetwork(address.address).isUnicast {
            return "no interface can have the address \(address)"
        }
        guard let broadcast = network.broadcast else { return nil }
        if address.address == network.first { return "\(address) is the network's own address" }
        return address.address == broadcast ? "\(address) is the broadcast address" : nil
    }

    private static func check(_ interface: Interface, _ parsed: inout ParsedFile<Self>) {
        if let address = interface.address, let problem = addressProblem(address.value) {
            parsed.report(at: address.position, problem, remedy: "give a host's address and its prefix length")
        }
        for other in parsed.value.interfaces {
            if other.mac.value == interface.mac.value {
                parsed.report(
                    at: interface.mac.position,
                    "\(interface.mac.value) is the MAC address of [interface.\(other.role.rawValue)] already",
                    remedy: "give each interface its own"
                )
            }
            if let a = interface.address, let b = other.address, a.value.network.overlaps(b.value.network) {
                parsed.report(
                    at: a.position,
                    "network \(a.value.network) overlaps \(b.value.network) of [interface.\(other.role.rawValue)]",
                    remedy: "give each interface a network of its own"
                )
            }
        }
        guard let gateway = interface.gateway else { return }
        if interface.role != .management {
            parsed.report(
                at: gateway.position,
                "gateway is for [interface.management] only",
                remedy: "the gateway of \(interface.role.rawValue) stands in \(RouteTablesFile.path)"
            )
        } else if let address = interface.address {
            if let problem = gatewayProblem(gateway.value, of: address.value) {
                parsed.report(at: gateway.position, problem.message, remedy: problem.remedy)
            }
        } else {
            parsed.report(
                at: gateway.position,
                "gateway without an address",
                remedy: "add address, or remove gateway: DHCP gives both"
            )
        }
    }
}
