import Glibc
import Syscalls

/// The real HAProxy as master and worker, in the caller's network namespace; ended and reaped when it goes.
public final class HAProxyProcess {
    public let directory: String
    /// Of the master.
    public let pid: Int32

    public var configurationPath: String { directory + "/haproxy.cfg" }
    public var masterSocket: String { directory + "/master.sock" }
    /// Of level admin; there if the configuration has ``statsLine(in:)``.
    public var statsSocket: String { directory + "/stats.sock" }
    private var logPath: String { directory + "/log" }

    /// A line of the section `global` for the runtime API.
    public static func statsLine(in directory: String) -> String {
        "stats socket \(directory)/stats.sock mode 600 level admin"
    }

    /// Starts it with `haproxy.cfg` of `directory`; it answers on its sockets when this returns.
    public init(in directory: String) throws {
        self.directory = directory
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor in [CInt(1), 2] {
            posix_spawn_file_actions_addopen(
                &actions,
                descriptor,
                directory + "/log",
                O_WRONLY | O_CREAT | O_APPEND,
                0o600
            )
        }
        let arguments = ["haproxy", "-W", "-S", directory + "/master.sock", "-f", directory + "/haproxy.cfg"]
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        argv.append(nil)
        defer { for text in argv { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, "haproxy", &actions, nil, argv, environ)
        if code != 0 { throw SystemError(code: code, operation: "run haproxy") }
        self.pid = pid
        // The master begins itself again when the first worker runs: only its answer tells that it is there to stay.
        let isUp = eventually {
            hasEnded || ((try? ask("show proc"))?.contains("worker") ?? false)
        }
        guard isUp, !hasEnded else { throw ProgramFailed(arguments: arguments, status: 1, text: log) }
    }

    deinit {
        kill(pid, SIGTERM)
        // The master waits for its workers.
        if !eventually(seconds: 20, { waitpid(pid, nil, WNOHANG) != 0 }) {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
    }

    /// What the master answers.
    private func ask(_ command: String) throws -> String {
        let socket = try TestSocket.connect(unix: masterSocket)
        try socket.send(command + "\n")
        socket.shutdownWrite()
        return try socket.receiveAll()
    }

    /// What it has logged.
    public var log: String {
        guard let file = try? FileDescriptor.open(logPath, O_RDONLY), let bytes = try? file.readToEnd() else {
            return ""
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private var hasEnded: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo != 0
    }
}
