import TestSupport
import Testing

/// DNS and NTP: what listens on every address of the appliance answers on management only.
extension GuardInLabTests {
    @Test("DNS and NTP answer on management only, whatever they bind to, unless the policy allows them")
    func datagrams() throws {
        try withGuard("udp") { lab throws in
            try lab.answerDatagrams()
            try lab.sendToAll()

            // One that is bound, one that is not.
            let virtual = ["10.13.200.34", "10.13.200.40"]
            let own = ["10.13.200.10", "10.13.201.10"]
            let (closed, services) = (try lab.drops("vip_closed"), try lab.drops("service_closed"))
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
            #expect(try lab.drops("vip_closed") - closed == sent.virtual)
            #expect(try lab.drops("service_closed") - services == sent.own)

            // By management a virtual address is closed as well.
            try lab.exec("control", "ip", "route", "add", "10.13.200.32/27", "via", "10.13.10.199")
            #expect(try lab.askDatagrams("control", virtual).found == [])
            #expect(try lab.drops("vip_management") == 12)

            // What is allowed answers on the appliance's own addresses, not on virtual ones.
            let settings = "/etc/appliance-net/appliance.toml"
            try lab.setGuard("allow = [\"udp/123\"]")
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
