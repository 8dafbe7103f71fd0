import Addresses
import Guard
import NetworkFiles
import Nftables
import Testing

/// What the tables say of their state is enough to make them again.
@Suite struct AdoptingTests {
    @Test func thereAndBack() throws {
        var state = GuardState(
            interfaces: [
                GuardState.Interface(index: 2, name: "management", role: .management),
                GuardState.Interface(
                    index: 3,
                    name: "frontend",
                    role: .frontend,
                    networks: ["10.13.200.0/24"].compactMap { IPNetwork($0) }
                ),
            ],
            ranges: ["10.13.200.32/27", "2001:db8::/64"].compactMap { IPNetwork($0) },
            claimed: Set(["10.13.200.33", "10.13.200.99", "2001:db8::5", "fd00::5"].compactMap { IPAddress($0) }),
            listeners: Set(
                ["10.13.200.33:80", "10.13.200.99:443", "[2001:db8::5]:80", "10.13.200.10:8080", "0.0.0.0:81"]
                    .compactMap { TestSite.listener($0) }
            ),
            tracksConnections: true
        )
        state.conflicts[try #require(IPAddress("10.13.200.40"))] = MACAddress("02:00:00:00:00:09")
        let tables = GuardRuleset.tables(for: state)
        var other = GuardState(policy: state.policy, interfaces: state.interfaces, ranges: state.ranges)
        other.adopt(tables)
        #expect(GuardRuleset.tables(for: other) == tables)
        #expect(other.claimed == state.claimed)
        #expect(
            other.listeners.map { "\($0.address) \($0.port)" }.sorted()
                == state.listeners.map { "\($0.address) \($0.port)" }.sorted()
        )
        #expect(other.conflicts.keys.sorted() == state.conflicts.keys.sorted())
    }
}
