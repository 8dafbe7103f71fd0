@testable import DataPlaneModel
import Synchronization
import Testing

/// What requests may wait for.
@Suite struct RequestWorkTests {
    @Test(arguments: [
        ("GET", "/v2/services/haproxy/configuration/backends", RequestWork.memory),
        ("POST", "/v2/services/haproxy/configuration/backends?version=1", .change),
        ("POST", "/v2/services/haproxy/configuration/backends?transaction_id=x", .memory),
        ("PUT", "/v3/services/haproxy/configuration/backends/a?transaction_id=x", .memory),
        ("POST", "/v2/services/haproxy/transactions?version=1", .memory),
        ("DELETE", "/v2/services/haproxy/transactions/x", .memory),
        ("PUT", "/v2/services/haproxy/transactions/x", .change),
        ("HEAD", "/v3/services/haproxy/runtime/info", .proxy),
        ("GET", "/v2/services/haproxy/stats/native", .proxy),
        ("GET", "/v3/appliance/status", .proxy),
        ("GET", "/v3/appliance/vip_ranges", .memory),
        ("PUT", "/v2/services/haproxy/runtime/servers/s?backend=b", .change),
        ("GET", "/health", .health),
        ("GET", "/v3/health", .health),
        // A transaction that the path has nothing to do with.
        ("PUT", "/v2/services/haproxy/transactions/x?transaction_id=x", .change),
        ("POST", "/v2/services/haproxy/configuration/raw?skip_version=true&transaction_id=x", .change),
        ("POST", "/v1/services/haproxy/configuration/raw?version=1&transaction_id=x", .change),
        ("PUT", "/v2/services/haproxy/storage/maps/transactions?transaction_id=x", .change),
        ("POST", "/v3/appliance/vip_ranges?transaction_id=x", .change),
    ])
    func isToldByMethodAndPath(method: String, target: String, work: RequestWork) {
        #expect(APIRequest(method, target).work == work)
    }

    @Test func theProxyIsAskedOnceForAllWhoWait() {
        let probe = HealthProbe()
        let count = Mutex(0)
        func ask() -> Bool? {
            count.withLock { $0 += 1 }
            return true
        }
        let arrivals = (0..<3).map { _ in ContinuousClock.now }
        for arrival in arrivals { #expect(probe.isUp(asOf: arrival, ask) == true) }
        #expect(count.withLock { $0 } == 1)
        // Who comes later wants to know how it is then.
        #expect(probe.isUp(asOf: ContinuousClock.now, { false }) == false)
    }
}
