import Addresses
import Appliance
import Diagnostics
import OVF
import Testing

@Suite struct SettingsReaderTests {
    @Test(arguments: ["", "null", "  "])
    func takesEmptyAndNullAsUnset(unset: String) throws {
        let reading = SettingsReader.read(
            try environment([
                .hostname: unset, .dataplanePort: unset, .permitRootLogin: unset, .rootPassword: unset,
                .nameservers: unset, .additionalWorkloadNetworks: unset, .caCertificate: unset, .caKey: unset,
            ])
        )
        let settings = try #require(reading.settings)
        #expect(reading.problems.isEmpty)
        #expect(settings.network.hostname == "haproxy.local")
        #expect(settings.loadBalance.dataplanePort == 5556)
        #expect(settings.appliance == ApplianceSettings())
        #expect(settings.network.nameservers.isEmpty)
    }

    @Test(arguments: [
        ("True", true), ("true", true), ("TRUE", true), ("1", true), ("yes", true), ("False", false),
        ("false", false), ("0", false),
    ])
    func readsBooleans(text: String, value: Bool) throws {
        let settings = try #require(SettingsReader.read(try environment([.permitRootLogin: text])).settings)
        #expect(settings.appliance.permitRootLogin == value)
    }

    @Test(arguments: [
        "10.13.200.32/27,10.13.200.64/27", "10.13.200.32/27, 10.13.200.64/27", " 10.13.200.32/27 ,10.13.200.64/27 ",
    ])
    func readsLists(text: String) throws {
        let settings = try #require(SettingsReader.read(try environment([.serviceRanges: text])).settings)
        #expect(settings.loadBalance.serviceRanges == [IPNetwork("10.13.200.32/27"), IPNetwork("10.13.200.64/27")])
    }

    @Test func readsIPv6WhereTheTypeAllows() throws {
        let changes: [PropertyKey: String] = [
            .frontendAddress: "fd00:200::10/64", .frontendGateway: "fd00:200::1", .serviceRanges: "fd00:200::100/120",
            .nameservers: "fd00::53",
        ]
        let settings = try #require(SettingsReader.read(try environment(changes)).settings)
        #expect(settings.network.frontend?.gateway == IPAddress("fd00:200::1"))
        #expect(settings.loadBalance.serviceRanges == [IPNetwork("fd00:200::100/120")])
    }

    @Test func anAddressThatIsEmptyMeansDHCP() throws {
        let changes: [PropertyKey: String] = [.managementAddress: ""]
        let reading = SettingsReader.read(try environment(changes))
        let settings = try #require(reading.settings)
        #expect(settings.network.management.address == nil)
        #expect(settings.network.management.mac == MACAddress("00:50:56:b4:0a:c7"))
        // A gateway beside it is not used.
        #expect(reading.problems.map(\.severity) == [.warning])
        #expect(reading.problems.map(\.key) == ["network.management_gateway"])
    }

    @Test func givesAdaptersTheirRolesByUnitNumber() throws {
        var environment = try environment([:])
        environment.adapters.reverse()
        let network = try #require(SettingsReader.read(environment).settings).network
        #expect(network.management.mac == MACAddress("00:50:56:b4:0a:c7"))
        #expect(network.workload.mac == MACAddress("00:50:56:b4:ca:fd"))
        #expect(network.frontend?.mac == MACAddress("00:50:56:b4:ef:d1"))
    }

    @Test func threeAdaptersMakeTheFrontendTopology() throws {
        let changes: [PropertyKey: String] = [.frontendAddress: "", .frontendGateway: ""]
        let reading = SettingsReader.read(try environment(changes))
        #expect(reading.settings?.network.topology == .frontend)
        #expect(reading.problems.isEmpty)
    }

    /// A lease brings the table that they are routed by; without an adapter there is no lease.
    @Test func additionalNetworksNeedAWorkloadNetwork() throws {
        var environment = try environment([
            .workloadAddress: "", .workloadGateway: "", .additionalWorkloadNetworks: "10.13.21.0/24",
        ])
        #expect(SettingsReader.read(environment).problems.isEmpty)
        environment.adapters = []
        let problems = SettingsReader.read(environment).problems
        #expect(problems.map(\.key) == ["network.workload_ip", "network.additional_workload_networks"])
        #expect(problems.map(\.severity) == [.warning, .error])
    }

    @Test func needsNoAdapters() throws {
        var environment = try environment([:])
        environment.adapters = []
        let reading = SettingsReader.read(environment)
        #expect(reading.problems.isEmpty)
        #expect(reading.settings?.network.workload.mac == nil)
    }

    @Test func reportsAllProblemsTogetherWithTheirPlaces() throws {
        let reading = SettingsReader.read(
            try environment([
                .hostname: "-", .workloadAddress: "10.13.201.10/33", .dataplanePort: "0", .password: "short",
            ])
        )
        #expect(reading.settings == nil)
        #expect(
            reading.errors.map(\.message) == [
                "network.hostname = \"-\": it is not a host name",
                "network.workload_ip = \"10.13.201.10/33\": it is not an address with the length of its network's prefix",
                "loadbalance.dataplane_port = \"0\": it is not a port",
                "loadbalance.haproxy_pwd: it has fewer than 6 characters",
            ]
        )
        #expect(reading.problems.map(\.value) == ["-", "10.13.201.10/33", "0", nil])
    }

    @Test func pointsAtTheProperty() throws {
        let text = String(decoding: try exampleBytes("frontend.ovf-env.xml"), as: UTF8.self)
        let wrong = text.replacing("\"10.13.201.1\"", with: "\"10.13.202.1\"")
        let reading = SettingsReader.read(try OVFEnvironment(xml: Array(wrong.utf8), file: "ovf-env.xml"))
        #expect(
            reading.diagnostics.map(\.rendered) == [
                """
                ovf-env.xml:31:10: error: network.workload_gateway = "10.13.202.1": it is outside 10.13.201.0/24, \
                the network of network.workload_ip
                             <Property oe:key="network.workload_gateway" oe:value="10.13.202.1"/>
                             ^
                    remedy: give the address of the router in 10.13.201.0/24
                """
            ]
        )
    }

    @Test func theSchemaHasEveryKeyOnce() {
        #expect(PropertySchema.properties.map(\.key) == PropertyKey.allCases)
        #expect(
            PropertySchema.properties.filter(\.isSecret).map(\.key) == [
                .rootPassword, .caKey, .serverKey, .password, .recoveryPassphrase,
            ]
        )
        #expect(PropertySchema[.dataplanePort]?.defaultValue == "5556")
    }
}

/// The frontend example with some properties changed or added.
func environment(_ changes: [PropertyKey: String]) throws -> OVFEnvironment {
    var environment = try readExample("frontend.ovf-env.xml")
    for index in environment.properties.indices {
        guard let key = PropertyKey(rawValue: environment.properties[index].key), let value = changes[key] else {
            continue
        }
        environment.properties[index].value = value
    }
    let known = Set(environment.properties.map(\.key))
    for (key, value) in changes where !known.contains(key.rawValue) {
        environment.properties.append(OVFProperty(key.rawValue, value))
    }
    return environment
}
