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
        guard let lock = try FileLock.acquire(path, patience: patience) else {
            throw BusyError("\(FileLock.holder(of: path) ?? "another process") is changing the network")
        }
        try lock.write(holder: "appliance-net \(origin.rawValue) (process \(getpid()))")
        let result = Swift.Result { try uninterrupted(body) }
        lock.release()
        return try result.get()
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
}
