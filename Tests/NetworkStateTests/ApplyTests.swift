import Addresses
import Netlink
import NetworkFiles
import NetworkState
import NetworkTestSupport
import TestSupport
import Testing

@Suite(.blocking) struct ApplyTests {
    @Test func makesTheStateOfTheOldAppliance() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            let configuration = try TestAppliance.configuration()
            let result = try reconciler.apply(configuration)
            #expect(result.problems == [])
            #expect(try run("ip", "rule") == TestAppliance.rules)
            let routes = try TestAppliance.routes()
            #expect(
                routes.filter { !$0.hasPrefix("broadcast") && !$0.contains("table local proto kernel") } == [
                    "default via 10.13.201.1 dev workload table 2 proto 201",
                    "10.13.201.0/24 dev workload table 2 proto 201 scope link src 10.13.201.10",
                    "default via 10.13.200.1 dev frontend table 3 proto 201",
                    "10.13.200.0/24 dev frontend table 3 proto 201 scope link src 10.13.200.10",
                    "default via 10.13.10.1 dev management proto 202",
                    "10.13.10.0/24 dev management proto kernel scope link src 10.13.10.199",
                    "10.13.200.0/24 dev frontend proto kernel scope link src 10.13.200.10",
                    "10.13.201.0/24 dev workload proto kernel scope link src 10.13.201.10",
                    "local 10.13.200.32/27 dev lo table local proto 201 scope host",
                ]
            )
            let addresses = try run("ip", "-4", "-o", "address").split(separator: "\n").map { line in
                line.split(separator: " ")[1...3].joined(separator: " ")
            }
            #expect(
                addresses.sorted() == [
                    "frontend inet 10.13.200.10/24", "lo inet 127.0.0.1/8", "management inet 10.13.10.199/24",
                    "workload inet 10.13.201.10/24",
                ]
            )
            #expect(try run("cat", "/proc/sys/net/ipv4/conf/workload/rp_filter") == "2\n")

            #expect(try reconciler.plan(configuration).isEmpty)
            #expect(try reconciler.plan(configuration).objects.allSatisfy { $0.state == .inSync })
            #expect(try reconciler.apply(configuration).isUnchanged)
            // An AnyIP address is the machine's own.
            #expect(try run("ip", "route", "get", "10.13.200.34").hasPrefix("local 10.13.200.34 dev lo"))
        }
    }

    @Test func changesNoMoreThanTheDifference() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            try reconciler.apply(try TestAppliance.configuration())
            let result = try reconciler.apply(
                try TestAppliance.configuration(ranges: ["10.13.200.64/27"], workloadNetworks: ["10.13.21.0/24"])
            )
            #expect(
                result.operations.map { $0.description } == [
                    "+ route local 10.13.200.64/27 dev lo table local",
                    "+ rule from all to 10.13.21.0/24 lookup 2",
                    "- route local 10.13.200.32/27 dev lo table local",
                ]
            )
            #expect(try run("ip", "rule").contains("2000:\tfrom all to 10.13.21.0/24 lookup 2 proto 201\n"))
        }
    }

    @Test func leavesWhatIsForeign() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            try reconciler.apply(try TestAppliance.configuration())
            try run("ip", "route", "add", "192.0.2.0/24", "via", "10.13.201.7", "dev", "workload", "table", "2")
            try run("ip", "rule", "add", "from", "192.0.2.0/24", "lookup", "2", "priority", "1002")
            // Our protocol number outside our priorities is not ours either.
            try run("ip", "rule", "add", "from", "192.0.2.7", "lookup", "9", "priority", "77", "protocol", "201")
            let configuration = try TestAppliance.configuration()
            let plan = try reconciler.plan(configuration)
            #expect(plan.isEmpty)
            #expect(
                plan.objects.filter { $0.state == .foreign }.map { $0.description } == [
                    "foreign route 192.0.2.0/24 via 10.13.201.7 dev workload table 2 (proto boot)",
                    "foreign rule from 192.0.2.7/32 lookup 9 (priority 77 proto appliance-net, asked before ours)",
                    "foreign rule from 192.0.2.0/24 lookup 2 (priority 1002 proto unspec)",
                ]
            )
            try reconciler.down()
            #expect(try run("ip", "route", "show", "table", "2").hasPrefix("192.0.2.0/24 via 10.13.201.7"))
            #expect(try run("ip", "rule").contains("from 192.0.2.0/24 lookup 2"))
            #expect(try run("ip", "rule").contains("from 192.0.2.7 lookup 9"))
        }
    }

    /// What stands in our place or is asked before us; nothing else of the machine's network.
    @Test(arguments: [
        (
            "rule add from 10.9.0.0/16 lookup 99 priority 1500", "rule from 10.9.0.0/16 lookup 99",
            "priority 1500 proto unspec, among our priorities"
        ),
        (
            "rule add to 10.9.0.0/16 lookup main priority 500 protocol static",
            "rule from all to 10.9.0.0/16 lookup main",
            "priority 500 proto static, asked before ours"
        ),
        (
            "rule add fwmark 7 lookup 99 priority 500", "rule from all lookup 99",
            "priority 500 proto unspec, with more conditions, asked before ours"
        ),
        (
            "rule add from 10.9.0.0/16 blackhole priority 500", "rule from 10.9.0.0/16 blackhole",
            "priority 500 proto unspec, asked before ours"
        ),
        (
            "rule add from 10.9.0.0/16 lookup 3 priority 20000", "rule from 10.9.0.0/16 lookup 3",
            "priority 20000 proto unspec"
        ),
        (
            "route add 10.9.0.0/16 dev workload table 2", "route 10.9.0.0/16 dev workload table 2 scope link",
            "proto boot"
        ),
        (
            "route add local 10.13.200.40 dev frontend table local",
            "route local 10.13.200.40/32 dev frontend table local",
            "proto boot, inside the range 10.13.200.32/27"
        ),
        (
            "address add 10.13.200.41/24 dev frontend",
            "route local 10.13.200.41/32 dev frontend table local src 10.13.200.10",
            "proto kernel, inside the range 10.13.200.32/27"
        ),
        (
            "route add 0.0.0.0/1 via 10.13.201.7", "route 0.0.0.0/1 via 10.13.201.7 dev workload",
            "proto boot, preferred to our default route"
        ),
        ("rule add from 10.9.0.0/16 lookup 99 priority 20000", nil, ""),
        ("route add 10.9.0.0/16 via 10.13.201.7", nil, ""),
        ("route add default via 10.13.201.7 metric 100", nil, ""),
        ("route add 10.9.0.0/16 dev workload table 99", nil, ""),
        ("address add 10.13.201.41/24 dev workload", nil, ""),
    ])
    func showsWhatInfluencesIt(_ command: String, _ object: String?, _ detail: String) throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            let configuration = try TestAppliance.configuration()
            try reconciler.apply(configuration)
            try run("sh", "-c", "ip " + command)
            let plan = try reconciler.plan(configuration)
            #expect(plan.isEmpty)
            #expect(plan.problems == [])
            let foreign = plan.objects.filter { $0.state == .foreign }.map { $0.description }
            #expect(foreign == (object.map { ["foreign \($0) (\(detail))"] } ?? []))
        }
    }

    @Test func adoptsWhatIsRightAlready() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            try run("ip", "link", "set", "eth0", "name", "management", "up")
            try run("ip", "address", "add", "10.13.10.199/24", "dev", "management")
            try run("ip", "route", "add", "default", "via", "10.13.10.1")
            try run("ip", "rule", "add", "from", "10.13.201.0/24", "lookup", "2", "priority", "1002")
            let result = try NetworkReconciler().apply(try TestAppliance.configuration())
            let texts = result.operations.map { $0.description }
            #expect(result.problems == [])
            #expect(!texts.contains { $0.contains("10.13.10.1") || $0.contains("rule from 10.13.201.0/24") })
            #expect(try run("ip", "route", "show", "default") == "default via 10.13.10.1 dev management \n")
        }
    }

    @Test func reportsAForeignRouteInItsPlace() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            try reconciler.apply(try TestAppliance.configuration())
            try run("ip", "route", "replace", "default", "via", "10.13.10.7")
            let result = try reconciler.apply(try TestAppliance.configuration())
            #expect(result.isUnchanged)
            #expect(
                result.problems.map { $0.message } == [
                    "route default via 10.13.10.1 dev management: another route is in its place: "
                        + "default via 10.13.10.7 dev management proto boot"
                ]
            )
        }
    }

    @Test func removesOursOnlyOnDown() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            try reconciler.apply(try TestAppliance.configuration(workloadNetworks: ["10.13.21.0/24"]))
            let result = try reconciler.down()
            #expect(result.operations.count == 8)
            #expect(!(try run("ip", "rule")).contains("201"))
            let routes = try run("ip", "route", "show", "table", "all")
            #expect(routes.split(separator: "\n").filter { $0.contains("proto 201") }.isEmpty)
            #expect(routes.contains("default via 10.13.10.1 dev management proto 202"))
            #expect(try run("ip", "address").contains("10.13.201.10/24"))
            #expect(try reconciler.down().isUnchanged)
        }
    }

    @Test func goesOnWithoutAnInterfaceThatIsMissing() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            try run("ip", "link", "delete", "eth2")
            let reconciler = try NetworkReconciler()
            let result = try reconciler.apply(try TestAppliance.configuration())
            #expect(
                result.problems.map { $0.message } == [
                    "link frontend: no link has the MAC address 00:50:56:b4:ef:d1"
                ]
            )
            #expect(try run("ip", "route", "show", "table", "2").split(separator: "\n").count == 2)
        }
    }

    @Test func healsWhatTheKernelDropsWithALink() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            try reconciler.apply(try TestAppliance.configuration())
            let before = try TestAppliance.witness()
            try run("ip", "link", "set", "frontend", "down")
            try run("ip", "link", "set", "workload", "down")
            try reconciler.apply(try TestAppliance.configuration())
            #expect(try TestAppliance.witness(wanted: before) == before)
        }
    }

    @Test func downAndApplyAgainIsTheSame() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            let configuration = try TestAppliance.configuration(workloadNetworks: ["10.13.21.0/24"])
            try reconciler.apply(configuration)
            let before = try TestAppliance.witness()
            try reconciler.down()
            try reconciler.apply(configuration)
            #expect(try TestAppliance.witness(wanted: before) == before)
        }
    }

    @Test func aRangeIsAsManyRoutesAsItTakes() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let reconciler = try NetworkReconciler()
            let configuration = try TestAppliance.configuration(ranges: [
                "10.13.200.33-10.13.200.38", "fd99::8-fd99::a",
            ])
            #expect(try reconciler.apply(configuration).problems == [])
            #expect(
                try run("ip", "route", "show", "table", "local", "proto", "201").split(separator: "\n").map {
                    $0.split(separator: " ")[1]
                } == ["10.13.200.33", "10.13.200.34/31", "10.13.200.36/31", "10.13.200.38"]
            )
            let plan = try reconciler.plan(configuration)
            #expect(plan.isEmpty)
            #expect(
                plan.objects.contains {
                    $0.description == "in-sync route local fd99::8/127 dev lo table local (part of fd99::8-fd99::a)"
                }
            )
            try reconciler.down()
            #expect(try run("ip", "route", "show", "table", "local", "proto", "201") == "")
        }
    }

    @Test func worksWithIPv6() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let configuration = try TestAppliance.sixth()
            #expect(configuration.checked() == [])
            let reconciler = try NetworkReconciler()
            let result = try reconciler.apply(configuration)
            #expect(result.problems == [])
            #expect(try run("ip", "-6", "rule").contains("1002:\tfrom fd00:201::/64 lookup 2 proto 201\n"))
            #expect(
                try TestAppliance.routes("-6").filter { $0.contains("proto 20") } == [
                    "fd00:201::/64 dev workload table 2 proto 201 src fd00:201::10 metric 1024 pref medium",
                    "default via fd00:201::1 dev workload table 2 proto 201 metric 1024 pref medium",
                    "default via fd00:10::1 dev management proto 202 metric 1024 pref medium",
                    "local fd00:99::/64 dev lo table local proto 201 metric 1024 pref medium",
                ]
            )
            #expect(try reconciler.plan(configuration).isEmpty)
            #expect(try run("ip", "route", "get", "fd00:99::7").hasPrefix("local fd00:99::7 "))
            try reconciler.down()
            #expect(try TestAppliance.routes("-6").filter { $0.contains("proto 201") }.isEmpty)
        }
    }

    @Test func takesBothFamiliesAndTheMTU() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            let configuration = try TestAppliance.named()
            let reconciler = try NetworkReconciler()
            let result = try reconciler.apply(configuration)
            #expect(result.problems == [])
            #expect(result.operations.contains { $0.description == "~ link management mtu 9000 (was 1500)" })
            let addresses = try run("ip", "-br", "address", "show", "dev", "management")
            #expect(addresses.contains("10.13.10.199/24"))
            #expect(addresses.contains("fd00:10::199/64"))
            #expect(try run("ip", "link", "show", "dev", "management").contains(" mtu 9000 "))
            for family in ["-4", "-6"] {
                #expect(try TestAppliance.routes(family).contains { $0.contains("dev management proto 202") })
            }
            #expect(try reconciler.plan(configuration).isEmpty)
        }
    }

    @Test func anotherPrefixOfAnIPv6AddressIsChangedOrReported() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            try run("ip", "address", "add", "fd00:201::10/48", "dev", "eth1", "nodad")
            try run("ip", "link", "set", "eth0", "up")
            // Protocol 201, which this ip cannot set: as an earlier configuration of ours left it.
            let socket = try NetlinkSocket()
            let management = try #require(try socket.links().first { $0.name == "eth0" }).index
            let earlier = try #require(InterfaceAddress("fd00:10::199/48"))
            try socket.execute(.add(LinkAddress(interface: management, address: earlier)))
            let result = try NetworkReconciler().apply(try TestAppliance.sixth())
            #expect(
                result.problems.map { $0.message } == [
                    "address fd00:201::10/64 dev workload: somebody else has set it as fd00:201::10/48"
                ]
            )
            #expect(try run("ip", "-6", "address", "show", "dev", "management").contains("fd00:10::199/64"))
        }
    }

    @Test func anAddressThatIsStillProbedBlocksOneRoute() throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            // On a link that is down, probing does not begin.
            try run("ip", "address", "add", "fd00:201::10/64", "dev", "eth1")
            let result = try NetworkReconciler().apply(try TestAppliance.sixth())
            #expect(
                result.problems.map { $0.message } == [
                    "route fd00:201::/64 dev workload table 2 src fd00:201::10: "
                        + "its source address is still being probed for duplicates, or is one"
                ]
            )
            #expect(
                try TestAppliance.routes("-6").contains { $0.hasPrefix("default via fd00:201::1 dev workload table 2") }
            )
        }
    }
}
