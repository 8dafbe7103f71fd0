public import Files
import NetworkFiles
import TestSupport

/// The appliance of the tests: three adapters, two tables and a virtual range, in the calling thread's network
/// namespace and in files under a root of the test's own.
public enum TestAppliance {
    /// Of management, workload and frontend.
    public static let macs = ["00:50:56:b4:aa:01", "00:50:56:b4:ca:fd", "00:50:56:b4:ef:d1"]

    public static let ranges = "10.13.200.32/27"

    public static let routeTables = """
        2,workload,\(macs[1]),10.13.201.10/24,10.13.201.1
        2,workload,\(macs[1]),10.13.201.10/24
        3,frontend,\(macs[2]),10.13.200.10/24,10.13.200.1
        3,frontend,\(macs[2]),10.13.200.10/24

        """

    public static let settings = """
        [interface.management]
        mac = "\(macs[0])"
        address = "10.13.10.199/24"
        gateway = "10.13.10.1"

        [interface.workload]
        mac = "\(macs[1])"
        address = "10.13.201.10/24"

        [interface.frontend]
        mac = "\(macs[2])"
        address = "10.13.200.10/24"

        """

    /// The adapters as a machine finds them: named by the kernel, down, without addresses.
    public static func plugIn(_ macs: [String] = macs) throws {
        for (index, mac) in macs.enumerated() {
            try run("ip", "link", "add", "eth\(index)", "type", "veth", "peer", "name", "peer\(index)")
            try run("ip", "link", "set", "eth\(index)", "address", mac)
            // Not a random one: two namespaces are compared.
            try run("ip", "link", "set", "peer\(index)", "address", "02:00:00:00:00:0\(index)")
            try run("ip", "link", "set", "peer\(index)", "up")
            // Router solicitations and link-local addresses would come at times of their own.
            for name in ["eth\(index)", "peer\(index)"] {
                try run("sh", "-c", "echo 1 > /proc/sys/net/ipv6/conf/\(name)/addr_gen_mode")
            }
        }
    }

    public static func writeFiles(_ root: Root) throws {
        for directory in ["/etc/vmware", "/etc/appliance-net"] { try AtomicFile.makeDirectory(root[directory]) }
        try AtomicFile.replace(root[RouteTablesFile.path], with: routeTables)
        try AtomicFile.replace(root[AnyIPRoutesFile.path], with: "# the first range\n\(ranges)\n", mode: 0o640)
        try AtomicFile.replace(root[ApplianceFile.path], with: settings)
    }

    public static func writeRanges(_ root: Root, _ text: String) throws {
        try AtomicFile.replace(root[AnyIPRoutesFile.path], with: text + "\n")
    }

    /// Another range, another address of the workload interface, an additional workload network.
    public static func writeOtherFiles(_ root: Root) throws {
        try writeRanges(root, "10.13.200.64/27")
        try AtomicFile.replace(root[WorkloadNetworksFile.path], with: "10.13.21.0/24\n")
        for path in [RouteTablesFile.path, ApplianceFile.path] {
            let text = try AtomicFile.readText(root[path]) ?? ""
            let parts = text.split(separator: "10.13.201.10", omittingEmptySubsequences: false)
            try AtomicFile.replace(root[path], with: parts.joined(separator: "10.13.201.11"))
        }
    }
}

/// Runs `body` in a fresh namespace with the adapters plugged in, and with the files under a root of its own.
public func inAppliance(_ body: @escaping @Sendable (Root) throws -> Void) throws {
    try withNetworkNamespace {
        try TestAppliance.plugIn()
        try withTemporaryDirectory { directory in
            let root = Root(directory)
            try TestAppliance.writeFiles(root)
            try body(root)
        }
    }
}

/// What an operation fails with that a test wants to fail.
public struct InjectedFailure: Error {
    public init() {}
}
