internal import CLinux

// What HAProxy counts of a connection: when it comes, when it is given to a server, and when it ends. Nothing is counted
// while bytes move: `option contstats` has it counted when somebody asks.
extension Worker {
    @inline(__always)
    func count(_ frontend: UnsafeMutablePointer<FrontendCells>) {
        frontend.traffic.begin(clinux_atomic_load(&frontend.pointee.connections), at: now)
        RateCells.count(&shared.pointee.sessionRate, now: now)
    }

    /// One more connection came in; it becomes a session if no rule refuses it.
    @inline(__always)
    func countArrival(_ frontend: UnsafeMutablePointer<FrontendCells>, _ listener: UnsafeMutablePointer<ListenerCells>?)
    {
        RateCells.count(&frontend.traffic.pointee.connectionRate, now: now)
        _ = clinux_atomic_add(&shared.pointee.accepted, 1)
        RateCells.count(&shared.pointee.connectionRate, now: now)
        if shared.pointee.connectionRateLimit | shared.pointee.sessionRateLimit != 0 { countSlowly() }
        if let listener { countArrival(listener) }
    }

    private func countSlowly() {
        clinux_lock(&shared.pointee.lock)
        shared.pointee.rate.count(now: now)
        clinux_unlock(&shared.pointee.lock)
    }

    private func countArrival(_ listener: UnsafeMutablePointer<ListenerCells>) {
        guard listener.pointee.isCounted else { return }
        listener.traffic.begin(clinux_atomic_load(&listener.pointee.connections), at: now)
    }

    /// One more connection of the backend, which is counted in here.
    @inline(__always)
    func count(_ backend: UnsafeMutablePointer<BackendCells>) {
        let now = clinux_atomic_add(&backend.pointee.connections, 1) &+ 1
        backend.traffic.begin(now, at: self.now)
    }

    @inline(__always)
    func countAttempt(_ server: UnsafeMutablePointer<ServerCells>) {
        _ = clinux_atomic_add(&server.pointee.backend.traffic.pointee.attempts, 1)
        server.traffic.begin(clinux_atomic_load(&server.pointee.connections), at: now)
    }

    /// An attempt that failed before there was a connection.
    func countFailedAttempt(_ server: UnsafeMutablePointer<ServerCells>) {
        _ = clinux_atomic_add(&server.pointee.backend.traffic.pointee.attempts, 1)
        _ = clinux_atomic_add(&server.traffic.pointee.attempts, 1)
    }

    /// It waits for a place.
    func countWait(_ backend: UnsafePointer<BackendEntry>, _ server: UnsafePointer<ServerEntry>?) {
        if let cells = server?.pointee.cells {
            cells.traffic.raiseQueue(clinux_atomic_load(&cells.pointee.queue.length))
        } else {
            let cells = backend.pointee.cells
            cells.traffic.raiseQueue(clinux_atomic_load(&cells.pointee.queue.length))
        }
    }

    @inline(__always)
    func countChoice(_ connection: UnsafeMutablePointer<Connection>, _ server: UnsafePointer<ServerEntry>) {
        _ = clinux_atomic_add(&server.pointee.cells.traffic.pointee.chosen, 1)
        if let backend = connection.pointee.backend {
            _ = clinux_atomic_add(&backend.pointee.cells.traffic.pointee.chosen, 1)
        }
    }

    /// The same server is tried again.
    func countRetry(_ backend: UnsafePointer<BackendEntry>, _ server: UnsafePointer<ServerEntry>) {
        _ = clinux_atomic_add(&backend.pointee.cells.traffic.pointee.retries, 1)
        _ = clinux_atomic_add(&server.pointee.cells.traffic.pointee.retries, 1)
    }

