internal import Addresses

/// A lease as text: a line for each value, so that a shell can read it too.
enum LeaseFile {
    static func text(_ lease: Lease, _ key: Leases.Key) -> String {
        let settings = lease.settings
        var text = "# What \(key.role.rawValue) was given. Written by appliance-net watch.\n"
        func add(_ name: String, _ value: (some CustomStringConvertible)?) {
            if let value { text += "\(name)=\(value)\n" }
        }
        add("mac", lease.mac)
        add("server", lease.server)
        add("since", lease.since)
        add("until", lease.until)
        for address in settings.addresses { add("address", address) }
        for network in settings.onLink { add("onlink", network) }
        for gateway in settings.gateways { add("gateway", gateway) }
        for route in settings.routes {
            add("route", route.gateway.map { "\(route.destination) \($0)" } ?? "\(route.destination)")
        }
        for server in settings.nameservers { add("nameserver", server) }
        for domain in settings.searchDomains { add("search", domain) }
        for server in settings.ntpServers { add("ntp", server) }
        add("mtu", settings.mtu)
        for network in lease.former { add("former", network) }
        return text
    }

    /// nil if the text is no lease. A line that cannot be read is left out: the others are as good as they were.
    static func parse(_ text: String, _ source: Lease.Source) -> Lease? {
        var mac: MACAddress?
        var since: Int64?
        var server: String?
        var until: Int64?
        var settings = LeasedSettings()
        var former: [IPNetwork] = []
        func append<Value>(_ value: Value?, _ path: WritableKeyPath<LeasedSettings, [Value]>) {
            if let value { settings[keyPath: path].append(value) }
        }
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            guard let sign = line.firstIndex(of: "=") else { continue }
            let value = String(line[line.index(after: sign)...])
            switch line[..<sign] {
            case "mac": mac = MACAddress(value)
            case "server": server = value
            case "since": since = Int64(value)
            case "until": until = Int64(value)
            case "address": append(InterfaceAddress(value), \.addresses)
            case "onlink": append(IPNetwork(value), \.onLink)
            case "gateway": append(IPAddress(value), \.gateways)
            case "route": append(route(value), \.routes)
            case "nameserver": append(IPAddress(value), \.nameservers)
            case "search": append(value, \.searchDomains)
            case "ntp": append(value, \.ntpServers)
            case "mtu": settings.mtu = Int(value)
            case "former": former += [IPNetwork(value)].compactMap { $0 }
            default: continue
            }
        }
        guard let mac, let since else { return nil }
        var lease = Lease(source, mac: mac, server: server, since: since, until: until, settings)
        lease.former = former
        return lease
    }

    private static func route(_ text: String) -> LeasedSettings.Route? {
        let words = text.split(separator: " ")
        guard let first = words.first, let destination = IPNetwork(String(first)) else { return nil }
        guard words.count > 1 else { return LeasedSettings.Route(destination) }
        return IPAddress(words[1]).map { LeasedSettings.Route(destination, via: $0) }
    }
}
