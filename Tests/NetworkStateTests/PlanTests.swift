import Addresses
import Diagnostics
import Netlink
import NetworkFiles
import NetworkState
import NetworkTestSupport
import Testing

/// The difference as a pure function: no kernel is asked.
@Suite struct PlanTests {
    /// What a kernel shows before anything is set up, but under the right names.
    private func links(named: Bool = true) throws -> [Link] {
        var links = [Link(index: 1, name: "lo", isUp: true, isLoopback: true)]
        for (index, role) in InterfaceRole.allCases.enumerated() {
            let name = named ? role.rawValue : "eth\(index)"
            links.append(Link(index: index + 2, name: name, mac: try TestAppliance.mac(role), isUp: true))
        }
        return links
    }

    private func texts(_ configuration: NetworkConfiguration, _ actual: ActualState) -> [String] {
        Plan.diff(desired: DesiredState(configuration), actual: actual).operations.map { $0.description }
    }

    @Test func newComesBeforeOld() throws {
        #expect(
            texts(try TestAppliance.configuration(), ActualState(links: try links(named: false))) == [
                "~ link eth0 name management", "~ link eth1 name workload", "~ link eth2 name frontend",
                "+ address 10.13.10.199/24 dev management", "+ address 10.13.201.10/24 dev workload",
                "+ address 10.13.200.10/24 dev frontend",
                "+ route 10.13.201.0/24 dev workload table 2 scope link src 10.13.201.10",
                "+ route 10.13.200.0/24 dev frontend table 3 scope link src 10.13.200.10",
                "+ route local 10.13.200.32/27 dev lo table local", "+ route default via 10.13.10.1 dev management",
                "+ route default via 10.13.201.1 dev workload table 2",
                "+ route default via 10.13.200.1 dev frontend table 3", "+ rule from 10.13.201.0/24 lookup 2",
                "+ rule from 10.13.200.0/24 lookup 3",
            ]
        )
    }

    @Test func removesOnlyWhatIsOurs() throws {
        let network = try #require(IPNetwork("192.0.2.0/24"))
        let address = try #require(InterfaceAddress("192.0.2.1/24"))
        var actual = ActualState(links: try links())
        for origin in [RouteProtocol.applianceNet, .kernel, .boot, .static] {
            actual.routes.append(Route(network, table: RouteTable(7), origin: origin, interface: 3))
            actual.rules.append(Rule(family: .v4, priority: 1007, from: network, table: RouteTable(7), origin: origin))
            actual.addresses.append(LinkAddress(interface: 3, address: address, origin: origin))
        }
        actual.rules.append(Rule(family: .v4, priority: 32766, table: .main, origin: .applianceNet))
        let configuration = NetworkConfiguration(appliance: try TestAppliance.configuration().appliance)
        #expect(
            texts(configuration, actual).filter { $0.hasPrefix("-") } == [
                "- rule from 192.0.2.0/24 lookup 7", "- route 192.0.2.0/24 dev workload table 7",
                "- address 192.0.2.1/24 dev workload",
            ]
        )
    }

    /// A lost or shortened appliance.toml is no order to take the management address away.
    @Test func managementStaysWhereTheFilesDoNotNameIt() throws {
        let management = try #require(TestAppliance.configuration().appliance[.management]?.address?.value)
        let any = try #require(IPNetwork("0.0.0.0/0"))
        let actual = ActualState(
            links: try links(),
            addresses: [LinkAddress(interface: 2, address: management, origin: .applianceBase)],
            routes: [Route(any, origin: .applianceBase, gateway: IPAddress("10.13.10.1"), interface: 2)]
        )
        var configuration = try TestAppliance.configuration()
        configuration.appliance = ApplianceFile()
        #expect(texts(configuration, actual).filter { $0.hasPrefix("-") } == [])
        configuration.appliance = try TestAppliance.configuration().appliance
        for index in configuration.appliance.interfaces.indices {
            configuration.appliance.interfaces[index].gateway = nil
        }
        #expect(texts(configuration, actual).filter { $0.hasPrefix("-") }.count == 1)
    }

    /// Without `address` the IPv4 address is DHCP's affair, whatever IPv6 has.
    @Test func aFamilyThatTheFilesDoNotNameStays() throws {
        let management = try #require(TestAppliance.configuration().appliance[.management]?.address?.value)
        let sixth = try #require(InterfaceAddress("fd00:10::199/64"))
        let any = try #require(IPNetwork("0.0.0.0/0"))
        let actual = ActualState(
            links: try links(),
            addresses: [management, sixth].map { LinkAddress(interface: 2, address: $0, origin: .applianceBase) },
            routes: [Route(any, origin: .applianceBase, gateway: IPAddress("10.13.10.1"), interface: 2)]
        )
        func removed(_ address: InterfaceAddress?, _ address6: String?) throws -> [String] {
            var interface = ApplianceFile.Interface(role: .management, mac: try TestAppliance.mac(.management))
            interface.address = address.map { Located($0, at: SourcePosition(line: 1, column: 1)) }
            interface.address6 = try address6.map {
                Located(try #require(InterfaceAddress($0)), at: SourcePosition(line: 1, column: 1))
            }
            let configuration = NetworkConfiguration(appliance: ApplianceFile(interfaces: [interface]))
            return texts(configuration, actual).filter { $0.hasPrefix("-") }
        }
        #expect(try removed(nil, nil) == [])
        #expect(try removed(nil, "fd00:10::199/64") == [])
        #expect(try removed(nil, "fd00:10::200/64") == ["- address fd00:10::199/64 dev management"])
        #expect(
            try removed(management, nil) == [
                "- route default via 10.13.10.1 dev management", "- address fd00:10::199/64 dev management",
            ]
        )
    }

    @Test func aSecondCopyOfARuleGoes() throws {
        let rules = DesiredState(try TestAppliance.configuration()).rules
        let operations = texts(
            try TestAppliance.configuration(),
            ActualState(links: try links(), rules: rules + rules.prefix(1))
        )
        #expect(operations.filter { $0.contains(" rule ") } == ["- rule from 10.13.201.0/24 lookup 2"])
    }

    @Test func aRangeOutsideEveryNetworkIsRoutedByTheFrontendTable() throws {
        let configuration = try TestAppliance.configuration(ranges: ["10.13.200.32/27", "198.51.100.0/24"])
        #expect(
            DesiredState(configuration).rules.map { "\($0.priority) \($0.text)" } == [
                "1002 from 10.13.201.0/24 lookup 2", "1003 from 10.13.200.0/24 lookup 3",
                "1003 from 198.51.100.0/24 lookup 3",
            ]
        )
    }

    @Test func anInterfaceWithoutAnAddressBlocksItsRoutesOnly() throws {
        var configuration = try TestAppliance.configuration()
        for index in configuration.appliance.interfaces.indices
        where configuration.appliance.interfaces[index].role == .frontend {
            configuration.appliance.interfaces[index].address = nil
        }
        let plan = Plan.diff(desired: DesiredState(configuration), actual: ActualState(links: try links()))
        #expect(
            plan.problems.map { $0.message } == [
                "route default via 10.13.200.1 dev frontend table 3: frontend has no address in the gateway's network",
                "route 10.13.200.0/24 dev frontend table 3 scope link src 10.13.200.10: "
                    + "frontend does not have the address 10.13.200.10",
            ]
        )
        #expect(plan.operations.contains { $0.text == "default via 10.13.201.1 dev workload table 2" })
        #expect(plan.objects.filter { $0.state == .blocked }.count == 2)
        // An address that came by DHCP is as good.
        let lease = LinkAddress(
            interface: 4,
            address: try #require(InterfaceAddress("10.13.200.10/24")),
            origin: .unspecified
        )
        let actual = ActualState(links: try links(), addresses: [lease])
        #expect(Plan.diff(desired: DesiredState(configuration), actual: actual).problems == [])
    }

    @Test func aCardIsFoundBesideWhatStandsOnIt() throws {
        var actual = ActualState(links: try links(named: false))
        let mac = try TestAppliance.mac(.workload)
        actual.links.append(Link(index: 9, name: "vlan9", mac: mac, isUp: true, kind: "vlan"))
        let plan = Plan.diff(desired: DesiredState(try TestAppliance.configuration()), actual: actual)
        #expect(plan.problems == [])
        #expect(plan.operations.contains { $0.text == "eth1 name workload" })
        actual.links.append(Link(index: 10, name: "eth9", mac: mac, isUp: true))
        #expect(
            Plan.diff(desired: DesiredState(try TestAppliance.configuration()), actual: actual).problems.map {
                $0.message
            }
                == ["link workload: the MAC address 00:50:56:b4:ca:fd belongs to eth1 and eth9"]
        )
    }

    @Test func aNameThatIsTakenIsReported() throws {
        var actual = ActualState(links: try links(named: false))
        actual.links.append(Link(index: 9, name: "workload", mac: MACAddress("02:00:00:00:00:09")))
        let plan = Plan.diff(desired: DesiredState(try TestAppliance.configuration()), actual: actual)
        #expect(
            plan.problems.map { $0.message } == [
                "link workload: the name belongs to another link (02:00:00:00:00:09)"
            ]
        )
        #expect(plan.operations.contains { $0.text == "default via 10.13.201.1 dev eth1 table 2" })
    }
}