    func countRedispatch(_ connection: UnsafeMutablePointer<Connection>, from server: UnsafePointer<ServerEntry>) {
        connection.pointee.redispatched = true
        _ = clinux_atomic_add(&server.pointee.cells.traffic.pointee.redispatches, 1)
        if let backend = connection.pointee.backend {
            _ = clinux_atomic_add(&backend.pointee.cells.traffic.pointee.redispatches, 1)
        }
    }

    @inline(__always)
    func countEnd(_ connection: UnsafeMutablePointer<Connection>, _ ending: Ending) {
        var (bytesIn, bytesOut) = (connection.pointee.up.bytes, connection.pointee.down.bytes)
        if let counted {
            let before = counted + Int(connection.pointee.index)
            bytesIn -= before.pointee.bytesIn
            bytesOut -= before.pointee.bytesOut
            before.pointee = CountedBytes()
        }
        let frontend = connection.pointee.frontend.pointee.cells.traffic
        frontend.end(bytesIn, bytesOut)
        let backend = connection.pointee.backend.map { $0.pointee.cells.traffic }
        backend?.end(bytesIn, bytesOut)
        let server = connection.pointee.target.map { $0.pointee.cells.traffic }
        server?.end(bytesIn, bytesOut)
        if let listener = connection.pointee.listener, listener.pointee.isCounted {
            listener.traffic.end(bytesIn, bytesOut)
        }
        if bytesOut > 0 { clinux_atomic_add_wide(&shared.pointee.bytesOut, bytesOut) }
        if connection.pointee.connectTime >= 0, let backend, let server { countTimes(connection, backend, server) }
        // Whose silence was too long is counted by now.
        if ending == .normal || connection.pointee.late != nil { return }
        if connection.pointee.state == .inspecting, ending == .clientFailed || ending == .clientTimeout {
            _ = clinux_atomic_add(&frontend.pointee.requestErrors, 1)
        }
        countFailure(connection, ending)
    }

    func countFailure(_ connection: UnsafeMutablePointer<Connection>, _ ending: Ending) {
        connection.pointee.frontend.pointee.cells.traffic.count(ending)
        connection.pointee.backend?.pointee.cells.traffic.count(ending)
        connection.pointee.target?.pointee.cells.traffic.count(ending)
    }
}

extension Worker {
    /// HAProxy's times of `mode tcp`: those of connections that reached their server.
    @inline(__always)
    private func countTimes(
        _ connection: UnsafeMutablePointer<Connection>,
        _ backend: UnsafeMutablePointer<TrafficCells>,
        _ server: UnsafeMutablePointer<TrafficCells>
    ) {
        let waited = UInt32(truncatingIfNeeded: connection.pointee.queueTime)
        let reached = UInt32(truncatingIfNeeded: connection.pointee.connectTime)
        let connect = reached > waited ? reached - waited : 0
        let total = UInt32(truncatingIfNeeded: now - connection.pointee.acceptedAt)
        let chosen = clinux_atomic_load(&backend.pointee.chosen)
        backend.time(queue: waited, connect: connect, total: total, samples: chosen)
        let own = clinux_atomic_load(&server.pointee.chosen)
        server.time(queue: waited, connect: connect, total: total, samples: own)
    }
}

extension UnsafeMutablePointer<TrafficCells> {
    /// How a connection ended that did not end well.
    func count(_ ending: Ending) {
        switch ending {
        case .normal, .killed, .serverDown, .serverUp, .resources, .denied, .dropped, .clientLeft: break
        case .clientFailed, .clientTimeout: _ = clinux_atomic_add(&pointee.clientAborts, 1)
        case .serverTimeout: _ = clinux_atomic_add(&pointee.serverAborts, 1)
        case .serverFailed:
            _ = clinux_atomic_add(&pointee.serverAborts, 1)
            _ = clinux_atomic_add(&pointee.responseErrors, 1)
        case .connectFailed, .connectTimeout, .noServer, .queueTimeout, .queueFull:
            _ = clinux_atomic_add(&pointee.connectErrors, 1)
        }
    }
}
