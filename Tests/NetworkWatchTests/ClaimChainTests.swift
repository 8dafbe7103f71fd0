import Files
import NetworkFiles
import NetworkTestSupport
import Synchronization
import TestSupport
import Testing

@testable import NetworkWatch

/// The service with all of its parts, beside a machine on the frontend's link: who is asked, told and answered.
@Suite(.blocking) struct ClaimChainTests {
    /// The other machine's end of the frontend's cable.
    private static let link = "peer2"

    private static func with(_ body: @escaping @Sendable (Box, Neighbourhood) throws -> Void) throws {
        try inNeighbourhood { root, others in
            let settings = try AtomicFile.readText(root[ApplianceFile.path]) ?? ""
            try AtomicFile.replace(
                root[ApplianceFile.path],
                with: settings + "address6 = \"fd00:200::10/64\"\n"
            )
            try TestAppliance.writeRanges(root, "\(TestAppliance.ranges)\nfd00:200::100/120")
            try others.run("ip", "address", "add", "fd00:200::1/64", "dev", link, "nodad")
            let box = try Box(root, nil, WatchParts.make(root) { _, text in Issue.record("\(text)") })
            try #require(try box.turns { box.report.state == .inSync })
            // Without one an interface asks nobody.
            try run("ip", "address", "add", "fe80::10/64", "dev", "frontend", "nodad")
            try body(box, others)
        }
    }

    /// Whether the other machine reaches an address, which it has to ask for; the service works meanwhile.
    private static func reaches(_ address: String, _ box: Box, _ others: Neighbourhood, seconds: Int) throws -> Bool {
        try others.run("ip", "neigh", "flush", "dev", link)
        let verdict = Verdict()
        startThread {
            // Not from what it has of our range: that is local here.
            let source = address.contains(":") ? "fd00:200::1" : "10.13.200.1"
            let status = try? others.run("ping", "-c1", "-W\(seconds)", "-I", source, address)
            verdict.value.withLock { $0 = status != nil }
        }
        guard try box.turns(until: { verdict.value.withLock { $0 } != nil }) else { return false }
        return verdict.value.withLock { $0 } ?? false
    }

    private final class Verdict: Sendable { let value = Mutex<Bool?>(nil) }

    private static func bound(_ address: String) throws -> Bool {
        let set = address.contains(":") ? "bound6" : "bound4"
        return try run("nft", "list", "set", "inet", "appliance_net", set).contains("\(address) . 80")
    }

