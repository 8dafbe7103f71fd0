internal import Files
internal import Glibc
internal import Syscalls

/// The process that outlives the admin's session: it brings back the former state unless the try is confirmed in time.
///
/// Nobody has to end it. It watches the checkpoint, and ends when that is gone or another's.
public enum Guardian {
    /// Guards the try until it is over. To be called in a process of its own, in a session of its own.
    ///
    /// - Parameters:
    ///   - token: The try: ``Checkpoint/token``.
    ///   - lifeline: Reads nothing, and ends when the process that tries ends.
    ///   - ready: Told with one byte when the guardian is there.
    public static func run(_ applier: Applier, token: UInt64, lifeline: CInt = 0, ready: CInt = 1)
        throws
    {
        signal(SIGPIPE, SIG_IGN)
        let lock = try wait(for: applier.root)
        // Without inotify instances left, the look each second has to do.
        let watcher = try? FileWatcher([applier.root[Checkpoint.path]])
        var byte: UInt8 = 1
        try syscall("tell that the guardian is ready") { write(ready, &byte, 1) }
        var machine = GuardianMachine(token: token)
        while true {
            switch machine.action(now: applier.clock.boot(), found: try CheckpointFile(applier.root).found()) {
            case .wait(let milliseconds):
                let news = watcher?.descriptor ?? -1
                if try isOver(machine.isAlone ? -1 : lifeline, news, within: min(milliseconds, 1000)) {
                    machine.isAlone = true
                }
                _ = try watcher?.changes()
            case .takeBack, .settle:
                do {
                    try applier.end(machine)
                } catch {
                    // The lock is taken, or the disk is full: nothing is worth more than trying on.
                    _ = try isOver(-1, -1, within: 500)
                }
            case .end:
                _ = consume lock
                return
            }
        }
    }

    /// Who looks whether a guardian lives holds the lock for a moment.
    private static func wait(for root: Root) throws -> FileDescriptor {
        for _ in 0..<400 {
            if let lock = try GuardianLock.take(root) { return lock }
            usleep(5000)
        }
        throw BusyError("another guardian is at work")
    }

    /// Waits, until there are news at the longest; true if the lifeline ended meanwhile.
    private static func isOver(_ lifeline: CInt, _ news: CInt, within milliseconds: Int64) throws -> Bool {
        var entries = [lifeline, news].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        // One millisecond more, so that a deadline is past when we wake.
        let limit = CInt(clamping: milliseconds + 1)
        try syscall("poll") { poll(&entries, 2, limit) }
        return entries[0].revents != 0
    }
}
