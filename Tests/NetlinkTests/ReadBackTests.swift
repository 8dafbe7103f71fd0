import Addresses
import Netlink
import TestSupport
import Testing

/// Every verb against the kernel, in a namespace of its own, with `ip` as the witness.
@Suite(.blocking) struct ReadBackTests {
    @Test func links() throws {
        try withNetworkNamespace {
            let socket = try veth()
            let link = try #require(try socket.links().first { $0.name == "veth0" })
            #expect(link.kind == "veth")
            #expect(link.mac == MACAddress("00:50:56:00:00:01"))
            #expect(!link.isUp)
            #expect(try socket.links().first { $0.isLoopback }?.mac == nil)
            try socket.execute(.renameLink(link.index, named: "veth0", to: "workload"))
            try socket.execute(.setLink(link.index, named: "workload", mtu: 1400))
            let mac = try #require(MACAddress("00:50:56:00:00:77"))
            try socket.execute(.setLink(link.index, named: "workload", mac: mac))
            #expect(try run("ip", "link", "show", "workload").contains("link/ether 00:50:56:00:00:77 "))
            try socket.execute(.setLink(link.index, named: "workload", up: true))
            let shown = try run("ip", "link", "show", "workload")
            #expect(shown.contains("mtu 1400") && shown.contains(",UP"))
            let now = try #require(try socket.links().first { $0.index == link.index })
            #expect(now.name == "workload" && now.mtu == 1400 && now.isUp)
            try socket.execute(.setLink(link.index, named: "workload", up: false))
            #expect(!(try run("ip", "link", "show", "workload")).contains("UP"))
        }
    }

    @Test(arguments: ["10.13.201.10/24", "fd00::10/64"])
    func addresses(_ text: String) throws {
        try withNetworkNamespace {
            let socket = try veth(up: true)
            let address = LinkAddress(interface: try index(socket), address: try #require(InterfaceAddress(text)))
            try socket.execute(.add(address))
            #expect(try run("ip", "address", "show", "dev", "veth0").contains(" \(text) "))
            #expect(try socket.addresses().contains(address))
            #expect(throws: NetlinkError.self) { try socket.execute(.add(address)) }
            try socket.execute(.replace(address))
            try socket.execute(.delete(address))
            #expect(!(try run("ip", "address", "show", "dev", "veth0")).contains(" \(text) "))
            let error = #expect(throws: NetlinkError.self) { try socket.execute(.delete(address)) }
            #expect(error?.isAlreadyGone == true)
        }
    }

    @Test(arguments: [
        ("10.13.201.10/24", "10.13.201.1", "10.13.201.2", "0.0.0.0/0"), ("fd00::10/64", "fd00::1", "fd00::2", "::/0"),
    ])
    func routes(_ own: String, _ gateway: String, _ other: String, _ any: String) throws {
        try withNetworkNamespace {
            let socket = try veth(up: true)
            let own = try #require(InterfaceAddress(own))
            let family = own.address.family == .v4 ? "-4" : "-6"
            try socket.execute(.add(LinkAddress(interface: try index(socket), address: own)))
            func show() throws -> String { try run("ip", family, "route", "show", "table", "1000") }
            var route = Route(
                try #require(IPNetwork(any)),
                table: RouteTable(1000),
                gateway: IPAddress(gateway),
                interface: try index(socket)
            )
            try socket.execute(.add(route))
            #expect(try show().hasPrefix("default via \(gateway) dev veth0 proto 201 "))
            #expect(try socket.routes().contains(route))
            route.gateway = IPAddress(other)
            try socket.execute(.replace(route))
            #expect(try show().hasPrefix("default via \(other) dev veth0 proto 201 "))
            #expect(try show().split(separator: "\n").count == 1)
            try socket.execute(.delete(route))
            #expect(try show() == "")
            let error = #expect(throws: NetlinkError.self) { try socket.execute(.delete(route)) }
            #expect(error?.isAlreadyGone == true)
        }
    }

    @Test(arguments: ["10.13.200.32/27", "fd99::/64"])
    func localAndBlackholeRoutes(_ text: String) throws {
        try withNetworkNamespace {
            try run("ip", "link", "set", "lo", "up")
            let socket = try NetlinkSocket()
            let network = try #require(IPNetwork(text))
            let local = Route(network, table: .local, type: .local, scope: .host, interface: 1)
            try socket.execute(.add(local))
            #expect(try run("ip", "route", "get", network.last.description).hasPrefix("local"))
            #expect(try socket.routes().contains(local))
            try socket.execute(.delete(local))
            let hole = Route(network, type: .blackhole)
            try socket.execute(.add(hole))
            let family = network.family == .v4 ? "-4" : "-6"
            #expect(try run("ip", family, "route").contains("blackhole \(text)"))
            // IPv6 says on which device nothing arrives: lo.
            #expect(
                try socket.routes().contains { $0.key == hole.key && $0.type == .blackhole && $0.origin == hole.origin }
            )
        }
    }

