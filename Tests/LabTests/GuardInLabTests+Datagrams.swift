import TestSupport
import Testing

/// DNS and NTP: what listens on every address of the appliance answers on management only.
extension GuardInLabTests {
    /// Asks ports 53 and 123 of each address; gives what answered, and how much was sent.
    func askDatagrams(_ lab: Lab, _ node: String, _ addresses: [String]) throws -> (found: [String], sent: Int) {
        var lines = try lab.exec(node, [Self.scripts + "ask-udp"] + addresses + ["53,123"])
            .split(separator: "\n").map { String($0) }
        let sent = try #require(lines.popLast()?.split(separator: " ").last.flatMap { Int($0) })
        return (lines, sent)
    }

    func answers(_ address: String, _ ports: [Int]) -> [String] {
        ports.flatMap { port in ["any", "53", "123"].map { "\(address) \(port) from \($0)" } }
    }

    @Test("DNS and NTP answer on management only, whatever they bind to, unless the policy allows them")
    func datagrams() throws {
        try withGuard("udp") { lab throws in
            let everywhere = "setsid python3 \(Self.scripts)responder-udp 53 123 >/dev/null 2>&1 </dev/null &"
            try lab.exec("appliance", "sh", "-c", everywhere)
            try sendToAll(lab)
            let management = answers("10.13.10.199", [53, 123])
            #expect(try eventually { try askDatagrams(lab, "control", ["10.13.10.199"]).found == management })

            // One that is bound, one that is not.
            let virtual = ["10.13.200.34", "10.13.200.40"]
            let own = ["10.13.200.10", "10.13.201.10"]
            func drops(_ reason: String) throws -> Int {
                try #require(Int(try status(lab, ".drops.\(reason)").dropLast()))
            }
            let (closed, services) = (try drops("vip_closed"), try drops("service_closed"))
            var sent = (virtual: 0, own: 0)
            for node in ["client", "client2", "backend1"] {
                let (found, count) = try askDatagrams(lab, node, virtual)
                #expect(found.isEmpty, "\(node): \(found)")
                sent.virtual += count
                let (foundOwn, countOwn) = try askDatagrams(lab, node, own)
                #expect(foundOwn.isEmpty, "\(node): \(foundOwn)")
                sent.own += countOwn
            }
            // They came as far as the guard.
            #expect(sent == (36, 36))
            #expect(try drops("vip_closed") - closed == sent.virtual)
            #expect(try drops("service_closed") - services == sent.own)

            // By management a virtual address is closed as well.
            try lab.exec("control", "ip", "route", "add", "10.13.200.32/27", "via", "10.13.10.199")
            #expect(try askDatagrams(lab, "control", virtual).found == [])
            #expect(try drops("vip_management") == 12)

            // What is allowed answers on the appliance's own addresses, not on virtual ones.
            let settings = "/etc/appliance-net/appliance.toml"
            try lab.exec("appliance", "sh", "-c", "printf '[guard]\\nallow = [\"udp/123\"]\\n' >> \(settings)")
            let allowed = answers("10.13.200.10", [123])
            #expect(try eventually { try askDatagrams(lab, "client", own + virtual).found.contains(allowed[0]) })
            #expect(try askDatagrams(lab, "client", ["10.13.200.10"] + virtual).found.sorted() == allowed.sorted())
            // Without the guard all of it answers: nothing else keeps it from that.
            try lab.exec("appliance", "sed", "-i", "s/^allow = .*/enabled = false/", settings)
            let all = (["10.13.200.10"] + virtual).flatMap { answers($0, [53, 123]) }
            #expect(
                try eventually {
                    try askDatagrams(lab, "client", ["10.13.200.10"] + virtual).found.sorted() == all.sorted()
                }
            )
        }
    }
}
