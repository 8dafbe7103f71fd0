import TestSupport
import Testing

/// DNS and NTP: what listens on every address of the appliance answers on management only.
extension GuardInLabTests {
    @Test("DNS and NTP answer on management only, whatever they bind to, unless the policy allows them")
    func datagrams() throws {
        try withGuard("udp") { lab throws in
            let everywhere = "setsid python3 \(Lab.scripts)responder-udp 53 123 >/dev/null 2>&1 </dev/null &"
            try lab.exec("appliance", "sh", "-c", everywhere)
            try lab.sendToAll()
            let management = Lab.answers("10.13.10.199", [53, 123])
            #expect(try eventually { try lab.askDatagrams("control", ["10.13.10.199"]).found == management })

            // One that is bound, one that is not.
            let virtual = ["10.13.200.34", "10.13.200.40"]
            let own = ["10.13.200.10", "10.13.201.10"]
            func drops(_ reason: String) throws -> Int {
                try #require(Int(try lab.guardStatus(".drops.\(reason)").dropLast()))
            }
            let (closed, services) = (try drops("vip_closed"), try drops("service_closed"))
            var sent = (virtual: 0, own: 0)
            for node in ["client", "client2", "backend1"] {
                let (found, count) = try lab.askDatagrams(node, virtual)
                #expect(found.isEmpty, "\(node): \(found)")
                sent.virtual += count
                let (foundOwn, countOwn) = try lab.askDatagrams(node, own)
                #expect(foundOwn.isEmpty, "\(node): \(foundOwn)")
                sent.own += countOwn
            }
            // They came as far as the guard.
            #expect(sent == (36, 36))
            #expect(try drops("vip_closed") - closed == sent.virtual)
            #expect(try drops("service_closed") - services == sent.own)

            // By management a virtual address is closed as well.
            try lab.exec("control", "ip", "route", "add", "10.13.200.32/27", "via", "10.13.10.199")
            #expect(try lab.askDatagrams("control", virtual).found == [])
            #expect(try drops("vip_management") == 12)

            // What is allowed answers on the appliance's own addresses, not on virtual ones.
            let settings = "/etc/appliance-net/appliance.toml"
            try lab.exec("appliance", "sh", "-c", "printf '[guard]\\nallow = [\"udp/123\"]\\n' >> \(settings)")
            let allowed = Lab.answers("10.13.200.10", [123])
            #expect(try eventually { try lab.askDatagrams("client", own + virtual).found.contains(allowed[0]) })
            #expect(try lab.askDatagrams("client", ["10.13.200.10"] + virtual).found.sorted() == allowed.sorted())
            // Without the guard all of it answers: nothing else keeps it from that.
            try lab.exec("appliance", "sed", "-i", "s/^allow = .*/enabled = false/", settings)
            let all = (["10.13.200.10"] + virtual).flatMap { Lab.answers($0, [53, 123]) }
            #expect(
                try eventually {
                    try lab.askDatagrams("client", ["10.13.200.10"] + virtual).found.sorted() == all.sorted()
                }
            )
        }
    }
}
