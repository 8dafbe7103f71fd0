import Addresses
import Diagnostics

extension ApplianceFile {
    static func parseSystem(_ table: TOMLTable, _ parsed: inout ParsedFile<Self>) -> System {
        reportUnknownKeys(of: table, known: systemKeys, &parsed)
        var system = System()
        let name = "a host name of at most \(HostName.longestOwnName) characters, such as \"haproxy.local\""
        system.hostname = value("hostname", of: table, name, &parsed) { text in
            HostName.isValid(text) && text.utf8.count <= HostName.longestOwnName ? text : nil
        }
        let addresses = "addresses of name servers, such as [\"172.24.3.1\"]"
        system.nameservers = list("nameservers", of: table, addresses, &parsed) { text in
            IPAddress(text).flatMap { $0.isUnspecified || $0.isMulticast ? nil : $0 }
        }
        let domains = "domains, such as [\"corp.example\"]"
        system.searchDomains = list("search_domains", of: table, domains, &parsed) { HostName.isValid($0) ? $0 : nil }
        let servers = "names or addresses of time servers, such as [\"ntp1.corp.example\"]"
        system.ntpServers = list("ntp_servers", of: table, servers, &parsed) { text in
            HostName.isValid(text) || IPAddress(text) != nil ? text : nil
        }
        if system.nameservers.count > 3, let fourth = system.nameservers.dropFirst(3).first {
            parsed.report(
                .warning,
                at: fourth.position,
                "there are \(system.nameservers.count) name servers, and the resolver asks only the first three",
                remedy: "give up to three"
            )
        }
        if system.nameservers.isEmpty, let first = system.searchDomains.first {
            parsed.report(
                .warning,
                at: first.position,
                "search_domains without nameservers: /etc/resolv.conf is left alone",
                remedy: "add nameservers"
            )
        }
        return system
    }

    /// The strings of an array, each turned into a value; all that cannot be are reported.
    static func list<Value>(
        _ key: String,
        of table: TOMLTable,
        _ wanted: String,
        _ parsed: inout ParsedFile<Self>,
        _ convert: (String) -> Value?
    ) -> [Located<Value>] {
        guard let written = table[key] else { return [] }
        guard case .strings(let texts) = written.value else {
            parsed.report(at: written.position, "\(key) is \(written.value.kind)", remedy: "write \(wanted)")
            return []
        }
        var values: [Located<Value>] = []
        for text in texts {
            if let value = convert(text) {
                values.append(Located(value, at: written.position))
            } else {
                parsed.report(at: written.position, "\(key): \"\(text)\" cannot be read", remedy: "write \(wanted)")
            }
        }
        return values
    }
}
