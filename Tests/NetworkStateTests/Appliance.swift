import Addresses
import Diagnostics
import NetworkFiles
import Syscalls
import TestSupport
import Testing

/// The appliance of seed 001: its interfaces as veth pairs in the calling thread's namespace, and its files.
enum Appliance {
    static let macs = [
        InterfaceRole.management: "00:50:56:b4:aa:01", .workload: "00:50:56:b4:ca:fd", .frontend: "00:50:56:b4:ef:d1",
    ]

    /// Three network adapters as a machine finds them: named by the kernel, down, without addresses.
    static func plugIn() throws {
        for (index, role) in InterfaceRole.allCases.enumerated() {
            try run("ip", "link", "add", "eth\(index)", "type", "veth", "peer", "name", "peer\(index)")
            try run("ip", "link", "set", "eth\(index)", "address", macs[role] ?? "")
            try run("ip", "link", "set", "peer\(index)", "up")
            // Router solicitations and link-local addresses would come at times of their own.
            for name in ["eth\(index)", "peer\(index)"] {
                try run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/\(name)/addr_gen_mode")
            }
        }
    }

    static func mac(_ role: InterfaceRole) throws -> MACAddress { try #require(MACAddress(macs[role] ?? "")) }

    static func configuration(
        ranges: [String] = ["10.13.200.32/27"],
        workloadNetworks: [String] = []
    ) throws -> NetworkConfiguration {
        let routeTables = """
            2,workload,00:50:56:b4:ca:fd,10.13.201.10/24,10.13.201.1
            2,workload,00:50:56:b4:ca:fd,10.13.201.10/24
            3,frontend,00:50:56:b4:ef:d1,10.13.200.10/24,10.13.200.1
            3,frontend,00:50:56:b4:ef:d1,10.13.200.10/24
            """
        return NetworkConfiguration(
            routeTables: RouteTablesFile.parse(routeTables).value,
            anyIPRoutes: AnyIPRoutesFile(ranges: try ranges.map { try #require(AddressRange($0)) }),
            workloadNetworks: WorkloadNetworksFile(
                networks: try workloadNetworks.map { try #require(IPNetwork($0)) }
            ),
            appliance: ApplianceFile(interfaces: [
                ApplianceFile.Interface(
                    role: .management,
                    mac: try mac(.management),
                    address: InterfaceAddress("10.13.10.199/24"),
                    gateway: IPAddress("10.13.10.1")
                ),
                ApplianceFile.Interface(
                    role: .workload,
                    mac: try mac(.workload),
                    address: InterfaceAddress("10.13.201.10/24")
                ),
                ApplianceFile.Interface(
                    role: .frontend,
                    mac: try mac(.frontend),
                    address: InterfaceAddress("10.13.200.10/24")
                ),
            ])
        )
    }

    /// Management and workload by IPv6.
    static func sixth() throws -> NetworkConfiguration {
        let routeTables = """
            2,workload,00:50:56:b4:ca:fd,fd00:201::10/64,fd00:201::1
            2,workload,00:50:56:b4:ca:fd,fd00:201::10/64
            """
        return NetworkConfiguration(
            routeTables: RouteTablesFile.parse(routeTables).value,
            anyIPRoutes: AnyIPRoutesFile(ranges: [try #require(IPNetwork("fd00:99::/64"))]),
            appliance: ApplianceFile(interfaces: [
                ApplianceFile.Interface(
                    role: .management,
                    mac: try mac(.management),
                    address: InterfaceAddress("fd00:10::199/64"),
                    gateway: IPAddress("fd00:10::1")
                ),
                ApplianceFile.Interface(
                    role: .workload,
                    mac: try mac(.workload),
                    address: InterfaceAddress("fd00:201::10/64")
                ),
            ])
        )
    }

    /// Everything `ip` sees of what programs set, in its order, to compare before with after.
    static func witness() throws -> String {
        var lines: [String] = []
        for family in ["-4", "-6"] {
            lines += try output(of: "ip", family, "rule")
            lines += try routes(family)
            lines += try output(of: "ip", "-o", family, "address")
        }
        for line in try output(of: "ip", "-br", "link") {
            // The state in the second column follows the carrier; UP among the flags is what was set.
            let words = line.split(separator: " ")
            let flags = words.last?.split(whereSeparator: { "<,>".contains($0) }) ?? []
            lines.append("\(words[0]) \(words[2]) \(flags.contains("UP"))")
        }
        lines += try output(of: "sh", "-c", "grep . /sys/class/net/*/mtu")
        let settings = "/proc/sys/net/ipv4/conf/*"
        lines += try output(of: "sh", "-c", "grep . \(settings)/rp_filter \(settings)/promote_secondaries")
        return lines.joined(separator: "\n")
    }

    /// The witness once it is `wanted`, or after half a minute. The kernel makes its own IPv6 routes of a link that came
    /// up when the carrier follows.
    static func witness(wanted: String) throws -> String {
        let deadline = ContinuousClock.now + .seconds(30)
        var now = try witness()
        while now != wanted, ContinuousClock.now < deadline { now = try witness() }
        return now
    }

    /// All routes. The mark `linkdown` and IPv6's multicast routes follow the carrier with some delay, so they are
    /// left out.
    static func routes(_ family: String = "-4") throws -> [String] {
        try output(of: "ip", family, "route", "show", "table", "all").filter { !$0.hasPrefix("multicast") }.map {
            line in
            line.split(separator: " ").filter { $0 != "linkdown" }.joined(separator: " ")
        }
    }

    private static func output(of arguments: String...) throws -> [String] {
        let result = try Subprocess.run(arguments)
        #expect(result.status == 0, "\(arguments): \(result.errors)")
        return result.output.split(separator: "\n").map { String($0) }
    }

    static let rules = """
        0:\tfrom all lookup local
        1002:\tfrom 10.13.201.0/24 lookup 2 proto 201
        1003:\tfrom 10.13.200.0/24 lookup 3 proto 201
        32766:\tfrom all lookup main
        32767:\tfrom all lookup default

        """
}
