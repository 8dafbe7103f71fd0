public import Files
internal import Glibc
internal import NetworkFiles
internal import Syscalls

/// The right to change the network: an exclusive flock(2) of `/run/appliance-net/lock`, gone with its process however
/// that ends.
public enum ApplianceLock {
    public static let path = "/run/appliance-net/lock"

    /// Runs `body` while the lock is held.
    ///
    /// - Parameters:
    ///   - origin: Who takes it; those who find it taken are told.
    ///   - patience: How long to wait for another holder: changes take milliseconds.
    /// - Throws: `DiagnosticsError` if the root is not there; ``BusyError`` if it stays taken; ``SystemError`` if the file cannot be made; what `body` throws.
    public static func hold<Result>(
        _ root: Root,
        _ origin: Origin,
        patience: Duration = .seconds(2),
        _ body: () throws -> Result
    ) throws -> Result {
        try NetworkConfiguration.requireDirectory(root)
        let path = root[Self.path]
        try AtomicFile.makeDirectory(AtomicFile.directory(of: path))
        let file = try FileDescriptor.open(path, O_RDWR | O_CREAT, mode: 0o600)
        let raw = file.raw
        // Whoever can open a file can lock it: nobody but root shall keep root from changing the network.
        try syscall("fchmod \(path)") { fchmod(raw, 0o600) }
        let deadline = ContinuousClock.now + patience
        while try syscallNonBlocking("flock \(path)", { flock(raw, LOCK_EX | LOCK_NB) }) == nil {
            if ContinuousClock.now >= deadline { throw busy(file, path) }
            usleep(5000)
        }
        defer { flock(raw, LOCK_UN) }
        // For those who find it taken; written in place, because another file would be another lock.
        try syscall("ftruncate \(path)") { ftruncate(raw, 0) }
        try file.writeAll(Array("appliance-net \(origin.rawValue) (process \(getpid()))\n".utf8), path: path)
        return try uninterrupted(body)
    }

    /// Signals that end a process (a lost SSH session among them) wait until `body` is done: it is in the middle of
    /// something.
    private static func uninterrupted<Result>(_ body: () throws -> Result) rethrows -> Result {
        var ending = sigset_t()
        var former = sigset_t()
        sigemptyset(&ending)
        for signal in [SIGHUP, SIGINT, SIGTERM, SIGQUIT] { sigaddset(&ending, signal) }
        pthread_sigmask(SIG_BLOCK, &ending, &former)
        defer { pthread_sigmask(SIG_SETMASK, &former, nil) }
        return try body()
    }

    private static func busy(_ file: borrowing FileDescriptor, _ path: String) -> BusyError {
        let bytes = (try? file.readToEnd(limit: 4096, path: path)) ?? []
        let holder = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        return BusyError("\(holder.isEmpty ? "another process" : holder) is changing the network")
    }
}
