internal import CLinux
internal import Glibc

/// Gives connections their places at servers: who goes where, who waits, and who is called when a place is free.
///
/// A place is a connection of a server's `maxconn`. Every function takes the lock of the backend, unless its name says
/// otherwise.
enum Placement {
    enum Outcome {
        /// A place at this server is taken.
        case server(UnsafePointer<ServerEntry>)
        /// The connection waits and will be called; for this server, or for any.
        case queued(UnsafePointer<ServerEntry>?)
        /// As many as may wait for this server do so already (`maxqueue`), or it is down and there are others.
        case refused(UnsafePointer<ServerEntry>)
        /// No server is usable.
        case none
    }

    /// A connection that asks for a place, and where it would wait.
    struct Applicant {
        var waiter: UnsafeMutablePointer<Waiter>
        var worker: UnsafeMutablePointer<MailboxCells>
        var tag: UInt64
        /// It has waited before: the waiter holds what it counted.
        var hasWaited: Bool
        /// Milliseconds of the monotonic clock.
        var now: UInt64 = 0
        var priority = QueuePriority()
    }

    /// Lets the backend's balance choose.
    ///
    /// - Parameters:
    ///   - avoided: A server that failed; taken again only if there is no other.
    ///   - hash: Of the client's address, if the balance hashes it and there is one.
    @inline(__always)
    static func assign(
        _ applicant: Applicant,
        _ backend: UnsafePointer<BackendEntry>,
        avoiding avoided: UnsafePointer<ServerEntry>?,
        hash: UInt32?,
        second: UInt32
    ) -> Outcome {
        let cells = backend.pointee.cells
        clinux_lock(&cells.pointee.lock)
        defer { clinux_unlock(&cells.pointee.lock) }
        let balance = backend.pointee.balance
        balance.pointee.refresh(second: second)
        if balance.pointee.totalWeight == 0 { return .none }
        let waiting = cells.pointee.queue.length
        if waiting > 0, backend.pointee.queuesFirst, waiting + 1 != clinux_atomic_load(&cells.pointee.connections) {
            return wait(applicant, backend, nil)
        }
        let load = BackendLoad(backend: cells, second: second)
        let former = avoided.map { Int32(truncatingIfNeeded: $0 - backend.pointee.servers) } ?? -1
        let chosen = balance.pointee.choose(avoiding: former, hash: hash, load)
        if chosen < 0 { return wait(applicant, backend, nil) }
        return take(applicant, backend, backend.pointee.servers + Int(chosen), load)
    }

    /// A place at a server that is chosen already.
    static func assign(
        _ applicant: Applicant,
        _ backend: UnsafePointer<BackendEntry>,
        to server: UnsafePointer<ServerEntry>,
        second: UInt32
    ) -> Outcome {
        let cells = backend.pointee.cells
        clinux_lock(&cells.pointee.lock)
        defer { clinux_unlock(&cells.pointee.lock) }
        return take(applicant, backend, server, BackendLoad(backend: cells, second: second))
    }

    /// Gives a place back, and calls who waits for it.
    @inline(__always)
    static func release(
        _ server: UnsafePointer<ServerEntry>,
        _ backend: UnsafePointer<BackendEntry>,
        second: UInt32,
        from worker: UnsafeMutablePointer<MailboxCells>
    ) {
        let own = server.pointee.cells
        if !backend.pointee.followsLoad, clinux_atomic_load(&own.pointee.maxConnections) == 0,
            clinux_atomic_load(&own.pointee.queue.length) == 0
        {
            _ = clinux_atomic_subtract(&own.pointee.connections, 1)
            return
        }
        releaseLimited(server, backend, second, worker)
    }

    private static func releaseLimited(
        _ server: UnsafePointer<ServerEntry>,
        _ backend: UnsafePointer<BackendEntry>,
        _ second: UInt32,
        _ worker: UnsafeMutablePointer<MailboxCells>
    ) {
        let cells = backend.pointee.cells
        clinux_lock(&cells.pointee.lock)
        defer { clinux_unlock(&cells.pointee.lock) }
        _ = clinux_atomic_subtract(&server.pointee.cells.pointee.connections, 1)
        if backend.pointee.followsLoad { cells.pointee.served &-= 1 }
        loadChanged(server, backend)
        let balance = backend.pointee.balance
        balance.pointee.refresh(second: second)
        let index = Int32(truncatingIfNeeded: server - backend.pointee.servers)
        serve(index, of: balance, cells, second: second, from: worker)
    }

