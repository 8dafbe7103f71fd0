import Testing
import Files
import TestSupport

/// The DHCP servers of a lab's networks: each network has one of its own in place of the lab's one for all, so that one
/// changes while the others stay. None remembers what it has leased: what it is told is what it gives.
struct LeaseServers {
    /// What dnsmasq is to give to an interface of the appliance.
    struct Offer {
        var address: String
        var router: String
        /// More of dnsmasq's options: `option:dns-server,10.13.10.53`.
        var options: [String] = []
    }

    private static let adapters = [
        "management": "00:50:56:b4:0a:c7", "workload": "00:50:56:b4:ca:fd", "frontend": "00:50:56:b4:ef:d1",
    ]

    private let lab: Lab
    /// Seen by all nodes.
    private let directory: String

    /// The lab's own server ends.
    init(_ lab: Lab, in directory: String) throws {
        self.lab = lab
        self.directory = directory
        try lab.endLeaseServer()
    }

    /// A dnsmasq that gives `offer` to the appliance's interface on a network, in place of the one that ran there.
    ///
    /// - Parameters:
    ///   - role: The interface, and its network.
    ///   - node: Where the server runs; its link to the network is `link`.
    ///   - adapter: Whom it gives it to; the appliance's where none is named.
    func serve(
        _ role: String,
        _ offer: Offer,
        on node: String = "gateway",
        link: String? = nil,
        to adapter: String? = nil
    ) throws {
        try end(role, on: node)
        let network = offer.address.split(separator: ".").dropLast().joined(separator: ".") + ".0"
        let arguments = [
            "dnsmasq", "--conf-file=/dev/null", "--port=0", "--user=root", "--no-ping", "--dhcp-authoritative",
            "--bind-interfaces", "--interface=\(link ?? role)", "--pid-file=\(file(role))", "--log-dhcp",
            "--dhcp-leasefile=/run/lab/\(role).leases", "--log-facility=/run/lab/\(role).log",
            "--dhcp-range=\(network),static,255.255.255.0,1h",
            "--dhcp-host=\(adapter ?? Self.adapters[role] ?? role),\(offer.address)",
        ]
        let options = ["option:router,\(offer.router)"] + offer.options
        try lab.exec(node, arguments + options.map { "--dhcp-option=" + $0 })
    }

    /// A server that does not know the appliance: it refuses what is asked for (NAK), and offers nothing.
    func refuse(_ role: String, as offer: Offer) throws { try serve(role, offer, to: "02:00:00:00:00:01") }

    /// A dnsmasq that gives one address by DHCPv6; of the gateway it is the router too, and says so.
    func serve6(_ role: String, _ address: String, on node: String = "gateway", link: String? = nil) throws {
        try end(role + "6", on: node)
        let name = role + "6"
        let isRouter = node == "gateway"
        let own = address.split(separator: ":", omittingEmptySubsequences: false).dropLast().joined(separator: ":")
        let number = isRouter ? "1" : "21"
        try lab.exec(node, "ip", "address", "replace", "\(own):\(number)/64", "dev", link ?? role, "nodad")
        let arguments = [
            "dnsmasq", "--conf-file=/dev/null", "--port=0", "--user=root", "--dhcp-authoritative", "--bind-interfaces",
            "--interface=\(link ?? role)", "--pid-file=\(file(name))", "--log-dhcp",
            "--dhcp-leasefile=/run/lab/\(name).leases", "--log-facility=/run/lab/\(name).log",
            "--dhcp-range=\(address),\(address),64,1h",
        ]
        try lab.exec(node, arguments + (isRouter ? ["--enable-ra"] : []))
    }

    /// A server of DHCPv6 on the gateway whose lease lasts ten seconds.
    func serveBriefly6(_ role: String, _ address: String) throws {
        let name = role + "6"
        try end(name)
        let server = "\(Lab.repository)/Tests/Fixtures/dhcp/server6.py \(role) \(address) 10"
        let script = """
            setsid python3 \(server) >/run/lab/\(name).log 2>&1 </dev/null &
            echo $! >\(file(name))
            """
        try lab.exec("gateway", "sh", "-c", script)
        try #require(try lab.eventually("gateway", "ss -Hlun 'sport = :547' | grep -q '%\(role):'"))
    }

    /// A server whose lease lasts as long as dhcpcd takes at least, twenty seconds; dnsmasq gives none of less than two
    /// minutes. It ends by ``end(_:on:)``.
    func serveBriefly(_ role: String, _ offer: Offer) throws {
        try end(role, on: "gateway")
        let server = "\(directory)/\(role).json"
        let text = """
            {"interface": "\(role)", "servers": [{"server": "10.13.10.1", "address": "\(offer.address)",
            "router": "\(offer.router)", "lease": 20, "renew": 4, "rebind": 10}]}
            """
        try AtomicFile.replace(server, with: text)
        let script = """
            setsid python3 \(Lab.repository)/Tests/Fixtures/dhcp/server.py \(server) >/run/lab/\(role).log 2>&1 </dev/null &
            echo $! >\(file(role))
            """
        try lab.exec("gateway", "sh", "-c", script)
        try #require(try lab.eventually("gateway", "ss -Hlun 'sport = :67' | grep -q '%\(role):'"))
    }

    /// The server of a network is gone; its leases are what they are.
    func end(_ role: String, on node: String = "gateway") throws {
        let pid = try lab.exec(node, "sh", "-c", "cat \(file(role)) 2>/dev/null || true").filter { !$0.isWhitespace }
        if pid.isEmpty { return }
        try lab.exec(node, "kill", pid)
        try #require(try lab.eventually(node, "! [ -e /proc/\(pid) ]"))
        try lab.exec(node, "rm", "-f", file(role), "/run/lab/\(role).leases")
    }

    /// The appliance's client asks now, rather than in half the lease's time: the server that it has (`renew`), or
    /// whoever hears it (`rebind`).
    func ask(_ how: String, _ role: String) throws { try lab.exec("appliance", "dhcpcd", "--\(how)", role) }

    private func file(_ role: String) -> String { "/run/lab/\(role)-server.pid" }
}

extension Lab {
    /// The gateway's own server has ended.
    func endLeaseServer() throws {
        try exec("gateway", "pkill", "-x", "dnsmasq")
        try #require(try eventually("gateway", "! pgrep -x dnsmasq >/dev/null"))
    }
}
