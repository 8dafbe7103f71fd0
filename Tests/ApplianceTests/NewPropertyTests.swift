import Addresses
import Appliance
import Diagnostics
import OVF
import Testing

/// Properties that the appliance we succeed did not have.
@Suite struct NewPropertyTests {
    @Test func readsAllOfThem() throws {
        let reading = SettingsReader.read(
            try environment([
                .searchDomains: "corp.example, lab.example", .ntpServers: "ntp1.corp.example,10.0.0.9",
                .managementAddress6: "fd00:10::199/64", .managementGateway6: "fe80::1", .managementMTU: "9000",
                .workloadAddress6: "fd00:201::10/64", .workloadGateway6: "fd00:201::1", .workloadMTU: "1400",
                .frontendAddress6: "fd00:200::10/64", .frontendGateway6: "fd00:200::1", .frontendMTU: "1500",
                .serviceRanges: "10.13.200.32/27,fd00:200::100/120", .additionalWorkloadNetworks: "fd00:21::/64",
            ])
        )
        #expect(reading.problems == [])
        let network = try #require(reading.settings).network
        #expect(network.searchDomains == ["corp.example", "lab.example"])
        #expect(network.ntpServers == ["ntp1.corp.example", "10.0.0.9"])
        #expect(network.management.address6 == InterfaceAddress("fd00:10::199/64"))
        #expect(network.management.gateway6 == IPAddress("fe80::1"))
        #expect(network.interfaces.map(\.settings.mtu) == [9000, 1400, 1500])
        #expect(network.interfaces.map(\.settings.addresses.count) == [2, 2, 2])
    }

    /// An interface may have IPv6 alone: that is no wish for DHCP.
    @Test func takesIPv6Alone() throws {
        let reading = SettingsReader.read(
            try environment([
                .workloadAddress: "", .workloadGateway: "", .workloadAddress6: "fd00:201::10/64",
                .workloadGateway6: "fd00:201::1",
            ])
        )
        #expect(reading.problems == [])
        #expect(reading.settings?.network.workload.addresses.count == 1)
    }

    @Test func searchDomainsNeedANameServer() throws {
        let reading = SettingsReader.read(try environment([.nameservers: "", .searchDomains: "corp.example"]))
        #expect(reading.problems.map(\.key) == ["network.search_domains"])
        #expect(reading.problems.map(\.severity) == [.warning])
    }

    @Test(arguments: [
        BadInput([.searchDomains: "corp.example,a_b"], .searchDomains, "a_b", "not a domain", "as corp.example"),
        BadInput([.ntpServers: "ntp1,a b"], .ntpServers, "a b", "neither a host name nor an address", "as ntp1"),
        BadInput(.ntpServers, "0.0.0.0", "neither a host name nor an address", "as ntp1"),
        BadInput(.managementMTU, "575", "not the size of a packet", "from 576 to 9000"),
        BadInput(.workloadMTU, "9001", "not the size of a packet", "from 576 to 9000"),
        BadInput(.frontendMTU, "1.5k", "not the size of a packet", "from 576 to 9000"),
        BadInput(.managementAddress6, "fd00:10::199", "not an IPv6 address with", "write it as fd00:10::199/64"),
        BadInput(.workloadAddress6, "10.13.201.11/24", "not an IPv6 address with", "write it as fd00:10::199/64"),
        BadInput(
            [.managementAddress6: "fd00:10::9/64", .managementGateway6: "10.0.0.1"],
            .managementGateway6,
            "10.0.0.1",
            "not an IPv6 address",
            "write it as fd00:10::1"
        ),
        BadInput(
            [.managementAddress6: "fd00:10::9/64", .managementGateway6: "fd00:11::1"],
            .managementGateway6,
            "fd00:11::1",
            "outside fd00:10::/64",
            "the router in fd00:10::/64"
        ),
        BadInput(
            [.managementAddress6: "fd00:10::9/64", .managementGateway6: ""],
            .managementGateway6,
            nil,
            "although network.management_ip6 is set",
            "give a gateway in fd00:10::/64"
        ),
        BadInput(
            [.workloadGateway6: "fd00:10::1"],
            .workloadGateway6,
            "fd00:10::1",
            "network.workload_ip6 is not",
            "or leave both empty"
        ),
        BadInput(
            [.workloadAddress6: "fd00:10::9/64", .workloadGateway6: "fd00:10::1", .workloadMTU: "1279"],
            .workloadMTU,
            "1279",
            "too small for the IPv6 address",
            "at least 1280"
        ),
        BadInput(
            [.workloadAddress6: "fd00:10::9/64", .workloadGateway6: "fd00:10::1", .serviceRanges: "fd00:10::/120"],
            .serviceRanges,
            "fd00:10::/120",
            "contains fd00:10::9, the appliance's own network.workload_ip6",
            "fd00:10::9"
        ),
    ])
    func refusesWhatCannotBe(_ bad: BadInput) throws {
        let reading = SettingsReader.read(try environment(bad.changes))
        let errors = reading.problems.filter { $0.severity == .error }
        let problem = try #require(errors.first)
        #expect(reading.settings == nil)
        #expect(problem.key == bad.key.rawValue)
        #expect(problem.value == bad.value)
        #expect(problem.reason.contains(bad.reason), "\(problem.reason)")
        #expect(problem.remedy.contains(bad.remedy), "\(problem.remedy)")
    }
}
