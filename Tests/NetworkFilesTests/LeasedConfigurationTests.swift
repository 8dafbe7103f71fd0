import Addresses
import Diagnostics
import Leases
import NetworkFiles
import Testing

/// Files and leases together.
@Suite struct LeasedConfigurationTests {
    private static let macs = ["00:50:56:b4:aa:01", "00:50:56:b4:ca:fd", "00:50:56:b4:ef:d1"]

    private static func configuration(
        _ roles: [InterfaceRole],
        tables: String = "",
        ranges: String = "",
        more: String = "",
        networks: String = ""
    ) throws -> NetworkConfiguration {
        var text = more
        for (role, mac) in zip(InterfaceRole.allCases, Self.macs) where roles.contains(role) {
            text += "[interface.\(role.rawValue)]\nmac = \"\(mac)\"\n"
        }
        return NetworkConfiguration(
            routeTables: RouteTablesFile.parse(tables).value,
            anyIPRoutes: AnyIPRoutesFile.parse(ranges).value,
            workloadNetworks: WorkloadNetworksFile.parse(networks).value,
            appliance: ApplianceFile.parse(text).value
        )
    }

    private static func lease(
        _ role: InterfaceRole,
        _ addresses: String...,
        gateway: String,
        until: Int64? = nil,
        change: (inout LeasedSettings) -> Void = { _ in }
    ) throws -> Leases {
        let index = try #require(InterfaceRole.allCases.firstIndex(of: role))
        let mac = try #require(MACAddress(Self.macs[index]))
        var settings = LeasedSettings()
        settings.addresses = addresses.compactMap { InterfaceAddress($0) }
        settings.gateways = [try #require(IPAddress(gateway))]
        change(&settings)
        var leases = Leases()
        leases[role, .dhcp] = Lease(.dhcp, mac: mac, server: gateway, since: 0, until: until, settings)
        return leases
    }

    @Test func managementGetsTheDefaultRouteAndOthersATable() throws {
        let files = try Self.configuration([.management, .workload])
        var leases = try Self.lease(.management, "10.1.0.5/24", gateway: "10.1.0.1")
        leases[.workload, .dhcp] = try Self.lease(.workload, "10.2.0.5/24", gateway: "10.2.0.1")[.workload, .dhcp]
        let network = files.leased(leases, at: 1)
        #expect(network.leaseProblems.isEmpty)
        #expect(network.appliance[.management]?.gateways.map { "\($0.value)" } == ["10.1.0.1"])
        #expect(network.appliance[.workload]?.gateways.isEmpty == true)
        let mac = Self.macs[1]
        #expect(
            network.tables.map { $0.text } == [
                "2,workload,\(mac),10.2.0.5/24,10.2.0.1", "2,workload,\(mac),10.2.0.5/24",
            ]
        )
        // Nothing of it goes into a file.
        #expect(network.appliance.text == files.appliance.text && network.routeTables.text == files.routeTables.text)
        // What is given no more is gone.
        #expect(network.leased(Leases(), at: 1) == files)
    }

    @Test func aLeaseThatHasEndedIsKnownToBeNone() throws {
        let files = try Self.configuration([.management])
        let leases = try Self.lease(.management, "10.1.0.5/24", gateway: "10.1.0.1", until: 100)
        #expect(files.leased(leases, at: 100).appliance[.management]?.addresses.count == 1)
        let ended = files.leased(leases, at: 100 + Lease.patience + 1)
        #expect(ended.appliance[.management]?.addresses.isEmpty == true)
        #expect(ended.appliance[.management]?.leased?.families == [.v4])
    }

    /// Lines for the adapter win; another adapter's table is left to it.
    @Test func writtenTablesWin() throws {
        let own = "7,mine,\(Self.macs[1]),10.2.0.5/24,10.2.0.9\n"
        let leases = try Self.lease(.workload, "10.2.0.5/24", gateway: "10.2.0.1")
        let written = try Self.configuration([.workload], tables: own).leased(leases, at: 1)
        #expect(written.leaseProblems.isEmpty && written.tables.map { $0.table.value } == [7])
        let other = "2,other,\(Self.macs[2]),10.3.0.5/24,10.3.0.1\n"
        let network = try Self.configuration([.workload], tables: other).leased(leases, at: 1)
        #expect(network.tables.map { $0.table.value } == [2, 4, 4])
    }

    @Test func writtenNamesWin() throws {
        var leases = try Self.lease(.workload, "10.2.0.5/24", gateway: "10.2.0.1") { settings in
            settings.nameservers = (1...4).compactMap { IPAddress("10.2.0.\($0)") }
            settings.searchDomains = ["workload.example"]
        }
        leases[.management, .dhcp] = try Self.lease(.management, "10.1.0.5/24", gateway: "10.1.0.1") { settings in
            settings.searchDomains = ["corp.example"]
        }[.management, .dhcp]
        let given = try Self.configuration([.management, .workload]).leased(leases, at: 1)
        #expect(given.nameservers.map { "\($0)" } == ["10.2.0.1", "10.2.0.2", "10.2.0.3"])
        #expect(given.searchDomains == ["corp.example"])
        let written = try Self.configuration([.workload], more: "[system]\nnameservers = [\"10.9.9.9\"]\n")
        #expect(written.leased(leases, at: 1).nameservers.map { "\($0)" } == ["10.9.9.9"])
    }

