import Addresses
import Appliance
import Diagnostics
import OVF
import TestSupport
import Testing

/// The examples that the demo and the documentation use.
@Suite struct ExampleTests {
    @Test func readsTheFrontendExample() throws {
        let settings = try settings(of: "frontend.ovf-env.xml")
        #expect(settings.appliance.rootPassword == Secret("example-root-password"))
        #expect(settings.appliance.permitRootLogin)
        #expect(settings.appliance.caCertificate == nil)
        #expect(settings.appliance.caKey == nil)
        let network = settings.network
        #expect(network.hostname == "haproxy.local")
        #expect(network.nameservers == [IPAddress("172.24.3.1")])
        #expect(network.topology == .frontend)
        #expect(network.management == interface("10.13.10.199/24", "10.13.10.1", "00:50:56:b4:0a:c7"))
        #expect(network.workload == interface("10.13.201.10/24", "10.13.201.1", "00:50:56:b4:ca:fd"))
        #expect(network.frontend == interface("10.13.200.10/24", "10.13.200.1", "00:50:56:b4:ef:d1"))
        #expect(network.interfaces.map(\.role) == [.management, .workload, .frontend])
        #expect(network.additionalWorkloadNetworks == [IPNetwork("10.13.21.0/24")])
        #expect(settings.loadBalance.serviceRanges == [IPNetwork("10.13.200.32/27")])
        #expect(settings.loadBalance.dataplanePort == 5556)
        #expect(settings.loadBalance.user == "admin")
        #expect(settings.loadBalance.password == Secret("example-password"))
    }

    @Test func readsTheDefaultExample() throws {
        let settings = try settings(of: "default.ovf-env.xml")
        let network = settings.network
        #expect(network.topology == .default)
        #expect(network.management == interface("10.13.10.199/24", "10.13.10.1", "00:50:56:b4:0a:c7"))
        #expect(network.workload == interface("10.13.201.10/24", "10.13.201.1", "00:50:56:b4:ca:fd"))
        #expect(network.frontend == nil)
        #expect(network.interfaces.map(\.role) == [.management, .workload])
        #expect(network.additionalWorkloadNetworks.isEmpty)
        #expect(settings.loadBalance.serviceRanges == [IPNetwork("10.13.201.128/26")])
    }

    @Test func readsTheExampleWithTheRangeInsideTheWorkloadNetwork() throws {
        let settings = try settings(of: "seed000.properties.json")
        let network = settings.network
        #expect(network.nameservers == [IPAddress("10.170.16.48"), IPAddress("10.142.7.1")])
        #expect(network.management == interface("10.191.181.52/20", "10.191.191.254", "00:50:56:b1:20:5e"))
        #expect(network.workload == interface("192.168.1.2/16", "192.168.1.1", "00:50:56:b1:8d:33"))
        #expect(network.frontend == interface("172.16.10.2/24", "172.16.10.1", "00:50:56:b1:8a:41"))
        #expect(settings.loadBalance.serviceRanges == [IPNetwork("192.168.0.0/24")])
        #expect(settings.loadBalance.user == "wcp")
        #expect(settings.loadBalance.password == Secret("vmware"))
        #expect(settings.appliance.rootPassword == Secret("vmware"))
    }

    private func settings(of example: String) throws -> Settings {
        let reading = SettingsReader.read(try readExample(example))
        #expect(reading.diagnostics.map(\.rendered) == [])
        return try #require(reading.settings)
    }

    private func interface(_ address: String, _ gateway: String, _ mac: String) -> InterfaceSettings {
        InterfaceSettings(address: InterfaceAddress(address), gateway: IPAddress(gateway), mac: MACAddress(mac))
    }
}

/// Reads a file of `ovf/examples`.
func readExample(_ name: String) throws -> OVFEnvironment {
    let bytes = try exampleBytes(name)
    return name.hasSuffix(".json")
        ? try OVFEnvironment(json: bytes, file: name) : try OVFEnvironment(xml: bytes, file: name)
}

func exampleBytes(_ name: String) throws -> [UInt8] {
    let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    return Array(try run("cat", "/\(root)/ovf/examples/\(name)").utf8)
}
