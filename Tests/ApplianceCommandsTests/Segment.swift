import Syscalls
import TestSupport

/// What is at the other end of an interface's cable: a network of its own, with whatever servers are in it. They end when
/// it goes.
final class Segment {
    /// `peer0` is at the end of management's cable.
    let link: String
    private let holder: SpawnedProcess

    /// - Parameters:
    ///   - link: Taken out of the calling thread's namespace.
    ///   - addresses: What it is given, `10.13.10.1/24`.
    init(_ link: String, _ addresses: String...) throws {
        self.link = link
        holder = try SpawnedProcess(["unshare", "--net", "sleep", "infinity"], output: "/dev/null", isPatient: false)
        let holder = holder
        let ours = try run("readlink", "/proc/thread-self/ns/net")
        // It has its namespace a moment after it has started.
        guard
            try eventually({
                let its = try Subprocess.run(["readlink", "/proc/\(holder.pid)/ns/net"])
                return its.status == 0 && its.output != ours
            })
        else { throw ProgramFailed(arguments: ["unshare"], status: 1, text: "no namespace") }
        try run("ip", "link", "set", link, "netns", "\(holder.pid)")
        // Link-local addresses are needed for IPv6 and formed when it is set up.
        try shell("echo 0 > /proc/sys/net/ipv6/conf/\(link)/addr_gen_mode; ip link set lo up; ip link set \(link) up")
        for address in addresses { try add(address) }
    }

    func add(_ address: String) throws {
        try shell("ip address add \(address) dev \(link) \(address.contains(":") ? "nodad" : "")")
    }

    @discardableResult
    func shell(_ script: String) throws -> String { try run("nsenter", "--net=" + namespace, "sh", "-ec", script) }

    private var namespace: String { "/proc/\(holder.pid)/ns/net" }

    /// A program that runs in it until it is dropped.
    func start(_ arguments: [String], output: String) throws -> SpawnedProcess {
        try SpawnedProcess(["nsenter", "--net=" + namespace] + arguments, output: output, isPatient: false)
    }

    /// dnsmasq with `options`, which gives no names and forgets its leases with its directory.
    func dnsmasq(_ directory: String, _ options: String...) throws -> SpawnedProcess {
        let usual = [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=\(link)",
            "--bind-interfaces", "--user=root", "--dhcp-authoritative", "--no-ping", "--log-dhcp", "--log-facility=-",
            "--pid-file=", "--dhcp-leasefile=\(directory)/\(link)-leases",
        ]
        return try start(usual + options, output: directory + "/\(link)-log")
    }
}
