import Files
import Glibc
import NetworkFiles
import Syscalls
import TestSupport

struct InjectedFailure: Error {}

/// Runs `body` in a fresh namespace with the three adapters of seed 001, and with its files under a root of its own.
func inAppliance(_ body: @escaping @Sendable (Root) throws -> Void) throws {
    try withNetworkNamespace {
        try Appliance.plugIn()
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            try Appliance.writeFiles(root)
            try body(root)
        }
    }
}

func writeRanges(_ root: Root, _ text: String) throws {
    try AtomicFile.replace(root[AnyIPRoutesFile.path], with: text + "\n")
}

enum Appliance {
    /// The adapters as a machine finds them: named by the kernel, down, without addresses.
    static func plugIn() throws {
        for (index, mac) in ["00:50:56:b4:aa:01", "00:50:56:b4:ca:fd", "00:50:56:b4:ef:d1"].enumerated() {
            try run("ip", "link", "add", "eth\(index)", "type", "veth", "peer", "name", "peer\(index)")
            try run("ip", "link", "set", "eth\(index)", "address", mac)
            // Not a random one: two namespaces are compared.
            try run("ip", "link", "set", "peer\(index)", "address", "02:00:00:00:00:0\(index)")
            try run("ip", "link", "set", "peer\(index)", "up")
            // Link-local addresses would come at times of their own.
            for name in ["eth\(index)", "peer\(index)"] {
                try run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/\(name)/addr_gen_mode")
            }
        }
    }

    static func writeFiles(_ root: Root) throws {
        for directory in ["/etc/vmware", "/etc/appliance-net"] { try AtomicFile.makeDirectory(root[directory]) }
        try AtomicFile.replace(
            root[RouteTablesFile.path],
            with: """
                2,workload,00:50:56:b4:ca:fd,10.13.201.10/24,10.13.201.1
                2,workload,00:50:56:b4:ca:fd,10.13.201.10/24
                3,frontend,00:50:56:b4:ef:d1,10.13.200.10/24,10.13.200.1
                3,frontend,00:50:56:b4:ef:d1,10.13.200.10/24

                """
        )
        try AtomicFile.replace(root[AnyIPRoutesFile.path], with: "# the first range\n10.13.200.32/27\n", mode: 0o640)
        try AtomicFile.replace(
            root[ApplianceFile.path],
            with: """
                [interface.management]
                mac = "00:50:56:b4:aa:01"
                address = "10.13.10.199/24"
                gateway = "10.13.10.1"

                [interface.workload]
                mac = "00:50:56:b4:ca:fd"
                address = "10.13.201.10/24"

                [interface.frontend]
                mac = "00:50:56:b4:ef:d1"
                address = "10.13.200.10/24"

                """
        )
    }

    /// Another range, another address of the workload interface, an additional workload network.
    static func writeOtherFiles(_ root: Root) throws {
        try writeRanges(root, "10.13.200.64/27")
        try AtomicFile.replace(root[WorkloadNetworksFile.path], with: "10.13.21.0/24\n")
        for path in [RouteTablesFile.path, ApplianceFile.path] {
            let text = try AtomicFile.readText(root[path]) ?? ""
            try AtomicFile.replace(root[path], with: replace(text, "10.13.201.10", "10.13.201.11"))
        }
    }

    /// Everything `ip -j` sees of what programs set, to compare before with after. What follows the carrier with some
    /// delay (operstate, linkdown, multicast routes), counters and timers are left out.
    static func witness() throws -> String {
        let filter = """
            [.. | objects | select(has("ifname") or has("dst") or has("priority"))
            | select(.type != "multicast")
            | del(.operstate, .stats, .stats64, .flags, .link, .link_index, .valid_life_time, .preferred_life_time)
            | del(.addr_info[]?.valid_life_time, .addr_info[]?.preferred_life_time)]
            """
        var lines: [String] = []
        for family in ["-4", "-6"] {
            lines += [try run("ip", "-j", family, "rule")]
            lines += [try run("jq", "-c", filter, input: try run("ip", "-j", family, "route", "show", "table", "all"))]
        }
        lines += [try run("jq", "-c", filter, input: try run("ip", "-j", "address"))]
        lines += [try run("sh", "-c", "ip -br link | awk '{print $1, $3, $4 ~ /[<,]UP[,>]/}'")]
        let settings = "/proc/sys/net/ipv4/conf/*"
        lines += [try run("sh", "-c", "grep . \(settings)/rp_filter \(settings)/promote_secondaries")]
        return lines.joined(separator: "\n")
    }

    /// The witness once it is `wanted`, or after half a minute: the kernel makes routes of its own when a carrier
    /// follows.
    static func witness(wanted: String) throws -> String {
        let deadline = ContinuousClock.now + .seconds(30)
        var now = try witness()
        while now != wanted, ContinuousClock.now < deadline { now = try witness() }
        return now
    }

    private static func replace(_ text: String, _ old: String, _ new: String) -> String {
        text.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}
