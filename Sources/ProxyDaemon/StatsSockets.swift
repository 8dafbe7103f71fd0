internal import Addresses
internal import Diagnostics
internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// The `stats socket` lines: what listens, and what could not be bound and is tried again.
struct StatsSockets {
    private struct Failure {
        var reason: SystemError
        var retry: RetrySchedule
    }

    private var wanted: [StatsSocket] = []
    private var open: [StatsSocket: CInt] = [:]
    private var failed: [StatsSocket: Failure] = [:]
    /// What came and went since ``takeChanges()``.
    private var opened: [(CommandDoor, CInt)] = []
    private var closed: [CInt] = []

    /// Listens where `sockets` say, and no longer elsewhere.
    mutating func change(to sockets: [StatsSocket], now: UInt64) {
        wanted = sockets.map { socket in
            var socket = socket
            // A moved line is no change.
            socket.position = .init(line: 0, column: 0)
            return socket
        }
        for (socket, listener) in open where !wanted.contains(socket) {
            closed.append(listener)
            open[socket] = nil
        }
        failed = failed.filter { wanted.contains($0.key) }
        for socket in wanted where open[socket] == nil { attempt(socket, now) }
    }

    /// Listens no more: the file at the path may be another process's by now.
    mutating func closeAll() {
        closed += open.values
        (wanted, open, failed) = ([], [:], [:])
    }

    mutating func retryDue(now: UInt64) {
        for (socket, failure) in failed where failure.retry.due <= now { attempt(socket, now) }
    }

    var nextRetry: UInt64? { failed.values.map { $0.retry.due }.min() }

    /// Doors to open and listeners to close.
    mutating func takeChanges() -> (opened: [(CommandDoor, CInt)], closed: [CInt]) {
        defer { (opened, closed) = ([], []) }
        return (opened, closed)
    }

    var quarantineLines: [String] {
        wanted.compactMap { socket in
            failed[socket].map { "stats socket \(socket.address) quarantined \(ErrnoName($0.reason.code))" }
        }
    }

    /// Those that listen, as `show cli sockets` has them.
    var lines: [String] {
        wanted.filter { open[$0] != nil }.map { "\($0.address.withFamily) \($0.level.rawValue) all" }
    }

    /// Where there is who listens, as HAPROXY_CLI has it.
    var places: String {
        wanted.filter { open[$0] != nil }.map { $0.address.withFamily }.joined(separator: ";")
    }

    private mutating func attempt(_ socket: StatsSocket, _ now: UInt64) {
        do throws(SystemError) {
            let listener = try Self.listen(socket).release()
            open[socket] = listener
            failed[socket] = nil
            opened.append((.stats(socket.level, exposesListeners: socket.exposesListeners), listener))
        } catch {
            var failure = failed[socket] ?? Failure(reason: error, retry: RetrySchedule(failedAt: now))
            if failed[socket] != nil { failure.retry.failed(at: now) }
            failure.reason = error
            failed[socket] = failure
        }
    }

    private static func listen(_ socket: StatsSocket) throws(SystemError) -> FileDescriptor {
        let path: String
        switch socket.address {
        case .unix(let name): path = name
        case .abstract(let name): path = "@" + name
        case .ip(let address, let ports):
            guard let ports, ports.count == 1 else {
                throw SystemError(code: EOPNOTSUPP, operation: "listen on \(socket.address)")
            }
            return try Listener(name: "stats", address: ListenAddress(Endpoint(address, port: ports.lowerBound)))
                .open(backlog: 32)
        case .name, .descriptor:
            throw SystemError(code: EOPNOTSUPP, operation: "listen on \(socket.address)")
        }
        return try UnixSocket.listen(
            path,
            mode: mode_t(socket.mode ?? 0o600),
            user: socket.user.flatMap { getpwnam($0)?.pointee.pw_uid },
            group: socket.group.flatMap { getgrnam($0)?.pointee.gr_gid }
        )
    }
}
