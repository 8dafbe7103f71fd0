import Syscalls
import TestSupport
import Testing

/// What answers to whom on a whole appliance: proxy, API, and the service that follows the proxy.
@Suite("The guard in the lab", .serialized, .blocking)
struct GuardInLabTests {
    static let scripts = Lab.repository + "/scripts/lab.d/"
    private static let service = "10.13.200.34:443"

    /// A lab with one service at 10.13.200.34:443 and somebody who listens everywhere on 22.
    func withGuard(_ name: String, settings: String = Lab.example, _ body: (Lab) throws -> Void) throws {
        try withLab(name, "--ovf-env", settings) { lab throws in
            let everywhere = "setsid python3 \(Self.scripts)responder ssh 22 >/dev/null 2>&1 </dev/null &"
            try lab.exec("appliance", "sh", "-c", everywhere)
            try lab.program("f", ("10.13.200.34", 443))
            try #require(eventually { (try? lab.exec("appliance", "curl", "-s", "http://127.0.0.1:22/")) != nil })
            try body(lab)
        }
    }

    /// What `http://place/` answers to a node; nil for nothing at all.
    func ask(_ lab: Lab, _ node: String, _ place: String, seconds: Int = 20) throws -> String? {
        let result = try lab.command([
            "exec", node, "curl", "--silent", "--insecure", "--max-time", "\(seconds)", "http://\(place)/",
        ])
        return result.status == 0 ? result.output : nil
    }

    /// `guard` of `status --json`, through a filter of jq.
    func status(_ lab: Lab, _ filter: String) throws -> String {
        try lab.exec("appliance", "sh", "-c", "appliance-net status --json | jq -c '.service.guard | \(filter)'")
    }

    /// Makes the neighbours send to the appliance what is for addresses that it does not answer for: that nobody finds
    /// them is no reason to be open.
    func sendToAll(_ lab: Lab) throws {
        let mac = try lab.exec("appliance", "cat", "/sys/class/net/frontend/address").dropLast()
        for node in ["gateway", "client2"] {
            let script = """
                dev=$(ip -j route get 10.13.200.36 | jq -r '.[0].dev')
                for last in $(seq 32 63); do
                    ip neigh replace 10.13.200.$last lladdr \(mac) nud permanent dev $dev
                done
                """
            try lab.exec(node, "sh", "-c", script)
        }
    }

    @Test("Of every port of every virtual address exactly the bound ones answer, and what did not is counted")
    func ports() throws {
        try withTemporaryDirectory { directory throws in
            // A range whose every port can be asked for.
            let file = directory + "/range.ovf-env.xml"
            try Lab.writeExample(file, [], replacing: ["10.13.200.32/27": "10.13.200.32/29"])
            try withGuard("scan", settings: file) { lab throws in try ports(lab) }
        }
    }

    private func ports(_ lab: Lab) throws {
        try lab.bind("f", version: 5, "10.13.200.35", 8443)
        // Outside the range, in the frontend's network: it serves as soon as it is told.
        try lab.bind("f", version: 6, "10.13.200.100", 443)
        #expect(try ask(lab, "client", "10.13.200.100:443")?.hasPrefix("backend1 443 ") == true)
        #expect(try status(lab, ".own_addresses") == "[\"10.13.200.100\"]\n")

        try sendToAll(lab)
        let before = try #require(Int(try status(lab, ".drops.vip_closed").dropLast()))
        let virtual = (32...39).map { "10.13.200.\($0)" } + ["10.13.200.100"]
        let open = "10.13.200.34 443 syn-ack\n10.13.200.35 8443 syn-ack\n10.13.200.100 443 syn-ack\n"
        #expect(try lab.exec("client", ["\(Self.scripts)scan"] + virtual) == open + "sent 589815\n")
        // Links may lose a few.
        let dropped = try #require(Int(try status(lab, ".drops.vip_closed").dropLast())) - before
        #expect(dropped > 585_000 && dropped <= 589_812, "\(dropped)")
        let metric = #"appliance_net_guard_dropped_packets_total{reason="vip_closed"} \#(before + dropped)"#
        #expect(try lab.exec("appliance", "appliance-net", "status", "--metrics").contains(metric))
        // From beside it, those that are listened on here.
        #expect(try lab.exec("client2", ["\(Self.scripts)scan"] + virtual + ["1-9000"]) == open + "sent 81000\n")
    }

    @Test("SSH and the API answer on management only; pings where the proxy listens")
    func management() throws {
        try withGuard("ssh") { lab throws in
            #expect(try ask(lab, "control", "10.13.10.199:22")?.hasPrefix("ssh 22 ") == true)
            #expect(
                try lab.exec("control", "curl", "-s", "-k", "https://10.13.10.199:5556/v2/info", "-w", "%{http_code}")
                    .hasSuffix("401")
            )
            for (node, addresses) in [
                ("client", ["10.13.200.10", "10.13.200.34", "10.13.201.10"]),
                ("client2", ["10.13.200.10", "10.13.200.40"]), ("backend1", ["10.13.201.10", "10.13.200.34"]),
            ] {
                let found = try lab.exec(node, ["\(Self.scripts)scan"] + addresses + ["1-6000"])
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
            try lab.exec("appliance", "sh", "-c", "printf '[guard]\\nping = \"range\"\\n' >> \(settings)")
            #expect(try eventually { try pings("10.13.200.40") })
            // A mistake changes nothing, and is told with its place.
            try lab.exec("appliance", "sed", "-i", "s/^ping = .*/ping = \"all\"/", settings)
            let problems = "appliance-net status 2>&1 | grep -F 'ping \"all\" cannot be read'"
            #expect(try eventually { try lab.command(["exec", "appliance", "sh", "-c", problems]).status == 0 })
            let metrics = try lab.exec("appliance", "appliance-net", "status", "--metrics")
            #expect(metrics.contains("\nappliance_net_in_sync 0\n"), "\(metrics)")
            #expect(metrics.contains("\nappliance_net_service_state{state=\"degraded\"} 1\n"), "\(metrics)")
            #expect(try pings("10.13.200.40"))
            #expect(try ask(lab, "control", "10.13.10.199:22") != nil)
        }
    }

