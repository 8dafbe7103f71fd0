internal import CLinux
internal import Glibc

// Places at servers: asking for one, waiting for one, giving one back.
extension Worker {
    /// Seconds of the monotonic clock.
    @inline(__always)
    var second: UInt32 { UInt32(truncatingIfNeeded: now / 1000) }

    @inline(__always)
    private func applicant(_ connection: UnsafeMutablePointer<Connection>) -> Placement.Applicant {
        Placement.Applicant(
            waiter: waiters[connection.pointee.index],
            worker: mailbox.cells,
            tag: tag(connection, .client),
            hasWaited: connection.pointee.hasWaited,
            now: now,
            priority: connection.pointee.rare?.pointee.priority ?? QueuePriority()
        )
    }

    /// Lets the balance choose a server, and goes there or waits.
    mutating func connectToAny(
        _ connection: UnsafeMutablePointer<Connection>,
        avoiding avoided: UnsafePointer<ServerEntry>?
    ) {
        guard let backend = connection.pointee.backend else { return finish(connection, .noServer) }
        var hash: UInt32?
        if backend.pointee.hashesSource { hash = Self.sourceHash(connection) }
        if let cookie = backend.pointee.cookieHash { hash = self.hash(cookie, connection) }
        let outcome = Placement.assign(
            applicant(connection),
            backend,
            avoiding: avoided,
            hash: hash,
            second: second
        )
        proceed(connection, backend, outcome)
    }

    /// Goes to a server that a rule has chosen, or waits for it.
    mutating func connectDirectly(
        _ connection: UnsafeMutablePointer<Connection>,
        to server: UnsafePointer<ServerEntry>
    ) {
        guard let backend = connection.pointee.backend else { return finish(connection, .noServer) }
        connection.pointee.isDirect = true
        proceed(connection, backend, Placement.assign(applicant(connection), backend, to: server, second: second))
    }

    @inline(__always)
    private mutating func proceed(
        _ connection: UnsafeMutablePointer<Connection>,
        _ backend: UnsafePointer<BackendEntry>,
        _ outcome: Placement.Outcome
    ) {
        switch outcome {
        case .server(let server):
            countAssignment(connection, backend, server)
            arrive(connection, server)
        case .queued(let server):
            countAssignment(connection, backend, server)
            connection.pointee.target = server
            connection.pointee.state = .queued
            connection.pointee.hasWaited = true
            countWait(backend, server)
            let limit = UInt64(backend.pointee.queueTimeout)
            if limit > 0 {
                wheel.schedule(connection, at: now + limit, in: slab)
            } else {
                wheel.remove(connection, from: slab)
            }
        case .refused(let server):
            countAssignment(connection, backend, server)
            connection.pointee.target = server
            // Only a server that a rule has chosen can be exchanged; a hash would lead to the same one.
            if connection.pointee.isDirect, backend.pointee.redispatchInterval != 0 {
                connection.pointee.isDirect = false
                return connectToAny(connection, avoiding: nil)
            }
            finish(connection, .queueFull)
        case .none:
            countAssignment(connection, backend, nil)
            connection.pointee.target = nil
            finish(connection, .noServer)
        }
    }

    /// The balance has chosen `server`, or none: HAProxy counts that once, before anybody waits, and where another one was
    /// chosen before, it counts a redispatch or, if it is the same again, a retry.
    @inline(__always)
    private func countAssignment(
        _ connection: UnsafeMutablePointer<Connection>,
        _ backend: UnsafePointer<BackendEntry>,
        _ server: UnsafePointer<ServerEntry>?
    ) {
        if connection.pointee.isDirect { return }
        let former = connection.pointee.target
        if let former {
            if former == server { return countRetry(backend, former) }
            countRedispatch(connection, from: former)
        }
        if let server { countChoice(connection, server) }
    }

    /// Has a place at `server` and goes there.
    @inline(__always)
    private mutating func arrive(
        _ connection: UnsafeMutablePointer<Connection>,
        _ server: UnsafePointer<ServerEntry>
    ) {
        connection.pointee.queueTime = Int32(truncatingIfNeeded: now - connection.pointee.acceptedAt)
        connection.pointee.holdsServer = true
        attempt(connection, server)
    }

