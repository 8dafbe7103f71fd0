import Diagnostics

/// The table `[guard]`.
extension ApplianceFile {
    static func parseGuard(_ table: TOMLTable, _ parsed: inout ParsedFile<Self>) -> GuardPolicy {
        reportUnknownKeys(of: table, known: guardKeys, &parsed)
        var policy = GuardPolicy()
        policy.isEnabled = boolean("enabled", of: table, &parsed) ?? policy.isEnabled
        policy.ownAddress = boolean("own_address", of: table, &parsed) ?? policy.ownAddress
        let pings = oneOf(GuardPolicy.Ping.allCases.map { $0.rawValue })
        policy.ping = value("ping", of: table, pings, &parsed) { GuardPolicy.Ping(rawValue: $0) }?.value ?? policy.ping
        let conflicts = oneOf(GuardPolicy.Conflict.allCases.map { $0.rawValue })
        policy.conflict =
            value("conflict", of: table, conflicts, &parsed) { GuardPolicy.Conflict(rawValue: $0) }?.value
            ?? policy.conflict
        let probes = oneOf(GuardPolicy.Probe.allCases.map { $0.rawValue })
        policy.probe =
            value("probe", of: table, probes, &parsed) { GuardPolicy.Probe(rawValue: $0) }?.value ?? policy.probe
        let services = "protocols and ports, such as [\"tcp/179\", \"udp/3784\", \"vrrp\"]"
        policy.allowed = list("allow", of: table, services, &parsed) { GuardPolicy.Service($0) }.map { $0.value }
        return policy
    }

    private static func oneOf(_ names: [String]) -> String {
        "one of " + names.map { "\"\($0)\"" }.joined(separator: ", ")
    }

    private static func boolean(_ key: String, of table: TOMLTable, _ parsed: inout ParsedFile<Self>) -> Bool? {
        guard let written = table[key] else { return nil }
        if case .boolean(let value) = written.value { return value }
        parsed.report(at: written.position, "\(key) is \(written.value.kind)", remedy: "write true or false")
        return nil
    }
}

extension GuardPolicy {
    /// As a table of appliance.toml, with what is not as it is without one; empty if nothing is.
    var text: String {
        let usual = GuardPolicy()
        var lines: [String] = []
        if isEnabled != usual.isEnabled { lines.append("enabled = \(isEnabled)") }
        if ping != usual.ping { lines.append("ping = \"\(ping.rawValue)\"") }
        if ownAddress != usual.ownAddress { lines.append("own_address = \(ownAddress)") }
        if conflict != usual.conflict { lines.append("conflict = \"\(conflict.rawValue)\"") }
        if probe != usual.probe { lines.append("probe = \"\(probe.rawValue)\"") }
        if !allowed.isEmpty {
            lines.append("allow = [" + allowed.map { "\"\($0)\"" }.joined(separator: ", ") + "]")
        }
        return lines.isEmpty ? "" : "\n[guard]\n" + lines.map { $0 + "\n" }.joined()
    }
}
