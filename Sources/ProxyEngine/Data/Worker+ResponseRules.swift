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

    /// - Parameter isServerLate: It has been silent for too long, or is not waited for: what it has said is all that there is.
    private mutating func judge(_ connection: UnsafeMutablePointer<Connection>, isServerLate: Bool = false) {
        guard let rules = connection.pointee.backend?.pointee.connectionRules,
            let progress = connection.pointee.rare?.pointee.progress
        else { return }
        let delay = UInt64(rules.pointee.responseDelay)
        let isLate = progress.limit != 0 && progress.limit <= now
        samples.begin(.response, isFinal: delay == 0 || isLate || isServerLate)
        if !samples.isFinal {
            look(connection)
            if samples.hasEnded || samples.peeked >= SampleDesk.look || connection.pointee.serverReady.contains(.hangUp)
            {
                samples.makeFinal()
            }
        }
        switch rule(rules.pointee.response, connection, nil) {
        case .goesOn, .expectsHeader:
            if samples.peeked < 0, isLate { look(connection) }
            noteWords(connection)
            let words = samples.peeked
            storeServer(connection)
            connection.pointee.state = .relaying
            connection.pointee.serverReady.insert(.readable)
            if isServerLate { endLateServer(connection) }
            armIdle(connection)
            // As with HAProxy each side's time goes on from what it has said itself, but that of a tunnel, which begins now.
            let isTunnel = connection.pointee.backend.map { $0.pointee.tunnelTimeout > 0 } ?? false
            relay(connection, judged: isTunnel ? 0 : UInt64(max(0, words, samples.peeked)))
        case .waits:
            let limit = progress.limit == 0 ? now + delay : progress.limit
            connection.pointee.rare?.pointee.progress.limit = limit
            noteWords(connection)
            let silence = silence(connection).limit
            let deadline = silence == 0 ? limit : min(limit, connection.pointee.lastActivity + silence)
            wheel.schedule(connection, at: deadline, in: slab)
        case .isClosed:
            storeServer(connection)
            if isServerLate { noteLate(connection, .serverTimeout) }
            // What the client has said by now is read: it hears an end then, and no reset.
            connection.pointee.clientReady.insert(.readable)
            guard relayUp(connection) else { return }
            closeAfterWords(connection)
        case .isRejected:
            // What the client has said by now still goes to the server, though no event has told of it yet.
            connection.pointee.clientReady.insert(.readable)
            guard relayUp(connection) else { return }
            countDenied(connection)
            if connection.pointee.serverReady.contains(.failed) { countBrokenAnswer(connection) }
            finish(connection, .denied)
        case .isDropped: endDropped(connection)
        }
    }

    /// The server has said more than at the last look: that is its own activity.
    private func noteWords(_ connection: UnsafeMutablePointer<Connection>) {
        guard let rare = connection.pointee.rare, samples.peeked > Int(rare.pointee.progress.seen) else { return }
        rare.pointee.progress.seen = Int32(clamping: samples.peeked)
        let passed = UInt32(clamping: now - connection.pointee.lastActivity)
        rare.pointee.clientLag = UInt32(clamping: UInt64(rare.pointee.clientLag) + UInt64(passed))
        connection.pointee.lastActivity = now
    }

    /// `close`: the server hears a reset at once; the client gets what was looked at, and then the end.
    private mutating func closeAfterWords(_ connection: UnsafeMutablePointer<Connection>) {
        if samples.peeked < 0 { look(connection) }
        let count = clinux_receive(connection.pointee.server, buffer, samples.peeked, 0)
        // One that has ended hears an end.
        if !connection.pointee.serverReady.contains(.hangUp) {
            _ = clinux_set_reset_on_close(connection.pointee.server, 1)
        }
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

    /// The client is gone. As with HAProxy the rules hear of it all the same, and what they refuse is counted.
    mutating func judgeInVain(_ connection: UnsafeMutablePointer<Connection>) {
        guard let rules = connection.pointee.backend?.pointee.connectionRules else { return }
        samples.begin(.response, isFinal: true)
        if rule(rules.pointee.response, connection, nil) == .isRejected { countDenied(connection) }
    }

    /// The server has failed, whatever rules say of what came before.
    private func countBrokenAnswer(_ connection: UnsafeMutablePointer<Connection>) {
        if let backend = connection.pointee.backend {
            _ = clinux_atomic_add(&backend.pointee.cells.traffic.pointee.responseErrors, 1)
        }
        if let server = connection.pointee.target {
            _ = clinux_atomic_add(&server.pointee.cells.traffic.pointee.responseErrors, 1)
        }
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

    /// What it has said goes to the client, and then the end.
    private mutating func endLateServer(_ connection: UnsafeMutablePointer<Connection>) {
        noteLate(connection, .serverTimeout)
        if samples.peeked < 0 { look(connection) }
        if samples.peeked > 0 {
            connection.pointee.serverReady.insert(.hangUp)
        } else {
            connection.pointee.down.ended = true
        }
    }

    /// The time for rules is over, or somebody's. A client that says no more is as one that has ended; of a server that does
    /// not, the rules judge what it has said.
    mutating func judgementTimedOut(_ connection: UnsafeMutablePointer<Connection>) {
        let limit = connection.pointee.rare?.pointee.progress.limit ?? 0
        if limit != 0, limit <= now { return judge(connection) }
        guard let side = lateSide(connection) else {
            // The rules have a time of their own.
            if connection.pointee.state == .judging { judge(connection) }
            return
        }
        if side == .serverTimeout { return judge(connection, isServerLate: true) }
        noteLate(connection, side)
        connection.pointee.up.ended = true
        guard resetsServer(connection) else { return judgeMore(connection) }
        // With `option nolinger` the server hears no end in order, and what it has said is all that there is.
        release(&connection.pointee.up)
        connection.pointee.up.inPipe = 0
        connection.pointee.up.shut = true
        judge(connection, isServerLate: true)
    }
}
