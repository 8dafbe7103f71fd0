internal import CLinux
internal import Glibc

extension Worker {
    /// Sets the time of the next look at an established connection.
    @inline(__always)
    func idleTimeout(_ connection: UnsafeMutablePointer<Connection>) -> UInt64 {
        guard let backend = connection.pointee.backend else { return 0 }
        let client = connection.pointee.frontend.pointee.clientTimeout
        let server = backend.pointee.serverTimeout
        let tunnel = backend.pointee.tunnelTimeout
        if connection.pointee.up.shut, backend.pointee.serverFinTimeout > 0 {
            return UInt64(backend.pointee.serverFinTimeout)
        }
        if connection.pointee.down.shut, connection.pointee.frontend.pointee.clientFinTimeout > 0 {
            return UInt64(connection.pointee.frontend.pointee.clientFinTimeout)
        }
        if tunnel > 0 { return UInt64(tunnel) }
        if client == 0 { return UInt64(server) }
        return UInt64(server == 0 ? client : min(client, server))
    }

    @inline(__always)
    mutating func armIdle(_ connection: UnsafeMutablePointer<Connection>) {
        let timeout = idleTimeout(connection)
        if timeout > 0 {
            wheel.schedule(connection, at: connection.pointee.lastActivity + timeout, in: slab)
        } else {
            wheel.remove(connection, from: slab)
        }
    }

    /// One side has ended: the time-outs of half-closed connections apply.
    mutating func armIdleAfterEnd(_ connection: UnsafeMutablePointer<Connection>) {
        connection.pointee.lastActivity = now
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
            case .relaying: finish(connection, lateSide(connection))
            case .readingHeader: refuseHeader(connection, .timeout)
            case .inspecting: inspectionTimedOut(connection)
            case .judging: judgementTimedOut(connection)
            case .refused, .free: break
            }
        }
    }

    /// Whose silence ended the connection.
    func lateSide(_ connection: UnsafeMutablePointer<Connection>) -> Ending {
        if connection.pointee.down.rest != nil || connection.pointee.down.inPipe > 0 { return .clientTimeout }
        if connection.pointee.up.rest != nil || connection.pointee.up.inPipe > 0 { return .serverTimeout }
        if connection.pointee.up.shut { return .serverTimeout }
        if connection.pointee.down.shut { return .clientTimeout }
        guard let backend = connection.pointee.backend, backend.pointee.tunnelTimeout == 0 else {
            return .clientTimeout
        }
        let client = connection.pointee.frontend.pointee.clientTimeout
        let server = backend.pointee.serverTimeout
        return client > 0 && (server == 0 || client <= server) ? .clientTimeout : .serverTimeout
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