    /// Of two addresses the one is another machine's: it is named, and left to it. The other is announced and answers.
    @Test func whatAnotherHasIsLeftToIt() throws {
        try Self.with { box, others in
            try others.run("ip", "link", "set", Self.link, "address", "02:00:00:00:00:99")
            try others.run("ip", "address", "add", "10.13.200.33/24", "dev", Self.link)
            try others.run("ip", "address", "add", "fd00:200::133/64", "dev", Self.link, "nodad")
            // It knew another holder of the free one.
            try others.run("sh", "-c", "echo 0 > /proc/sys/net/ipv4/neigh/\(Self.link)/locktime")
            try others.run(
                "ip",
                "neigh",
                "add",
                "10.13.200.34",
                "lladdr",
                "02:00:00:00:00:77",
                "dev",
                Self.link,
                "nud",
                "stale"
            )
            let master = try FakeMaster(
                box.root[GuardPart.masterPath],
                [
                    "listen f 10.13.200.33:80", "listen f 10.13.200.34:80", "listen f [fd00:200::133]:80",
                    "listen f [fd00:200::134]:80",
                ]
            )
            #expect(try box.turns { master.lines.contains("ok 0") })
            #expect(
                Set(master.lines) == [
                    "conflict 10.13.200.33 02:00:00:00:00:99", "conflict fd00:200::133 02:00:00:00:00:99", "ok 0",
                ]
            )
            #expect(try !Self.bound("10.13.200.33") && !Self.bound("fd00:200::133"))
            #expect(try Self.bound("10.13.200.34") && Self.bound("fd00:200::134"))
            let own = "lladdr \(TestAppliance.macs[2])"
            #expect(try box.turns { try others.run("ip", "neigh", "show", "10.13.200.34").contains(own) })
            #expect(try Self.reaches("10.13.200.34", box, others, seconds: 20))
            #expect(try Self.reaches("fd00:200::134", box, others, seconds: 20))
            // Nobody answers for what no listener is bound to.
            #expect(try !Self.reaches("fd00:200::135", box, others, seconds: 1))
            let less = try master.change(remove: ["listen f [fd00:200::134]:80"])
            #expect(try box.turns { master.lines.contains("ok \(less)") })
            #expect(try !Self.reaches("fd00:200::134", box, others, seconds: 1))
        }
    }

    /// The standard's times: what another has is known as soon as it answers; what nobody has is closed, and is not answered for
    /// to whoever waits, until it is known to be free.
    @Test func theTimesOfTheStandard() throws {
        try Self.with { box, others in try Self.takeTheTimesOfTheStandard(box, others) }
    }

    private static func takeTheTimesOfTheStandard(_ box: Box, _ others: Neighbourhood) throws {
        try others.run("ip", "link", "set", link, "address", "02:00:00:00:00:99")
        try others.run("ip", "address", "add", "10.13.200.33/24", "dev", link)
        let master = try FakeMaster(box.root[GuardPart.masterPath])
        let count = box.report.reconcileCount
        let path = box.root[ApplianceFile.path]
        let settings = try AtomicFile.readText(path) ?? ""
        try AtomicFile.replace(path, with: settings + "\n[guard]\nprobe = \"rfc5227\"\n")
        let isReady = try box.turns { master.lines == ["ok 0"] && box.report.reconcileCount > count }
        try #require(isReady && box.report.state == .inSync)
        let asked = ContinuousClock.now
        let first = try master.change(add: ["listen f 10.13.200.33:80"])
        let isRefused = try box.turns { master.lines.last == "ok \(first)" }
        #expect(isRefused && master.lines.contains("conflict 10.13.200.33 02:00:00:00:00:99"))
        #expect(ContinuousClock.now - asked < .seconds(4))
        let begin = ContinuousClock.now
        let second = try master.change(add: ["listen f 10.13.200.34:80"])
        var wasOpen = false
        let isDone = try box.turns {
            // Asked first: what is seen open was so at that time at the latest.
            let isOpen = try bound("10.13.200.34")
            if isOpen, ContinuousClock.now - begin < .seconds(4) { wasOpen = true }
            return master.lines.contains("ok \(second)")
        }
        #expect(isDone && !wasOpen)
        #expect(ContinuousClock.now - begin >= .seconds(4))
        #expect(try bound("10.13.200.34"))
    }

    /// A machine that comes later with an address of ours is a problem of the service.
    @Test func whoComesLaterIsNamed() throws {
        try Self.with { box, others in
            try others.run("ip", "link", "set", Self.link, "address", "02:00:00:00:00:99")
            let master = try FakeMaster(box.root[GuardPart.masterPath], ["listen f 10.13.200.34:80"])
            #expect(try box.turns { master.lines == ["ok 0"] })
            try others.run("ip", "address", "add", "10.13.200.34/24", "dev", Self.link)
            // It asks for somebody, as itself.
            startThread { _ = try? others.run("ping", "-c1", "-W1", "-I", "10.13.200.34", "10.13.200.98") }
            let problem = "10.13.200.34 dev frontend: another host uses it too, 02:00:00:00:00:99"
            #expect(try box.turns { box.report.problems.contains(problem) })
            #expect(box.report.state == .degraded)
            #expect(try Self.bound("10.13.200.34"), "one packet takes no service away")
        }
    }
}
