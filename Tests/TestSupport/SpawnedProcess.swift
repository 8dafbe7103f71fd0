public import Glibc
import Files
import Syscalls

/// A program that runs beside the test; ended and reaped when it goes.
public final class SpawnedProcess {
    public let pid: pid_t
    private let output: String
    private let isPatient: Bool

    /// - Parameters:
    ///   - output: A file that takes what it writes, standard error too. Its input is empty.
    ///   - isPatient: Whether it is told to end and waited for, at most 20 seconds, or killed.
    public init(_ arguments: [String], output: String, isPatient: Bool = true) throws {
        self.output = output
        self.isPatient = isPatient
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        for descriptor in [CInt(1), 2] {
            posix_spawn_file_actions_addopen(&actions, descriptor, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        argv.append(nil)
        defer { for text in argv { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, arguments.first ?? "", &actions, nil, argv, environ)
        if code != 0 { throw SystemError(code: code, operation: "run \(arguments.first ?? "")") }
        self.pid = pid
    }

    deinit {
        if isPatient {
            kill(pid, SIGTERM)
            if eventually(seconds: 20, { waitpid(pid, nil, WNOHANG) != 0 }) { return }
        }
        kill(pid, SIGKILL)
        waitpid(pid, nil, 0)
    }

    /// What it has written so far.
    public var log: String { ((try? AtomicFile.readText(output)) ?? nil) ?? "" }

    public var hasEnded: Bool {
        var information = siginfo_t()
        return waitid(P_PID, id_t(pid), &information, WEXITED | WNOHANG | WNOWAIT) == 0 && information.si_signo != 0
    }
}
