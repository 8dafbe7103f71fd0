import Addresses
import Diagnostics
import NetworkFiles
import Syscalls
import NetworkTestSupport
import TestSupport
import Testing

/// The appliance of the tests as configurations.
extension TestAppliance {
    static func mac(_ role: InterfaceRole) throws -> MACAddress {
        let index = try #require(InterfaceRole.allCases.firstIndex(of: role))
        return try #require(MACAddress(macs[index]))
    }

    static func configuration(
        ranges: [String] = [ranges],
        workloadNetworks: [String] = []
    ) throws -> NetworkConfiguration {
        return NetworkConfiguration(
            routeTables: RouteTablesFile.parse(routeTables).value,
            anyIPRoutes: AnyIPRoutesFile(ranges: try ranges.map { try #require(AddressRange($0)) }),
            workloadNetworks: WorkloadNetworksFile(
                networks: try workloadNetworks.map { try #require(IPNetwork($0)) }
            ),
            appliance: ApplianceFile(interfaces: [
                ApplianceFile.Interface(
                    role: .management,
                    mac: try mac(.management),
                    address: InterfaceAddress("10.13.10.199/24"),
                    gateway: IPAddress("10.13.10.1")
                ),
                ApplianceFile.Interface(
                    role: .workload,
                    mac: try mac(.workload),
                    address: InterfaceAddress("10.13.201.10/24")
                ),
                ApplianceFile.Interface(
                    role: .frontend,
                    mac: try mac(.frontend),
                    address: InterfaceAddress("10.13.200.10/24")
                ),
            ])
        )
    }

    /// Management and workload by IPv6.
    static func sixth() throws -> NetworkConfiguration {
        let routeTables = """
            2,workload,00:50:56:b4:ca:fd,fd00:201::10/64,fd00:201::1
            2,workload,00:50:56:b4:ca:fd,fd00:201::10/64
            """
        return NetworkConfiguration(
            routeTables: RouteTablesFile.parse(routeTables).value,
            anyIPRoutes: AnyIPRoutesFile(ranges: [try #require(IPNetwork("fd00:99::/64"))]),
            appliance: ApplianceFile(interfaces: [
                ApplianceFile.Interface(
                    role: .management,
                    mac: try mac(.management),
                    address: InterfaceAddress("fd00:10::199/64"),
                    gateway: IPAddress("fd00:10::1")
                ),
                ApplianceFile.Interface(
                    role: .workload,
                    mac: try mac(.workload),
                    address: InterfaceAddress("fd00:201::10/64")
                ),
            ])
        )
    }

    /// All routes. The mark `linkdown` and IPv6's multicast routes follow the carrier with some delay, so they are
    /// left out.
    static func routes(_ family: String = "-4") throws -> [String] {
        try output(of: "ip", family, "route", "show", "table", "all").filter { !$0.hasPrefix("multicast") }.map {
            line in
            line.split(separator: " ").filter { $0 != "linkdown" }.joined(separator: " ")
        }
    }

    private static func output(of arguments: String...) throws -> [String] {
        let result = try Subprocess.run(arguments)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return result.output.split(separator: "\n").map { String($0) }
    }

    static let rules = """
        0:\tfrom all lookup local
        1002:\tfrom 10.13.201.0/24 lookup 2 proto 201
        1003:\tfrom 10.13.200.0/24 lookup 3 proto 201
        32766:\tfrom all lookup main
        32767:\tfrom all lookup default

        """
}
