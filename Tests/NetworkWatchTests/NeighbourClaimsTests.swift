import Addresses
import Discovery
import Files
import Glibc
import NetworkFiles
import NetworkHistory
import NetworkTestSupport
import TestSupport
import Testing

@testable import NetworkWatch

/// The part that speaks on the links, with an appliance's interfaces; another host is frames at the other end.
@Suite(.blocking) struct NeighbourClaimsTests {
    private static let other = "02:00:00:00:00:99"

    /// An appliance that is up, with its part.
    private func with(_ body: @escaping @Sendable (NeighbourClaims, NetworkConfiguration) throws -> Void) throws {
        try inAppliance { root in
            let configuration = try NetworkConfiguration.load(root)
            try Applier(root).apply(.apply, configuration)
            try TestAppliance.settle()
            var settings = ClaimMachine.Settings()
            settings.announcements = 1
            let claims = try NeighbourClaims(settings, links: NeighbourClaims.kernelLinks)
            claims.applied(configuration, at: Self.now)
            try body(claims, configuration)
        }
    }

    @Test func probesOnTheRightInterface() throws {
        try with { claims, _ in
            let held = try #require(IPAddress("10.13.200.33"))
            let texts = ["10.13.200.34", "10.13.201.40", "10.13.10.7", "192.0.2.1", "10.13.200.10"]
            let free = texts.compactMap { IPAddress($0) }
            var answer: [IPAddress: MACAddress]?
            let witness = try Witness()
            claims.probe([held] + free, at: Self.now) { conflicts, _ in answer = conflicts }
            try Self.hold("\(held)", on: "peer2")
            try Self.hold("10.13.200.34", on: "peer1")
            #expect(Self.serve(claims) { answer != nil })
            #expect(answer == [held: try #require(MACAddress(Self.other))])
            // Not on management, not where a router is asked, not what the interface has.
            func probes(_ peer: String) -> Set<String> { witness.heard(peer).filter { $0.hasPrefix("probe") } }
            #expect(probes("peer2") == ["probe 10.13.200.33", "probe 10.13.200.34"])
            #expect(probes("peer1") == ["probe 10.13.201.40"])
            #expect(probes("peer0").isEmpty)
        }
    }

