import NetworkState
import NetworkTestSupport
import TestSupport
import Testing

/// What is ours, where the number alone does not say so.
@Suite(.blocking) struct OwnershipTests {
    /// With our number, but of a kind that we never make: it could not be removed by its words alone, and what stands
    /// beside it with the same words would go instead.
    @Test func leavesWhatItCannotPutIntoWords() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            let configuration = try TestAppliance.configuration()
            try reconciler.apply(configuration)
            let rule = "from 10.13.201.0/24 fwmark 1 lookup 2 priority 1002 protocol 201"
            try run("sh", "-c", "ip rule add " + rule)
            let route = "198.51.100.0/24 tos 0x10 dev workload table 2 proto 201"
            try run("sh", "-c", "ip route add " + route)
            let before = try TestAppliance.witness()

            let result = try reconciler.apply(configuration)
            #expect(result.isUnchanged)
            #expect(result.objects.count { $0.state == .foreign } == 2)
            #expect(try TestAppliance.witness(wanted: before) == before)
            try reconciler.down()
            #expect(try run("ip", "rule").contains("fwmark 0x1 lookup 2 proto 201"))
            #expect(try run("ip", "route", "show", "table", "2").contains("198.51.100.0/24 tos 0x10 dev workload"))
            try reconciler.apply(configuration)
            #expect(try run("ip", "rule").contains("from 10.13.201.0/24 lookup 2 proto 201"))
        }
    }
}