    /// Takes a waiter out of its queue; false if it has been called already.
    static func cancel(_ waiter: UnsafeMutablePointer<Waiter>) -> Bool {
        let cells = waiter.pointee.backend.pointee.cells
        clinux_lock(&cells.pointee.lock)
        defer { clinux_unlock(&cells.pointee.lock) }
        guard waiter.pointee.state == .waiting else { return false }
        note(waiter, cells)
        unlink(waiter, cells)
        waiter.pointee.state = .idle
        return true
    }

    // MARK: - Under the lock

    private static func take(
        _ applicant: Applicant,
        _ backend: UnsafePointer<BackendEntry>,
        _ server: UnsafePointer<ServerEntry>,
        _ load: BackendLoad
    ) -> Outcome {
        let own = server.pointee.cells
        if !load.hasRoom(own) {
            // It went down since it was chosen: those who waited were called a moment ago, and nobody calls who comes now.
            if backend.pointee.redispatchInterval != 0, clinux_atomic_load(&own.pointee.isUp) == 0 {
                return .refused(server)
            }
            if own.pointee.maxQueue > 0, own.pointee.queue.length >= own.pointee.maxQueue { return .refused(server) }
            return wait(applicant, backend, server)
        }
        reserve(server, backend)
        return .server(server)
    }

    private static func reserve(_ server: UnsafePointer<ServerEntry>, _ backend: UnsafePointer<BackendEntry>) {
        _ = clinux_atomic_add(&server.pointee.cells.pointee.connections, 1)
        guard backend.pointee.followsLoad else { return }
        backend.pointee.cells.pointee.served &+= 1
        loadChanged(server, backend)
    }

    private static func wait(
        _ applicant: Applicant,
        _ backend: UnsafePointer<BackendEntry>,
        _ server: UnsafePointer<ServerEntry>?
    ) -> Outcome {
        let cells = backend.pointee.cells
        cells.pointee.ticket += 1
        cells.pointee.latest = max(cells.pointee.latest, applicant.now)
        applicant.waiter.initialize(
            to: Waiter(
                worker: applicant.worker,
                tag: applicant.tag,
                backend: backend,
                server: server,
                ticket: cells.pointee.ticket,
                urgency: applicant.priority.urgency(at: cells.pointee.latest),
                mark: server?.pointee.cells.pointee.queue.passed ?? cells.pointee.queue.passed,
                serverPosition: applicant.hasWaited ? applicant.waiter.pointee.serverPosition : 0,
                backendPosition: applicant.hasWaited ? applicant.waiter.pointee.backendPosition : 0,
                state: .waiting
            )
        )
        if let server {
            server.pointee.cells.pointee.queue.insert(applicant.waiter)
            loadChanged(server, backend)
        } else {
            cells.pointee.queue.insert(applicant.waiter)
        }
        return .queued(server)
    }

    /// Notes how many were served before a waiter that leaves its queue, and itself.
    private static func note(_ waiter: UnsafeMutablePointer<Waiter>, _ cells: UnsafeMutablePointer<BackendCells>) {
        if let server = waiter.pointee.server {
            waiter.pointee.serverPosition &+= server.pointee.cells.pointee.queue.passed &+ 1 &- waiter.pointee.mark
        } else {
            waiter.pointee.backendPosition &+= cells.pointee.queue.passed &+ 1 &- waiter.pointee.mark
        }
    }

    private static func unlink(_ waiter: UnsafeMutablePointer<Waiter>, _ cells: UnsafeMutablePointer<BackendCells>) {
        guard let server = waiter.pointee.server else { return cells.pointee.queue.remove(waiter) }
        server.pointee.cells.pointee.queue.remove(waiter)
        loadChanged(server, waiter.pointee.backend)
    }

    /// Tells the balances that go by load: that of the connection's snapshot, and the newest.
    private static func loadChanged(_ server: UnsafePointer<ServerEntry>, _ backend: UnsafePointer<BackendEntry>) {
        let balance = backend.pointee.balance
        if backend.pointee.followsLoad {
            balance.pointee.reposition(Int32(truncatingIfNeeded: server - backend.pointee.servers))
        }
        guard let newest = backend.pointee.cells.pointee.balance, newest != balance, newest.pointee.followsLoad else {
            return
        }
        let index = newest.pointee.index(of: server.pointee.cells)
        if index >= 0 { newest.pointee.reposition(index) }
    }

    private static func isEarlier(_ one: UnsafeMutablePointer<Waiter>, _ other: UnsafeMutablePointer<Waiter>) -> Bool {
        (one.pointee.urgency, one.pointee.ticket) < (other.pointee.urgency, other.pointee.ticket)
    }

