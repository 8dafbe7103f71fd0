import Addresses
import Netlink
import Testing

/// Every message byte by byte: one structure or attribute a line. Sequence and port are zero. Little-endian, as every
/// machine we build for is.
@Suite struct GoldenTests {
    @Test func links() throws {
        expect(
            .listLinks(),
            "20000000 1200 0103 00000000 00000000",  // nlmsghdr: 32 bytes, RTM_GETLINK, REQUEST|DUMP
            "00 00 0000 00000000 00000000 00000000"  // ifinfomsg
        )
        expect(
            .setLink(3, named: "workload", up: true),
            "20000000 1000 0500 00000000 00000000",  // nlmsghdr: RTM_NEWLINK, REQUEST|ACK
            "00 00 0000 03000000 01000000 01000000"  // ifinfomsg: index 3, IFF_UP of IFF_UP
        )
        expect(
            .setLink(3, named: "workload", up: false),
            "20000000 1000 0500 00000000 00000000",
            "00 00 0000 03000000 00000000 01000000"
        )
        expect(
            .renameLink(3, named: "eth1", to: "workload"),
            "30000000 1000 0500 00000000 00000000",
            "00 00 0000 03000000 00000000 00000000",
            "0d00 0300 776f726b6c6f616400 000000"  // IFLA_IFNAME, padded
        )
        expect(
            .setLink(3, named: "workload", mtu: 9000),
            "28000000 1000 0500 00000000 00000000",
            "00 00 0000 03000000 00000000 00000000",
            "0800 0400 28230000"  // IFLA_MTU
        )
        expect(
            .setLink(3, named: "workload", mac: try #require(MACAddress("00:50:56:00:00:02"))),
            "2c000000 1000 0500 00000000 00000000",
            "00 00 0000 03000000 00000000 00000000",
            "0a00 0100 005056000002 0000"  // IFLA_ADDRESS, padded
        )
    }

    @Test func addresses() throws {
        expect(
            .listAddresses(.v4),
            "18000000 1600 0103 00000000 00000000",  // RTM_GETADDR
            "02 00 00 00 00000000"  // ifaddrmsg
        )
        let v4 = LinkAddress(interface: 3, address: try #require(InterfaceAddress("10.13.201.10/24")))
        let attributes = [
            "02 18 00 00 03000000",  // ifaddrmsg: IPv4, /24, scope global, index 3
            "0800 0200 0a0dc90a",  // IFA_LOCAL
            "0800 0100 0a0dc90a",  // IFA_ADDRESS
            "0800 0400 0a0dc9ff",  // IFA_BROADCAST
            "0500 0b00 c9 000000",  // IFA_PROTO, padded
        ]
        expect(.add(v4), ["38000000 1400 0506 00000000 00000000"] + attributes)  // CREATE|EXCL
        expect(.replace(v4), ["38000000 1400 0505 00000000 00000000"] + attributes)  // CREATE|REPLACE
        expect(.delete(v4), ["28000000 1500 0500 00000000 00000000"] + attributes[...2])
        let v6 = LinkAddress(interface: 3, address: try #require(InterfaceAddress("fd00::a/64")))
        expect(
            .add(v6),
            "48000000 1400 0506 00000000 00000000",
            "0a 40 02 00 03000000",  // ifaddrmsg: IFA_F_NODAD
            "1400 0200 fd00000000000000000000000000000a",
            "1400 0100 fd00000000000000000000000000000a",
            "0500 0b00 c9 000000"
        )
    }

    @Test func routes() throws {
        expect(
            .listRoutes(.v6),
            "1c000000 1a00 0103 00000000 00000000",  // RTM_GETROUTE
            "0a 00 00 00 00 00 00 00 00000000"  // rtmsg
        )
        let gateway = Route(
            try #require(IPNetwork("0.0.0.0/0")),
            table: RouteTable(2),
            gateway: IPAddress("10.13.201.1"),
            interface: 3
        )
        let body = [
            "02 00 00 00 02 c9 00 01 00000000",  // rtmsg: IPv4, /0, table 2, protocol 201, universe, unicast
            "0800 0500 0a0dc901",  // RTA_GATEWAY
            "0800 0400 03000000",  // RTA_OIF
        ]
        expect(.add(gateway), ["2c000000 1800 0506 00000000 00000000"] + body)
        expect(.replace(gateway), ["2c000000 1800 0505 00000000 00000000"] + body)
        expect(.delete(gateway), ["2c000000 1900 0500 00000000 00000000"] + body)
        let connected = Route(
            try #require(IPNetwork("10.13.201.0/24")),
            table: RouteTable(2),
            scope: .link,
            interface: 3,
            preferredSource: IPAddress("10.13.201.10")
        )
        expect(
            .add(connected),
            "34000000 1800 0506 00000000 00000000",
            "02 18 00 00 02 c9 fd 01 00000000",  // rtmsg: scope link
            "0800 0100 0a0dc900",  // RTA_DST
            "0800 0400 03000000",  // RTA_OIF
            "0800 0700 0a0dc90a"  // RTA_PREFSRC
        )
        let range = Route(
            try #require(IPNetwork("10.13.200.32/27")),
            table: .local,
            type: .local,
            scope: .host,
            interface: 1
        )
        expect(
            .add(range),
            "2c000000 1800 0506 00000000 00000000",
            "02 1b 00 00 ff c9 fe 02 00000000",  // rtmsg: table local, scope host, local
            "0800 0100 0a0dc820",
            "0800 0400 01000000"
        )
        let blackhole = Route(try #require(IPNetwork("fd99::/64")), table: RouteTable(1000), type: .blackhole)
        expect(
            .add(blackhole),
            "40000000 1800 0506 00000000 00000000",
            "0a 40 00 00 00 c9 00 06 00000000",  // rtmsg: table unspecified, blackhole
            "1400 0100 fd990000000000000000000000000000",
            "0800 0600 00040000",  // RTA_PRIORITY 1024
            "0800 0f00 e8030000"  // RTA_TABLE 1000
        )
    }

    @Test func lookups() throws {
        let v4 = RouteLookup(from: IPAddress("10.13.200.34"), to: try #require(IPAddress("10.13.50.20")))
        expect(
            .find(v4),
            "2c000000 1a00 0500 00000000 00000000",  // RTM_GETROUTE, REQUEST|ACK
            "02 20 20 00 00 00 00 00 00300000",  // rtmsg: /32 from /32, FIB_MATCH|LOOKUP_TABLE
            "0800 0100 0a0d3214",  // RTA_DST
            "0800 0200 0a0dc822"  // RTA_SRC
        )
        expect(
            .find(RouteLookup(to: try #require(IPAddress("fd00::1")), input: 3)),
            "38000000 1a00 0500 00000000 00000000",
            "0a 80 00 00 00 00 00 00 00200000",  // IPv6 refuses LOOKUP_TABLE
            "1400 0100 fd000000000000000000000000000001",
            "0800 0300 03000000"  // RTA_IIF
        )
    }

    @Test func routesOfSeveralHops() throws {
        var route = Route(try #require(IPNetwork("10.0.0.0/8")), table: RouteTable(1000))
        route.nextHops = [
            NextHop(gateway: IPAddress("10.13.201.1"), interface: 3),
            NextHop(gateway: nil, interface: 4, weight: 5),
        ]
        route.pathMetrics = [.mtu: 1400, .advertisedMSS: 1360]
        expect(
            .add(route),
            "5c000000 1800 0506 00000000 00000000",
            "02 08 00 00 00 c9 00 01 00000000",
            "0800 0100 0a000000",  // RTA_DST
            "0800 0f00 e8030000",  // RTA_TABLE 1000
            "1400 0800",  // RTA_METRICS
            "0800 0200 78050000",  // RTAX_MTU
            "0800 0800 50050000",  // RTAX_ADVMSS
            "1c00 0900",  // RTA_MULTIPATH
            "1000 00 00 03000000",  // rtnexthop: weight 1, index 3
            "0800 0500 0a0dc901",  // RTA_GATEWAY
            "0800 00 04 04000000"  // rtnexthop: weight 5, index 4
        )
    }

    @Test func neighbours() throws {
        expect(
            .listNeighbours(.v4),
            "1c000000 1e00 0103 00000000 00000000",  // RTM_GETNEIGH
            "02 00 0000 00000000 0000 00 00"  // ndmsg
        )
        let v4 = Neighbour(
            interface: 3,
            address: try #require(IPAddress("10.13.201.1")),
            mac: MACAddress("00:50:56:00:00:02")
        )
        let body = [
            "02 00 0000 03000000 8000 00 00",  // ndmsg: index 3, NUD_PERMANENT
            "0800 0100 0a0dc901",  // NDA_DST
            "0a00 0200 005056000002 0000",  // NDA_LLADDR, padded
        ]
        expect(.add(v4), ["30000000 1c00 0506 00000000 00000000"] + body)
        expect(.replace(v4), ["30000000 1c00 0505 00000000 00000000"] + body)
        expect(.delete(v4), ["24000000 1d00 0500 00000000 00000000"] + body[...1])
        let proxy = Neighbour(interface: 3, address: try #require(IPAddress("fd00::1")), isProxy: true)
        expect(
            .add(proxy),
            "30000000 1c00 0506 00000000 00000000",
            "0a 00 0000 03000000 8000 08 00",  // NTF_PROXY
            "1400 0100 fd000000000000000000000000000001"
        )
    }

    @Test func rules() throws {
        expect(
            .listRules(.v4),
            "1c000000 2200 0103 00000000 00000000",  // RTM_GETRULE
            "02 00 00 00 00 00 00 00 00000000"  // fib_rule_hdr
        )
        let from = Rule(family: .v4, priority: 1002, from: IPNetwork("10.13.201.0/24"), table: RouteTable(2))
        let body = [
            "02 00 18 00 02 00 00 01 00000000",  // fib_rule_hdr: source /24, table 2, FR_ACT_TO_TBL
            "0800 0200 0a0dc900",  // FRA_SRC
            "0800 0600 ea030000",  // FRA_PRIORITY
            "0800 0f00 02000000",  // FRA_TABLE
            "0500 1500 c9 000000",  // FRA_PROTOCOL
        ]
        expect(.add(from), ["3c000000 2000 0506 00000000 00000000"] + body)
        expect(.delete(from), ["3c000000 2100 0500 00000000 00000000"] + body)
        let to = Rule(family: .v4, priority: 2000, to: IPNetwork("10.13.21.0/24"), table: RouteTable(2))
        expect(
            .add(to),
            "3c000000 2000 0506 00000000 00000000",
            "02 18 00 00 02 00 00 01 00000000",
            "0800 0100 0a0d1500",  // FRA_DST
            "0800 0600 d0070000",
            "0800 0f00 02000000",
            "0500 1500 c9 000000"
        )
        expect(
            .add(Rule(unreachable: try #require(IPNetwork("10.13.200.32/27")), priority: 1003)),
            "3c000000 2000 0506 00000000 00000000",
            "02 00 1b 00 00 00 00 07 00000000",  // no table, FR_ACT_UNREACHABLE
            "0800 0200 0a0dc820",
            "0800 0600 eb030000",
            "0800 0f00 00000000",
            "0500 1500 c9 000000"
        )
    }

    private func expect(
        _ request: NetlinkRequest,
        _ lines: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(request, lines, sourceLocation: sourceLocation)
    }

    private func expect(
        _ request: NetlinkRequest,
        _ lines: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let bytes = request.message.bytes(sequence: 0, port: 0)
        let hex = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(hex == lines.joined().filter { $0 != " " }, sourceLocation: sourceLocation)
    }
}
