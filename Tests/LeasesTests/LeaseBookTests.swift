import Addresses
import Files
import Leases
import TestSupport
import Testing

/// What is kept of what is heard.
@Suite(.blocking) struct LeaseBookTests {
    private static func lease(_ address: String, since: Int64 = 0, until: Int64? = 120) throws -> Lease {
        var settings = LeasedSettings()
        settings.addresses = [try #require(InterfaceAddress(address))]
        settings.gateways = [try #require(IPAddress("10.13.10.1"))]
        let mac = try #require(ClientReportTests.mac)
        return Lease(.dhcp, mac: mac, server: "10.13.10.1", since: since, until: until, settings)
    }

    @Test func aRenewalChangesNothingButTheTime() throws {
        var book = LeaseBook()
        #expect(book.hear(.leased(try Self.lease("10.13.10.50/24")), from: .management, at: 0) == .changed)
        let renewal = try Self.lease("10.13.10.50/24", since: 60, until: 180)
        #expect(book.hear(.leased(renewal), from: .management, at: 60) == .renewed)
        #expect(book.leases[.management, .dhcp]?.since == 0)
        #expect(book.leases[.management, .dhcp]?.until == 180)
        let other = try Self.lease("10.13.10.51/24", since: 90, until: 210)
        #expect(book.hear(.leased(other), from: .management, at: 90) == .changed)
        #expect(book.leases[.management, .dhcp]?.since == 90)
    }

    /// That nothing is given any more is known; before anything was given, nothing is.
    @Test func whatIsLostIsEmpty() throws {
        var book = LeaseBook()
        #expect(book.hear(.lost(.dhcp), from: .management, at: 0) == .none)
        #expect(book.leases.entries.isEmpty)
        _ = book.hear(.leased(try Self.lease("10.13.10.50/24")), from: .management, at: 0)
        #expect(book.hear(.lost(.dhcp), from: .management, at: 10) == .changed)
        #expect(book.leases[.management, .dhcp]?.settings.isEmpty == true)
        #expect(book.hear(.lost(.dhcp), from: .management, at: 11) == .none)
        let mac = try #require(ClientReportTests.mac)
        #expect(book.leases.settings(.management, mac: mac, at: 12) == LeasedSettings())
        #expect(book.leases.families(.management, mac: mac) == [.v4])
    }

    /// A client that hangs, or was killed, keeps no address.
    @Test func aLeaseEndsByItself() throws {
        var book = LeaseBook()
        _ = book.hear(.leased(try Self.lease("10.13.10.50/24", until: 120)), from: .management, at: 0)
        _ = book.hear(.leased(try Self.lease("10.13.20.50/24", until: nil)), from: .workload, at: 0)
        let end = try #require(book.deadline)
        #expect(book.expire(at: end - 1) == [])
        #expect(book.expire(at: end) == [Leases.Key(.management, .dhcp)])
        #expect(book.deadline == nil)
        #expect(book.leases[.workload, .dhcp]?.settings.isEmpty == false)
        #expect(book.keep(only: [.management]) == .changed)
        #expect(book.leases[.workload, .dhcp] == nil)
        #expect(book.keep(only: [.management]) == .none)
    }

    /// Whose network a range was in is known after the lease, until there is another.
    @Test func theFormerNetworkIsKnown() throws {
        let mac = try #require(ClientReportTests.mac)
        let network = try #require(IPNetwork("10.13.10.0/24"))
        var book = LeaseBook()
        func former(_ now: Int64) -> [IPNetwork] { book.leases.former(.workload, mac: mac, at: now) }
        _ = book.hear(.leased(try Self.lease("10.13.10.50/24", until: 120)), from: .workload, at: 0)
        #expect(former(120) == [])
        // Its time is over, and nobody has said so yet.
        #expect(former(126) == [network])
        _ = book.expire(at: 126)
        #expect(former(126) == [network])
        let other = try #require(MACAddress("02:00:00:00:00:01"))
        #expect(book.leases.former(.workload, mac: other, at: 126) == [])
        _ = book.hear(.leased(try Self.lease("10.13.20.50/24", until: nil)), from: .workload, at: 130)
        #expect(former(131) == [])
        _ = book.hear(.lost(.dhcp), from: .workload, at: 140)
        #expect(former(140).map { "\($0)" } == ["10.13.20.0/24"])
    }

    /// A router that stays, and has no network for us any more.
    @Test func theFormerNetworkOfARouterIsKnown() throws {
        let mac = try #require(ClientReportTests.mac)
        let network = try #require(IPNetwork("fd00:10::/64"))
        var settings = LeasedSettings()
        settings.onLink = [network]
        settings.gateways = [try #require(IPAddress("fe80::1"))]
        var book = LeaseBook()
        _ = book.hear(.leased(Lease(.ra, mac: mac, since: 0, settings)), from: .workload, at: 0)
        settings.onLink = []
        _ = book.hear(.leased(Lease(.ra, mac: mac, since: 9, settings)), from: .workload, at: 9)
        #expect(book.leases.former(.workload, mac: mac, at: 9) == [network])
        _ = book.hear(.lost(.ra), from: .workload, at: 10)
        #expect(book.leases.former(.workload, mac: mac, at: 10) == [network])
    }

    /// Whatever a lease holds comes back out of its file; damage takes away no more than what is damaged.
    @Test func whatIsWrittenIsRead() throws {
        try withTemporaryDirectory { directory in
            let store = LeaseStore(Root(directory))
            #expect(store.read() == Leases())
            var settings = LeasedSettings()
            settings.addresses = ["10.13.10.50/24", "fd00::5/64"].compactMap { InterfaceAddress($0) }
            settings.onLink = [IPNetwork("fd00::/64")].compactMap { $0 }
            settings.gateways = ["10.13.10.1", "fe80::1"].compactMap { IPAddress($0) }
            settings.routes = [
                LeasedSettings.Route(try #require(IPNetwork("10.9.0.0/16")), via: IPAddress("10.13.10.254")),
                LeasedSettings.Route(try #require(IPNetwork("10.8.0.0/16"))),
            ]
            settings.nameservers = [try #require(IPAddress("10.13.10.53"))]
            settings.searchDomains = ["corp.example", "lab.example"]
            settings.ntpServers = ["ntp.example", "10.13.10.123"]
            settings.mtu = 1400
            let mac = try #require(ClientReportTests.mac)
            var leases = Leases()
            leases[.management, .dhcp] = Lease(.dhcp, mac: mac, server: "10.13.10.1", since: 7, until: 127, settings)
            leases[.workload, .ra] = Lease(.ra, mac: mac, since: 9)
            leases[.workload, .ra]?.former = ["fd00:1::/64", "fd00:2::/64"].compactMap { IPNetwork($0) }
            try store.write(leases)
            #expect(store.read() == leases)
            #expect(leases.sorted.map { $0.key } == [Leases.Key(.management, .dhcp), Leases.Key(.workload, .ra)])

            let path = directory + LeaseStore.directory + "/management.dhcp"
            try run("sed", "-i", "s/^address=10.*/address=nonsense/", path)
            #expect(store.read()[.management, .dhcp]?.settings.addresses.count == 1)
            try run("sed", "-i", "/^mac=/d", path)
            #expect(store.read()[.management, .dhcp] == nil)

            leases[.management, .dhcp] = nil
            try store.write(leases)
            #expect(try run("ls", directory + LeaseStore.directory) == "workload.ra\n")
        }
    }
}
