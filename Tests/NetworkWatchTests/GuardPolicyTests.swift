import Files
import Guard
import NetworkFiles
import NetworkTestSupport
import TestSupport
import Testing

@testable import NetworkWatch

/// What `[guard]` asks for.
@Suite(.blocking) struct GuardPolicyTests {
    private static func write(_ policy: String, _ root: Root) throws {
        try AtomicFile.replace(root[ApplianceFile.path], with: TestAppliance.settings + "\n[guard]\n" + policy)
    }

    /// A bind outside every range is named, and left alone; all others are served.
    @Test func withoutAddressesOfTheirOwn() throws {
        try inAppliance { root in
            try Self.write("own_address = false\n", root)
            let neighbours = Neighbours()
            let box = try Box(root, nil, [GuardPart(root, keeper: try Firewall(listening: true), claims: neighbours)])
            try #require(try box.turns { box.report.state == .inSync })
            let master = try FakeMaster(root[GuardPart.masterPath], ["listen f 10.13.200.33:80"])
            try #require(try box.turns { master.lines == ["ok 0"] })
            let more = try master.change(add: ["want g 10.13.200.70:80", "listen h 10.13.200.34:80"])
            let isTold = try box.turns { master.lines.contains("ok \(more)") }
            #expect(isTold)
            #expect(master.lines == ["ok 0", "outside 10.13.200.70", "ok \(more)"])
            let bound = try run("nft", "list", "set", "inet", "appliance_net", "bound4")
            #expect(bound.contains("10.13.200.33 . 80") && bound.contains("10.13.200.34 . 80"))
            #expect(!bound.contains("10.13.200.70"))
            #expect(neighbours.calls.suffix(2) == ["probe 10.13.200.34", "announce 10.13.200.34"])
            #expect(try !box.hasRange("10.13.200.70"))
            let problem =
                "the proxy wants to listen at 10.13.200.70, which is in no range, and gets no route by itself "
                + "(own_address = false in [guard])"
            let isNamed = try box.turns { box.report.problems == [problem] }
            #expect(isNamed, "\(box.report.problems)")
            // As it is saved, in both directions.
            try Self.write("own_address = true\n", root)
            let isThere = try box.turns { try box.hasRange("10.13.200.70") && box.report.state == .inSync }
            #expect(isThere)
            // What is no host's of a network gets no route either, and is named as what it is.
            let strange = ["want g 10.13.200.1:80", "want g 10.13.200.255:80"]
            _ = try master.change(add: strange)
            let reasons = [
                "10.13.200.1, which is in no range, and a gateway",
                "10.13.200.255, which is in no range, and no host's",
            ]
            let areNamed = try box.turns {
                reasons.allSatisfy { reason in box.report.problems.contains { $0.contains(reason) } }
            }
            #expect(areNamed, "\(box.report.problems)")
            _ = try master.change(remove: strange)
            try Self.write("own_address = false\n", root)
            let isGone = try box.turns { try !box.hasRange("10.13.200.70") && box.report.problems == [problem] }
            #expect(isGone)
            #expect(neighbours.calls.last == "release 10.13.200.70")
            #expect(try run("nft", "list", "set", "inet", "appliance_net", "bound4") == bound)
        }
    }

    /// Where the kernel has no packet filter nothing is guarded: that is a problem, unless nobody wants a guard.
    @Test func withoutAPacketFilter() throws {
        try inAppliance { root in
            let part = GuardPart(root, keeper: nil, claims: Neighbours(), obstacle: "nothing is guarded: none")
            let box = try Box(root, nil, [part])
            let isNamed = try box.turns { box.report.problems == ["nothing is guarded: none"] }
            #expect(isNamed)
            #expect(box.report.state == .degraded)
            #expect(try box.ask("{\"command\":\"status\"}").contains("\"enabled\":false"))
            try Self.write("enabled = false\n", root)
            let isFine = try box.turns { box.report.state == .inSync }
            #expect(isFine)
        }
    }

    /// Another program begins to track connections: what is proxied is kept out of that at once, and nobody's packets are
    /// waited for.
    @Test(arguments: ["inet", "ip", "ip6"])
    func whoTracksIsHeardOfAtOnce(_ family: String) throws {
        try inAppliance { root in
            try run("ip", "link", "set", "lo", "up")
            let part = GuardPart(root, keeper: try Firewall(listening: true), claims: Neighbours())
            let box = try Box(root, nil, [part])
            try #require(try box.turns { box.report.state == .inSync })
            try box.quiet()
            let begin = ContinuousClock.now
            try run("nft", "add", "table", family, "theirs")
            try run("nft", "add", "chain", family, "theirs", "c", "{ type filter hook input priority 5; }")
            try run("nft", "add", "rule", family, "theirs", "c", "ct state established accept")
            let isKept = try box.turns {
                try run("nft", "list", "table", "inet", "appliance_net").contains("notrack")
            }
            #expect(isKept)
            let window = ContinuousClock.now - begin
            print("what is proxied is kept out of the tracking of \(family) \(window) after it began")
            #expect(window < .seconds(5))
        }
    }
}
