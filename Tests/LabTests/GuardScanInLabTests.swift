import TestSupport
import Testing

/// What answers a scan of a whole appliance: ports of virtual addresses, and of the appliance's own.
@Suite("Scans of the guard in the lab", .serialized, .blocking)
struct GuardScanInLabTests {
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
        #expect(try lab.ask("client", "10.13.200.100:443")?.hasPrefix("backend1 443 ") == true)
        #expect(try lab.guardStatus(".own_addresses") == "[\"10.13.200.100\"]\n")

        try lab.sendToAll()
        let before = try lab.drops("vip_closed")
        let virtual = (32...39).map { "10.13.200.\($0)" } + ["10.13.200.100"]
        let open = "10.13.200.34 443 syn-ack\n10.13.200.35 8443 syn-ack\n10.13.200.100 443 syn-ack\n"
        #expect(try lab.exec("client", ["\(Lab.scripts)scan"] + virtual) == open + "sent 589815\n")
        // Links may lose a few.
        let dropped = try lab.drops("vip_closed") - before
        #expect(dropped > 585_000 && dropped <= 589_812, "\(dropped)")
        let metric = #"appliance_net_guard_dropped_packets_total{reason="vip_closed"} \#(before + dropped)"#
        #expect(try lab.exec("appliance", "appliance-net", "status", "--metrics").contains(metric))
        // From beside it, those that are listened on here.
        #expect(try lab.exec("client2", ["\(Lab.scripts)scan"] + virtual + ["1-9000"]) == open + "sent 81000\n")
    }
}
