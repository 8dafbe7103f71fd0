import Files
import Foundation
import Syscalls
import TestSupport
import Testing

/// IPv6 by router advertisements and DHCPv6 from a real dnsmasq; what the kernel would make of the advertisements itself
/// is not there.
@Suite(.blocking) struct LeaseSixTests {
    private static let advertised = "2001:db8:10:0:250:56ff:feb4:aa01/64"

    /// The service asks where there is a link-local address to ask from.
    private static let raise: @Sendable (Root) throws -> Void = { _ in
        for link in ["eth0", "eth1"] { try run("sh", "-c", "echo 0 > /proc/sys/net/ipv6/conf/\(link)/addr_gen_mode") }
    }

    @Test func aRouterAndAServer() throws {
        try DHCPBox.with(.management, prepare: Self.raise) { box in
            let segment = try Segment("peer0", "2001:db8:10::1/64")
            var server: SpawnedProcess? = try segment.dnsmasq(
                box.root.prefix,
                "--dhcp-range=2001:db8:10::100,2001:db8:10::100,slaac,64,1h",
                "--enable-ra",
                "--ra-param=peer0,4,20",
                "--dhcp-option=option6:dns-server,[2001:db8:10::53]"
            )
            let isThere = try eventually {
                try DHCPBox.addresses("management", "-6") == ["2001:db8:10::100/64", Self.advertised].sorted()
            }
            #expect(isThere, "\(box.log)\(server?.log ?? "")")
            let router = try DHCPBox.linkLocal(segment)
            let way = "default via \(router) dev management proto 202 metric 1024 pref medium"
            #expect(try eventually { try DHCPBox.routes("-6", "route", "show", "default") == [way] }, "\(box.log)")
            #expect(try box.file("/etc/resolv.conf").contains("nameserver 2001:db8:10::53\n"))
            #expect(try eventually { try box.program("plan").status == 0 }, "\(box.log)")
            let lines = try box.program("status").output
            #expect(lines.contains("lease: management \(Self.advertised), by \(router) (ra), since "), "\(lines)")
            #expect(lines.contains("(dhcp6), since "), "\(lines)")

            // A router that falls silent is none when its lifetime has passed; the addresses last longer.
            server = nil
            #expect(try eventually { try DHCPBox.routes("-6", "route", "show", "default") == [] }, "\(box.log)")
            #expect(try DHCPBox.addresses("management", "-6").count == 2)
        }
    }

    /// On the others a router's word goes into their own table.
    @Test func aRouterOfTheWorkloadNetwork() throws {
        try DHCPBox.with(.workload, prepare: Self.raise) { box in
            let segment = try Segment("peer1", "2001:db8:201::1/64")
            let server = try segment.dnsmasq(
                box.root.prefix,
                "--dhcp-range=2001:db8:201::,ra-only,64,1h",
                "--enable-ra",
                "--ra-param=peer1,4,600"
            )
            #expect(
                try eventually { try run("ip", "-6", "rule").contains("1002:\tfrom 2001:db8:201::/64 lookup 2") },
                "\(box.log)\(server.log)"
            )
            #expect(try DHCPBox.addresses("workload", "-6") == ["2001:db8:201:0:250:56ff:feb4:cafd/64"])
            #expect(try DHCPBox.routes("-6", "route", "show", "default") == [])
            let table = try DHCPBox.routes("-6", "route", "show", "table", "2")
            #expect(table.contains { $0.hasPrefix("default via fe80::") && $0.contains("dev workload proto 201") })
            #expect(table.contains { $0.hasPrefix("2001:db8:201::/64 dev workload proto 201 src 2001:db8:201:") })
        }
    }
}
