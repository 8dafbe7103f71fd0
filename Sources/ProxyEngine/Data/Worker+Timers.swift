internal import CLinux
internal import Glibc

extension Worker {
    /// Sets the time of the next look at an established connection.
    @inline(__always)
    mutating func armIdle(_ connection: UnsafeMutablePointer<Connection>) {
        if connection.pointee.up.ended || connection.pointee.down.ended {
            return lookAgain(connection, silence(connection).limit)
        }
        let client = patience(of: .clientTimeout, connection)
        let server = patience(of: .serverTimeout, connection)
        let timeout = client == 0 ? server : server == 0 ? client : min(client, server)
        if timeout > 0 {
            wheel.schedule(connection, at: connection.pointee.lastActivity + timeout, in: slab)
        } else {
            wheel.remove(connection, from: slab)
        }
    }

    /// Sets the time of the next look where one side is waited for, for so long; 0 is for ever.
    private mutating func lookAgain(_ connection: UnsafeMutablePointer<Connection>, _ limit: UInt64) {
        var time = limit == 0 ? UInt64.max : connection.pointee.lastActivity + limit
        // Who takes nothing may do so for as long as that, but nobody tells of the moment when all is taken, and another one is
        // waited for.
        if connection.pointee.isPending { time = min(time, now + TimerWheel.tick * 100) }
        if time == .max {
            wheel.remove(connection, from: slab)
        } else {
            wheel.schedule(connection, at: time, in: slab)
        }
    }

    /// Both sides have all of their time from now on.
    @inline(__always)
    func noteActivity(_ connection: UnsafeMutablePointer<Connection>) {
        connection.pointee.lastActivity = now
        if let rare = connection.pointee.rare { rare.pointee.clientLag = 0 }
    }

    /// One side has ended, or is not waited for any more: the times of the other one apply, those of half-closed connections
    /// from now on.
    mutating func armIdleAfterEnd(_ connection: UnsafeMutablePointer<Connection>) {
        let isClientGone = connection.pointee.up.shut
        let fin =
            isClientGone
            ? connection.pointee.backend?.pointee.serverFinTimeout ?? 0
            : connection.pointee.frontend.pointee.clientFinTimeout
        if fin > 0 { noteActivity(connection) }
        armIdle(connection)
    }

    /// Ends or retries whatever is due.
    mutating func expire() {
        while let connection = wheel.takeDue(now: now, from: slab) {
            if connection.pointee.deadline > now {
                wheel.insert(connection, in: slab)
                continue
            }
            switch connection.pointee.state {
            case .connecting: attemptFailed(connection, .timedOut)
            case .waiting: retry(connection)
            case .queued: queueTimedOut(connection)
            case .relaying: silenceTimedOut(connection)
            case .readingHeader: refuseHeader(connection, .timeout)
            case .inspecting: inspectionTimedOut(connection)
            case .judging: judgementTimedOut(connection)
            case .refused, .free: break
            }
        }
    }

    /// Who is to speak next, or to take what waits, and for how long it may not do so; 0 is for ever.
    func silence(_ connection: UnsafeMutablePointer<Connection>) -> (side: Ending, limit: UInt64) {
        guard let backend = connection.pointee.backend else { return (.clientTimeout, 0) }
        let frontend = connection.pointee.frontend
        let client = patience(of: .clientTimeout, connection)
        let server = patience(of: .serverTimeout, connection)
        if connection.pointee.down.isPending { return (.clientTimeout, client) }
        if connection.pointee.up.isPending { return (.serverTimeout, server) }
        if connection.pointee.up.ended {
            let fin = UInt64(backend.pointee.serverFinTimeout)
            return (.serverTimeout, connection.pointee.up.shut && fin > 0 ? fin : server)
        }
        if connection.pointee.down.ended {
            let fin = UInt64(frontend.pointee.clientFinTimeout)
            return (.clientTimeout, connection.pointee.down.shut && fin > 0 ? fin : client)
        }
        return client > 0 && (server == 0 || client <= server) ? (.clientTimeout, client) : (.serverTimeout, server)
    }

