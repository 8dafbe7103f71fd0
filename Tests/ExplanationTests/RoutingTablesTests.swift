import Addresses
import Netlink
import Testing

@testable import Explanation

/// The way of a packet through rules and tables, without a kernel.
@Suite struct RoutingTablesTests {
    private static func network(_ text: String) throws -> IPNetwork { try #require(IPNetwork(text)) }

    private static func lookup(_ source: String, _ destination: String) throws -> RouteLookup {
        RouteLookup(from: IPAddress(source), to: try #require(IPAddress(destination)))
    }

    private static func tables(_ more: [Rule] = []) throws -> RoutingTables {
        let any = try network("0.0.0.0/0")
        let from = Rule(family: .v4, priority: 1003, from: try network("10.13.200.0/24"), table: RouteTable(3))
        let to = Rule(family: .v4, priority: 2000, to: try network("10.13.21.0/24"), table: RouteTable(2))
        return RoutingTables(
            rules: [to, from] + RoutingTables.kernelRules + more,
            routes: [
                Route(try network("10.13.200.32/27"), table: .local, type: .local, interface: 1),
                Route(any, gateway: IPAddress("10.13.10.1"), interface: 2),
                Route(any, gateway: IPAddress("10.13.10.2"), interface: 2, metric: 100),
                Route(try network("10.13.10.0/24"), scope: .link, interface: 2),
                Route(any, table: RouteTable(2), gateway: IPAddress("10.13.201.1"), interface: 3),
                Route(any, table: RouteTable(3), gateway: IPAddress("10.13.200.1"), interface: 4),
                Route(try network("192.0.2.0/24"), table: RouteTable(3), type: .throw),
                Route(try network("198.51.100.0/24"), table: RouteTable(3), type: .unreachable),
            ]
        )
    }

    @Test(arguments: [
        ("10.13.200.34", "203.0.113.9", UInt32(1003), "10.13.200.1"),
        ("10.13.200.34", "10.13.21.5", 1003, "10.13.200.1"),
        ("10.13.10.199", "10.13.21.5", 2000, "10.13.201.1"), ("10.13.10.199", "203.0.113.9", 32766, "10.13.10.1"),
        ("10.13.10.199", "10.13.10.20", 32766, ""), ("10.13.10.199", "10.13.200.40", 0, ""),
        // The table throws it back to the rules behind.
        ("10.13.200.34", "192.0.2.1", 32766, "10.13.10.1"),
    ])
    func findsRuleAndGateway(_ source: String, _ destination: String, _ priority: UInt32, _ gateway: String) throws {
        let path = try Self.tables().path(try Self.lookup(source, destination))
        #expect(path.rule?.priority == priority)
        #expect(path.route?.gateway == IPAddress(gateway))
        #expect(path.failure == nil)
    }

    @Test func tellsWhatRejects() throws {
        let rejected = try Self.tables().path(try Self.lookup("10.13.200.34", "198.51.100.7"))
        #expect(rejected.route == nil)
        #expect(rejected.failure == "table 3 has a route of type unreachable for it")
        var rule = Rule(family: .v4, priority: 5, table: .main)
        rule.action = 7
        let dropped = try Self.tables([rule]).path(try Self.lookup("10.13.200.34", "198.51.100.7"))
        #expect(dropped.failure == "rule 5 drops or rejects it")
        let nowhere = RoutingTables(rules: RoutingTables.kernelRules, routes: [])
        #expect(nowhere.path(try Self.lookup("10.13.200.34", "198.51.100.7")).failure == "no table has a route")
    }

    @Test func doesNotJudgeWhatItDoesNotUnderstand() throws {
        var marked = Rule(family: .v4, priority: 10, table: RouteTable(9))
        marked.isComplex = true
        let path = try Self.tables([marked]).path(try Self.lookup("10.13.200.34", "203.0.113.9"))
        #expect(path.undecided == [marked])
        #expect(path.rule?.priority == 1003)
        #expect(path.passed.map { $0.priority } == [0])
        // The kernel says that table 9 had it: only that rule can have led there.
        let decided = try Self.tables([marked])
            .path(try Self.lookup("10.13.200.34", "203.0.113.9"), decidedIn: RouteTable(9))
        #expect(decided.rule == marked)
    }

    @Test func knowsItsOwnAddresses() throws {
        let tables = try Self.tables()
        #expect(tables.isLocal(try #require(IPAddress("10.13.200.63"))))
        #expect(!tables.isLocal(try #require(IPAddress("10.13.200.64"))))
        #expect(!tables.isLocal(try #require(IPAddress("10.13.10.20"))))
    }
}
