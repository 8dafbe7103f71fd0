internal import CLinux
internal import Glibc

extension Worker {
    /// HAProxy's turn-around time before the same server is tried again.
    static let turnAround: UInt64 = 1000

    /// Draws servers from the backend's turn until one is up; then backups. `avoided` is taken only if it is all there is.
    @inline(__always)
    private func pick(
        _ backend: UnsafePointer<BackendEntry>,
        avoiding avoided: UnsafePointer<ServerEntry>?
    ) -> UnsafePointer<ServerEntry>? {
        var fallback: UnsafePointer<ServerEntry>?
        let count = UInt32(truncatingIfNeeded: backend.pointee.scheduleCount)
        var drawn: UInt32 = 0
        while drawn < count {
            drawn += 1
            let turn = clinux_atomic_add(&backend.pointee.cells.pointee.turn, 1) % count
            let server = backend.pointee.servers + Int(backend.pointee.schedule[Int(turn)])
            guard clinux_atomic_load(&server.pointee.cells.pointee.isUp) != 0 else { continue }
            if server != avoided { return server }
            fallback = server
        }
        var index = 0
        while index < backend.pointee.backupScheduleCount {
            let server = backend.pointee.servers + Int(backend.pointee.backupSchedule[index])
            index += 1
            guard clinux_atomic_load(&server.pointee.cells.pointee.isUp) != 0 else { continue }
            if fallback == nil, server != avoided { return server }
            if fallback == nil { fallback = server }
        }
        return fallback
    }

    mutating func connectToNext(
        _ connection: UnsafeMutablePointer<Connection>,
        avoiding avoided: UnsafePointer<ServerEntry>?
    ) {
        guard let backend = connection.pointee.backend, let server = pick(backend, avoiding: avoided) else {
            return finish(connection, .noServer)
        }
        if let avoided, server == avoided { return waitBeforeRetry(connection, backend) }
        if let former = connection.pointee.target, former != server { connection.pointee.redispatched = true }
        attempt(connection, server)
    }

    private mutating func waitBeforeRetry(
        _ connection: UnsafeMutablePointer<Connection>,
        _ backend: UnsafePointer<BackendEntry>
    ) {
        connection.pointee.state = .waiting
        let limit = UInt64(backend.pointee.connectTimeout)
        let delay = limit == 0 ? Self.turnAround : min(limit, Self.turnAround)
        wheel.schedule(connection, at: now + delay, in: slab)
    }

    mutating func attempt(_ connection: UnsafeMutablePointer<Connection>, _ server: UnsafePointer<ServerEntry>) {
        connection.pointee.target = server
        connection.pointee.state = .connecting
        connection.pointee.serverReady = []
        connection.pointee.holdsServer = true
        _ = clinux_atomic_add(&server.pointee.cells.pointee.connections, 1)
        let descriptor: CInt
        if let special = server.pointee.special {
            descriptor = connectSpecially(connection, server, special)
        } else {
            descriptor = connectPlainly(server)
        }
        guard descriptor >= 0 else {
            let code = errno
            guard code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM else {
                return attemptFailed(connection, timedOut: false)
            }
            // Those who are not accepted yet wait in the kernel's queue instead of being dropped one by one.
            pauseAccepting(for: 100)
            return finish(connection, .resources)
        }
        connection.pointee.server = descriptor
        guard clinux_epoll_add_edge(epoll, descriptor, tag(connection, .server)) == 0 else {
            return finish(connection, .resources)
        }
        let limit = UInt64(connection.pointee.backend?.pointee.connectTimeout ?? 0)
        if limit > 0 { wheel.schedule(connection, at: now + limit, in: slab) }
    }

    @inline(__always)
    private func connectPlainly(_ server: UnsafePointer<ServerEntry>) -> CInt {
        var address = server.pointee.address
        let type = CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue) | CInt(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.family, type, 0)
        if descriptor < 0 { return -1 }
        if address.withPointer({ connect(descriptor, $0, $1) }) == 0 || errno == EINPROGRESS { return descriptor }
        let reason = errno
        close(descriptor)
        errno = reason
        return -1
    }

    mutating func attemptFailed(_ connection: UnsafeMutablePointer<Connection>, timedOut: Bool) {
        let failed = connection.pointee.target
        guard connection.pointee.attemptsLeft > 0 else {
            return finish(connection, timedOut ? .connectTimeout : .connectFailed)
        }
        leaveServer(connection)
        connection.pointee.attemptsLeft -= 1
        connection.pointee.attempts += 1
        connectToNext(connection, avoiding: failed)
    }

    /// Closes the attempt and gives the server's place back.
    func leaveServer(_ connection: UnsafeMutablePointer<Connection>) {
        if connection.pointee.server >= 0 {
            close(connection.pointee.server)
            connection.pointee.server = -1
        }
        if let server = connection.pointee.target, connection.pointee.holdsServer {
            connection.pointee.holdsServer = false
            _ = clinux_atomic_subtract(&server.pointee.cells.pointee.connections, 1)
        }
    }

    @inline(__always)
    mutating func connecting(_ connection: UnsafeMutablePointer<Connection>, _ ready: Readiness) {
        if ready.contains(.failed) { return attemptFailed(connection, timedOut: false) }
        guard ready.contains(.writable) else { return }
        connection.pointee.state = .relaying
        connection.pointee.serverReady = ready
        connection.pointee.connectTime = Int32(truncatingIfNeeded: now - connection.pointee.acceptedAt)
        connection.pointee.lastActivity = now
        armIdle(connection)
        if let stick = connection.pointee.backend?.pointee.stick, let server = connection.pointee.target {
            storeServer(connection, server, stick)
        }
        if let header = connection.pointee.target?.pointee.special?.pointee.proxyHeader,
            !sendHeader(connection, header)
        {
            return finish(connection, .serverFailed)
        }
        relay(connection)
    }
}
