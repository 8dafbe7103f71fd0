internal import Glibc
public import Syscalls

/// One process at a time: flock(2) on a file of ours, held until it is released or the process ends.
public struct FileLock: ~Copyable, Sendable {
    private let descriptor: FileDescriptor

    /// Takes the lock; nil if another process holds it.
    ///
    /// - Parameter path: Made with mode 0600 if it is missing, so that only its owner can hold the lock; its directory
    ///   too.
    public static func acquire(_ path: String) throws(SystemError) -> FileLock? {
        try AtomicFile.makeDirectory(AtomicFile.directory(of: path))
        let descriptor = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        let raw = descriptor.raw
        guard try syscallNonBlocking("lock \(path)", { flock(raw, LOCK_EX | LOCK_NB) }) != nil else { return nil }
        return FileLock(descriptor: descriptor)
    }

    /// Takes the lock; nil if another process has held it all the time.
    public static func acquire(_ path: String, patience: Duration) throws(SystemError) -> FileLock? {
        let deadline = ContinuousClock.now + patience
        while true {
            if let lock = try acquire(path) { return lock }
            if ContinuousClock.now >= deadline { return nil }
            usleep(5000)
        }
    }

    /// Takes the lock, and waits for it as long as another process holds it.
    public static func wait(_ path: String) throws(SystemError) -> FileLock {
        try AtomicFile.makeDirectory(AtomicFile.directory(of: path))
        let descriptor = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        let raw = descriptor.raw
        try syscall("lock \(path)") { flock(raw, LOCK_EX) }
        return FileLock(descriptor: descriptor)
    }

    /// Lets the next one in.
    public consuming func release() {}

    // A program that another thread starts has the descriptor too until it executes: closing ours alone would leave the lock.
    deinit { flock(descriptor.raw, LOCK_UN) }
}
