import Files
import TestSupport
import Testing

/// The same questions by IPv6, with a range of it in the frontend's network.
extension GuardInLabTests {
    private static let properties = [
        ("network.frontend_ip6", "fd00:13:200::10/64"), ("network.frontend_gateway6", "fd00:13:200::1"),
    ]

    /// The settings of the example, with IPv6 on the frontend.
    private func settings6(in directory: String) throws -> String {
        let file = directory + "/ipv6.ovf-env.xml"
        let lines = Self.properties.map { #"<Property oe:key="\#($0.0)" oe:value="\#($0.1)"/>"# }.joined()
        let text = try run("cat", Lab.example)
            .replacing("10.13.200.32/27", with: "10.13.200.32/27,fd00:13:200::100/122")
            .replacing("</PropertySection>", with: lines + "</PropertySection>")
        try AtomicFile.replace(file, with: text)
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
                #expect(try status(lab, ".own_addresses") == "[\"\(outside)\"]\n")
                try sendToAll6(lab, [other])
                for node in ["client", "client2"] {
                    for address in [bound, outside] {
                        let answer = try ask(lab, node, "[\(address)]:443")
                        #expect(answer?.hasPrefix("backend1 443 ") == true, "\(node) \(address)")
                    }
                }
                func closed() throws -> Int { try #require(Int(try status(lab, ".drops.vip_closed").dropLast())) }
                let before = try closed()
                let whole = try lab.exec("client", Self.scripts + "scan", bound, other)
                #expect(whole == "\(bound) 443 syn-ack\nsent 131070\n")
                // Links may lose a few.
                let dropped = try closed() - before
                #expect(dropped > 130_000 && dropped <= 131_069, "\(dropped)")
                for node in ["client", "client2"] {
                    #expect(try lab.exec(node, Self.scripts + "scan", own, "1-6000") == "sent 6000\n", "\(node)")
                }
                try datagramsOfIPv6(lab, virtual: [bound, other, outside], own: own)
                // SSH listens there: without the guard it answers.
                let off = "printf '[guard]\\nenabled = false\\n' >> /etc/appliance-net/appliance.toml"
                try lab.exec("appliance", "sh", "-c", off)
                #expect(
                    try eventually { try ask(lab, "client", "[\(own)]:22", seconds: 1)?.hasPrefix("ssh 22 ") == true }
                )
                #expect(try askDatagrams(lab, "client", [own]).found == answers(own, [53, 123]))
            }
        }
    }

    /// DNS and NTP listen everywhere: what asks them comes as far as the guard.
    private func datagramsOfIPv6(_ lab: Lab, virtual: [String], own: String) throws {
        let everywhere = "setsid python3 \(Self.scripts)responder-udp 53 123 >/dev/null 2>&1 </dev/null &"
        try lab.exec("appliance", "sh", "-c", everywhere)
        let management = answers("10.13.10.199", [53, 123])
        #expect(try eventually { try askDatagrams(lab, "control", ["10.13.10.199"]).found == management })
        func drops(_ reason: String) throws -> Int {
            try #require(Int(try status(lab, ".drops.\(reason)").dropLast()))
        }
        let (closed, services) = (try drops("vip_closed"), try drops("service_closed"))
        for node in ["client", "client2"] {
            let (found, _) = try askDatagrams(lab, node, virtual + [own])
            #expect(found.isEmpty, "\(node): \(found)")
        }
        // Two nodes, two ports, from three each.
        #expect(try drops("vip_closed") - closed == 12 * virtual.count)
        #expect(try drops("service_closed") - services == 12)
    }
}
