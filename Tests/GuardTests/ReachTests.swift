import Addresses
import Guard
import NetworkFiles
import Nftables
import TestSupport
import Testing

/// What answers to whom, from outside an appliance with sockets on every address.
@Suite(.blocking) struct ReachTests {
    @Test func virtualAddressesAnswerOnBoundPairsOnly() throws {
        try TestSite.with { site in
            let listeners = try TestListeners("0.0.0.0:22", "0.0.0.0:80", "[::]:22", "[::]:443")
            let firewall = try Firewall()
            var state = try site.state("10.13.200.33:80", "[2001:db8:0:1::5]:443", "10.13.200.10:80")
            // Bound, and not ours to answer for.
            state.listeners.insert(try #require(TestSite.listener("10.13.200.36:80")))
            try firewall.update(to: state)
            let open = [
                "10.13.200.33:80", "[2001:db8:0:1::5]:443", "10.13.200.10:80", "10.13.10.10:22", "10.13.10.10:80",
            ]
            let closed = [
                "10.13.200.33:22", "10.13.200.34:80", "10.13.200.34:22", "[2001:db8:0:1::5]:22",
                "[2001:db8:0:1::6]:443", "10.13.200.10:22", "[2001:db8::10]:22", "10.13.200.36:80",
            ]
            #expect(try site.connect(closed + open, open: open) == open)
            let counters = try firewall.counters()
            #expect((counters["vip_closed"]?.packets ?? 0) >= 3)
            #expect((counters["service_closed"]?.packets ?? 0) >= 2)
            #expect((counters["arp_refused"]?.packets ?? 0) >= 2)
            // Nobody answered for the two that are not claimed.
            let neighbours = try site.runOutside("ip", "neighbour", "show")
            #expect(neighbours.contains("10.13.200.33 dev to-frontend lladdr"))
            #expect(!neighbours.contains("10.13.200.34 dev to-frontend lladdr"))
            withExtendedLifetime(listeners) {}
        }
    }

    @Test func neverByManagement() throws {
        try TestSite.with { site in
            let listeners = try TestListeners("0.0.0.0:22", "0.0.0.0:80")
            let firewall = try Firewall()
            try firewall.update(to: try site.state("10.13.200.33:80"))
            try site.runOutside("ip", "route", "add", "10.13.200.33/32", "via", "10.13.10.10")
            #expect(
                try site.connect(["10.13.200.33:80", "10.13.10.10:22"], open: ["10.13.10.10:22"]) == ["10.13.10.10:22"]
            )
            // Asked for on the link, it does not answer there either.
            try site.runOutside("ip", "route", "replace", "10.13.200.33/32", "dev", "to-management")
            #expect(throws: ProgramFailed.self) {
                try site.runOutside("ping", "-c", "1", "-W", "1", "10.13.200.33")
            }
            let counters = try firewall.counters()
            #expect((counters["vip_management"]?.packets ?? 0) >= 1)
            #expect((counters["arp_refused"]?.packets ?? 0) >= 1)
            withExtendedLifetime(listeners) {}
        }
    }

    @Test(arguments: GuardPolicy.Ping.allCases)
    func pings(_ policy: GuardPolicy.Ping) throws {
        try TestSite.with { site in
            let firewall = try Firewall()
            var state = try site.state("10.13.200.33:80", "[2001:db8:0:1::5]:443")
            state.policy.ping = policy
            try firewall.update(to: state)
            /// Asked until it answers, or once.
            func answers(_ address: String, _ isWanted: Bool) -> Bool {
                let limit = isWanted ? ["-w", "30"] : ["-W", "1"]
                let words = ["ping", "-c", "1"] + limit + [address]
                return (try? site.runOutside(words)) != nil
            }
            for (address, isWanted) in [
                ("10.13.200.10", true), ("10.13.200.33", policy != .never), ("2001:db8:0:1::5", policy != .never),
                ("10.13.200.34", policy == .range), ("2001:db8:0:1::6", policy == .range),
            ] { #expect(answers(address, isWanted) == isWanted, "\(address)") }
            if policy == .never { #expect((try firewall.counters()["vip_ping"]?.packets ?? 0) >= 2) }
        }
    }

    /// A bind to every address is one to each of the ranges.
    @Test func wildcardBinds() throws {
        try TestSite.with { site in
            let listeners = try TestListeners("0.0.0.0:22", "0.0.0.0:80")
            let firewall = try Firewall()
            try firewall.update(to: try site.state("0.0.0.0:80"))
            let open = ["10.13.200.33:80", "10.13.200.62:80", "10.13.200.10:80"]
            #expect(try site.connect(["10.13.200.33:22"] + open, open: open) == open)
            withExtendedLifetime(listeners) {}
        }
    }

    /// An address of its own outside every range, and one that another host holds.
    @Test func claimsAndConflicts() throws {
        try TestSite.with { site in
            let listeners = try TestListeners("0.0.0.0:22", "0.0.0.0:80")
            try run("ip", "route", "add", "local", "10.13.200.99/32", "dev", "lo")
            let firewall = try Firewall()
            try firewall.update(to: try site.state("10.13.200.33:80"))
            let own = try #require(IPAddress("10.13.200.99"))
            let held = try #require(IPAddress("10.13.200.33"))
            try firewall.change(
                GuardChange(
                    adding: [try #require(TestSite.listener("10.13.200.99:80"))],
                    claiming: [own],
                    releasing: [held],
                    conflicts: [held: MACAddress("02:00:00:00:00:09")]
                )
            )
            let places = ["10.13.200.33:80", "10.13.200.99:22", "10.13.200.99:80"]
            #expect(try site.connect(places, open: ["10.13.200.99:80"]) == ["10.13.200.99:80"])
            #expect((try firewall.counters()["arp_held"]?.packets ?? 0) >= 1)
            withExtendedLifetime(listeners) {}
        }
    }

    /// Rules match indexes: an interface that somebody renames stays what it is.
    @Test func renamedInterfaces() throws {
        try TestSite.with { site in
            let listeners = try TestListeners("0.0.0.0:22", "0.0.0.0:80")
            let firewall = try Firewall()
            try firewall.update(to: try site.state("10.13.200.33:80"))
            for (name, other) in [("management", "aside"), ("frontend", "management"), ("aside", "frontend")] {
                try run("ip", "link", "set", name, "name", other)
            }
            let open = ["10.13.200.33:80", "10.13.10.10:22"]
            #expect(try site.connect(["10.13.200.10:22"] + open, open: open) == open)
            withExtendedLifetime(listeners) {}
        }
    }

    @Test func answersAndPolicy() throws {
        try TestSite.with { site in
            let firewall = try Firewall()
            var state = try site.state()
            state.policy.allowed = ["tcp/179", "udp/3784", "vrrp"].compactMap { GuardPolicy.Service($0) }
            try firewall.update(to: state)
            let listeners = try TestListeners("0.0.0.0:22", "0.0.0.0:179")
            let open = ["10.13.200.10:179"]
            #expect(try site.connect(["10.13.200.10:22"] + open, open: open) == open)
            let listed = try run("nft", "list", "chain", "inet", "appliance_net", "appliance")
            for words in [
                "udp sport @answers udp dport >= 1024 accept", "udp sport 67 udp dport 68 accept",
                "udp dport 3784 accept", "meta l4proto vrrp accept",
            ] { #expect(listed.contains(words), "\(listed)") }
            withExtendedLifetime(listeners) {}
        }
    }

    /// Proxied traffic makes no entry, also where another table looks at connections.
    @Test func connectionsAreNotTracked() throws {
        try TestSite.with { site in
            let listeners = try TestListeners("0.0.0.0:80")
            let firewall = try Firewall()
            var state = try site.state("10.13.200.33:80")
            try firewall.update(to: state)
            func count() throws -> Int? {
                Int(try run("cat", "/proc/sys/net/netfilter/nf_conntrack_count").filter { $0.isNumber })
            }
            _ = try site.connect(["10.13.200.33:80"], open: ["10.13.200.33:80"])
            #expect(try count() == 0)
            try run("nft", "add", "table", "inet", "theirs")
            try run("nft", "add", "chain", "inet", "theirs", "c", "{ type filter hook input priority 5; }")
            try run("nft", "add", "rule", "inet", "theirs", "c", "ct state established accept")
            _ = try site.connect(["10.13.200.33:80"], open: ["10.13.200.33:80"])
            #expect(try count() != 0, "the other table does not track: this test shows nothing")
            state.tracksConnections = true
            try firewall.update(to: state)
            let before = try count()
            _ = try site.connect(["10.13.200.33:80"], open: ["10.13.200.33:80"])
            #expect(try count() == before)
            withExtendedLifetime(listeners) {}
        }
    }
}
