import Addresses
import Diagnostics
import Files
import NetworkFiles
import TestSupport
import Testing

@Suite struct NetworkConfigurationTests {
    private func load(_ files: [String: String]) throws -> NetworkConfiguration {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            for (path, text) in files {
                try AtomicFile.makeDirectory(AtomicFile.directory(of: root[path]))
                try AtomicFile.replace(root[path], with: text)
            }
            return try NetworkConfiguration.load(root)
        }
    }

    /// What is wrong with these; those that must be there are empty.
    private func problems(_ files: [String: String]) -> [String] {
        found(
            files.merging([RouteTablesFile.path: "", AnyIPRoutesFile.path: "", ApplianceFile.path: ""]) { old, _ in old
            }
        )
    }

    private func found(_ files: [String: String]) -> [String] {
        do {
            return try load(files).warnings.map { $0.message }
        } catch let error as DiagnosticsError {
            return error.diagnostics.map { $0.message }
        } catch {
            return ["\(error)"]
        }
    }

    private let routeTables = """
        2,workload,00:50:56:b4:ca:fd,10.13.201.10/24,10.13.201.1
        3,frontend,00:50:56:b4:ef:d1,10.13.200.10/24,10.13.200.1
        """
    private let appliance = """
        [interface.management]
        mac = "00:50:56:b4:aa:01"
        address = "10.13.10.199/24"
        gateway = "10.13.10.1"
        """

    @Test func writesAndLoads() throws {
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            let configuration = NetworkConfiguration(
                routeTables: RouteTablesFile.parse(routeTables).value,
                anyIPRoutes: AnyIPRoutesFile(ranges: [try #require(IPNetwork("10.13.200.32/27"))]),
                workloadNetworks: WorkloadNetworksFile(networks: [try #require(IPNetwork("10.13.21.0/24"))]),
                appliance: ApplianceFile.parse(appliance).value
            )
            #expect(configuration.checked() == [])
            #expect(try configuration.write(root).map { $0.outcome } == Array(repeating: .created, count: 4))
            let loaded = try NetworkConfiguration.load(root)
            #expect(loaded.routeTables.text == configuration.routeTables.text)
            #expect(loaded.workloadNetworks.text == configuration.workloadNetworks.text)
            #expect(try loaded.write(root).map { $0.outcome } == Array(repeating: .unchanged, count: 4))
            let names = IPRoute2Names.tables(loaded.routeTables.entries)
            #expect(names.hasSuffix("\n2\trtctl_workload\n3\trtctl_frontend\n"))
            #expect(IPRoute2Names.protocols.hasSuffix("\n201\tappliance-net\n202\tappliance-base\n"))
        }
    }

    @Test func nothingAtAllIsAnError() {
        #expect(found([:]) == ["there is no network configuration"])
        #expect(problems([:]) == [])
    }

    /// A file that was lost is not one that says "nothing".
    @Test(arguments: [RouteTablesFile.path, AnyIPRoutesFile.path, ApplianceFile.path])
    func aLostFileIsAnError(_ path: String) throws {
        var files = [RouteTablesFile.path: "", AnyIPRoutesFile.path: "", ApplianceFile.path: ""]
        files[path] = nil
        let error = #expect(throws: DiagnosticsError.self) { try load(files) }
        let diagnostic = try #require(error?.diagnostics.first)
        #expect(error?.diagnostics.count == 1)
        #expect(diagnostic.message == "the file is missing")
        #expect(diagnostic.file?.hasSuffix(path) == true)
        #expect(diagnostic.remedy?.contains("appliance-net rollback") == true)
    }

    @Test(arguments: [
        ("10.13.200.0/27", "the appliance's own address 10.13.200.10 of table 3 (frontend)"),
        ("10.13.200.1/32", "the gateway 10.13.200.1 of table 3 (frontend)"),
        ("10.13.10.1/32", "the gateway 10.13.10.1 of [interface.management]"),
        ("10.13.10.128/25", "the appliance's own address 10.13.10.199 of [interface.management]"),
    ])
    func aRangeHoldsNobodyElsesAddress(_ range: String, _ what: String) {
        let found = problems([
            RouteTablesFile.path: routeTables, ApplianceFile.path: appliance, AnyIPRoutesFile.path: range,
        ])
        #expect(found.contains("range \(range) contains \(what)"))
    }

    @Test func filesMustAgree() {
        let other = """
            [interface.workload]
            mac = "00:50:56:b4:ca:fd"
            address = "10.13.201.11/24"
            """
        let found = problems([RouteTablesFile.path: routeTables, ApplianceFile.path: other])
        #expect(
            found == ["10.13.201.10/24 is not the address of [interface.workload], which is 10.13.201.11/24"]
        )
        #expect(
            problems([WorkloadNetworksFile.path: "10.13.21.0/24"]) == [
                "there is no table named workload to route additional workload networks by"
            ]
        )
    }

    /// Its rule would send the answers to whoever manages the appliance to the workload gateway.
    @Test(arguments: ["10.13.10.0/25", "10.13.0.0/16", "10.0.0.0/8"])
    func aWorkloadNetworkLeavesManagementAlone(_ network: String) {
        let found = problems([
            RouteTablesFile.path: routeTables, ApplianceFile.path: appliance, WorkloadNetworksFile.path: network,
        ])
        #expect(found == ["\(network) overlaps 10.13.10.0/24, the network of [interface.management]"])
    }

    @Test func aWorkloadNetworkLeavesManagementAloneByIPv6() {
        let management = """
            [interface.management]
            mac = "00:50:56:b4:aa:01"
            address = "10.13.10.199/24"
            address6 = "fd00:10::199/64"
            """
        let found = problems([
            RouteTablesFile.path: routeTables, ApplianceFile.path: management,
            WorkloadNetworksFile.path: "fd00:10::/48",
        ])
        #expect(found == ["fd00:10::/48 overlaps fd00:10::/64, the network of [interface.management]"])
    }

    /// Where DHCP gives management its address, no file says which network that is.
    @Test(arguments: ["0.0.0.0/0", "::/0", "0.0.0.0/1", "224.0.0.0/4"])
    func aWorkloadNetworkIsNeverEverything(_ network: String) {
        let found = problems([RouteTablesFile.path: routeTables, WorkloadNetworksFile.path: network])
        #expect(found == ["\(network) is no network that lies behind a gateway"])
    }

    /// Its rule would send the answers of management out of the workload interface.
    @Test func aTableHasNoNetworkOfAnotherInterface() {
        let line = "5,other,00:50:56:b4:00:05,10.13.10.5/24,10.13.10.1"
        let found = problems([RouteTablesFile.path: line, ApplianceFile.path: appliance])
        #expect(found == ["10.13.10.0/24 overlaps 10.13.10.0/24, the network of [interface.management]"])
    }

    /// Each address that a range must not hold, once, in their order, whatever their number.
    @Test func aRangeNamesAllItHolds() {
        let found = problems([
            RouteTablesFile.path: routeTables, ApplianceFile.path: appliance, AnyIPRoutesFile.path: "10.13.0.0/16",
        ])
        let addresses = ["10.13.10.1", "10.13.10.199", "10.13.200.1", "10.13.200.10", "10.13.201.1", "10.13.201.10"]
        #expect(found.count == addresses.count)
        for (problem, address) in zip(found, addresses) { #expect(problem.contains(" \(address) of ")) }
    }

    @Test func thereAreNoMoreWorkloadNetworksThanPriorities() {
        let lines = (0...10000).map { "10.\($0 / 256).\($0 % 256).0/24" }
        let parsed = WorkloadNetworksFile.parse(lines.joined(separator: "\n"), file: "f")
        #expect(parsed.diagnostics.count == 1)
        #expect(parsed.diagnostics.first?.position == SourcePosition(line: 10001, column: 1))
    }

    @Test func allProblemsOfAllFilesComeTogether() {
        #expect(
            problems([
                RouteTablesFile.path: "1,a,x,y", AnyIPRoutesFile.path: "z", WorkloadNetworksFile.path: "w",
                ApplianceFile.path: "v",
            ]).count == 6
        )
    }
}
