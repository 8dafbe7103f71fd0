internal import CLinux
internal import Glibc

// `tcp-response content`: rules look at what the server says first, while what the client says goes to it.
extension Worker {
    /// The server was reached; nothing of it goes to the client before the rules have said so.
    mutating func beginJudging(_ connection: UnsafeMutablePointer<Connection>) {
        connection.pointee.state = .judging
        rareState(connection).pointee.progress = RuleProgress()
        judgeMore(connection)
    }

    /// Something came from either side.
    mutating func judgeMore(_ connection: UnsafeMutablePointer<Connection>) {
        guard relayUp(connection) else { return }
        judge(connection)
    }

    private mutating func judge(_ connection: UnsafeMutablePointer<Connection>) {
        guard let rules = connection.pointee.backend?.pointee.connectionRules,
            let progress = connection.pointee.rare?.pointee.progress
        else { return }
        let delay = UInt64(rules.pointee.responseDelay)
        let isLate = progress.limit != 0 && progress.limit <= now
        samples.begin(.response, isFinal: delay == 0 || isLate)
        if !samples.isFinal {
            look(connection)
            if samples.hasEnded || samples.peeked >= SampleDesk.look || connection.pointee.serverReady.contains(.hangUp)
            {
                samples.makeFinal()
            }
        }
        switch rule(rules.pointee.response, connection, nil) {
        case .goesOn, .expectsHeader:
            storeJudged(connection)
            connection.pointee.state = .relaying
            connection.pointee.serverReady.insert(.readable)
            armIdle(connection)
            relay(connection)
        case .waits:
            let limit = progress.limit == 0 ? now + delay : progress.limit
            connection.pointee.rare?.pointee.progress.limit = limit
            let silence = idleTimeout(connection)
            let deadline = silence == 0 ? limit : min(limit, connection.pointee.lastActivity + silence)
            wheel.schedule(connection, at: deadline, in: slab)
        case .isClosed:
            storeJudged(connection)
            closeAfterWords(connection)
        case .isRejected:
            // What the client has said by now still goes to the server, though no event has told of it yet.
            connection.pointee.clientReady.insert(.readable)
            guard relayUp(connection) else { return }
            countDenied(connection)
            finish(connection, .denied)
        case .isDropped: endDropped(connection)
        }
    }

    /// `close`: the server hears a reset at once; the client gets what was looked at, and then the end.
    private mutating func closeAfterWords(_ connection: UnsafeMutablePointer<Connection>) {
        if samples.peeked < 0 { look(connection) }
        let count = clinux_receive(connection.pointee.server, buffer, samples.peeked, 0)
        _ = clinux_set_reset_on_close(connection.pointee.server, 1)
        closeServer(connection)
        connection.pointee.state = .relaying
        // Nothing is read any more, of either.
        connection.pointee.down.ended = true
        release(&connection.pointee.up)
        connection.pointee.up.inPipe = 0
        connection.pointee.up.shut = true
        if count > 0 {
            connection.pointee.down.bytes &+= UInt64(count)
            let isSent = sendFresh(
                &connection.pointee.down,
                &connection.pointee.clientReady,
                connection.pointee.client,
                count
            )
            guard isSent else { return finish(connection, .clientFailed) }
        }
        armIdle(connection)
        relay(connection)
    }

    private func countDenied(_ connection: UnsafeMutablePointer<Connection>) {
        let frontend = connection.pointee.frontend.pointee.cells.traffic
        _ = clinux_atomic_add(&frontend.pointee.deniedResponses, 1)
        if let backend = connection.pointee.backend {
            _ = clinux_atomic_add(&backend.pointee.cells.traffic.pointee.deniedResponses, 1)
        }
        if let server = connection.pointee.target {
            _ = clinux_atomic_add(&server.pointee.cells.traffic.pointee.deniedResponses, 1)
        }
    }

    mutating func judgementTimedOut(_ connection: UnsafeMutablePointer<Connection>) {
        let limit = connection.pointee.rare?.pointee.progress.limit ?? 0
        if limit != 0, limit <= now { judge(connection) } else { finish(connection, lateSide(connection)) }
    }
}
