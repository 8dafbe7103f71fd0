internal import Glibc
public import Syscalls

/// One process at a time: flock(2) on a file of ours, held until it is released or the process ends.
public struct FileLock: ~Copyable, Sendable {
    private let descriptor: FileDescriptor
    private let path: String

    /// Takes the lock; nil if another process has held it all the time.
    ///
    /// - Parameters:
    ///   - path: Made if it is missing; its directory too.
    ///   - patience: How long another holder is waited for.
    public static func acquire(_ path: String, patience: Duration = .zero) throws(SystemError) -> FileLock? {
        let descriptor = try open(path)
        let raw = descriptor.raw
        let deadline = ContinuousClock.now + patience
        while try syscallNonBlocking("lock \(path)", { flock(raw, LOCK_EX | LOCK_NB) }) == nil {
            if ContinuousClock.now >= deadline { return nil }
            usleep(5000)
        }
        return FileLock(descriptor: descriptor, path: path)
    }

    /// Takes the lock, and waits for it as long as another process holds it.
    public static func wait(_ path: String) throws(SystemError) -> FileLock {
        let descriptor = try open(path)
        let raw = descriptor.raw
        try syscall("lock \(path)") { flock(raw, LOCK_EX) }
        return FileLock(descriptor: descriptor, path: path)
    }

    /// Runs `body` while the lock is held.
    ///
    /// - Parameter holder: Who holds it where another process does, for the words.
    /// - Throws: ``BusyError`` if it stays taken; `SystemError` if the file cannot be made; what `body` throws.
    public static func hold<Result>(
        _ path: String,
        patience: Duration = .zero,
        heldBy holder: String,
        _ body: () throws -> Result
    ) throws -> Result {
        guard let lock = try acquire(path, patience: patience) else { throw BusyError("\(holder) holds \(path)") }
        let result = Swift.Result { try body() }
        lock.release()
        return try result.get()
    }

    private static func open(_ path: String) throws(SystemError) -> FileDescriptor {
        try AtomicFile.makeDirectory(AtomicFile.directory(of: path))
        let descriptor = try FileDescriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW, mode: 0o600)
        let raw = descriptor.raw
        // Whoever can open a file can lock it: nobody but its owner shall keep us out.
        try syscall("fchmod \(path)") { fchmod(raw, 0o600) }
        return descriptor
    }

    /// Says in the file who holds it, for those who find it taken. In place: another file would be another lock.
    public borrowing func write(holder: String) throws(SystemError) {
        let (raw, path) = (descriptor.raw, path)
        try syscall("ftruncate \(path)") { ftruncate(raw, 0) }
        lseek(raw, 0, SEEK_SET)
        try descriptor.writeAll(Array((holder + "\n").utf8), path: path)
    }

    /// What the holder has said of itself; nil for nothing.
    public static func holder(of path: String) -> String? {
        let text = (try? AtomicFile.readText(path, limit: 4096)) ?? nil
        return text?.split(separator: "\n").first.map { String($0) }
    }

    /// Lets the next one in.
    public consuming func release() {}

    // A program that another thread starts has the descriptor too until it executes: closing ours alone would leave the lock.
    deinit { flock(descriptor.raw, LOCK_UN) }
}
