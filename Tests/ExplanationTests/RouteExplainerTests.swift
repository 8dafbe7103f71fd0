import Addresses
import Files
import Netlink
import NetworkFiles
import NetworkState
import NetworkTestSupport
import Syscalls
import TestSupport
import Testing

@testable import Explanation

/// The kernel asked in a namespace with the appliance's interfaces, with `ip route get` as the witness.
@Suite(.blocking) struct RouteExplainerTests {
    /// Runs `body` on an applied appliance.
    private static func applied(_ body: @escaping @Sendable (NetworkConfiguration) throws -> Void) throws {
        try inAppliance { root in
            try AtomicFile.replace(root[WorkloadNetworksFile.path], with: "10.13.21.0/24\n")
            let configuration = try NetworkConfiguration.load(root)
            try NetworkReconciler().apply(configuration)
            try TestAppliance.settle()
            try body(configuration)
        }
    }

    private static func explain(
        _ configuration: NetworkConfiguration?,
        _ source: String,
        _ destination: String,
        by interface: String? = nil
    ) throws -> RouteExplanation {
        let socket = try NetlinkSocket()
        let state = try ActualState.read(socket)
        let input = try interface.map { name in try #require(state.links.first { $0.name == name }).index }
        return RouteExplainer(socket, state, configuration)
            .explain(from: try #require(IPAddress(source)), to: try #require(IPAddress(destination)), input: input)
    }

    @Test func goesAsConfigured() throws {
        try Self.applied { configuration in
            let ways: [(String, String, UInt32, UInt32, String)] = [
                ("10.13.200.34", "203.0.113.9", 1003, 3, "via 10.13.200.1 dev frontend"),
                ("10.13.200.10", "10.13.21.5", 1003, 3, "via 10.13.200.1 dev frontend"),
                ("10.13.201.10", "203.0.113.9", 1002, 2, "via 10.13.201.1 dev workload"),
                ("10.13.10.199", "10.13.21.5", 2000, 2, "via 10.13.201.1 dev workload"),
                ("10.13.10.199", "203.0.113.9", 32766, 254, "via 10.13.10.1 dev management"),
                ("10.13.200.34", "10.13.200.20", 1003, 3, "dev frontend"),
            ]
            for (source, destination, priority, table, words) in ways {
                let explanation = try Self.explain(configuration, source, destination)
                let leg = try #require(explanation.legs.first)
                #expect(explanation.isAsConfigured, "\(explanation.differences)")
                #expect(leg.kind == .outgoing && explanation.legs.count == 1)
                #expect(leg.actual.rule?.priority == priority)
                #expect(leg.actual.route?.table == RouteTable(table))
                #expect(leg.actual.text(explanation.names).hasSuffix(words))
                #expect(try run("ip", "route", "get", destination, "from", source).contains(words))
            }
            let named = try Self.explain(configuration, "10.13.200.34", "203.0.113.9")
            #expect(named.name(of: RouteTable(3)) == "3 (rtctl_frontend)")
        }
    }

    @Test func followsAPacketAndItsReply() throws {
        try Self.applied { configuration in
            let explanation = try Self.explain(configuration, "203.0.113.9", "10.13.200.34")
            #expect(explanation.legs.map { $0.kind } == [.incoming, .reply])
            #expect(explanation.isAsConfigured, "\(explanation.differences)")
            #expect(explanation.legs[0].actual.route?.type == .local)
            #expect(explanation.legs[0].actual.rule?.priority == 0)
            #expect(explanation.legs[1].actual.text(explanation.names).hasSuffix("via 10.13.200.1 dev frontend"))
            #expect(explanation.notes == ["the packet is taken to come in by frontend; --interface names another"])
            // Neither is ours.
            let foreign = try Self.explain(configuration, "203.0.113.9", "198.51.100.7")
            #expect(foreign.legs.isEmpty && foreign.notes.count == 1)
        }
    }

    @Test func namesWhatTheReversePathFilterDrops() throws {
        try Self.applied { configuration in
            try run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/conf/workload/rp_filter")
            let explanation = try Self.explain(configuration, "203.0.113.9", "10.13.200.34", by: "workload")
            #expect(explanation.legs[0].actual.failure?.hasPrefix("the reverse-path filter drops it") == true)
            #expect(!explanation.isAsConfigured)
        }
    }

    @Test func namesAMissingRule() throws {
        try Self.applied { configuration in
            try run("ip", "rule", "delete", "priority", "1003")
            let explanation = try Self.explain(configuration, "10.13.200.34", "203.0.113.9")
            let expected =
                "the configuration says table 3, via 10.13.200.1 dev frontend; the kernel: table main, via 10.13.10.1 dev "
                + "management, because rule 1003: from 10.13.200.0/24 lookup 3 is not there"
            #expect(explanation.differences.map { $0.message } == [expected])
        }
    }

    @Test func namesAForeignRule() throws {
        try Self.applied { configuration in
            try run("ip", "route", "add", "default", "via", "10.13.201.9", "table", "77")
            try run("ip", "rule", "add", "priority", "500", "from", "10.13.200.0/24", "lookup", "77", "proto", "static")
            let explanation = try Self.explain(configuration, "10.13.200.34", "203.0.113.9")
            let difference = try #require(explanation.differences.first)
            #expect(
                difference.message.hasSuffix(
                    "rule 500: from 10.13.200.0/24 lookup 77 (proto static) is asked before 1003: from 10.13.200.0/24 lookup 3"
                )
            )
            #expect(difference.remedy.hasSuffix("ip rule delete priority 500"))
        }
    }

    @Test func namesAMissingRangeAndAForeignRoute() throws {
        try Self.applied { configuration in
            try run("ip", "route", "delete", "local", "10.13.200.32/27", "dev", "lo", "table", "local")
            let missing = try Self.explain(configuration, "10.13.200.34", "203.0.113.9")
            #expect(
                missing.legs[0].actual.failure?.hasPrefix("the kernel does not take 10.13.200.34 for its own") == true
            )
            #expect(missing.differences.count == 1)
            try NetworkReconciler().apply(configuration)
            try run(
                "ip",
                "route",
                "add",
                "203.0.113.0/24",
                "via",
                "10.13.200.7",
                "dev",
                "frontend",
                "table",
                "3",
                "proto",
                "static"
            )
            let foreign = try Self.explain(configuration, "10.13.200.34", "203.0.113.9")
            #expect(foreign.differences.first?.message.hasSuffix("(proto static) takes it") == true)
        }
    }

