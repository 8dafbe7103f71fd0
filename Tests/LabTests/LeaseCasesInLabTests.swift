import Files
import Syscalls
import TestSupport
import Testing

/// What DHCP servers do, to a whole appliance that serves: proxy, API, guard, and the service that keeps its network. The
/// default route of the main table is management's, or there is none; those of the others are in their own tables.
@Suite(.blocking) struct LeaseCasesInLabTests {
    private static let service = "10.13.200.34:443"

    /// The default routes of all tables where nothing has changed.
    private static let management = "default via 10.13.10.1 dev management proto appliance-base"
    static let workload = "default via 10.13.201.1 dev workload table rtctl_workload proto appliance-net"
    private static let frontend = "default via 10.13.200.1 dev frontend table rtctl_frontend proto appliance-net"
    /// While the frontend has no network.
    private static let rule = "1003: from 10.13.200.32/27 unreachable proto appliance-net"

    @Test("Leases change, are refused, come from another server and end: the network follows, and what can serve does")
    func cases() throws {
        try withTemporaryDirectory { directory throws in
            let file = directory + "/properties.json"
            try AtomicFile.replace(file, with: LeaseInLabTests.properties)
            try withLab("lease-cases", "--properties", file) { lab throws in
                try lab.program("f", ("10.13.200.34", 443))
                try expect(lab, defaults: [Self.management, Self.workload, Self.frontend])
                let servers = try LeaseServers(lab, in: directory)
                try watchForAstray(lab)
                try served(lab, in: directory) {
                    try anotherGatewayAndNames(lab, servers)
                    // Ends in twenty seconds; what is in between is about the others.
                    try managementFallsSilent(lab, servers)
                }
                try aRefusal(lab, servers)
                try aRefusalOfTheWorkload(lab, servers)
                try twoServers(lab, servers)
                try served(lab, in: directory) {
                    try managementEnds(lab)
                    try managementIsBack(lab, servers)
                    try six(lab, servers)
                }
                #expect(try astray(lab) == "packets 0\n")
                // They are the ones that were started: nobody starts them again here.
                try lab.exec(
                    "appliance",
                    "sh",
                    "-ec",
                    "for file in /run/lab/appliance-*.pid; do kill -0 $(cat $file); done"
                )
                let drift = "appliance-net status --json | jq .service.drift_count"
                #expect(try lab.exec("appliance", "sh", "-c", drift) == "0\n")
            }
        }
    }

    // MARK: - Cases

    /// Renewals with another gateway, name server and time server: nothing but these changes.
    private func anotherGatewayAndNames(_ lab: Lab, _ servers: LeaseServers) throws {
        try lab.exec("gateway", "ip", "address", "add", "10.13.200.254/24", "dev", "frontend")
        try servers.serve("frontend", .init(address: "10.13.200.10", router: "10.13.200.254"))
        try servers.ask("renew", "frontend")
        let frontend = Self.frontend.replacing("200.1 ", with: "200.254 ")
        try expect(lab, defaults: [Self.management, Self.workload, frontend])

        let names = ["option:dns-server,10.13.10.53", "option:ntp-server,10.13.10.123"]
        try servers.serve("management", .init(address: "10.13.10.199", router: "10.13.10.2", options: names))
        try servers.ask("renew", "management")
        try expect(lab, defaults: [Self.management.replacing(".1 ", with: ".2 "), Self.workload, frontend])
        for (file, text) in [
            ("/etc/resolv.conf", "nameserver 10.13.10.53"),
            ("/etc/chrony/sources.d/appliance-net.sources", "server 10.13.10.123 iburst"),
        ] {
            try expect(lab, "grep -qx '\(text)' \(file)")
        }
        try expect(lab, "management", has: "10.13.10.199/24")
        try expect(lab, "frontend", has: "10.13.200.10/24")
    }

    /// The server of management gives a short lease, and is gone.
    private func managementFallsSilent(_ lab: Lab, _ servers: LeaseServers) throws {
        try servers.serveBriefly("management", .init(address: "10.13.10.199", router: "10.13.10.1"))
        try servers.ask("renew", "management")
        try expect(lab, "ip route show default | grep -q 'via 10.13.10.1 '")
        try servers.end("management")
    }