    /// Calls those who wait for a server, or for any, the most urgent first, as long as it has places.
    static func serve(
        _ index: Int32,
        of balance: UnsafeMutablePointer<BalanceState>,
        _ cells: UnsafeMutablePointer<BackendCells>,
        second: UInt32,
        from worker: UnsafeMutablePointer<MailboxCells>?
    ) {
        let own = balance.pointee.servers[Int(index)].cells
        let load = BackendLoad(backend: cells, second: second)
        let isOpen = balance.pointee.servesAnyone(index)
        while own.pointee.maxConnections == 0 || clinux_atomic_load(&own.pointee.connections) < load.limit(own) {
            let mine = own.pointee.queue.first
            let any = isOpen ? firstInBackend(cells, balance, index, own) : nil
            if let mine, any.map({ isEarlier(mine, $0.waiter) }) ?? true {
                note(mine, cells)
                own.pointee.queue.passed &+= 1
                unlink(mine, cells)
                guard let server = mine.pointee.server else { return }
                reserve(server, mine.pointee.backend)
                call(mine, to: server, from: worker)
            } else if let any {
                note(any.waiter, cells)
                cells.pointee.queue.passed &+= 1
                unlink(any.waiter, cells)
                reserve(any.server, any.waiter.pointee.backend)
                call(any.waiter, to: any.server, from: worker)
            } else {
                return
            }
        }
    }

    /// The longest waiting connection whose own snapshot lets it use the server. They are mostly of one snapshot.
    private static func firstInBackend(
        _ cells: UnsafeMutablePointer<BackendCells>,
        _ balance: UnsafeMutablePointer<BalanceState>,
        _ index: Int32,
        _ server: UnsafeMutablePointer<ServerCells>
    ) -> (waiter: UnsafeMutablePointer<Waiter>, server: UnsafePointer<ServerEntry>)? {
        var next = cells.pointee.queue.first
        while let waiter = next {
            let backend = waiter.pointee.backend
            if backend.pointee.balance == balance { return (waiter, backend.pointee.servers + Int(index)) }
            let place = backend.pointee.balance.pointee.index(of: server)
            if place >= 0, backend.pointee.balance.pointee.servesAnyone(place) {
                return (waiter, backend.pointee.servers + Int(place))
            }
            next = waiter.pointee.next
        }
        return nil
    }

    /// Serves every server of the newest balance: limits, or what is usable, have changed.
    static func serveAll(_ cells: UnsafeMutablePointer<BackendCells>, second: UInt32) {
        guard let balance = cells.pointee.balance else { return }
        // Where nobody waits, the next choice takes over what has changed.
        if cells.pointee.queue.length == 0, balance.pointee.servers.allSatisfy({ $0.cells.pointee.queue.length == 0 }) {
            return
        }
        balance.pointee.refresh(second: second)
        for index in balance.pointee.servers.indices {
            if cells.pointee.queue.length == 0, balance.pointee.servers[index].cells.pointee.queue.length == 0 {
                continue
            }
            serve(Int32(index), of: balance, cells, second: second, from: nil)
        }
    }

    /// Calls those who wait for a server that went down and may go elsewhere (`option redispatch`); gives their number.
    static func dismiss(_ server: UnsafeMutablePointer<ServerCells>, _ cells: UnsafeMutablePointer<BackendCells>) -> Int
    {
        var count = 0
        var next = server.pointee.queue.first
        while let waiter = next {
            next = waiter.pointee.next
            guard waiter.pointee.backend.pointee.redispatchInterval != 0 else { continue }
            unlink(waiter, cells)
            call(waiter, to: nil, from: nil)
            count += 1
        }
        return count
    }

    private static func call(
        _ waiter: UnsafeMutablePointer<Waiter>,
        to server: UnsafePointer<ServerEntry>?,
        from caller: UnsafeMutablePointer<MailboxCells>?
    ) {
        waiter.pointee.server = server
        waiter.pointee.state = .called
        let worker = waiter.pointee.worker
        while true {
            let head = clinux_atomic_load_pointer(&worker.pointee.called)
            waiter.pointee.next = head?.assumingMemoryBound(to: Waiter.self)
            guard clinux_atomic_replace_pointer(&worker.pointee.called, head, waiter) != 0 else { continue }
            // Who was called before has rung, and the caller's own worker looks at the end of its turn.
            if head == nil, worker != caller {
                var one: UInt64 = 1
                _ = write(worker.pointee.wake, &one, 8)
            }
            return
        }
    }
}
