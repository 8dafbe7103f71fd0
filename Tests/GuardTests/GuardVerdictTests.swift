import Addresses
import Guard
import Testing

/// What the tables do, told without a packet: ReachTests sends them.
@Suite struct GuardVerdictTests {
    private static func state() throws -> GuardState {
        let management = GuardState.Interface(index: 2, name: "management", role: .management)
        let frontend = GuardState.Interface(
            index: 3,
            name: "frontend",
            role: .frontend,
            networks: [try #require(IPNetwork("10.13.200.0/24")), try #require(IPNetwork("fd00:200::/64"))]
        )
        func listener(_ address: String, _ port: UInt16) throws -> Listener {
            Listener(address: try #require(IPAddress(address)), port: port, frontend: "web")
        }
        return GuardState(
            interfaces: [management, frontend],
            ranges: [try #require(IPNetwork("10.13.200.32/27")), try #require(IPNetwork("fd99::/64"))],
            claimed: [try #require(IPAddress("10.13.200.34")), try #require(IPAddress("fd99::1"))],
            listeners: [
                try listener("10.13.200.34", 443), try listener("10.13.200.40", 443), try listener("fd99::1", 443),
                try listener("0.0.0.0", 8080),
            ],
            conflicts: [
                try #require(IPAddress("10.13.200.40")): try #require(MACAddress("02:00:00:00:00:99"))
            ]
        )
    }

    @Test(arguments: [
        ("10.13.200.34", 443, 3, GuardVerdict.bound), ("fd99::1", 443, 3, .bound),
        ("10.13.200.34", 80, 3, .dropped(counter: "vip_closed")),
        ("10.13.200.34", 443, 2, .dropped(counter: "vip_management")),
        ("10.13.200.40", 443, 3, .dropped(counter: "vip_held")), ("10.13.200.50", 8080, 3, .boundAny),
        ("10.13.200.10", 22, 3, .dropped(counter: "service_closed")), ("10.13.10.199", 22, 2, .management),
        ("fd99:0:0:1::1", 443, 3, .dropped(counter: "service_closed")),
    ])
    func follows(_ address: String, _ port: UInt16, _ interface: Int, _ verdict: GuardVerdict) throws {
        let table = try #require(GuardRuleset.tables(for: try Self.state()).first)
        #expect(GuardVerdict(table, try #require(IPAddress(address)), port: port, by: interface) == verdict)
    }
}
