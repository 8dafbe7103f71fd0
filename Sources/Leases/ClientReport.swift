public import Addresses

/// What dhcpcd says to its hook, by environment variables (dhcpcd-run-hooks(8)).
public struct ClientReport: Sendable, Hashable {
    /// What it means for the leases.
    public enum News: Sendable, Hashable {
        case leased(Lease)
        /// The server took it back, it ran out, or nobody gives any.
        case lost(Lease.Source)
        /// About the client itself.
        case nothing
    }

    public var variables: [String: String]

    public init(_ variables: [String: String]) { self.variables = variables }

    /// `BOUND`, `EXPIRE`, `ROUTERADVERT`…
    public var reason: String { variables["reason"] ?? "" }
    /// Name of the link.
    public var interface: String { variables["interface"] ?? "" }

    /// Whether somebody who keeps leases needs the variable.
    public static func isOfUse(_ name: String) -> Bool {
        wanted.contains(name) || name.hasPrefix("nd") || name.hasPrefix("new_dhcp6_")
    }

    /// Of an environment what is of use, and fits into one line of the control socket: names, then routers that were
    /// heard of last, go where it does not.
    ///
    /// - Parameter limit: Bytes of names and values, with eight more for each.
    public static func variables(of environment: [String: String], limit: Int = 3500) -> [String: String] {
        var variables = environment.filter { isOfUse($0.key) }
        func size() -> Int { variables.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count + 8 } }
        let names = ["new_domain_search", "new_dhcp6_domain_search", "new_domain_name", "new_ntp_servers"]
        let routers = (2...64).reversed().map { "nd\($0)_" }
        for prefix in names + routers where size() > limit {
            variables = variables.filter { !$0.key.hasPrefix(prefix) }
        }
        return variables
    }

    private static let wanted: Set = [
        "new_ip_address", "new_subnet_cidr", "new_routers", "new_classless_static_routes", "new_domain_name_servers",
        "new_domain_name", "new_domain_search", "new_ntp_servers", "new_interface_mtu", "new_dhcp_lease_time",
        "new_dhcp_server_identifier", "reason", "interface", "pid", "ifcarrier", "if_down",
    ]

    /// - Parameters:
    ///   - mac: The adapter that the client is at.
    ///   - now: Seconds of ``LeaseClock``.
    public func news(mac: MACAddress, at now: Int64) -> News {
        switch reason {
        case "BOUND", "RENEW", "REBIND", "REBOOT", "INFORM", "TIMEOUT": return leased(dhcp(mac, now))
        case "BOUND6", "RENEW6", "REBIND6", "REBOOT6", "INFORM6", "CONFIRM6": return leased(dhcp6(mac, now))
        // So it takes leave too.
        case "ROUTERADVERT" where variables["if_down"] == "true": return .nothing
        case "ROUTERADVERT": return routers(mac, now).map { .leased($0) } ?? .lost(.ra)
        // Without a carrier nobody can be asked: what was given is good until its time has come.
        case "EXPIRE" where isWithoutCarrier, "EXPIRE6" where isWithoutCarrier: return .nothing
        case "EXPIRE", "NAK", "FAIL": return .lost(.dhcp)
        case "EXPIRE6", "FAIL6": return .lost(.dhcp6)
        default: return .nothing
        }
    }

    private var isWithoutCarrier: Bool { variables["ifcarrier"] == "down" }

    private func leased(_ lease: Lease?) -> News { lease.map { .leased($0) } ?? .nothing }

    /// nil if it is without an address.
    private func dhcp(_ mac: MACAddress, _ now: Int64) -> Lease? {
        guard let host = address("new_ip_address"), host.family == .v4, let bits = number("new_subnet_cidr"),
            let own = InterfaceAddress(host, prefixLength: bits)
        else { return nil }
        var settings = LeasedSettings()
        settings.addresses = [own]
        settings.gateways = addresses("new_routers")
        if let text = variables["new_classless_static_routes"] {
            // Who knows them ignores the routers beside them: RFC 3442, page 5.
            settings.gateways = []
            addRoutes(text, &settings)
        }
        addNames("new_domain_name_servers", "new_domain_search", &settings)
        if settings.searchDomains.isEmpty { addNames("", "new_domain_name", &settings) }
        settings.ntpServers = addresses("new_ntp_servers").map { "\($0)" }
        settings.mtu = number("new_interface_mtu").flatMap { MTU.range.contains($0) ? $0 : nil }
        return Lease(
            .dhcp,
            mac: mac,
            server: variables["new_dhcp_server_identifier"],
            since: now,
            until: end(number("new_dhcp_lease_time"), now),
            settings
        )
    }

    /// `10.9.0.0/16 10.0.0.254 0.0.0.0/0 10.0.0.1`
    private func addRoutes(_ text: String, _ settings: inout LeasedSettings) {
        let words = text.split(separator: " ")
        for index in stride(from: 0, to: words.count - 1, by: 2) {
            guard let destination = InterfaceAddress(String(words[index]))?.network,
                let router = IPAddress(words[index + 1])
            else { continue }
            if destination.prefixLength == 0, !router.isUnspecified {
                settings.gateways.append(router)
            } else {
                settings.routes.append(
                    LeasedSettings.Route(destination, via: router.isUnspecified ? nil : router)
                )
            }
        }
    }

    private func dhcp6(_ mac: MACAddress, _ now: Int64) -> Lease? {
        var settings = LeasedSettings()
        var ends: [Int64?] = []
        for name in variables.keys.sorted() where name.hasPrefix("new_dhcp6_ia_na") && name.contains("_ia_addr") {
            // `new_dhcp6_ia_na1_ia_addr1`, and `…_vltime` beside it.
            guard let host = address(name), let own = InterfaceAddress(host, prefixLength: 128) else { continue }
            let life = number(name + "_vltime")
            if life == 0 { continue }
            settings.addresses.append(own)
            ends.append(end(life, now))
        }
        addNames("new_dhcp6_name_servers", "new_dhcp6_domain_search", &settings)
        settings.ntpServers = addresses("new_dhcp6_sntp_servers").map { "\($0)" }
        for name in variables.keys.sorted() where name.hasPrefix("new_dhcp6_ntp_server") {
            settings.ntpServers += words(name).filter { HostName.isValid($0) || IPAddress($0) != nil }
        }
        if settings.isEmpty { return nil }
        return Lease(
            .dhcp6,
            mac: mac,
            server: variables["new_dhcp6_server_id"],
            since: now,
            // One without an end outlives the others.
            until: ends.contains(nil) ? nil : ends.compactMap { $0 }.max(),
            settings
        )
    }
}

extension ClientReport {
    func address(_ name: String) -> IPAddress? { variables[name].flatMap { IPAddress($0) } }

    func addresses(_ name: String) -> [IPAddress] {
        words(name).compactMap { IPAddress($0) }.filter { !$0.isUnspecified && !$0.isMulticast }
    }

    func words(_ name: String) -> [String] { (variables[name] ?? "").split(separator: " ").map { String($0) } }

    func number(_ name: String) -> Int? { variables[name].flatMap { Int($0) } }

    /// All ones is for ever, as nothing is.
    func end(_ seconds: Int?, _ now: Int64) -> Int64? {
        guard let seconds, seconds < 0xffff_ffff else { return nil }
        return now + Int64(seconds)
    }

    func addNames(_ servers: String, _ domains: String, _ settings: inout LeasedSettings) {
        for server in addresses(servers) where !settings.nameservers.contains(server) {
            settings.nameservers.append(server)
        }
        // A server's word goes into a file: only names are names.
        for domain in words(domains) where HostName.isValid(domain) && !settings.searchDomains.contains(domain) {
            settings.searchDomains.append(domain)
        }
    }
}
