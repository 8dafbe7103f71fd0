import Files
import TestSupport
import Testing

/// The same questions by IPv6, with a range of it in the frontend's network.
extension GuardScanInLabTests {
    /// The settings of the example, with IPv6 on the frontend, and a range whose every port can be asked for.
    private func settings6(in directory: String) throws -> String {
        let file = directory + "/ipv6.ovf-env.xml"
        let properties = [
            ("network.frontend_ip6", "fd00:13:200::10/64"), ("network.frontend_gateway6", "fd00:13:200::1"),
        ]
        let ranges = ["10.13.200.32/27": "10.13.200.32/27,fd00:13:200::100/125"]
        try Lab.writeExample(file, properties, replacing: ranges)
        return file
    }

    /// Neighbours send to the appliance what is for virtual addresses that nobody answers for.
    private func sendToAll6(_ lab: Lab, _ addresses: [String]) throws {
        let mac = try lab.exec("appliance", "cat", "/sys/class/net/frontend/address").dropLast()
        for (node, device) in [("gateway", "frontend"), ("client2", "eth0")] {
            for address in addresses {
                let neighbour = [address, "lladdr", String(mac), "nud", "permanent", "dev", device]
                try lab.exec(node, ["ip", "neigh", "replace"] + neighbour)
            }
        }
    }

    @Test(
        """
        Of an IPv6 range, and of an address outside it, exactly the bound pair answers; SSH, the API, DNS and NTP do not \
        answer by IPv6 on the frontend
        """
    )
    func portsOfIPv6() throws {
        try withTemporaryDirectory { directory throws in
            try withGuard("ipv6", settings: settings6(in: directory)) { lab throws in
                let (bound, other, own) = ("fd00:13:200::104", "fd00:13:200::106", "fd00:13:200::10")
                // In the frontend's network, in no range.
                let outside = "fd00:13:200::70"
                try lab.bind("f", version: 5, bound, 443)
                try lab.bind("f", version: 6, outside, 443)
                #expect(try lab.guardStatus(".own_addresses") == "[\"\(outside)\"]\n")
                let virtual = (0...7).map { "fd00:13:200::10\($0)" }
                // Those that are bound are found by themselves.
                try sendToAll6(lab, virtual.filter { $0 != bound })
                for node in ["client", "client2"] {
                    for address in [bound, outside] {
                        let answer = try lab.ask(node, "[\(address)]:443")
                        #expect(answer?.hasPrefix("backend1 443 ") == true, "\(node) \(address)")
                    }
                }
                let before = try lab.drops("vip_closed")
                // Every port of every virtual address.
                let whole = try lab.exec("client", ["\(Lab.scripts)scan"] + virtual + [outside])
                #expect(whole == "\(outside) 443 syn-ack\n\(bound) 443 syn-ack\nsent 589815\n")
                // Links may lose a few.
                let dropped = try lab.drops("vip_closed") - before
                #expect(dropped > 585_000 && dropped <= 589_813, "\(dropped)")
                for node in ["client", "client2"] {
                    #expect(try lab.exec(node, Lab.scripts + "scan", own, "1-6000") == "sent 6000\n", "\(node)")
                }
                try explainsIPv6(lab, bound)
                try datagramsOfIPv6(lab, virtual: [bound, other, outside], own: own)
                // SSH listens there: without the guard it answers.
                try lab.switchGuardOff()
                #expect(
                    try eventually { try lab.ask("client", "[\(own)]:22", seconds: 1)?.hasPrefix("ssh 22 ") == true }
                )
                #expect(try lab.askDatagrams("client", [own]).found == Lab.answers(own, [53, 123]))
            }
        }
    }

    private func explainsIPv6(_ lab: Lab, _ address: String) throws {
        let explain = ["appliance-net", "explain", "vip", "[\(address)]:443", "--client", "fd00:13:50::14"]
        let text = try lab.exec("appliance", explain)
        for line in [
            "ok       range            fd00:13:200::100/125, line ",
            "ok       reply            table 3, via fd00:13:200::1 dev frontend\n",
            "ok       guard            port 443 accepted: the address and port are bound\n",
        ] {
            #expect(text.contains(line), "\(line) in \(text)")
        }
    }

    /// DNS and NTP listen everywhere: what asks them comes as far as the guard.
    private func datagramsOfIPv6(_ lab: Lab, virtual: [String], own: String) throws {
        try lab.answerDatagrams()
        let (closed, services) = (try lab.drops("vip_closed"), try lab.drops("service_closed"))
        for node in ["client", "client2"] {
            let (found, _) = try lab.askDatagrams(node, virtual + [own])
            #expect(found.isEmpty, "\(node): \(found)")
        }
        // Two nodes, two ports, from three each.
        #expect(try lab.drops("vip_closed") - closed == 12 * virtual.count)
        #expect(try lab.drops("service_closed") - services == 12)
    }
}
