internal import CLinux
internal import Glibc
internal import Syscalls

/// `-D`: starts this program again in a session of its own and leaves when that one serves.
enum Daemonizer {
    /// Holds the descriptor on which the background process tells how its start went.
    private static let variable = "APPLIANCE_PROXYD_READY"

    /// This is the background process, or the first worker of one, and its start is not over.
    static var isBackground: Bool { getenv(variable) != nil }

    /// The exit status for the process that the user started; nil in the one that stays.
    static func leaveTerminal() -> CInt? {
        if let ready = readyDescriptor {
            // A worker that held it would keep the user's process waiting if this one failed.
            _ = fcntl(ready, F_SETFD, FD_CLOEXEC)
            return nil
        }
        var pair: [CInt] = [-1, -1]
        guard clinux_pipe(&pair, O_CLOEXEC) == 0 else { return 1 }
        let reader = FileDescriptor(owning: pair[0])
        let writer = FileDescriptor(owning: pair[1])
        guard spawn(writer.raw) else { return 1 }
        _ = consume writer
        var byte: UInt8 = 1
        let count = read(reader.raw, &byte, 1)
        return count == 1 && byte == 0 ? 0 : 1
    }

    /// Tells the process that waits in ``leaveTerminal()``; does nothing if none does.
    static func report(failed: Bool) {
        guard let descriptor = readyDescriptor else { return }
        unsetenv(variable)
        if !failed { silence(clinux_open("/dev/null", O_WRONLY, 0)) }
        var byte: UInt8 = failed ? 1 : 0
        _ = write(descriptor, &byte, 1)
        close(descriptor)
    }

    /// Lets go of the terminal, or of the pipe of a script that waits for its end.
    static func silence(_ null: CInt) {
        guard null >= 0 else { return }
        dup2(null, 2)
        close(null)
    }

    private static var readyDescriptor: CInt? { getenv(variable).flatMap { CInt(String(cString: $0)) } }

    private static func spawn(_ ready: CInt) -> Bool {
        let inherited: CInt = 4
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ready, inherited)
        // As with HAProxy, `log stdout` of a daemon goes nowhere. Standard error is let go of once it serves.
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, 0x80)  // POSIX_SPAWN_SETSID, declared only under _GNU_SOURCE
        var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
        arguments.append(nil)
        setenv(variable, "\(inherited)", 1)
        defer { for text in arguments { free(text) } }
        var pid: pid_t = 0
        return posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, &arguments, environ) == 0
    }
}
