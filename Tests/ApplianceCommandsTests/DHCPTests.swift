import Files
import Foundation
import Glibc
import NetworkFiles
import Syscalls
import TestSupport
import Testing

/// Addresses by DHCP from a real dnsmasq: what is leased becomes the network, as what is written does.
@Suite(.blocking) struct DHCPTests {
    @Test func aLeaseOfManagementIsTheNetwork() throws {
        try DHCPBox.with(.management) { box in
            let segment = try Segment("peer0", "10.13.10.1/24")
            let server = try segment.dnsmasq(
                box.root.prefix,
                "--dhcp-range=10.13.10.50,10.13.10.60,1h",
                "--dhcp-option=option:dns-server,10.13.10.53",
                "--dhcp-option=option:ntp-server,10.13.10.123",
                "--dhcp-option=option:domain-search,corp.example,lab.example",
                "--dhcp-option=option:mtu,1400",
                "--dhcp-option=option:classless-static-route,10.9.0.0/16,10.13.10.254,0.0.0.0/0,10.13.10.2"
            )
            #expect(try eventually { try DHCPBox.addresses("management").count == 1 }, "\(box.log)\(server.log)")
            let address = try #require(try DHCPBox.addresses("management").first)
            #expect(address.hasPrefix("10.13.10.") && address.hasSuffix("/24"))
            #expect(try eventually { try box.program("plan").status == 0 }, "\(box.log)")
            #expect(
                try DHCPBox.routes("route", "show", "default") == [
                    "default via 10.13.10.2 dev management proto 202"
                ]
            )
            #expect(
                try DHCPBox.routes("route", "show", "10.9.0.0/16") == [
                    "10.9.0.0/16 via 10.13.10.254 dev management proto 202"
                ]
            )
            #expect(try run("ip", "link", "show", "management").contains("mtu 1400"))
            #expect(
                try box.file("/etc/resolv.conf").hasSuffix("search corp.example lab.example\nnameserver 10.13.10.53\n")
            )
            #expect(
                try box.file("/etc/chrony/sources.d/appliance-net.sources").contains("server 10.13.10.123 iburst\n")
            )
            #expect(try run("cat", "/proc/sys/net/ipv6/conf/management/accept_ra") == "0\n")

            let status = try box.program("status")
            #expect(status.status == 0, "\(status.output)\(status.errors)")
            let line = "lease: management \(address), by 10.13.10.1 (dhcp), since "
            #expect(status.output.contains(line), "\(status.output)")
            let json = try box.program("status", "--json").output
            #expect(try run("jq", "-r", ".leases[0].addresses[0]", input: json) == address + "\n")
            #expect(try run("jq", "-r", ".service.drift_count", input: json) == "0\n", "\(box.log)")

            // Nobody else's client: the service puts the address back.
            try run("ip", "address", "flush", "dev", "management", "scope", "global")
            #expect(try eventually { try DHCPBox.addresses("management") == [address] }, "\(box.log)")
        }
    }

    /// Their gateways stand in their own tables only, with rules that bring replies to them.
    @Test func othersGetTables() throws {
        try DHCPBox.with(
            .workload,
            .frontend,
            prepare: { root in
                try AtomicFile.replace(root[WorkloadNetworksFile.path], with: "10.13.21.0/24\n")
            }
        ) { box in
            let workload = try Segment("peer1", "10.13.201.1/24")
            let frontend = try Segment("peer2", "10.13.200.1/24")
            let servers = [
                try workload.dnsmasq(
                    box.root.prefix,
                    "--dhcp-range=10.13.201.50,10.13.201.50,1h",
                    "--dhcp-option=option:classless-static-route,10.8.0.0/16,10.13.201.9,0.0.0.0/0,10.13.201.1"
                ),
                try frontend.dnsmasq(box.root.prefix, "--dhcp-range=10.13.200.20,10.13.200.20,1h"),
            ]
            let isThere = try eventually {
                try DHCPBox.addresses("workload") == ["10.13.201.50/24"]
                    && DHCPBox.addresses("frontend") == ["10.13.200.20/24"] && box.program("plan").status == 0
            }
            #expect(isThere, "\(box.log)\(servers.map { $0.log })")
            #expect(
                try DHCPBox.routes("route", "show", "default") == ["default via 10.13.10.1 dev management proto 202"]
            )
            #expect(
                try Set(DHCPBox.routes("route", "show", "table", "2")) == [
                    "default via 10.13.201.1 dev workload proto 201",
                    "10.13.201.0/24 dev workload proto 201 scope link src 10.13.201.50",
                    "10.8.0.0/16 via 10.13.201.9 dev workload proto 201",
                ]
            )
            #expect(
                try Set(DHCPBox.routes("route", "show", "table", "3")) == [
                    "default via 10.13.200.1 dev frontend proto 201",
                    "10.13.200.0/24 dev frontend proto 201 scope link src 10.13.200.20",
                ]
            )
            let rules = try run("ip", "rule")
            for rule in [
                "1002:\tfrom 10.13.201.0/24 lookup 2", "1003:\tfrom 10.13.200.0/24 lookup 3",
                "2000:\tfrom all to 10.13.21.0/24 lookup 2",
            ] { #expect(rules.contains(rule), "\(rules)") }
            #expect(
                try box.file("/etc/iproute2/rt_tables.d/appliance-net.conf")
                    .contains("2\trtctl_workload\n3\trtctl_frontend\n")
            )
        }
    }

    /// A lease is in a file: the next service, and every command, knows it; its own client takes it up.
    @Test func aLeaseOutlivesTheService() throws {
        try DHCPBox.with(.management) { box in
            let segment = try Segment("peer0", "10.13.10.1/24")
            let server = try segment.dnsmasq(box.root.prefix, "--dhcp-range=10.13.10.50,10.13.10.60,1h")
            #expect(try eventually { try DHCPBox.addresses("management").count == 1 }, "\(box.log)\(server.log)")
            let addresses = try DHCPBox.addresses("management")
            #expect(try eventually { try box.program("plan").status == 0 }, "\(box.log)")
            let before = try #require(try box.client("management"))
            #expect(try !DHCPBox.processes(before).isEmpty)

            try box.crash()
            #expect(eventually { box.service.notes().contains { $0.hasPrefix("READY=1") } }, "\(box.log)")
            #expect(try box.program("plan").status == 0)
            #expect(try DHCPBox.addresses("management") == addresses)
            // Of the clients of the one that was killed none is left.
            #expect(try eventually { try box.client("management").map { $0 != before } ?? false }, "\(box.log)")
            #expect(try eventually { try DHCPBox.processes(before).isEmpty })

            // An interface that gets an address of its own needs no client, and no lease.
            let settings = try box.file(ApplianceFile.path)
            let written = settings.replacing(
                "[interface.management]\n",
                with: "[interface.management]\naddress = \"10.13.10.199/24\"\ngateway = \"10.13.10.1\"\n"
            )
            try AtomicFile.replace(box.root[ApplianceFile.path], with: written)
            #expect(try eventually { try DHCPBox.addresses("management") == ["10.13.10.199/24"] }, "\(box.log)")
            #expect(try eventually { try box.client("management") == nil })
            #expect(try run("ls", box.root["/run/appliance-net/leases"]) == "")
            // And back: the address stays until another one is given.
            try AtomicFile.replace(box.root[ApplianceFile.path], with: settings)
            #expect(try eventually { try DHCPBox.addresses("management") == addresses }, "\(box.log)")
            let last = try #require(try box.client("management"))

            box.service.signal(SIGTERM)
            #expect(eventually { box.service.ended() == 0 })
            #expect(try eventually { try DHCPBox.processes(last).isEmpty })
            #expect(try DHCPBox.addresses("management") == addresses)
        }
    }

    /// An address that another host has is given back, and another one asked for.
    @Test func aTakenAddressIsDeclined() throws {
        try DHCPBox.with(.management) { box in
            let segment = try Segment("peer0", "10.13.10.1/24", "10.13.10.50/24")
            let server = try segment.dnsmasq(box.root.prefix, "--dhcp-range=10.13.10.50,10.13.10.51,1h")
            #expect(
                try eventually { try DHCPBox.addresses("management") == ["10.13.10.51/24"] },
                "\(box.log)\(server.log)"
            )
        }
    }

    /// What would be refused in a file is refused of a server: the rest of the network is right all the same.
    @Test func anAddressAmongTheVirtualOnesIsNotUsed() throws {
        try DHCPBox.with(.frontend) { box in
            let segment = try Segment("peer2", "10.13.200.1/24")
            let server = try segment.dnsmasq(box.root.prefix, "--dhcp-range=10.13.200.40,10.13.200.41,1h")
            let isTold = try eventually {
                try box.program("status").errors.contains("the range 10.13.200.32/27 of virtual addresses contains it")
            }
            #expect(isTold, "\(box.log)\(server.log)")
            #expect(try DHCPBox.addresses("frontend") == [])
            #expect(try run("ip", "rule").contains("1002:"))
        }
    }
}