    @Test(arguments: ["10.13.201.0/24", "fd00::/64"])
    func rules(_ text: String) throws {
        try withNetworkNamespace {
            let socket = try NetlinkSocket()
            let network = try #require(IPNetwork(text))
            let family = network.family == .v4 ? "-4" : "-6"
            func show() throws -> String { try run("ip", family, "rule") }
            let from = Rule(family: network.family, priority: 1002, from: network, table: RouteTable(2))
            let to = Rule(family: network.family, priority: 2000, to: network, table: RouteTable(100_000))
            let none = Rule(unreachable: network, priority: 1003)
            for rule in [from, to, none] { try socket.execute(.add(rule)) }
            #expect(try show().contains("1002:\tfrom \(text) lookup 2 proto 201\n"))
            #expect(try show().contains("2000:\tfrom all to \(text) lookup 100000 proto 201\n"))
            #expect(try show().contains("1003:\tfrom \(text) unreachable proto 201\n"))
            let listed = try socket.rules()
            #expect(listed.contains(from) && listed.contains(to) && listed.contains(none))
            #expect(none.text == "from \(text) unreachable")
            for rule in [from, to, none] { try socket.execute(.delete(rule)) }
            #expect(!(try show()).contains("201"))
        }
    }

    @Test func knowsRulesItCannotHold() throws {
        try withNetworkNamespace {
            try run("ip", "rule", "add", "from", "10.0.0.0/8", "fwmark", "1", "lookup", "2", "priority", "1002")
            try run("ip", "rule", "add", "not", "from", "10.0.0.0/8", "lookup", "2", "priority", "1003")
            try run("ip", "rule", "add", "from", "10.0.0.0/8", "lookup", "2", "priority", "1002")
            let rules = try NetlinkSocket().rules().filter { $0.priority == 1002 || $0.priority == 1003 }
            #expect(rules.map { $0.isComplex } == [true, false, true])
        }
    }

    @Test func errorsNameVerbObjectAndReason() throws {
        try withNetworkNamespace {
            let socket = try veth(up: true)
            let rule = Rule(family: .v4, priority: 1002, from: IPNetwork("10.13.201.0/24"), table: RouteTable(2))
            try socket.execute(.add(rule))
            let route = Route(
                try #require(IPNetwork("0.0.0.0/0")),
                table: RouteTable(2),
                gateway: IPAddress("10.13.201.1"),
                interface: try index(socket)
            )
            expect(
                "EEXIST adding rule from 10.13.201.0/24 lookup 2: File exists",
                try socket.execute(.add(rule))
            )
            expect(
                "ENETUNREACH adding route default via 10.13.201.1 dev workload table 2: Nexthop has invalid gateway",
                try socket.execute(.add(route, InterfaceNames([try index(socket): "workload"])))
            )
            expect(
                "ENODEV setting up link gone: No such device",
                try socket.execute(.setLink(77, named: "gone", up: true))
            )
        }
    }