    /// nil where the client has said no such cookie yet.
    private mutating func hash(
        _ cookie: UnsafePointer<CookieHashEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> UInt32? {
        samples.begin(.request, isFinal: true)
        guard let bytes = spoken(connection, .request),
            case .text(let range) = ContentReader(bytes).cookie(cookie.pointee.name.raw), !range.isEmpty
        else { return nil }
        let text = UnsafeRawBufferPointer(rebasing: bytes[range])
        switch cookie.pointee.function {
        case .sdbm: return SampleHash.sdbm(text)
        case .djb2: return SampleHash.djb2(text)
        case .wt6: return SampleHash.wt6(text)
        case .crc32: return SampleHash.crc32(text, 0xedb8_8320)
        }
    }

    /// HAProxy's hash of an address: its words, exclusive-or.
    private static func sourceHash(_ connection: UnsafeMutablePointer<Connection>) -> UInt32? {
        let address = connection.pointee.peerAddress
        switch connection.pointee.peerFamily {
        case 4: return UInt32(truncatingIfNeeded: address)
        case 6:
            let words = (address >> 64) ^ address
            return UInt32(truncatingIfNeeded: words >> 32) ^ UInt32(truncatingIfNeeded: words)
        default: return nil
        }
    }

    /// Gives the place back; who waits for it is called.
    @inline(__always)
    func givePlaceBack(_ connection: UnsafeMutablePointer<Connection>) {
        guard connection.pointee.holdsServer, let server = connection.pointee.target,
            let backend = connection.pointee.backend
        else { return }
        connection.pointee.holdsServer = false
        Placement.release(server, backend, second: second, from: mailbox.cells)
    }

    // MARK: - Waiting

    /// Goes on with those whose turn has come.
    mutating func runCalled() {
        takeCalled()
        while let waiter = called.first {
            called.remove(waiter)
            waiter.pointee.state = .idle
            let event = clinux_event(events: 0, tag: waiter.pointee.tag)
            guard let connection = connection(event) else { continue }
            wheel.remove(connection, from: slab)
            // Out of the queue, even if the connection ends here because no server is usable any more.
            connection.pointee.state = .waiting
            if let server = waiter.pointee.server {
                arrive(connection, server)
            } else {
                // Whoever chose the server before, the balance chooses now.
                connection.pointee.isDirect = false
                connectToAny(connection, avoiding: nil)
            }
            takeCalled()
        }
    }

    /// Takes over the list that other threads add to.
    private mutating func takeCalled() {
        guard clinux_atomic_load_pointer(&mailbox.cells.pointee.called) != nil else { return }
        var next = clinux_atomic_exchange_pointer(&mailbox.cells.pointee.called, nil)?
            .assumingMemoryBound(to: Waiter.self)
        var reversed: UnsafeMutablePointer<Waiter>?
        while let waiter = next {
            next = waiter.pointee.next
            waiter.pointee.next = reversed
            reversed = waiter
        }
        while let waiter = reversed {
            reversed = waiter.pointee.next
            called.append(waiter)
        }
    }

    /// The connection waited for as long as it may.
    mutating func queueTimedOut(_ connection: UnsafeMutablePointer<Connection>) {
        let waiter = waiters[connection.pointee.index]
        // Called a moment ago: it goes on in this very turn.
        guard Placement.cancel(waiter) else { return }
        connection.pointee.queueTime = Int32(truncatingIfNeeded: now - connection.pointee.acceptedAt)
        connection.pointee.state = .waiting
        finish(connection, .queueTimeout)
    }

    /// Ends the waiting of a connection that ends.
    mutating func leaveQueue(_ connection: UnsafeMutablePointer<Connection>) {
        let waiter = waiters[connection.pointee.index]
        connection.pointee.queueTime = Int32(truncatingIfNeeded: now - connection.pointee.acceptedAt)
        if Placement.cancel(waiter) { return }
        takeCalled()
        called.remove(waiter)
        waiter.pointee.state = .idle
        if let server = waiter.pointee.server {
            Placement.release(server, waiter.pointee.backend, second: second, from: mailbox.cells)
        }
    }

    // MARK: - Ending

    /// Ends the sessions of servers that went down or were stood in for, where the configuration asks for it.
    mutating func endSessions() {
        let announced = clinux_atomic_load(&shared.pointee.endings)
        if announced == seenEndings { return }
        seenEndings = announced
        for index in 0..<slab.touched {
            let connection = slab[UInt32(index)]
            guard connection.pointee.state != .free, connection.pointee.holdsServer,
                let server = connection.pointee.target,
                connection.pointee.epoch != clinux_atomic_load(&server.pointee.cells.pointee.epoch)
            else { continue }
            finish(connection, clinux_atomic_load(&server.pointee.cells.pointee.isUp) == 0 ? .serverDown : .serverUp)
        }
    }
}
