import Addresses
import Leases
import Testing

/// The words of dhcpcd 9.4.1 as its hook heard them, and what they mean.
@Suite struct ClientReportTests {
    static let mac = MACAddress("00:50:56:b4:aa:01")

    private static func news(_ text: String, at now: Int64 = 1000) throws -> ClientReport.News {
        var variables: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let sign = try #require(line.firstIndex(of: "="))
            variables[String(line[..<sign])] = String(line[line.index(after: sign)...])
        }
        return ClientReport(variables).news(mac: try #require(mac), at: now)
    }

    private static func lease(_ text: String) throws -> Lease {
        guard case .leased(let lease) = try news(text) else { throw NoLease() }
        return lease
    }

    struct NoLease: Error {}

    static let bound = """
        interface=management
        reason=BOUND
        new_ip_address=10.13.10.54
        new_subnet_cidr=24
        new_routers=10.13.10.1 10.13.10.2
        new_dhcp_lease_time=120
        new_dhcp_server_identifier=10.13.10.1
        new_domain_name=corp.example
        new_domain_name_servers=10.13.10.53 10.13.10.54
        new_interface_mtu=1400
        new_ntp_servers=10.13.10.123
        """

    @Test func aLeaseOfIPv4() throws {
        let lease = try Self.lease(Self.bound)
        #expect(lease.source == .dhcp && lease.server == "10.13.10.1")
        #expect(lease.since == 1000 && lease.until == 1120)
        let settings = lease.settings
        #expect(settings.addresses.map { "\($0)" } == ["10.13.10.54/24"])
        #expect(settings.gateways.map { "\($0)" } == ["10.13.10.1", "10.13.10.2"])
        #expect(settings.nameservers.map { "\($0)" } == ["10.13.10.53", "10.13.10.54"])
        #expect(settings.searchDomains == ["corp.example"])
        #expect(settings.ntpServers == ["10.13.10.123"])
        #expect(settings.mtu == 1400)
    }

    /// RFC 3442: who knows classless routes ignores the routers beside them.
    @Test func classlessRoutesComeInPlaceOfTheRouter() throws {
        let routes = "new_classless_static_routes=10.9.0.0/16 10.13.10.254 10.8.0.0/16 0.0.0.0 0.0.0.0/0 10.13.10.3"
        let settings = try Self.lease(Self.bound + "\n" + routes).settings
        #expect(settings.gateways.map { "\($0)" } == ["10.13.10.3"])
        #expect(settings.routes.map { "\($0.destination)" } == ["10.9.0.0/16", "10.8.0.0/16"])
        #expect(settings.routes.map { $0.gateway.map { "\($0)" } } == ["10.13.10.254", nil])
    }

    /// What goes into files is checked, whoever says it.
    @Test func wordsOfAServerAreNoLines() throws {
        let text = Self.bound + "\nnew_domain_search=good.example ../evil $(reboot) x_y\nnew_interface_mtu=70"
        let settings = try Self.lease(text).settings
        #expect(settings.searchDomains == ["good.example"])
        #expect(settings.mtu == nil)
    }

    @Test func anEndlessLease() throws {
        let text = Self.bound.replacing("new_dhcp_lease_time=120", with: "new_dhcp_lease_time=4294967295")
        #expect(try Self.lease(text).until == nil)
    }

    @Test(arguments: ["EXPIRE", "NAK", "FAIL"]) func theEnd(_ reason: String) throws {
        #expect(try Self.news("reason=\(reason)\nifcarrier=up") == .lost(.dhcp))
    }

    @Test(arguments: ["EXPIRE6", "FAIL6"]) func theEndOfIPv6(_ reason: String) throws {
        #expect(try Self.news("reason=\(reason)\nifcarrier=up") == .lost(.dhcp6))
    }

