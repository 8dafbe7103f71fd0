import Files
import Glibc
import Syscalls
import TestSupport

/// What is at the other end of an interface's cable: a network of its own, with whatever servers are in it. They end when
/// it goes.
final class Segment {
    /// `peer0` is at the end of management's cable.
    let link: String
    private let holder: Running

    /// - Parameters:
    ///   - link: Taken out of the calling thread's namespace.
    ///   - addresses: What it is given, `10.13.10.1/24`.
    init(_ link: String, _ addresses: String...) throws {
        self.link = link
        holder = try Running(["unshare", "--net", "sleep", "infinity"])
        let holder = holder
        let ours = try run("readlink", "/proc/thread-self/ns/net")
        // It has its namespace a moment after it has started.
        guard
            try eventually({
                let its = try Subprocess.run(["readlink", "/proc/\(holder.process)/ns/net"])
                return its.status == 0 && its.output != ours
            })
        else { throw ProgramFailed(arguments: ["unshare"], status: 1, text: "no namespace") }
        try run("ip", "link", "set", link, "netns", "\(holder.process)")
        // Link-local addresses are needed for IPv6 and formed when it is set up.
        try shell("echo 0 > /proc/sys/net/ipv6/conf/\(link)/addr_gen_mode; ip link set lo up; ip link set \(link) up")
        for address in addresses { try add(address) }
    }

    func add(_ address: String) throws {
        try shell("ip address add \(address) dev \(link) \(address.contains(":") ? "nodad" : "")")
    }

    @discardableResult
    func shell(_ script: String) throws -> String { try run("nsenter", "--net=" + namespace, "sh", "-ec", script) }

    private var namespace: String { "/proc/\(holder.process)/ns/net" }

    /// A program that runs in it until it is dropped.
    func start(_ arguments: [String], output: String) throws -> Running {
        try Running(["nsenter", "--net=" + namespace] + arguments, output: output)
    }

    /// dnsmasq with `options`, which gives no names and forgets its leases with its directory.
    func dnsmasq(_ directory: String, _ options: String...) throws -> Running {
        let usual = [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0", "--interface=\(link)",
            "--bind-interfaces", "--user=root", "--dhcp-authoritative", "--no-ping", "--log-dhcp", "--log-facility=-",
            "--pid-file=", "--dhcp-leasefile=\(directory)/\(link)-leases",
        ]
        return try start(usual + options, output: directory + "/\(link)-log")
    }
}

/// A program beside a test; killed and reaped when it goes.
final class Running {
    let process: pid_t
    private let output: String

    init(_ arguments: [String], output: String = "/dev/null") throws {
        self.output = output
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { for text in argv { free(text) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, arguments[0], &actions, nil, &argv, environ)
        if code != 0 { throw SystemError(code: code, operation: "run \(arguments[0])") }
        self.process = process
    }

    deinit {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
    }

    var log: String { (try? AtomicFile.readText(output)) ?? "" }
}
