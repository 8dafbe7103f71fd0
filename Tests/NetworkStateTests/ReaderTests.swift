import Addresses
import Files
import Glibc
import NetworkFiles
import NetworkState
import Syscalls
import NetworkTestSupport
import TestSupport
import Testing

/// The files that others read, read by those: systemd-udevd, systemd-sysctl, iproute2, chronyd.
@Suite(.blocking) struct ReaderTests {
    /// `udevadm test-builtin net_setup_link` is what systemd-udevd does when an adapter appears.
    @Test func udevNamesTheAdapters() throws {
        try withWrittenFiles { directory in
            for (index, role) in InterfaceRole.allCases.enumerated() {
                let text = try Self.setUp("eth\(index)", directory)
                #expect(text.contains("ID_NET_NAME=\(role.rawValue)\n"), "\(text)")
                #expect(text.contains("ID_NET_LINK_FILE=\(ManagedFile.link(role))\n"), "\(text)")
                #expect(!text.contains("appliance-net-\(role.rawValue).link:"), "a warning: \(text)")
            }
            #expect(try run("ip", "link", "show", "eth0").contains("mtu 9000"))
            // Another adapter is none of ours.
            let other = try Self.setUp("peer1", directory)
            #expect(!other.contains("ID_NET_LINK_FILE=/etc/systemd/network/10-appliance-net"), "\(other)")
        }
    }

    @Test func sysctlSetsWhatIsThere() throws {
        try withWrittenFiles { directory in
            for index in [0, 1] {
                try run("ip", "link", "set", "eth\(index)", "name", InterfaceRole.allCases[index].rawValue)
            }
            // The third adapter is missing, which is no error.
            try run("/lib/systemd/systemd-sysctl", directory + ManagedFile.sysctl)
            let settings = "/proc/sys/net/ipv4/conf"
            #expect(
                try run("cat", "\(settings)/workload/rp_filter", "\(settings)/workload/promote_secondaries") == "2\n1\n"
            )
            #expect(try run("cat", "\(settings)/management/promote_secondaries") == "1\n")
        }
    }

    @Test func ipKnowsTheNames() throws {
        try withWrittenFiles { directory in
            try run("ip", "rule", "add", "from", "192.0.2.0/24", "lookup", "2", "priority", "1002", "protocol", "201")
            let text = try run("sh", "-c", Self.asMachine(directory, "ip rule"))
            #expect(text.contains("1002:\tfrom 192.0.2.0/24 lookup rtctl_workload proto appliance-net"), "\(text)")
        }
    }

    /// chronyd takes the servers when it starts, and other ones when it is told; who does not take them is a problem that
    /// is told.
    @Test func chronydTakesTheServers() throws {
        try withWrittenFiles { directory in
            try run("ip", "link", "set", "lo", "up")
            let socket = directory + "/run/chrony/chronyd.sock"
            try run("install", "-d", "-m", "700", directory + "/run/chrony")
            try AtomicFile.replace(
                directory + "/chrony.conf",
                with: """
                    sourcedir \(directory)/etc/chrony/sources.d
                    bindcmdaddress \(socket)
                    pidfile \(directory)/chronyd.pid
                    cmdport 0
                    port 0

                    """
            )
            // It goes into the background when it is there.
            try run("chronyd", "-x", "-u", "root", "-f", directory + "/chrony.conf")
            let text = try #require(try AtomicFile.readText(directory + "/chronyd.pid"))
            let pid = try #require(pid_t(text.prefix { $0.isNumber }))
            defer { kill(pid, SIGKILL) }
            func sources() throws -> String { try run("chronyc", "-h", socket, "-N", "-c", "sources") }
            #expect(try eventually { try sources().contains(",10.0.0.9,") })

            let reconciler = try NetworkReconciler(files: Root(directory), kernel: false)
            var configuration = try TestAppliance.named()
            configuration.appliance.system = ApplianceFile.System(ntpServers: ["10.0.0.10"])
            #expect(try reconciler.apply(configuration).problems == [])
            #expect(try eventually { try sources().contains(",10.0.0.10,") })
            #expect(try !sources().contains(",10.0.0.9,"))

            // Its socket stays, and nobody is behind it.
            kill(pid, SIGKILL)
            #expect(try eventually { try Subprocess.run(["chronyc", "-h", socket, "sources"]).status != 0 })
            configuration.appliance.system = ApplianceFile.System(ntpServers: ["10.0.0.11"])
            let result = try reconciler.apply(configuration)
            #expect(result.operations.map { $0.description } == ["~ file /etc/chrony/sources.d/appliance-net.sources"])
            #expect(result.problems.map { $0.remedy } == ["run chronyc reload sources, or systemctl restart chrony"])
        }
    }

    /// Three adapters as the kernel names them, and the files that apply writes, in a directory.
    private func withWrittenFiles(_ body: @escaping @Sendable (String) throws -> Void) throws {
        try withNetworkNamespace {
            try TestAppliance.plugIn()
            try withTemporaryDirectory { directory in
                try NetworkReconciler(files: Root(directory), kernel: false).apply(try TestAppliance.named())
                try body(directory)
            }
        }
    }

    /// What systemd-udevd says of an adapter.
    private static func setUp(_ link: String, _ directory: String) throws -> String {
        let command = "udevadm test-builtin net_setup_link /sys/class/net/\(link) 2>&1"
        return try run("sh", "-c", asMachine(directory, command))
    }

    /// A command that sees the directory's files in the places of the machine's, and this namespace in `/sys`; in a mount
    /// namespace of its own.
    private static func asMachine(_ directory: String, _ command: String) -> String {
        let mounts = ["/etc/systemd/network", "/etc/iproute2"].map { "mount --bind \(directory)\($0) \($0)" }
        return "unshare --mount sh -ec 'mount -t sysfs sysfs /sys; \(mounts.joined(separator: "; ")); \(command)'"
    }
}