    /// The server knows nothing of the frontend's address any more (NAK), and gives another one.
    private func aRefusal(_ lab: Lab, _ servers: LeaseServers) throws {
        let offer = LeaseServers.Offer(address: "10.13.200.11", router: "10.13.200.1")
        try servers.refuse("frontend", as: offer)
        // A NAK is broadcast: dhcpcd hears it when it asks everybody.
        try servers.ask("rebind", "frontend")
        try expect(lab, "frontend", has: nil)
        #expect(try lab.exec("gateway", "cat", "/run/lab/frontend.log").contains("DHCPNAK(frontend) 10.13.200.10 "))
        // What is not its network's stays, and of its own nothing is left.
        try expect(lab, defaults: [Self.workload], besides: Self.management)
        try expect(lab, Self.rule, isThere: true)
        // Who asks is answered by no other interface.
        #expect(try lab.ask("client", Self.service, seconds: 3) == nil)
        let none = try explain(lab)
        #expect(none.status == 2, "\(none.output)")
        for line in ["failed   reply            none leaves: frontend, which", "\n10.13.200.34:443 is NOT served\n"] {
            #expect(none.output.contains(line), "\(line) in \(none.output)")
        }

        try servers.serve("frontend", offer)
        try servers.ask("rebind", "frontend")
        try expect(lab, "frontend", has: "10.13.200.11/24")
        try expect(lab, defaults: [Self.workload, Self.frontend], besides: Self.management)
        try expect(lab, Self.rule, isThere: false)
        try serves(lab, from: "10.13.201.10")
        let again = try explain(lab)
        #expect(
            again.output.contains("ok       reply            table 3, via 10.13.200.1 dev frontend\n"),
            "\(again.output)"
        )
    }

    /// The same of the workload interface, and a range in its network: it does not become the frontend's.
    private func aRefusalOfTheWorkload(_ lab: Lab, _ servers: LeaseServers) throws {
        let rule = "1002: from 10.13.201.96/28 unreachable proto appliance-net"
        try lab.exec("appliance", "appliance-net", "vip", "add", "10.13.201.96/28")
        let offer = LeaseServers.Offer(address: "10.13.201.10", router: "10.13.201.1")
        try servers.refuse("workload", as: offer)
        try servers.ask("rebind", "workload")
        try expect(lab, "workload", has: nil)
        try expect(lab, rule, isThere: true)
        try servers.serve("workload", offer)
        try servers.ask("rebind", "workload")
        try expect(lab, "workload", has: "10.13.201.10/24")
        try expect(lab, rule, isThere: false)
        try expect(lab, defaults: [Self.workload, Self.frontend], besides: Self.management)
        try lab.exec("appliance", "appliance-net", "vip", "remove", "10.13.201.96/28")
    }

    /// Of two servers the first one's word holds, until it is gone: then the other one's does.
    private func twoServers(_ lab: Lab, _ servers: LeaseServers) throws {
        let other = LeaseServers.Offer(address: "10.13.201.61", router: "10.13.201.1")
        try servers.serve("workload", other, on: "backend2", link: "eth0")
        try servers.ask("renew", "workload")
        try expect(lab, on: "gateway", "grep -qF 'DHCPACK(workload) 10.13.201.10 ' /run/lab/workload.log")
        #expect(try !lab.exec("backend2", "cat", "/run/lab/workload.log").contains("DHCPREQUEST"))

        try servers.end("workload")
        try servers.ask("rebind", "workload")
        try expect(lab, "workload", has: "10.13.201.61/24")
        try expectStatus(lab, "lease: workload 10.13.201.61/24, by 10.13.201.21 (dhcp), since ")
        try expect(lab, defaults: [Self.workload, Self.frontend], besides: Self.management)
        try serves(lab, from: "10.13.201.61")
    }

    /// Management's lease is over. Its address and the default route go with it; nothing else does.
    private func managementEnds(_ lab: Lab) throws {
        try expect(lab, "management", has: nil)
        try expect(lab, defaults: [Self.workload, Self.frontend])
        try expectStatus(lab, "lease: management has none\n")
        let doctor = try lab.command("exec", "appliance", "appliance-net", "doctor").output
        let fault =
            "failed   interfaces   management: it has no address, and none is configured: no lease that can be used has come\n"
        #expect(
            doctor.contains(fault + "    remedy: appliance-net status; see whether a DHCP server answers there, "),
            "\(doctor)"
        )
    }

    /// The server is back, with another address.
    private func managementIsBack(_ lab: Lab, _ servers: LeaseServers) throws {
        try servers.serve("management", .init(address: "10.13.10.198", router: "10.13.10.1"))
        try servers.ask("rebind", "management")
        try expect(lab, "management", has: "10.13.10.198/24")
        try expect(lab, defaults: [Self.management, Self.workload, Self.frontend])
        let curl = ["curl", "--silent", "--insecure", "--max-time", "20", "--write-out", "%{http_code}"]
        #expect(try lab.exec("control", curl + ["https://10.13.10.198:5556/v3/info"]).hasSuffix("401"))
        // On the others the API stays closed.
        for address in ["10.13.200.11", "10.13.200.34"] {
            let found = try lab.exec("client2", Lab.scripts + "scan", address, "5556-5556")
            #expect(found == "sent 1\n")
        }
    }

    // MARK: - What is looked at

    /// Counts what comes to the gateway from a virtual address by another network than the frontend's.
    private func watchForAstray(_ lab: Lab) throws {
        let script = """
            nft add table inet astray
            nft add chain inet astray seen '{ type filter hook prerouting priority -300; }'
            nft add rule inet astray seen iifname != frontend ip saddr 10.13.200.32/27 counter
            """
        try lab.exec("gateway", "sh", "-ec", script)
    }

    private func astray(_ lab: Lab) throws -> String {
        try lab.exec("gateway", "sh", "-c", "nft list chain inet astray seen | grep -o 'packets [0-9]*'")
    }

    private func explain(_ lab: Lab) throws -> Subprocess.Result {
        try lab.command(
            "exec",
            "appliance",
            "appliance-net",
            "explain",
            "vip",
            Self.service,
            "--client",
            "10.13.50.20"
        )
    }

    private func expect(_ lab: Lab, _ rule: String, isThere: Bool) throws {
        try expect(lab, (isThere ? "" : "! ") + "ip rule | tr '\\t' ' ' | grep -qxF '\(rule)'")
    }

    /// All through `body` the virtual address answers, each time it is asked.
    private func served(_ lab: Lab, in directory: String, _ body: () throws -> Void) throws {
        let polling = Polling(lab, from: "client", in: directory, [Self.service])
        try body()
        let lines = try polling.lines()
        let answer = #/10.13.200.34:443 answered [1-9]\d* refused 0 silent 0 longest \d+/#
        #expect(lines.count == 1 && lines[0].wholeMatch(of: answer) != nil, "\(lines)")
    }

    /// The virtual address answers a client, and its backend is asked from the address that it should be.
    private func serves(_ lab: Lab, from source: String) throws {
        let curl = "curl --silent --max-time 20 http://\(Self.service)/"
        try expect(lab, on: "client", "[ \"$(\(curl))\" = 'backend1 443 from \(source)' ]")
    }

    /// The address of IPv4 that an interface has; nil: none.
    func expect(_ lab: Lab, _ role: String, has address: String?) throws {
        let addresses = "ip -4 -oneline address show dev \(role) | sed 's/.* inet //; s/ .*//'"
        try expect(lab, "[ \"$(\(addresses))\" = '\(address ?? "")' ]")
    }

    /// The default routes of all tables, of IPv6 too.
    ///
    /// - Parameter other: Is there, or not.
    private func expect(_ lab: Lab, defaults expected: [String], besides other: String = "none") throws {
        let routes = "{ ip route show table all default; ip -6 route show table all default; }"
        let lines = expected.sorted().joined(separator: "\n")
        let sorted = "sed 's/ *$//' | grep -vxF '\(other)' | LC_ALL=C sort"
        try expect(lab, "[ \"$(\(routes) | \(sorted))\" = '\(lines)' ]")
    }

    func expectStatus(_ lab: Lab, _ text: String) throws {
        // What is not in order has a status of its own.
        let status = try lab.command("exec", "appliance", "appliance-net", "status").output
        #expect(status.contains(text), "\(status)")
    }

    /// A condition of sh(1) that comes true within a minute.
    func expect(_ lab: Lab, on node: String = "appliance", _ condition: String) throws {
        let isSo = try lab.eventually(node, condition)
        let found =
            try isSo ? "" : lab.exec("appliance", "sh", "-c", "ip -4 -brief address; ip route show table all default")
        #expect(isSo, "\(condition)\n\(found)")
    }
}