    @Test func explainsWithoutAConfigurationToo() throws {
        try Self.applied { _ in
            let explanation = try Self.explain(nil, "10.13.200.34", "203.0.113.9")
            #expect(explanation.legs.first?.configured == nil)
            #expect(explanation.differences.isEmpty)
            #expect(explanation.legs.first?.actual.rule?.priority == 1003)
        }
    }

    @Test func goesAsConfiguredWithIPv6() throws {
        try inAppliance { root in
            let macs = TestAppliance.macs
            let settings = TestAppliance.settings
                .replacing("address = \"10.13.200.10/24\"", with: "address = \"fd00:200::10/64\"")
                .replacing("address = \"10.13.201.10/24\"", with: "address = \"fd00:201::10/64\"")
            try AtomicFile.replace(root[ApplianceFile.path], with: settings)
            let tables = """
                2,workload,\(macs[1]),fd00:201::10/64,fd00:201::1
                3,frontend,\(macs[2]),fd00:200::10/64,fd00:200::1
                3,frontend,\(macs[2]),fd00:200::10/64

                """
            try AtomicFile.replace(root[RouteTablesFile.path], with: tables)
            try TestAppliance.writeRanges(root, "fd99::/64")
            let configuration = try NetworkConfiguration.load(root)
            try NetworkReconciler().apply(configuration)
            try TestAppliance.settle()
            let explanation = try Self.explain(configuration, "fd99::34", "2001:db8::9")
            let leg = try #require(explanation.legs.first)
            #expect(explanation.isAsConfigured, "\(leg)")
            #expect(leg.actual.rule?.priority == 1003)
            #expect(leg.actual.text(explanation.names) == "table 3, via fd00:200::1 dev frontend")
            let incoming = try Self.explain(configuration, "2001:db8::9", "fd99::34")
            #expect(incoming.isAsConfigured, "\(incoming)")
            #expect(incoming.legs.first?.actual.route?.type == .local)
        }
    }
}
