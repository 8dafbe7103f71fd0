internal import Files
internal import Glibc
internal import Syscalls

/// The process that outlives the admin's session: it brings back the former state unless the try is confirmed in time.
public enum Guardian {
    /// Guards the try until it is over. To be called in a process of its own, in a session of its own.
    ///
    /// - Parameters:
    ///   - id: The try.
    ///   - lifeline: Reads nothing, and ends when the process that tries ends.
    ///   - ready: Told with one byte when the guardian is there.
    public static func run(_ applier: Applier, id: Int, lifeline: CInt = 0, ready: CInt = 1)
        throws
    {
        signal(SIGPIPE, SIG_IGN)
        let lock = try wait(for: applier.root)
        var byte: UInt8 = 1
        try syscall("tell that the guardian is ready") { write(ready, &byte, 1) }
        var machine = GuardianMachine(id: id)
        while true {
            let found = try CheckpointFile(applier.root).read().map {
                GuardianMachine.Found(id: $0.generation.id, phase: $0.phase, deadline: $0.deadline)
            }
            switch machine.action(now: applier.clock.boot(), found: found) {
            case .wait(let milliseconds):
                if try isOver(lifeline: machine.isAlone ? -1 : lifeline, within: milliseconds) {
                    machine.isAlone = true
                }
            case .takeBack, .settle:
                do {
                    try applier.takeBack(id)
                } catch {
                    // The lock is taken, or the disk is full: nothing is worth more than trying on.
                    _ = try isOver(lifeline: -1, within: 500)
                }
            case .end:
                _ = consume lock
                return
            }
        }
    }

    /// The one before may be about to end.
    private static func wait(for root: Root) throws -> FileDescriptor {
        for _ in 0..<400 {
            if let lock = try GuardianLock.take(root) { return lock }
            usleep(5000)
        }
        throw BusyError("another guardian is at work")
    }

    /// Waits; true if the lifeline ended meanwhile.
    private static func isOver(lifeline: CInt, within milliseconds: Int64) throws -> Bool {
        var entry = pollfd(fd: lifeline, events: Int16(POLLIN), revents: 0)
        // One millisecond more, so that a deadline is past when we wake.
        let limit = CInt(clamping: milliseconds + 1)
        return try syscall("poll") { poll(&entry, 1, limit) } > 0
    }
}