    /// A range is in the network of no table while the interface that it belongs to waits for one.
    @Test func repliesWaitForTheirInterface() throws {
        let files = try Self.configuration([.management, .workload, .frontend])
        let range = try #require(IPNetwork("10.3.0.32/27"))
        let beside = try #require(IPNetwork("10.2.0.32/27"))
        let workload = try Self.lease(.workload, "10.2.0.5/24", gateway: "10.2.0.1", until: 100)
        var leases = workload
        #expect(files.leased(leases, at: 1).replyWay(of: range) == .awaiting(.frontend, table: 3))
        #expect(files.leased(leases, at: 1).replyWay(of: beside) == nil)
        leases[.frontend, .dhcp] = try Self.lease(.frontend, "10.3.0.5/24", gateway: "10.3.0.1")[.frontend, .dhcp]
        let both = files.leased(leases, at: 1)
        #expect(both.replyWay(of: range) == nil)
        // By a router, to whoever serves clients.
        #expect(both.replyWay(of: try #require(IPNetwork("10.9.0.0/27"))) == .table(3))
        // Of the other family nothing is given.
        #expect(both.replyWay(of: try #require(IPNetwork("fd00::/125"))) == .awaiting(.frontend, table: 3))
        // What was the workload interface's does not become the frontend's with the end of its lease.
        let ended = files.leased(leases, at: 200)
        #expect(ended.replyWay(of: beside) == .awaiting(.workload, table: 2))
        #expect(ended.replyWay(of: range) == nil)
        // Without a router there are neighbours.
        leases[.frontend, .dhcp]?.settings.gateways = []
        #expect(files.leased(leases, at: 1).replyWay(of: range) == .table(3))
    }

    /// Interfaces with written addresses, and those that nothing is to be given to, wait for nobody.
    @Test func repliesOfWrittenNetworksWaitForNobody() throws {
        let tables = "3,frontend,\(Self.macs[2]),10.3.0.5/24,10.3.0.1\n"
        let range = try #require(IPNetwork("10.9.0.0/27"))
        let written = try Self.configuration([.management, .workload, .frontend], tables: tables)
        #expect(written.leased(Leases(), at: 1).replyWay(of: range) == .table(3))
        let none = try Self.configuration([.management])
        #expect(none.leased(Leases(), at: 1).replyWay(of: range) == nil)
        let alone = try Self.configuration([.management, .workload])
        #expect(alone.leased(Leases(), at: 1).replyWay(of: range) == .awaiting(.workload, table: 2))
    }

    /// What a file would be refused for.
    @Test(
        arguments: [
            ("10.1.0.40/24", "10.1.0.1", "address 10.1.0.40/24 is not used: the range"),
            ("10.1.0.5/24", "10.1.0.33", "gateway 10.1.0.33 is not used: the range"),
            ("10.1.0.5/24", "10.8.0.1", "gateway 10.8.0.1 is not used: gateway 10.8.0.1 is not inside 10.1.0.0/24"),
            (
                "10.2.0.7/16", "10.2.0.1",
                "address 10.2.0.7/16 is not used: it overlaps 10.2.0.0/24, the network of table 2"
            ),
            ("10.21.0.7/24", "10.21.0.1", "it overlaps the additional workload network 10.21.0.0/24"),
            ("127.0.0.5/8", "127.0.0.1", "no interface can have the address"),
            ("10.1.0.255/24", "10.1.0.1", "broadcast address"),
        ]
    )
    func aServersWordIsChecked(_ address: String, _ gateway: String, _ problem: String) throws {
        let files = try Self.configuration(
            [.management],
            tables: "2,workload,\(Self.macs[1]),10.2.0.5/24,10.2.0.1\n",
            ranges: "10.1.0.32/27\n",
            networks: "10.21.0.0/24\n"
        )
        let network = files.leased(try Self.lease(.management, address, gateway: gateway), at: 1)
        #expect(network.leaseProblems.contains { $0.message.contains(problem) }, "\(network.leaseProblems)")
        #expect(network.appliance[.management]?.gateways.isEmpty == true)
    }

    @Test func routesTakeNoTrafficFromOthers() throws {
        let files = try Self.configuration(
            [.management],
            tables: "2,workload,\(Self.macs[1]),10.2.0.5/24,10.2.0.1\n",
            ranges: "10.3.0.32/27\n"
        )
        let leases = try Self.lease(.management, "10.1.0.5/24", gateway: "10.1.0.1") { settings in
            settings.routes = ["10.2.0.128/25", "10.3.0.0/24", "10.9.0.0/16"].compactMap { IPNetwork($0) }
                .map { LeasedSettings.Route($0, via: IPAddress("10.1.0.9")) }
        }
        let network = files.leased(leases, at: 1)
        #expect(
            network.appliance[.management]?.leased?.settings.routes.map { "\($0.destination)" } == ["10.9.0.0/16"]
        )
        #expect(network.leaseProblems.count == 2)
    }
}
