import TestSupport
import Testing

/// Management's own address, asked by who is not on management: the kernel would answer for it on every interface.
extension GuardScanInLabTests {
    private static let management = ["10.13.10.199", "fd00:13:10::199"]
    /// What listens there: SSH, and the API, which listens on the address of IPv4 where there is one.
    private static let open = ["10.13.10.199 22", "10.13.10.199 5556", "fd00:13:10::199 22"]

    /// In the network of the frontend, and of the workload interface.
    private static let ranges = [
        "10.13.200.32/27", "10.13.201.64/27", "fd00:13:200::100/125", "fd00:13:201::100/125",
    ]

    /// An appliance with IPv6 on every interface; DNS and NTP listen everywhere too.
    private func withBothFamilies(_ body: (Lab) throws -> Void) throws {
        try withTemporaryDirectory { directory throws in
            let file = directory + "/both.ovf-env.xml"
            try Lab.writeBothFamilies(file, ranges: Self.ranges)
            try withGuard("both", settings: file) { lab throws in
                try lab.answerDatagrams()
                try body(lab)
            }
        }
    }

    /// Asks SSH, the API and all other ports up to 6000 of TCP: what takes connections from a node, or refuses them.
    private func scan(_ lab: Lab, _ node: String, _ addresses: [String]) throws -> (open: [String], refused: Int) {
        let lines = try lab.exec(node, ["\(Lab.scripts)scan"] + addresses + ["1-6000"]).split(separator: "\n")
        #expect(lines.last == "sent \(6000 * addresses.count)")
        let open = lines.filter { $0.hasSuffix(" syn-ack") }.map { String($0.dropLast(" syn-ack".count)) }
        return (open, lines.count { $0.hasSuffix(" rst") })
    }

    @Test("Management's address answers control alone, by IPv4 and IPv6, whatever routes others make themselves")
    func managementFromElsewhere() throws {
        try withBothFamilies { lab throws in
            try neighbours(lab)
            let ask = Lab.answers("10.13.10.199", [53, 123]) + Lab.answers("fd00:13:10::199", [53, 123])
            let isAnswered = try eventually { try lab.askDatagrams("control", Self.management).found == ask }
            #expect(isAnswered)
            #expect(try scan(lab, "control", Self.management).open == Self.open)

            // By the routes that there are: the gateway lets nobody through to management.
            let before = try lab.drops("service_closed")
            for node in ["client", "backend1"] {
                #expect(try scan(lab, node, Self.management) == ([], 0), "\(node)")
            }
            #expect(try lab.drops("service_closed") == before)

            // By routes to the appliance's other interfaces: what comes there comes as far as the guard. So does what is for
            // the others' own addresses.
            try routeAround(lab)
            let others = ["10.13.200.10", "10.13.201.10", "fd00:13:200::10", "fd00:13:201::10"]
            for node in ["client", "client2", "backend1"] {
                let before = try lab.drops("service_closed")
                let addresses = Self.management + others
                #expect(try scan(lab, node, addresses) == ([], 0), "\(node)")
                let (found, sent) = try lab.askDatagrams(node, addresses)
                #expect(found.isEmpty, "\(node): \(found)")
                let dropped = try lab.drops("service_closed") - before
                // Links may lose a few.
                #expect(dropped > 35_700 && dropped <= 36_000 + sent, "\(node): \(dropped)")
            }

            // It is the guard that keeps them from it.
            try lab.switchGuardOff()
            for node in ["client2", "backend1"] {
                #expect(try scan(lab, node, Self.management).open == Self.open, "\(node)")
                #expect(try lab.askDatagrams(node, Self.management).found == ask, "\(node)")
            }
        }
    }

    /// ARP and neighbour discovery: a virtual address that the proxy listens on is answered for on the interface that its
    /// network belongs to, and on no other; one that it does not listen on, nowhere.
    private func neighbours(_ lab: Lab) throws {
        let bound = [
            "frontend": ["10.13.200.34", "fd00:13:200::104"], "workload": ["10.13.201.66", "fd00:13:201::104"],
        ]
        for (index, address) in ["10.13.201.66", "fd00:13:200::104", "fd00:13:201::104"].enumerated() {
            try lab.bind("f", version: 5 + index, address, 443)
        }
        let virtual =
            bound.values.flatMap { $0 } + ["10.13.200.36", "10.13.201.68", "fd00:13:200::106", "fd00:13:201::106"]
        let own = [
            "management": ["10.13.10.199", "fd00:13:10::199"], "workload": ["10.13.201.10", "fd00:13:201::10"],
            "frontend": ["10.13.200.10", "fd00:13:200::10"],
        ]
        for (node, role) in [("control", "management"), ("backend1", "workload"), ("client2", "frontend")] {
            let mac = String(try lab.exec("appliance", "cat", "/sys/class/net/\(role)/address").dropLast())
            let answered = (own[role] ?? []) + (bound[role] ?? [])
            let asked = (own[role] ?? []) + virtual
            let refused = try lab.drops("arp_refused")
            let said = try lab.exec(node, [Lab.scripts + "ask-neighbours", "eth0", mac] + asked)
            let lines = said.split(separator: "\n").dropLast()
            #expect(Set(lines) == Set(answered.map { "\($0) \(mac)"[...] }), "\(node): \(said)")
            // Two rounds of four questions for each of IPv4 came as far as the guard, from elsewhere or for nobody's.
            let count = virtual.count { !$0.contains(":") && !answered.contains($0) }
            #expect(try lab.drops("arp_refused") - refused >= 8 * count, "\(node)")
        }
    }

    /// Gives everybody a route to management's address by the interface of the appliance that is next to them.
    private func routeAround(_ lab: Lab) throws {
        for (node, network) in [("client2", "200"), ("backend1", "201")] {
            try lab.exec(node, "ip", "route", "add", "10.13.10.199", "via", "10.13.\(network).10")
            try lab.exec(node, "ip", "route", "add", "fd00:13:10::199", "via", "fd00:13:\(network)::10")
        }
        let script = """
            ip rule add pref 50 iif clients to 10.13.10.199 lookup 50
            ip route add 10.13.10.199 via 10.13.200.10 table 50
            ip -6 rule add pref 50 iif clients to fd00:13:10::199 lookup 50
            ip route add fd00:13:10::199 via fd00:13:200::10 table 50
            """
        try lab.exec("gateway", "sh", "-ec", script)
    }
}
