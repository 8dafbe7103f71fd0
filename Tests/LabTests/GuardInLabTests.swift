import Syscalls
import TestSupport
import Testing

/// What answers to whom on a whole appliance: proxy, API, and the service that follows the proxy.
@Suite("The guard in the lab", .serialized, .blocking)
struct GuardInLabTests {
    private static let service = "10.13.200.34:443"
    /// One that is bound, one that is not.
    private static let addresses = ["10.13.200.34", "10.13.200.40"]

    @Test("SSH and the API answer on management only; pings where the proxy listens")
    func management() throws {
        try withGuard("ssh") { lab throws in
            #expect(try lab.ask("control", "10.13.10.199:22")?.hasPrefix("ssh 22 ") == true)
            #expect(
                try lab.exec("control", "curl", "-s", "-k", "https://10.13.10.199:5556/v2/info", "-w", "%{http_code}")
                    .hasSuffix("401")
            )
            for (node, addresses) in [
                ("client", ["10.13.200.10", "10.13.200.34", "10.13.201.10"]),
                ("client2", ["10.13.200.10", "10.13.200.40"]), ("backend1", ["10.13.201.10", "10.13.200.34"]),
            ] {
                let found = try lab.exec(node, ["\(Lab.scripts)scan"] + addresses + ["1-6000"])
                let served = addresses.contains("10.13.200.34") ? "10.13.200.34 443 syn-ack\n" : ""
                #expect(found == served + "sent \(6000 * addresses.count)\n", "\(node)")
            }
            func pings(_ address: String) throws -> Bool {
                try lab.command(["exec", "client2", "ping", "-c", "2", "-W", "1", address]).status == 0
            }
            #expect(try pings("10.13.200.34"))
            #expect(try !pings("10.13.200.40"))
            #expect(try pings("10.13.200.10"))
            let settings = "/etc/appliance-net/appliance.toml"
            try lab.setGuard("ping = \"range\"")
            #expect(try eventually { try pings("10.13.200.40") })
            // A mistake changes nothing, and is told with its place.
            try lab.exec("appliance", "sed", "-i", "s/^ping = .*/ping = \"all\"/", settings)
            let problems = "appliance-net status 2>&1 | grep -F 'ping \"all\" cannot be read'"
            #expect(try eventually { try lab.command(["exec", "appliance", "sh", "-c", problems]).status == 0 })
            let metrics = try lab.exec("appliance", "appliance-net", "status", "--metrics")
            #expect(metrics.contains("\nappliance_net_in_sync 0\n"), "\(metrics)")
            #expect(metrics.contains("\nappliance_net_service_state{state=\"degraded\"} 1\n"), "\(metrics)")
            #expect(try pings("10.13.200.40"))
            #expect(try lab.ask("control", "10.13.10.199:22") != nil)
        }
    }

    @Test("Whatever dies or is flushed, the service goes on, and what is closed stays closed")
    func faults() throws {
        try withTemporaryDirectory { directory throws in
            try withGuard("faults") { lab throws in try faults(lab, directory) }
        }
    }

    private func faults(_ lab: Lab, _ directory: String) throws {
        try lab.sendToAll()
        let polled = Polling(lab, from: "client", in: directory, [Self.service])
        let closed = Polling(lab, scanningFrom: "client", in: directory, Self.addresses, [22])
        // Others flush; changes come and go; the service is killed and starts again.
        _ = try lab.command(["exec", "appliance", "nft", "flush", "ruleset"])
        #expect(try lab.ask("client", Self.service) != nil)
        // The frontend is somebody else's name for a moment.
        try lab.exec("appliance", "ip", "link", "set", "frontend", "name", "renamed")
        #expect(try lab.ask("client", Self.service) != nil)
        #expect(
            try eventually { try lab.command(["exec", "appliance", "ip", "link", "show", "frontend"]).status == 0 }
        )
        for version in 5...8 { try lab.bind("f", version: version, "10.13.200.\(version + 40)", 443) }
        for _ in 1...2 {
            try lab.services("kill", "appliance-net")
            #expect(try lab.ask("client", Self.service) != nil)
            try lab.services("start", "appliance-net")
        }
        #expect(try eventually { try lab.guardStatus(".listeners") == "5\n" })
        let lines = try polled.lines()
        #expect(
            lines.first?.wholeMatch(of: #/10.13.200.34:443 answered [1-9]\d* refused 0 silent 0 longest \d+/#)
                != nil,
            "\(lines)"
        )
        // Before Linux 6.9 a flush opens everything until it is heard of.
        let isProtected = try lab.guardStatus(".protected") == "true\n"
        try expectClosed(closed, besides: isProtected ? [] : Set(Self.addresses.map { $0 + " 22 syn-ack" }))
    }

    /// Nothing has answered but these.
    private func expectClosed(_ polling: Polling, besides others: Set<String>) throws {
        var lines = try polling.lines()
        let sent = lines.popLast()?.split(separator: " ").last.flatMap { Int($0) } ?? 0
        #expect(sent > 100)
        #expect(others.isSuperset(of: lines), "\(lines)")
    }

    @Test("The proxy is killed and comes back: its service is right again within a second, and nothing else opens")
    func proxy() throws {
        try withTemporaryDirectory { directory throws in
            try withGuard("proxy") { lab throws in try proxy(lab, directory) }
        }
    }

    private func proxy(_ lab: Lab, _ directory: String) throws {
        try lab.sendToAll()
        let closed = Polling(lab, scanningFrom: "client", in: directory, Self.addresses, [22, 443])
        for _ in 1...2 {
            try lab.services("kill", "appliance-proxy")
            #expect(try eventually { try lab.guardStatus(".following") == "false\n" })
            #expect(try lab.exec("client2", Lab.scripts + "scan", "10.13.200.34", "443-443") == "sent 1\n")
            let waited = try #require(Int(try lab.exec("appliance", Lab.scripts + "follow-time", "1").dropLast()))
            print("the guard followed the proxy's return after \(waited) ms")
            #expect(waited < 1000)
            #expect(try lab.ask("client", Self.service)?.hasPrefix("backend1 443 ") == true)
        }
        // What it listens on it refuses when it is dead, until the guard knows.
        try expectClosed(closed, besides: ["10.13.200.34 443 syn-ack", "10.13.200.34 443 rst"])
    }

    @Test("Connections through the proxy are not tracked, even where something else tracks")
    func tracking() throws {
        try withGuard("conntrack") { lab throws in
            let count = "cat /proc/sys/net/netfilter/nf_conntrack_count 2>/dev/null || echo 0"
            for _ in 1...5 { #expect(try lab.ask("client", Self.service) != nil) }
            #expect(try lab.exec("appliance", "sh", "-c", count) == "0\n")
            // Another program asks for connections: from then on the kernel tracks all that nobody exempts.
            let rule =
                "nft add table inet other && nft add chain inet other c '{ type filter hook input priority 0; }' "
            try lab.exec("appliance", "sh", "-c", rule + "&& nft add rule inet other c ct state established counter")
            #expect(try lab.ask("control", "10.13.10.199:22") != nil)
            let untracked = "nft list table inet appliance_net | grep -q notrack"
            #expect(try eventually { try lab.command(["exec", "appliance", "sh", "-c", untracked]).status == 0 })
            for _ in 1...5 { #expect(try lab.ask("client", Self.service)?.hasPrefix("backend1 443 ") == true) }
            let entries = try tracked(lab)
            #expect(entries.contains { $0.contains("src=10.13.10.20") && $0.contains("dport=22") }, "\(entries)")
            for entry in entries { #expect(!isOfProxy(entry), "\(entry)") }
            // Without the guard both legs are there.
            try lab.switchGuardOff()
            #expect(try lab.ask("client", Self.service) != nil)
            let found = try tracked(lab).filter { isOfProxy($0) }
            #expect(found.contains { $0.contains("dst=10.13.200.34") && $0.contains("dport=443") }, "\(found)")
            #expect(found.contains { $0.contains("dst=10.13.201.20") && $0.contains("dport=443") }, "\(found)")
        }
    }

    /// The entries of conntrack in the appliance, as the kernel words them, each as its fields.
    private func tracked(_ lab: Lab) throws -> [[Substring]] {
        try lab.exec("appliance", "cat", "/proc/net/nf_conntrack").split(separator: "\n").map {
            $0.split(separator: " ")
        }
    }

    /// Whether an entry has, in either direction, a virtual address or the address of a backend.
    private func isOfProxy(_ entry: [Substring]) -> Bool {
        let addresses = (33...62).map { "10.13.200.\($0)" } + (20...22).map { "10.13.201.\($0)" } + ["10.13.21.20"]
        return entry.contains { field in addresses.contains { field == "src=\($0)" || field == "dst=\($0)" } }
    }
}