    /// For how long from ``Connection/lastActivity`` on a side may be silent while neither has ended; 0 is for ever.
    @inline(__always)
    private func patience(of side: Ending, _ connection: UnsafeMutablePointer<Connection>) -> UInt64 {
        guard let backend = connection.pointee.backend else { return 0 }
        // While somebody looks at what the server says there is no tunnel yet.
        let tunnel = connection.pointee.state == .judging ? 0 : UInt64(backend.pointee.tunnelTimeout)
        if tunnel > 0 { return tunnel }
        if side == .serverTimeout { return UInt64(backend.pointee.serverTimeout) }
        let limit = UInt64(connection.pointee.frontend.pointee.clientTimeout)
        guard let rare = connection.pointee.rare, limit > 0 else { return limit }
        let lag = UInt64(rare.pointee.clientLag)
        return limit > lag ? limit - lag : 1
    }

    /// The side that has been silent for too long. As with HAProxy it is taken for one that has ended: what the other says
    /// still goes to it. nil: it is not so late yet, or the connection is over.
    mutating func lateSide(_ connection: UnsafeMutablePointer<Connection>) -> Ending? {
        let (side, limit) = silence(connection)
        guard limit > 0, connection.pointee.lastActivity + limit <= now else {
            lookAgain(connection, limit)
            return nil
        }
        let hasEnded = side == .clientTimeout ? connection.pointee.up.ended : connection.pointee.down.ended
        if hasEnded || connection.pointee.isPending || connection.pointee.up.discards {
            finish(connection, side)
            return nil
        }
        return side
    }

    /// Counted at once, and once: what comes of the connection after that is told by this.
    func noteLate(_ connection: UnsafeMutablePointer<Connection>, _ side: Ending) {
        if connection.pointee.late != nil { return }
        connection.pointee.late = side
        countFailure(connection, side)
    }

    private mutating func silenceTimedOut(_ connection: UnsafeMutablePointer<Connection>) {
        guard let side = lateSide(connection) else { return }
        let other = patience(of: side == .clientTimeout ? .serverTimeout : .clientTimeout, connection)
        // With `option nolinger` the server hears no end in order.
        if side == .clientTimeout && resetsServer(connection)
            || other > 0 && connection.pointee.lastActivity + other <= now
        {
            // Nobody's last words are waited for.
            finish(connection, side)
            return
        }
        noteLate(connection, side)
        if side == .clientTimeout { connection.pointee.up.ended = true } else { connection.pointee.down.ended = true }
        armIdle(connection)
        relay(connection)
    }

    /// Puts a connection on the list of those that go on in the next turn: no edge will come for what is already there.
    mutating func enqueue(_ connection: UnsafeMutablePointer<Connection>) {
        if connection.pointee.isQueued { return }
        connection.pointee.isQueued = true
        if runCount == runCapacity {
            let larger = UnsafeMutablePointer<UInt64>.allocate(capacity: runCapacity * 2)
            larger.update(from: runList, count: runCount)
            runList.deallocate()
            runList = larger
            runCapacity *= 2
        }
        runList[runCount] = tag(connection, .client)
        runCount += 1
    }

    mutating func runQueued() {
        // Those that enqueue themselves again are for the next turn.
        let count = runCount
        var index = 0
        while index < count {
            let event = clinux_event(events: 0, tag: runList[index])
            index += 1
            guard let connection = connection(event) else { continue }
            if connection.pointee.state == .relaying {
                connection.pointee.isQueued = false
                relay(connection)
            } else if connection.pointee.state == .judging {
                connection.pointee.isQueued = false
                judgeMore(connection)
            }
        }
        runCount -= count
        if runCount > 0 { memmove(runList, runList + count, runCount * 8) }
    }
}
