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

    @Test("Of an IPv6 range exactly the bound pair answers; SSH and the API do not answer by IPv6 on the frontend")
    func portsOfIPv6() throws {
        try withTemporaryDirectory { directory throws in
            try withGuard("ipv6", settings: settings6(in: directory)) { lab throws in
                let (bound, other, own) = ("fd00:13:200::104", "fd00:13:200::106", "fd00:13:200::10")
                try lab.bind("f", version: 5, bound, 443)
                try sendToAll6(lab, [other])
                for node in ["client", "client2"] {
                    #expect(try ask(lab, node, "[\(bound)]:443")?.hasPrefix("backend1 443 ") == true, "\(node)")
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
                // SSH listens there: without the guard it answers.
                let off = "printf '[guard]\\nenabled = false\\n' >> /etc/appliance-net/appliance.toml"
                try lab.exec("appliance", "sh", "-c", off)
                #expect(
                    try eventually { try ask(lab, "client", "[\(own)]:22", seconds: 1)?.hasPrefix("ssh 22 ") == true }
                )
            }
        }
    }
}