    @Test func conflictOfAClaimedAddressIsAProblemUntilItEnds() throws {
        try with { claims, configuration in
            let virtual = try #require(IPAddress("10.13.200.33"))
            let mac = try #require(MACAddress(Self.other))
            claims.announce([virtual], held: [:], at: Self.now)
            try Self.hold("\(virtual)", on: "peer2")
            // What the interface itself has is watched as well.
            try Self.hold("10.13.201.10", on: "peer1")
            #expect(Self.serve(claims) { claims.conflicts.count == 2 })
            #expect(claims.conflicts[virtual] == mac)
            #expect(
                claims.problems == [
                    "10.13.200.33 dev frontend: another host uses it too, \(mac)",
                    "10.13.201.10 dev workload: another host uses it too, \(mac)",
                ]
            )
            #expect(claims.takeWishes().count == 2)
            claims.release([virtual], at: Self.now)
            #expect(claims.conflicts.count == 1)
            claims.applied(configuration, at: Self.now)
            #expect(claims.takeWishes().isEmpty)
        }
    }

    /// As the files say, from the moment they say it.
    @Test func followsThePolicy() throws {
        try with { claims, configuration in
            let virtual = try #require(IPAddress("10.13.200.33"))
            var off = configuration
            off.appliance.guardPolicy.conflict = .off
            claims.applied(off, at: Self.now)
            claims.announce([virtual], held: [:], at: Self.now)
            var answer: [IPAddress: MACAddress]?
            claims.probe([virtual], at: Self.now) { conflicts, _ in answer = conflicts }
            #expect(answer == [:], "nobody is asked, nothing is waited for")
            try Self.hold("\(virtual)", on: "peer2")
            claims.hear(claims.descriptors[0], at: Self.now)
            #expect(claims.conflicts.isEmpty)

            claims.applied(configuration, at: Self.now)
            try Self.hold("\(virtual)", on: "peer2")
            #expect(Self.serve(claims) { claims.conflicts.count == 1 })
        }
    }

    /// What was claimed before its interface had a network, or while the cable was out, is announced when it can be.
    @Test func announcesWhenTheLinkComesBack() throws {
        try with { claims, configuration in
            let virtual = try #require(IPAddress("10.13.200.33"))
            claims.announce([virtual], held: [:], at: Self.now)
            try run("ip", "link", "set", "peer2", "down")
            #expect(try eventually { try run("ip", "link", "show", "frontend").contains("NO-CARRIER") })
            claims.applied(configuration, at: Self.now)
            try run("ip", "link", "set", "peer2", "up")
            try TestAppliance.settle()
            let witness = try Witness()
            claims.applied(configuration, at: Self.now)
            #expect(Self.serve(claims) { witness.heard("peer2").contains("announce 10.13.200.33") })
        }
    }

    /// While the cable was out another host took what was ours, or what was claimed meanwhile: it is asked for first.
    @Test func asksWhenTheLinkComesBack() throws {
        try with { claims, configuration in
            let addresses = ["10.13.200.33", "10.13.200.34", "10.13.200.35"].compactMap { IPAddress($0) }
            claims.announce([addresses[0]], held: [:], at: Self.now)
            try run("ip", "link", "set", "peer2", "down")
            let isOut = try eventually { try run("ip", "link", "show", "frontend").contains("NO-CARRIER") }
            #expect(isOut)
            claims.applied(configuration, at: Self.now)
            var answer: [IPAddress: MACAddress]?
            claims.probe(Array(addresses[1...]), at: Self.now) { conflicts, _ in answer = conflicts }
            #expect(answer == [:], "nobody can be asked, and nobody waits for it")
            claims.announce(Array(addresses[1...]), held: [:], at: Self.now)
            try run("ip", "link", "set", "peer2", "up")
            try TestAppliance.settle()
            var refused: [IPAddress: MACAddress] = [:]
            claims.refused = { holders, _ in refused = holders }
            let witness = try Witness()
            claims.applied(configuration, at: Self.now)
            for address in addresses.prefix(2) { try Self.hold("\(address)", on: "peer2") }
            let isAnnounced = Self.serve(claims) { witness.heard("peer2").contains("announce \(addresses[2])") }
            #expect(isAnnounced)
            let mac = try #require(MACAddress(Self.other))
            #expect(refused == [addresses[0]: mac, addresses[1]: mac])
            let others = witness.heard("peer2").intersection(addresses.prefix(2).map { "announce \($0)" })
            #expect(others.isEmpty)
        }
    }

    /// A bind that was added while the service was down: the address is asked for before the network is made.
    @Test func asksBeforeTheFirstApply() throws {
        try inAppliance { root in
            let configuration = try NetworkConfiguration.load(root)
            try Applier(root).apply(.apply, configuration)
            try TestAppliance.settle()
            let master = try FakeMaster(root[GuardPart.masterPath], ["listen f 10.13.200.33:80"])
            let claims = try NeighbourClaims()
            let part = GuardPart(root, keeper: nil, claims: claims)
            let witness = try Witness()
            for each in [claims, part] as [any WatchPart] { each.prepare(configuration, at: Self.now) }
            try Self.hold("10.13.200.33", on: "peer2")
            for each in [claims, part] as [any WatchPart] { each.applied(configuration, at: Self.now) }
            let isRefused = Self.serve(claims) { !part.problems.isEmpty }
            #expect(isRefused)
            #expect(part.problems == ["10.13.200.33 is used by another host, \(Self.other): it is not claimed"])
            let isTold = eventually { master.lines == ["conflict 10.13.200.33 \(Self.other)", "ok 0"] }
            #expect(isTold)
            #expect(!witness.heard("peer2").contains("announce 10.13.200.33"))
        }
    }

    /// What was claimed before its interface had an address is asked for when it has: a lease came later.
    @Test func asksWhenTheInterfaceHasItsNetwork() throws {
        try with { _, configuration in
            var hasLease = false
            let claims = try NeighbourClaims(links: {
                try NeighbourClaims.kernelLinks().map { link in
                    var link = link
                    if !hasLease {
                        link.probe = ProbeInterface(index: link.probe.index, mac: link.probe.mac, addresses: [])
                    }
                    return link
                }
            })
            claims.applied(configuration, at: Self.now)
            let (held, free) = (try #require(IPAddress("10.13.200.33")), try #require(IPAddress("10.13.200.34")))
            var refused: [IPAddress: MACAddress] = [:]
            claims.refused = { holders, _ in refused = holders }
            claims.announce([held, free], held: [:], at: Self.now)
            let witness = try Witness()
            hasLease = true
            claims.applied(configuration, at: Self.now)
            try Self.hold("\(held)", on: "peer2")
            let isRefused = Self.serve(claims) { !refused.isEmpty }
            #expect(isRefused)
            #expect(refused == [held: try #require(MACAddress(Self.other))])
            let isAnnounced = Self.serve(claims) { witness.heard("peer2").contains("announce \(free)") }
            #expect(isAnnounced)
            // The other host says so itself, once.
            #expect(claims.conflicts.isEmpty)
        }
    }

    private static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func serve(_ claims: NeighbourClaims, until condition: () -> Bool) -> Bool {
        let deadline = now + .seconds(60)
        while !condition() {
            if now > deadline { return false }
            var readable = claims.descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            poll(&readable, nfds_t(readable.count), 5)
            for descriptor in claims.descriptors { claims.hear(descriptor, at: now) }
            claims.timer(at: now)
        }
        return true
    }

    /// Says "I have it" as another host.
    private static func hold(_ address: String, on peer: String) throws {
        try run(
            "python3",
            "-c",
            """
            import socket
            raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
            raw.bind(("\(peer)", 0))
            mac = bytes.fromhex("020000000099")
            address = socket.inet_aton("\(address)")
            raw.send(b"\\xff" * 6 + mac + b"\\x08\\x06\\0\\x01\\x08\\0\\x06\\x04\\0\\x01" + mac + address + b"\\0" * 6 + address)
            """
        )
    }
}