    @Test("Whatever dies or is flushed, the service goes on, and what is closed stays closed")
    func faults() throws {
        try withTemporaryDirectory { directory throws in
            try withGuard("faults") { lab throws in try faults(lab, directory) }
        }
    }

    private func faults(_ lab: Lab, _ directory: String) throws {
        let places = [Self.service, "10.13.200.34:22", "10.13.200.40:22"]
        let polled = Polling(lab, from: "client", in: directory, places)
        // Others flush; changes come and go; the service is killed and starts again.
        _ = try lab.command(["exec", "appliance", "nft", "flush", "ruleset"])
        #expect(try ask(lab, "client", Self.service) != nil)
        // The frontend is somebody else's name for a moment.
        try lab.exec("appliance", "ip", "link", "set", "frontend", "name", "renamed")
        #expect(try ask(lab, "client", Self.service) != nil)
        #expect(
            try eventually { try lab.command(["exec", "appliance", "ip", "link", "show", "frontend"]).status == 0 }
        )
        for version in 5...8 { try lab.bind("f", version: version, "10.13.200.\(version + 40)", 443) }
        for _ in 1...2 {
            try lab.services("kill", "appliance-net")
            #expect(try ask(lab, "client", Self.service) != nil)
            try lab.services("start", "appliance-net")
        }
        #expect(try eventually { try status(lab, ".listeners") == "5\n" })
        let lines = try polled.lines()
        #expect(lines.count == 3)
        #expect(
            lines.first?.wholeMatch(of: #/10.13.200.34:443 answered [1-9]\d* refused 0 silent 0 longest \d+/#)
                != nil,
            "\(lines)"
        )
        for line in lines.dropFirst() { #expect(line.contains(" answered 0 refused 0 silent "), "\(line)") }
    }

    @Test("The proxy is killed and comes back: its service is right again within a second, and nothing else opens")
    func proxy() throws {
        try withTemporaryDirectory { directory throws in
            try withGuard("proxy") { lab throws in try proxy(lab, directory) }
        }
    }

    private func proxy(_ lab: Lab, _ directory: String) throws {
        let polled = Polling(lab, from: "client", in: directory, ["10.13.200.34:22", "10.13.200.40:443"])
        for _ in 1...2 {
            try lab.services("kill", "appliance-proxy")
            #expect(try eventually { try status(lab, ".following") == "false\n" })
            #expect(try lab.exec("client2", Self.scripts + "scan", "10.13.200.34", "443-443") == "sent 1\n")
            let waited = try #require(Int(try lab.exec("appliance", Self.scripts + "follow-time", "1").dropLast()))
            print("the guard followed the proxy's return after \(waited) ms")
            #expect(waited < 1000)
            #expect(try ask(lab, "client", Self.service)?.hasPrefix("backend1 443 ") == true)
        }
        let lines = try polled.lines()
        #expect(lines.count == 2)
        for line in lines { #expect(line.contains(" answered 0 refused 0 silent "), "\(line)") }
    }

    @Test("Connections through the proxy are not tracked, even where something else tracks")
    func tracking() throws {
        try withGuard("conntrack") { lab throws in
            let count = "cat /proc/sys/net/netfilter/nf_conntrack_count 2>/dev/null || echo 0"
            for _ in 1...5 { #expect(try ask(lab, "client", Self.service) != nil) }
            #expect(try lab.exec("appliance", "sh", "-c", count) == "0\n")
            // Another program asks for connections: from then on the kernel tracks all that nobody exempts.
            let rule =
                "nft add table inet other && nft add chain inet other c '{ type filter hook input priority 0; }' "
            try lab.exec("appliance", "sh", "-c", rule + "&& nft add rule inet other c ct state established counter")
            #expect(try ask(lab, "control", "10.13.10.199:22") != nil)
            let untracked = "nft list table inet appliance_net | grep -q notrack"
            #expect(try eventually { try lab.command(["exec", "appliance", "sh", "-c", untracked]).status == 0 })
            for _ in 1...5 { #expect(try ask(lab, "client", Self.service)?.hasPrefix("backend1 443 ") == true) }
            let entries = try tracked(lab)
            #expect(entries.contains { $0.contains("src=10.13.10.20") && $0.contains("dport=22") }, "\(entries)")
            for entry in entries { #expect(!isOfProxy(entry), "\(entry)") }
            // Without the guard both legs are there.
            let off = "printf '[guard]\\nenabled = false\\n' >> /etc/appliance-net/appliance.toml"
            try lab.exec("appliance", "sh", "-c", off)
            let gone = "! nft list table inet appliance_net 2>/dev/null"
            #expect(try eventually { try lab.command(["exec", "appliance", "sh", "-c", gone]).status == 0 })
            #expect(try ask(lab, "client", Self.service) != nil)
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
