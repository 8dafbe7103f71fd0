import Addresses
import Glibc
import Netlink
import NetworkFiles
import Nftables
import TestSupport
import Testing

@testable import Guard

/// The tables are what follows from the state, whatever others do, and however they came to it.
@Suite(.blocking) struct FirewallTests {
    /// A change of a few elements leaves what a whole update would make.
    @Test func changesAreTheSameAsTheWhole() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        try TestSite.with { site in
            var generator = SeededGenerator(state: seed)
            let firewall = try Firewall()
            try firewall.update(to: try site.state("10.13.200.33:80"))
            let addresses = [
                "10.13.200.33", "10.13.200.34", "10.13.200.99", "10.13.200.10", "2001:db8:0:1::5", "2001:db8::9",
                "192.0.2.1", "0.0.0.0",
            ].compactMap { IPAddress($0) }
            func some<Element>(_ elements: [Element]) -> [Element] {
                elements.filter { _ in Int.random(in: 0..<4, using: &generator) == 0 }
            }
            let listeners = addresses.flatMap { address in
                [80, 443].flatMap { port in
                    ["a", "b"].map { Listener(address: address, port: port, frontend: $0) }
                }
            }.filter { !$0.isWildcard || $0.frontend == "a" }
            for turn in 0..<80 {
                let named = some(addresses.filter { !$0.isUnspecified })
                let change = GuardChange(
                    adding: some(listeners),
                    removing: some(listeners),
                    claiming: some(named),
                    releasing: some(addresses),
                    conflicts: Dictionary(
                        some(addresses).map { ($0, turn % 2 == 0 ? MACAddress("02:00:00:00:00:09") : nil) },
                        uniquingKeysWith: { first, _ in first }
                    )
                )
                if turn % 3 == 0 {
                    // The same as a whole state, of which the difference is found.
                    var next = try #require(firewall.state)
                    next.listeners.subtract(change.removing)
                    next.listeners.formUnion(change.adding)
                    next.claimed.subtract(change.releasing)
                    next.claimed.formUnion(change.claiming)
                    for (address, holder) in change.conflicts { next.conflicts[address] = holder }
                    try firewall.update(to: next)
                    #expect(firewall.state == next)
                } else {
                    try firewall.change(change)
                }
                let state = try #require(firewall.state)
                let wanted = GuardRuleset.tables(for: state)
                #expect(try NftablesSocket().table(GuardRuleset.inet) == wanted.first)
                #expect(try NftablesSocket().table(GuardRuleset.arp) == wanted.last)
                #expect(try firewall.plan(state).isEmpty)
            }
        }
    }

    @Test func takenAwayAndOff() throws {
        try TestSite.with { site in
            let firewall = try Firewall()
            var state = try site.state("10.13.200.33:80")
            #expect(!(try firewall.update(to: state)).isEmpty)
            #expect(try firewall.update(to: state).isEmpty)
            state.policy.isEnabled = false
            try firewall.update(to: state)
            #expect(try run("nft", "--stateless", "list", "ruleset") == "")
            state.policy.isEnabled = true
            try firewall.update(to: state)
            try firewall.remove()
            #expect(try run("nft", "--stateless", "list", "ruleset") == "")
        }
    }

    /// The next service takes over what the one before left, and changes nothing that is right; at no moment does
    /// anything else answer.
    @Test func adoption() throws {
        try TestSite.with { site in
            let state = try site.state("10.13.200.33:80")
            var first: Firewall? = try Firewall()
            try #require(first?.canProtect == true, "this kernel cannot keep tables whose owner goes")
            try first?.update(to: state)
            let listed = try run("nft", "--stateless", "list", "ruleset")
            first = nil
            #expect(try run("nft", "--stateless", "list", "ruleset").contains("chain vip"))
            let second = try Firewall()
            // A program that another test starts just now has the first one's descriptor too, until it executes.
            #expect(try eventually { try second.holder() == nil })
            let done = try second.update(to: state)
            #expect(done.map { "\($0)" } == ["add table inet appliance_net", "add table arp appliance_net"])
            #expect(try run("nft", "--stateless", "list", "ruleset") == listed)
            let third = try Firewall()
            #expect(try third.holder() != nil)
            let error = #expect(throws: NetlinkError.self) { try third.remove() }
            #expect(error?.code == EPERM)
        }
    }

    /// What a program that ended left is the service's as soon as it runs.
    @Test func oneShotThenService() throws {
        try TestSite.with { site in
            let state = try site.state("10.13.200.33:80")
            try Firewall(.persistent).update(to: state)
            let service = try Firewall()
            try service.update(to: state)
            #expect(try Firewall(.persistent).holder() != nil)
        }
    }

    @Test func hearsOfOthers() throws {
        try TestSite.with { site in
            let firewall = try Firewall(.persistent, listening: true)
            let descriptor = try #require(firewall.descriptor)
            func news() throws -> Bool {
                var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
                try #require(poll(&waiting, 1, 60_000) == 1)
                return try firewall.hear()
            }
            try firewall.update(to: try site.state("10.13.200.33:80"))
            // Of what we did ourselves there is nothing to say.
            #expect(!(try news()))
            try run("nft", "add", "table", "inet", "theirs")
            #expect(try news())
            #expect(try firewall.repair().isEmpty)
            // Both came before we heard of either.
            try run("nft", "add", "table", "inet", "another")
            try firewall.change(GuardChange(adding: [try #require(TestSite.listener("10.13.200.33:81"))]))
            #expect(try news())
            try firewall.change(GuardChange(removing: [try #require(TestSite.listener("10.13.200.33:81"))]))
            #expect(!(try news()))
            try run("nft", "flush", "set", "inet", "appliance_net", "bound4")
            #expect(try news())
            #expect(
                try firewall.repair().map { "\($0)" } == ["add element inet appliance_net bound4 { 10.13.200.33 . 80 }"]
            )
            #expect(!(try firewall.hear()))
        }
    }

    /// Those who look change nothing, so that nobody has to look again because of them.
    @Test func lookingIsNoChange() throws {
        try TestSite.with { site in
            try Firewall(.persistent).update(to: try site.state("10.13.200.33:80"))
            let socket = try NftablesSocket()
            let before = try socket.generation()
            let other = try Firewall(.persistent)
            #expect(try other.tables().count == 2 && other.holder() == nil)
            #expect(try socket.generation() == before)
        }
    }

    @Test func trackingIsSeen() throws {
        try TestSite.with { site in
            let firewall = try Firewall()
            #expect(!firewall.tracksConnections)
            try run("nft", "add", "table", "inet", "theirs")
            try run("nft", "add", "chain", "inet", "theirs", "c", "{ type filter hook input priority 5; }")
            #expect(!firewall.tracksConnections)
            try run("nft", "add", "rule", "inet", "theirs", "c", "ct state established accept")
            // Before a packet of anybody.
            #expect(firewall.tracksConnections)
        }
    }

    /// What is kept out of the tracking cannot be seen; whoever comes next knows it from the tables that were left.
    @Test func trackingIsTakenOver() throws {
        try TestSite.with { site in
            var state = try site.state("10.13.200.33:80")
            state.tracksConnections = true
            try Firewall(.persistent).update(to: state)
            let next = try Firewall()
            let isTaken = next.tracksConnections
            #expect(isTaken)
            try next.update(to: state)
            try next.remove()
            let isLeft = next.tracksConnections
            #expect(!isLeft)
        }
    }

    /// Where tables are plain, others can take them away; they come back.
    @Test(arguments: [Table.Protection.none, .persistent])
    func foreignFlush(_ protection: Table.Protection) throws {
        try TestSite.with { site in
            let firewall = try Firewall(protection)
            let state = try site.state("10.13.200.33:80")
            try firewall.update(to: state)
            let listed = try run("nft", "--stateless", "list", "ruleset")
            try run("nft", "flush", "ruleset")
            #expect(!(try firewall.repair()).isEmpty)
            #expect(try run("nft", "--stateless", "list", "ruleset") == listed)
            // One element, one rule, one chain.
            try run("nft", "delete", "element", "inet", "appliance_net", "bound4", "{ 10.13.200.33 . 80 }")
            try run("nft", "add", "rule", "inet", "appliance_net", "vip", "accept")
            try run("nft", "add", "chain", "inet", "appliance_net", "theirs")
            try firewall.change(GuardChange(adding: [try #require(TestSite.listener("10.13.200.33:81"))]))
            try firewall.change(GuardChange(removing: [try #require(TestSite.listener("10.13.200.33:81"))]))
            #expect(try run("nft", "--stateless", "list", "ruleset") == listed)
        }
    }

    /// Somebody changes something between our look and our transaction, so that the kernel refuses it; or the answer is lost,
    /// before or after it was done. The tables are right all the same, at once.
    @Test(arguments: [
        // What is to go is gone.
        (ENOENT, "delete element inet appliance_net bound4 { 10.13.200.33 . 80 }"),
        // What is to go is in use.
        (EBUSY, "add rule arp appliance_net input arp daddr ip @ranges_INDEX accept"),
        // What is to come overlaps with what is there.
        (EEXIST, "add element inet appliance_net vip_ranges4 { 10.13.200.66-10.13.200.70 }"),
        (ENOBUFS, "list tables"),
    ])
    func whatTheKernelRefusesIsTriedAgain(_ code: CInt, _ script: String) throws {
        try TestSite.with { site in
            let firewall = try Firewall(.persistent)
            // Binds to every address have a set of their own in the table of ARP.
            let before = try site.state("10.13.200.33:80", "0.0.0.0:81")
            var after = try site.state("10.13.200.34:80")
            after.ranges.append(try #require(IPNetwork("10.13.200.64/27")))
            let index = try #require(before.interfaces.first { $0.role == .frontend }?.index)
            for isDoneFirst in code == ENOBUFS ? [false, true] : [false] {
                try firewall.replace(with: before)
                var codes: [CInt] = []
                firewall.transact = { (socket, operations) throws(NetlinkError) in
                    let isFirst = codes.isEmpty
                    if isFirst { _ = try? run("nft", script.replacing("INDEX", with: "\(index)")) }
                    do throws(NetlinkError) {
                        if code != ENOBUFS || !isFirst || isDoneFirst { try socket.execute(operations) }
                        codes.append(isFirst && code == ENOBUFS ? code : 0)
                    } catch {
                        codes.append(error.code)
                        throw error
                    }
                    if isFirst, code == ENOBUFS {
                        throw NetlinkError(code: code, action: "changing", object: "nftables")
                    }
                }
                try firewall.update(to: after)
                // Where it was done all the same, looking shows that.
                #expect(codes == (isDoneFirst ? [code] : [code, 0]))
                #expect(try firewall.plan(after).isEmpty)
                #expect(try NftablesSocket().table(GuardRuleset.inet) == GuardRuleset.tables(for: after).first)
                #expect(try NftablesSocket().table(GuardRuleset.arp) == GuardRuleset.tables(for: after).last)
            }
        }
    }

    /// Ten thousand pairs are made, one of them is changed, and they come back when somebody takes them away.
    @Test func tenThousandPairs() throws {
        try TestSite.with { site in
            let firewall = try Firewall(.persistent)
            var state = try site.state()
            let addresses = (33...62).compactMap { IPAddress("10.13.200.\($0)") }
            state.claimed.formUnion(addresses)
            for number in 0..<10000 {
                let address = addresses[number % addresses.count]
                let port = UInt16(1 + number / addresses.count)
                state.listeners.insert(Listener(address: address, port: port, frontend: "f"))
            }
            func count() throws -> Int {
                try run("nft", "list", "set", "inet", "appliance_net", "bound4").split(separator: ",").count
            }
            try firewall.update(to: state)
            #expect(try count() == 10000)
            let one = try #require(TestSite.listener("10.13.200.33:40000"))
            #expect(try firewall.change(GuardChange(adding: [one])).count == 1)
            #expect(try firewall.change(GuardChange(removing: [one])).count == 1)
            try run("nft", "flush", "ruleset")
            #expect(!(try firewall.repair()).isEmpty)
            #expect(try count() == 10000)
            #expect(try firewall.plan(state).isEmpty)
        }
    }

    @Test func theirsIsLeftAlone() throws {
        try TestSite.with { site in
            try run("nft", "add", "table", "inet", "theirs")
            try run("nft", "add", "chain", "inet", "theirs", "c", "{ type filter hook input priority 5; }")
            let before = try run("nft", "list", "table", "inet", "theirs")
            let firewall = try Firewall()
            try firewall.update(to: try site.state("10.13.200.33:80"))
            try firewall.update(to: try site.state("10.13.200.34:80"))
            try firewall.remove()
            #expect(try run("nft", "list", "table", "inet", "theirs") == before)
        }
    }

    /// A range by mistake, or a management interface that is not found, shuts nobody out.
    @Test func managementIsNeverShutOut() throws {
        try TestSite.with { site in
            let listeners = try TestListeners("0.0.0.0:22")
            let firewall = try Firewall()
            var state = try site.state()
            state.ranges = ["0.0.0.0/0", "10.13.10.0/24"].compactMap { IPNetwork($0) }
            try firewall.update(to: state)
            #expect(try site.connect(["10.13.10.10:22"], open: ["10.13.10.10:22"]) == ["10.13.10.10:22"])
            state = try site.state()
            state.interfaces.removeAll { $0.role == .management }
            try firewall.update(to: state)
            #expect(
                try site.connect(["10.13.200.10:22", "10.13.10.10:22"], open: ["10.13.10.10:22"]) == ["10.13.10.10:22"]
            )
            withExtendedLifetime(listeners) {}
        }
    }

    /// No packet of an established connection is lost while the whole is replaced, again and again.
    @Test func establishedConnectionsGoOn() throws {
        try TestSite.with { site in
            let listeners = try TestListeners("10.13.200.33:80")
            let firewall = try Firewall()
            try firewall.update(to: try site.state("10.13.200.33:80"))
            let directory = try ScratchDirectory()
            let script = """
                import socket, sys, time
                s = socket.create_connection(("10.13.200.33", 80))
                s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                print("ready", flush=True)
                end, turns = time.time() + 3, 0
                while time.time() < end:
                    s.sendall(b"x" * 100)
                    left = 100
                    while left: left -= len(s.recv(left))
                    turns += 1
                info = s.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
                print("turns", turns, "retransmitted", int.from_bytes(info[100:104], "little"), flush=True)
                """
            let output = directory.path + "/output"
            let client = try SpawnedProcess(
                ["nsenter", "--net=" + site.outside, "python3", "-c", script],
                output: output,
                isPatient: false
            )
            #expect(try eventually { try run("cat", output).contains("ready") })
            var changes = 0
            while !client.hasEnded {
                let other = try site.state("10.13.200.33:80", "10.13.200.34:\(1000 + changes % 100)")
                if changes % 2 == 0 { try firewall.remove() }
                try firewall.update(to: other)
                changes += 1
            }
            let words = try run("cat", output)
            #expect(words.contains("retransmitted 0\n"), "\(changes) changes: \(words)")
            #expect(changes > 2)
            withExtendedLifetime(listeners) {}
        }
    }
}
