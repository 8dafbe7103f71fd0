internal import Files
internal import Glibc
internal import Logging
internal import Syscalls

/// What the program is to the system around it: process id file, user, and what systemd is told.
struct ProcessLifetime: Sendable {
    private let pidFile: String?
    private let user: UInt32?
    private let group: UInt32?
    private let logger: Logger

    init(_ options: ProcessOptions, _ logger: Logger) {
        pidFile = options.pidFile
        user = options.userID
        group = options.groupID
        self.logger = logger
    }

    /// Runs the server, and tells systemd that it lives as long as it does.
    func run(
        _ body: @escaping @Sendable () async throws -> Void,
        isAlive: @escaping @Sendable () async -> Bool
    ) async throws {
        // What changes on disk is seen by itself: there is nothing to read again for a signal, and no reason to die.
        signal(SIGHUP, SIG_IGN)
        signal(SIGUSR1, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        defer { if let pidFile { unlink(pidFile) } }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            if let interval = ServiceNotification.watchdogInterval {
                group.addTask {
                    while !Task.isCancelled {
                        if await isAlive() { notify("WATCHDOG=1") }
                        try? await Task.sleep(for: interval / 3)
                    }
                }
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    func stopping() { notify("STOPPING=1") }

    /// Every listener listens: what needs root is done.
    func listening() {
        if let pidFile {
            do throws(SystemError) {
                try AtomicFile.replace(pidFile, with: "\(getpid())\n", mode: 0o644)
            } catch {
                logger.warning("\(error)")
            }
        }
        if let group, setgroups(0, nil) != 0 || setgid(group) != 0 { fail("setgid \(group)") }
        if let user, setuid(user) != 0 { fail("setuid \(user)") }
        // Whose user changes may be dumped again (prctl(2), PR_SET_DUMPABLE).
        try? CoreDumps.forbid()
        notify("READY=1")
    }

    /// With more rights than it was told to keep, it does not go on.
    private func fail(_ operation: String) {
        logger.critical("\(SystemError(code: errno, operation: operation))")
        exit(77)
    }

    private func notify(_ state: String) {
        do throws(SystemError) {
            try ServiceNotification.send(state)
        } catch {
            logger.warning("\(error)")
        }
    }
}
