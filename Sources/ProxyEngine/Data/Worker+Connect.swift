internal import CLinux
internal import Glibc

extension Worker {
    /// HAProxy's turn-around time before the same server is tried again.
    static let turnAround: UInt64 = 1000

    mutating func attempt(_ connection: UnsafeMutablePointer<Connection>, _ server: UnsafePointer<ServerEntry>) {
        connection.pointee.target = server
        connection.pointee.state = .connecting
        connection.pointee.serverReady = []
        connection.pointee.epoch = clinux_atomic_load(&server.pointee.cells.pointee.epoch)
        let descriptor: CInt
        if let special = server.pointee.special {
            descriptor = connectSpecially(connection, server, special)
        } else {
            descriptor = connectPlainly(server)
        }
        guard descriptor >= 0 else {
            let code = errno
            guard code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM else {
                countFailedAttempt(server.pointee.cells)
                return attemptFailed(connection, .atOnce)
            }
            // Those who are not accepted yet wait in the kernel's queue instead of being dropped one by one.
            pauseAccepting(for: 100)
            return finish(connection, .resources)
        }
        connection.pointee.server = descriptor
        countAttempt(server.pointee.cells)
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
        if address.withPointer({ clinux_connect(descriptor, $0, $1) }) == 0 || errno == EINPROGRESS {
            return descriptor
        }
        let reason = errno
        close(descriptor)
        errno = reason
        return -1
    }

    /// How an attempt failed.
    enum Failure {
        /// There was no connection to wait for.
        case atOnce
        case later
        case timedOut
    }

    /// Tries again, as HAProxy does: the same server after a second, or with `option redispatch` another one, at once
    /// unless a hash chooses. What failed at once, for want of a source address or of a socket at the path, is tried again
    /// at once.
    mutating func attemptFailed(_ connection: UnsafeMutablePointer<Connection>, _ failure: Failure) {
        if let failed = connection.pointee.target, failed.pointee.errorLimit > 0 { countError(failed) }
        guard connection.pointee.attemptsLeft > 0, let backend = connection.pointee.backend,
            let failed = connection.pointee.target
        else {
            return finish(connection, failure == .timedOut ? .connectTimeout : .connectFailed)
        }
        closeServer(connection)
        connection.pointee.attemptsLeft -= 1
        connection.pointee.attempts += 1
        let others = backend.pointee.balance.pointee.activeCount > 1
        let isReplaced = mayGoElsewhere(connection, backend, failed, others)
        if isReplaced {
            connection.pointee.isDirect = false
            givePlaceBack(connection)
        } else {
            countRetry(backend, failed)
        }
        let waits = failure == .later && (!isReplaced || backend.pointee.isDeterministic || !others)
        if waits { return waitBeforeRetry(connection, backend) }
        if isReplaced { connectToAny(connection, avoiding: failed) } else { attempt(connection, failed) }
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

    private func mayGoElsewhere(
        _ connection: UnsafeMutablePointer<Connection>,
        _ backend: UnsafePointer<BackendEntry>,
        _ failed: UnsafePointer<ServerEntry>,
        _ others: Bool
    ) -> Bool {
        let interval = Int(backend.pointee.redispatchInterval)
        if interval == 0 { return false }
        let cells = failed.pointee.cells
        if clinux_atomic_load(&cells.pointee.isUp) == 0 || cells.pointee.startedAt != 0 { return true }
        if !connection.pointee.isDirect, others, !backend.pointee.isDeterministic { return true }
        let attempts = Int(connection.pointee.attempts)
        if interval > 0 { return attempts % interval == 0 }
        let fromEnd = Int(backend.pointee.retries) + 1 + interval
        return fromEnd > 0 && attempts % fromEnd == 0
    }

    /// The pause before the next attempt is over.
    mutating func retry(_ connection: UnsafeMutablePointer<Connection>) {
        guard let server = connection.pointee.target else { return finish(connection, .noServer) }
        if connection.pointee.holdsServer { return attempt(connection, server) }
        connectToAny(connection, avoiding: server)
    }

    /// Closes the attempt; the place at the server stays.
    func closeServer(_ connection: UnsafeMutablePointer<Connection>) {
        guard connection.pointee.server >= 0 else { return }
        _ = clinux_close(connection.pointee.server)
        connection.pointee.server = -1
    }

    /// `observe layer4`: enough failures in a row are the checker's business.
    private func countError(_ server: UnsafePointer<ServerEntry>) {
        let errors = clinux_atomic_add(&server.pointee.cells.pointee.errors, 1) + 1
        if errors == server.pointee.errorLimit { Checker.ring(shared.pointee.alarm) }
    }

    /// Closes the attempt and gives the server's place back.
    func leaveServer(_ connection: UnsafeMutablePointer<Connection>) {
        closeServer(connection)
        givePlaceBack(connection)
    }

    @inline(__always)
    mutating func connecting(_ connection: UnsafeMutablePointer<Connection>, _ ready: Readiness) {
        if ready.contains(.failed) { return attemptFailed(connection, .later) }
        guard ready.contains(.writable) else { return }
        connection.pointee.state = .relaying
        connection.pointee.serverReady = ready
        if let server = connection.pointee.target, server.pointee.errorLimit > 0 {
            clinux_atomic_store(&server.pointee.cells.pointee.errors, 0)
        }
        connection.pointee.connectTime = Int32(truncatingIfNeeded: now - connection.pointee.acceptedAt)
        connection.pointee.lastActivity = now
        armIdle(connection)
        if connection.pointee.frontend.pointee.logsOnConnect { report(LoggedMoment(connection)) }
        let rules = connection.pointee.backend?.pointee.connectionRules
        let isJudged = (rules?.pointee.response.count ?? 0) > 0
        if !isJudged { storeServer(connection) }
        if let header = connection.pointee.target?.pointee.special?.pointee.proxyHeader,
            !sendHeader(connection, header)
        {
            return finish(connection, .serverFailed)
        }
        if isJudged { return beginJudging(connection) }
        relay(connection)
    }
}
