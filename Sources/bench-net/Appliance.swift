import Addresses
import NetworkFiles

/// The appliance that is measured: three adapters, two tables, and the virtual-IP ranges.
enum Appliance {
    static let preparation = ["management", "workload", "frontend"].enumerated().flatMap { index, _ in
        [
            ["ip", "link", "add", "eth\(index)", "type", "veth", "peer", "name", "peer\(index)"],
            ["ip", "link", "set", "eth\(index)", "address", mac(index)],
            ["ip", "link", "set", "peer\(index)", "up"],
        ]
    }

    private static func mac(_ index: Int) -> String { "00:50:56:b4:00:0\(index)" }

    private static let routeTables = """
        2,workload,\(mac(1)),10.13.201.10/24,10.13.201.1
        2,workload,\(mac(1)),10.13.201.10/24
        3,frontend,\(mac(2)),172.16.0.10/12,172.16.0.1
        3,frontend,\(mac(2)),172.16.0.10/12
        """

    /// Nobody else is on the links: to ask them takes the same 150 ms whatever is applied.
    private static let interfaces = """
        [guard]
        conflict = "off"
        [interface.management]
        mac = "\(mac(0))"
        address = "10.13.10.199/24"
        gateway = "10.13.10.1"
        [interface.workload]
        mac = "\(mac(1))"
        address = "10.13.201.10/24"
        [interface.frontend]
        mac = "\(mac(2))"
        address = "172.16.0.10/12"
        """

    static func configuration(ranges: [IPNetwork] = [range(0)], networks: [IPNetwork] = []) -> NetworkConfiguration {
        NetworkConfiguration(
            routeTables: RouteTablesFile.parse(routeTables).value,
            anyIPRoutes: AnyIPRoutesFile(ranges: ranges),
            workloadNetworks: WorkloadNetworksFile(networks: networks),
            appliance: ApplianceFile.parse(interfaces).value
        )
    }

    static func large() -> NetworkConfiguration {
        configuration(ranges: (0..<10000).map { range($0) }, networks: (0..<1000).map { network($0) })
    }

    /// 172.20.0.0/30 and on.
    private static func range(_ number: Int) -> IPNetwork { block(172 << 24 | 20 << 16, number, 30) }

    /// 10.50.0.0/24 and on.
    private static func network(_ number: Int) -> IPNetwork { block(10 << 24 | 50 << 16, number, 24) }

    private static func block(_ first: UInt32, _ number: Int, _ length: Int) -> IPNetwork {
        let address = IPAddress(v4: first + UInt32(number) << UInt32(32 - length))
        return IPNetwork(containing: address, prefixLength: length) ?? IPNetwork(address)
    }

    /// What applying the configuration from nothing does to links, addresses, routes and rules.
    static let commands = """
        link set eth0 name management
        link set eth1 name workload
        link set eth2 name frontend
        link set management up
        link set workload up
        link set frontend up
        link set lo up
        address add 10.13.10.199/24 broadcast + dev management
        address add 10.13.201.10/24 broadcast + dev workload
        address add 172.16.0.10/12 broadcast + dev frontend
        route add 10.13.201.0/24 dev workload scope link src 10.13.201.10 table 2 protocol 201
        route add 172.16.0.0/12 dev frontend scope link src 172.16.0.10 table 3 protocol 201
        \(local(0))
        route add default via 10.13.10.1 dev management protocol 202
        route add default via 10.13.201.1 dev workload table 2 protocol 201
        route add default via 172.16.0.1 dev frontend table 3 protocol 201
        rule add from 10.13.201.0/24 lookup 2 priority 1002 protocol 201
        rule add from 172.16.0.0/12 lookup 3 priority 1003 protocol 201

        """

    /// What the large configuration adds to the other.
    static let largeCommands =
        ((1..<10000).map { local($0) }
        + (0..<1000).map { "rule add to \(network($0)) lookup 2 priority \(2000 + $0) protocol 201" })
        .joined(separator: "\n") + "\n"

    private static func local(_ number: Int) -> String {
        "route add local \(range(number)) dev lo table local scope host protocol 201"
    }
}