    /// A lease outlives the time for which a cable is out; a client that ends takes nothing away.
    @Test(
        arguments: [
            "reason=EXPIRE\nifcarrier=down", "reason=EXPIRE6\nifcarrier=down", "reason=STOP", "reason=STOPPED",
            "reason=NOCARRIER", "reason=PREINIT", "reason=CARRIER", "reason=ROUTERADVERT\nif_down=true", "reason=BOUND",
        ]
    ) func whatIsNoNews(_ text: String) throws {
        #expect(try Self.news(text) == .nothing)
    }

    static let advertisement = """
        reason=ROUTERADVERT
        nd1_acquired=35636
        nd1_flags=MO
        nd1_from=fe80::8064:43ff:fe83:d1ba
        nd1_lifetime=60
        nd1_mtu=1500
        nd1_now=35640
        nd1_prefix_information1_flags=LA
        nd1_prefix_information1_length=64
        nd1_prefix_information1_prefix=fd00:10::
        nd1_prefix_information1_vltime=120
        nd1_rdnss1_lifetime=120
        nd1_rdnss1_servers=fd00:10::53
        """

    @Test func aRouter() throws {
        let lease = try Self.lease(Self.advertisement)
        #expect(lease.source == .ra && lease.server == "fe80::8064:43ff:fe83:d1ba")
        // Four seconds old already.
        #expect(lease.since == 1000 && lease.until == 1116)
        #expect(lease.settings.addresses.map { "\($0)" } == ["fd00:10::250:56ff:feb4:aa01/64"])
        #expect(lease.settings.gateways.map { "\($0)" } == ["fe80::8064:43ff:fe83:d1ba"])
        #expect(lease.settings.nameservers.map { "\($0)" } == ["fd00:10::53"])
    }

    /// A router that is none any more (lifetime 0) and one that still is.
    @Test func ofTwoRoutersOneLeaves() throws {
        let text =
            Self.advertisement.replacing("nd1_lifetime=60", with: "nd1_lifetime=0")
            + "\nnd2_from=fe80::2\nnd2_lifetime=1800\nnd2_acquired=35640\nnd2_now=35640"
        #expect(try Self.lease(text).settings.gateways.map { "\($0)" } == ["fe80::2"])
        #expect(try Self.news("reason=ROUTERADVERT\nif_up=true") == .lost(.ra))
    }

    static let bound6 = """
        reason=BOUND6
        new_dhcp6_ia_na1_ia_addr1=fd00:10::179
        new_dhcp6_ia_na1_ia_addr1_pltime=100
        new_dhcp6_ia_na1_ia_addr1_vltime=120
        new_dhcp6_ia_na1_iaid=56b4aa01
        new_dhcp6_name_servers=fd00:10::54
        new_dhcp6_ntp_server_addr=fd00:10::123
        new_dhcp6_server_id=000100013294c26382644383d1ba
        """

    @Test func aLeaseOfIPv6() throws {
        let lease = try Self.lease(Self.bound6)
        #expect(lease.source == .dhcp6 && lease.server == "000100013294c26382644383d1ba")
        #expect(lease.until == 1120)
        #expect(lease.settings.addresses.map { "\($0)" } == ["fd00:10::179/128"])
        #expect(lease.settings.ntpServers == ["fd00:10::123"])
    }

    /// Who gives an address says nothing of its neighbours; the router does.
    @Test func theRouterSaysWhatIsOnTheLink() throws {
        let leases = Leases([
            Leases.Key(.management, .ra): try Self.lease(Self.advertisement),
            Leases.Key(.management, .dhcp6): try Self.lease(Self.bound6),
        ])
        let settings = leases.settings(.management, mac: try #require(Self.mac), at: 1001)
        #expect(
            settings?.addresses.map { "\($0)" } == ["fd00:10::250:56ff:feb4:aa01/64", "fd00:10::179/64"]
        )
        #expect(leases.settings(.workload, mac: try #require(Self.mac), at: 1001) == nil)
        // Another adapter in its place gets nothing of it.
        #expect(leases.settings(.management, mac: try #require(MACAddress("00:50:56:b4:aa:02")), at: 1001) == nil)
    }
}
