import Foundation
import Testing

@testable import ApplianceCommands

/// `status --metrics`: every family once, each with its samples behind it, as Prometheus wants it.
@Suite struct MetricsTests {
    private static let service = """
        {"state":"degraded","since":1,"reconcile_count":7,"drift_count":2,"problems":["a","b"],
        "certificates":{"ca_fingerprint":"3A","ca_not_after":"2036-11-20T12:00:00Z"},"backup":{"file":"/a","name":"a",
        "time":1795000000,"digest":"1","only_here":true},"guard":{"claimed":5,
        "conflicts":{"10.13.200.33":"02:00:00:00:00:01"},"drops":{"vip_ping":3,"vip_closed":131069},"enabled":true,
        "following":true,"listeners":12,"outside":[],"own_addresses":["10.13.200.70"],
        "protected":false,"repairs":1}}
        """

    private static let lease = LeaseStatus(
        interface: "management",
        source: "dhcp",
        addresses: [],
        gateways: [],
        since: 1,
        until: 1_700_000_000
    )

    @Test func everyFamilyHasItsSamples() throws {
        let service = try JSONDecoder().decode(ServiceStatus.self, from: Data(Self.service.utf8))
        let text = Metrics(isInSync: false, problems: 1, leases: [Self.lease], service: service).text
        for (name, kind, help) in Metrics.all {
            let head = "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n\(name)"
            #expect(text.components(separatedBy: head).count == 2, "\(name)")
        }
        for line in [
            "appliance_net_in_sync 0", "appliance_net_problems 3",
            #"appliance_net_lease_end_seconds{interface="management",source="dhcp"} 1700000000"#,
            #"appliance_net_service_state{state="degraded"} 1"#, #"appliance_net_service_state{state="in-sync"} 0"#,
            #"appliance_net_certificate_end_seconds{certificate="ca"} 2110795200"#, "appliance_net_guard_conflicts 1",
            "appliance_net_backup_seconds 1795000000", "appliance_net_backup_brought 0",
            "appliance_net_guard_own_addresses 1", "appliance_net_guard_protected 0",
            #"appliance_net_guard_dropped_packets_total{reason="vip_closed"} 131069"#,
        ] { #expect(text.contains("\n\(line)\n"), "\(line) in \(text)") }
        for line in text.split(separator: "\n") where !line.hasPrefix("# ") {
            #expect(line.wholeMatch(of: #/[a-z_]+(\{([a-z]+="[a-z0-9_-]+",?)+\})? \d+/#) != nil, "\(line)")
        }
    }

    @Test func withoutTheServiceItsNumbersAreLeftOut() {
        let text = Metrics(isInSync: true, problems: 0, leases: [], service: nil).text
        #expect(text.contains("\nappliance_net_service_up 0\n"))
        #expect(!text.contains("appliance_net_guard"))
    }
}