    @Test(arguments: ["10.13.201.", "fd00::"])
    func routesOfSeveralHops(_ prefix: String) throws {
        try withNetworkNamespace {
            let socket = try veth(up: true)
            let veth0 = try index(socket)
            let own = try #require(IPAddress(prefix + "10"))
            let length = own.family == .v4 ? 24 : 64
            try socket.execute(
                .add(LinkAddress(interface: veth0, address: try #require(InterfaceAddress(own, prefixLength: length))))
            )
            let any = try #require(IPNetwork(containing: own, prefixLength: 0))
            var route = Route(any, table: RouteTable(1000))
            route.nextHops = [
                NextHop(gateway: IPAddress(prefix + "1"), interface: veth0),
                NextHop(gateway: IPAddress(prefix + "2"), interface: veth0, weight: 5),
            ]
            route.pathMetrics = [.mtu: 1400, .advertisedMSS: 1360]
            try socket.execute(.add(route))
            let family = own.family == .v4 ? "-4" : "-6"
            let shown = try run("ip", family, "route", "show", "table", "1000")
            #expect(shown.contains("mtu 1400 advmss 1360"))
            #expect(shown.contains("nexthop via \(prefix)1 dev veth0 weight 1"))
            #expect(shown.contains("nexthop via \(prefix)2 dev veth0 weight 5"))
            let listed = try socket.routes().filter { $0.table == RouteTable(1000) }
            #expect(listed.map { $0.pathMetrics } == [route.pathMetrics])
            #expect(listed.map { Set($0.nextHops) } == [Set(route.nextHops)])
            #expect(listed.allSatisfy { !$0.isComplex })
            try socket.execute(.delete(route))
            #expect(try run("ip", family, "route", "show", "table", "1000") == "")
        }
    }

    @Test(arguments: ["10.13.201.1", "fd00::1"])
    func neighbours(_ text: String) throws {
        try withNetworkNamespace {
            let socket = try veth(up: true)
            var neighbour = Neighbour(
                interface: try index(socket),
                address: try #require(IPAddress(text)),
                mac: MACAddress("00:50:56:00:00:02")
            )
            func show() throws -> String { try run("ip", "neighbour", "show", "to", text, "nud", "all") }
            try socket.execute(.add(neighbour))
            #expect(try show() == "\(text) dev veth0 lladdr 00:50:56:00:00:02 PERMANENT \n")
            #expect(try socket.neighbours().contains(neighbour))
            #expect(try socket.execute([.add(neighbour)]).map { $0.error.isAlreadyThere } == [true])
            neighbour.mac = MACAddress("00:50:56:00:00:03")
            try socket.execute(.replace(neighbour))
            #expect(try show() == "\(text) dev veth0 lladdr 00:50:56:00:00:03 PERMANENT \n")
            try socket.execute(.delete(neighbour))
            #expect(!(try show()).contains("PERMANENT"))
            neighbour.isProxy = true
            try socket.execute(.add(neighbour))
            #expect(try run("ip", "neighbour", "show", "proxy").contains("\(text) dev veth0"))
        }
    }

    @Test(arguments: [IPAddress.Family.v4, .v6])
    func sendsManyAtOnce(_ family: IPAddress.Family) throws {
        try withNetworkNamespace {
            let socket = try NetlinkSocket()
            let base: UInt128 = family == .v4 ? 10 << 24 : 0xfd << 120
            let holes = (0..<1000).map { number in
                let address = IPAddress(family: family, number: base + UInt128(number))
                return Route(IPNetwork(address), table: RouteTable(1000), type: .blackhole)
            }
            #expect(try socket.execute(holes[..<700].map { .add($0) }) == [])
            // 700 are refused, 300 go through; each refusal names its route.
            let failures = try socket.execute(holes.map { .add($0) })
            #expect(failures.map { $0.index } == Array(0..<700))
            #expect(failures.allSatisfy { $0.error.isAlreadyThere })
            #expect(
                failures.last?.description
                    == "EEXIST adding route \(holes[699].text(InterfaceNames())): File exists"
            )
            let shown = try run("ip", family == .v4 ? "-4" : "-6", "route", "show", "table", "1000")
            #expect(shown.split(separator: "\n").count == 1000)
            #expect(try socket.execute(holes.reversed().map { .delete($0) }) == [])
            #expect(try socket.routes().filter { $0.table == RouteTable(1000) } == [])
            #expect(try socket.execute([]) == [])
        }
    }

    @Test func listsThousandsOfRoutes() throws {
        try withNetworkNamespace {
            let lines = (0..<5000).map { "route add blackhole 10.\($0 / 256).\($0 % 256).0/24 table 7 proto 201\n" }
            try run("ip", "-batch", "-", input: lines.joined())
            let routes = try NetlinkSocket().routes()
            #expect(Set(routes.map { $0.destination }).count == 5000)
            #expect(routes.allSatisfy { $0.table == RouteTable(7) && $0.type == .blackhole })
        }
    }
}

/// A pair of veth0 and veth1, and a socket in their namespace.
private func veth(up: Bool = false) throws -> NetlinkSocket {
    try run("ip", "link", "add", "veth0", "address", "00:50:56:00:00:01", "type", "veth", "peer", "name", "veth1")
    if up {
        try run("ip", "link", "set", "veth0", "up")
        try run("ip", "link", "set", "veth1", "up")
    }
    return try NetlinkSocket()
}

private func index(_ socket: NetlinkSocket) throws -> Int {
    try #require(try socket.links().first { $0.name == "veth0" }).index
}

private func expect(_ text: String, _ body: @autoclosure () throws -> Void) {
    do {
        try body()
        Issue.record("succeeded instead of: \(text)")
    } catch {
        #expect("\(error)" == text)
    }
}
