import Addresses
import Guard
import Netlink
import NetworkFiles
import NetworkState
import NetworkTestSupport
import Nftables
import TestSupport
import Testing

/// The guard in plan, apply, verification and rollback. Nothing but the service makes one; from then on it is an object
/// like others.
@Suite(.blocking) struct FirewallPlanTests {
    /// The guard as a service left it: one address is bound, and claimed.
    private static func guardedAppliance(
        _ protection: Table.Protection = .persistent
    ) throws -> (firewall: Firewall, reconciler: NetworkReconciler) {
        let reconciler = try NetworkReconciler()
        try reconciler.apply(try TestAppliance.configuration())
        let firewall = try Firewall(protection)
        try firewall.update(to: try state(try TestAppliance.configuration()))
        return (firewall, reconciler)
    }

    private static func state(_ configuration: NetworkConfiguration) throws -> GuardState {
        let socket = try NetlinkSocket()
        let settings = GuardSettings(configuration)
        var state = settings.state(links: try socket.links(), addresses: try socket.addresses(), keeping: [])
        let address = try #require(IPAddress("10.13.200.33"))
        state.listeners = [Listener(address: address, port: 80, frontend: "web")]
        state.claimed = [address]
        return state
    }

    private static func configuration(_ ping: GuardPolicy.Ping) throws -> NetworkConfiguration {
        var configuration = try TestAppliance.configuration()
        configuration.appliance.guardPolicy.ping = ping
        return configuration
    }

    @Test func nobodyMakesOneWithoutTheService() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            try NetworkReconciler().apply(try TestAppliance.configuration())
            #expect(try run("nft", "--stateless", "list", "ruleset") == "")
        }
    }

    /// At boot the ranges are guarded before the kernel takes them for its own, and no port of them is open until a service
    /// knows what is bound.
    @Test func atBootItComesFirst() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            reconciler.beginsGuard = true
            let done = try reconciler.apply(try TestAppliance.configuration()).operations
            #expect(done.first?.description == "+ firewall appliance_net")
            #expect(done.contains { $0.description.contains("local 10.13.200.32/27") })
            #expect(try run("nft", "list", "set", "inet", "appliance_net", "vip_ranges4").contains("10.13.200.32/27"))
            #expect(!(try run("nft", "list", "set", "inet", "appliance_net", "bound4").contains("elements")))
            #expect(try reconciler.plan(try TestAppliance.configuration()).isEmpty)
            // The service takes it over, without a moment in between.
            let firewall = try Firewall(.owned)
            try firewall.update(to: try Self.state(try TestAppliance.configuration()))
            #expect(try firewall.holder() == nil)
            #expect(try run("nft", "list", "set", "inet", "appliance_net", "bound4").contains("10.13.200.33 . 80"))
            var off = try TestAppliance.configuration()
            off.appliance.guardPolicy.isEnabled = false
            try firewall.remove()
            #expect(try reconciler.plan(off).isEmpty)
        }
    }

    @Test func changesFollowTheFiles() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let (_, reconciler) = try Self.guardedAppliance()
            let plan = try reconciler.plan(try TestAppliance.configuration())
            #expect(plan.isEmpty, "\(plan.operations.flatMap { $0.difference })")
            #expect(plan.objects.contains { "\($0)" == "in-sync firewall appliance_net" })
            let wanted = try Self.configuration(.range)
            let operations = try reconciler.plan(wanted).operations
            #expect(operations.map { $0.object } == [.firewall])
            #expect(operations.first?.description.hasPrefix("~ firewall appliance_net (") == true)
            #expect(operations.first?.difference.contains("flush chain inet appliance_net vip") == true)
            try reconciler.apply(wanted)
            #expect(try reconciler.plan(wanted).isEmpty)
            // What is bound and claimed is the proxy's.
            #expect(try run("nft", "list", "set", "inet", "appliance_net", "bound4").contains("10.13.200.33 . 80"))
        }
    }

    @Test func rangesAreGuardedToo() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let (_, reconciler) = try Self.guardedAppliance()
            try reconciler.apply(try TestAppliance.configuration(ranges: ["10.13.200.32/27", "10.13.200.96/27"]))
            let listed = try run("nft", "list", "set", "inet", "appliance_net", "vip_ranges4")
            #expect(listed.contains("10.13.200.32/27, 10.13.200.96/27"))
        }
    }

    @Test func failuresAreRolledBack() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let (_, reconciler) = try Self.guardedAppliance()
            let before = try run("nft", "--stateless", "list", "ruleset")
            // After the guard there is a rule to be changed back: fail what comes behind it.
            var wanted = try Self.configuration(.never)
            wanted.anyIPRoutes = AnyIPRoutesFile(ranges: ["10.13.200.96/27"].compactMap { IPNetwork($0) })
            let count = try reconciler.plan(wanted).operations.count
            for fatal in 0..<count {
                reconciler.beforeOperation = { index, _ in if index == fatal { throw InjectedFailure() } }
                let error = #expect(throws: ApplyError.self) { try reconciler.apply(wanted) }
                #expect(error?.isRolledBack == true, "\(fatal)")
                #expect(try run("nft", "--stateless", "list", "ruleset") == before, "\(fatal)")
            }
            reconciler.beforeOperation = nil
            let former = try reconciler.actual()
            try reconciler.apply(wanted)
            #expect(try run("nft", "--stateless", "list", "ruleset") != before)
            #expect(reconciler.restore(former) == [])
            #expect(try run("nft", "--stateless", "list", "ruleset") == before)
        }
    }

    @Test func downTakesItAway() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let (_, reconciler) = try Self.guardedAppliance()
            #expect(try reconciler.planDown().operations.contains { "\($0)" == "- firewall appliance_net" })
            try reconciler.down()
            #expect(try run("nft", "--stateless", "list", "ruleset") == "")
        }
    }

    @Test func offTakesItAway() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let (_, reconciler) = try Self.guardedAppliance()
            var wanted = try TestAppliance.configuration()
            wanted.appliance.guardPolicy.isEnabled = false
            try reconciler.apply(wanted)
            #expect(try run("nft", "--stateless", "list", "ruleset") == "")
        }
    }

    /// While the service owns the tables it makes them what the files say; whoever applies waits for it.
    @Test func theServiceDoesItsPart() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let (service, reconciler) = try Self.guardedAppliance(.owned)
            try #require(service.canProtect, "this kernel cannot keep tables whose owner goes")
            #expect(try reconciler.plan(try TestAppliance.configuration()).isEmpty)
            let wanted = try Self.configuration(.range)
            #expect(try reconciler.plan(wanted).operations.map { $0.object } == [.firewall])
            // The service is late, which is told and undoes nothing.
            let late = try reconciler.apply(wanted)
            #expect(late.problems.map { $0.object } == [.firewall])
            // It hears of the files while the operations run.
            reconciler.beforeOperation = { _, operation in
                if operation.object == .firewall { try service.update(to: try Self.state(wanted)) }
            }
            let result = try reconciler.apply(wanted)
            #expect(result.problems.isEmpty)
            #expect(try reconciler.plan(wanted).isEmpty)
            let before = try run("nft", "--stateless", "list", "ruleset")
            try reconciler.down()
            #expect(try run("nft", "--stateless", "list", "ruleset") == before)
        }
    }
}
