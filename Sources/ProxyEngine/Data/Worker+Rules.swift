internal import CLinux
internal import Glibc

/// How far rules have looked at a connection.
struct RuleProgress {
    enum Stage: UInt8 {
        case frontendContent
        case backendContent
    }

    var stage = Stage.frontendContent
    /// When what is there is judged; 0: nobody waits yet.
    var limit: UInt64 = 0
    /// How the client has failed meanwhile: nothing comes behind what is there, and it goes to no server.
    var failure: Ending?
    /// How much of the server's words was there at the last look.
    var seen: Int32 = 0
}

// `tcp-request` and `use_backend` for frontends and backends whose rules ask for more than addresses: in HAProxy's order.
// Bytes to look at stay in the socket.
extension Worker {
    /// What a list of rules says.
    enum Ruling {
        case goesOn
        /// More bytes decide.
        case waits
        case isRejected
        /// Without a word to the client.
        case isDropped
        case isClosed
        /// A PROXY header comes first.
        case expectsHeader
    }

    /// A connection of a frontend with rules was accepted.
    mutating func beginByRules(
        _ connection: UnsafeMutablePointer<Connection>,
        _ rules: UnsafePointer<ConnectionRulesEntry>,
        _ listener: UnsafePointer<ListenerEntry>,
        _ slot: Int
    ) {
        let generation = connection.pointee.generation
        connection.pointee.rare = rares.take(RareState(listener: listener.pointee))
        samples.begin(.none, isFinal: true)
        var expectsHeader = listener.pointee.acceptsProxy
        switch rule(rules.pointee.connection, connection, slot) {
        case .goesOn, .waits: break
        case .expectsHeader: expectsHeader = true
        case .isRejected, .isClosed:
            _ = clinux_set_reset_on_close(connection.pointee.client, 1)
            return refuse(connection, \.deniedConnections)
        case .isDropped: return lose(connection)
        }
        if expectsHeader { return awaitHeader(connection, listener.pointee) }
        routeByRules(connection, slot)
        if connection.pointee.generation == generation, connection.pointee.state != .free {
            if clinux_epoll_add_edge(epoll, connection.pointee.client, tag(connection, .client)) < 0 {
                finish(connection, .resources)
            }
        }
    }

    /// Ends a connection that is none to the log yet.
    private mutating func refuse(
        _ connection: UnsafeMutablePointer<Connection>,
        _ counter: WritableKeyPath<TrafficCells, UInt32>
    ) {
        count(counter, connection)
        connection.pointee.state = .refused
        finish(connection, .normal)
    }

    /// `silent-drop` before there is a session.
    private mutating func lose(_ connection: UnsafeMutablePointer<Connection>) {
        count(\.lost, connection)
        refuse(connection, \.deniedRequests)
    }

    func count(_ counter: WritableKeyPath<TrafficCells, UInt32>, _ connection: UnsafeMutablePointer<Connection>) {
        let frontend = connection.pointee.frontend.pointee.cells
        let cells = frontend.traffic
        _ = clinux_atomic_add(&cells.pointee[keyPath: counter], 1)
        // It is there for a moment, though it never becomes a session.
        cells.raise(clinux_atomic_load(&frontend.pointee.connections))
        guard let listener = connection.pointee.listener, listener.pointee.isCounted else { return }
        _ = clinux_atomic_add(&listener.traffic.pointee[keyPath: counter], 1)
    }

    /// Addresses are known: rules about the session, then about what is said.
    mutating func routeByRules(_ connection: UnsafeMutablePointer<Connection>, _ slot: Int?) {
        guard let rules = connection.pointee.frontend.pointee.connectionRules else { return }
        samples.begin(.none, isFinal: true)
        switch rule(rules.pointee.session, connection, slot) {
        case .goesOn, .waits, .expectsHeader: break
        case .isRejected, .isClosed: return refuse(connection, \.deniedSessions)
        case .isDropped: return lose(connection)
        }
        // From here on it is a session.
        count(connection.pointee.frontend.pointee.cells)
        countTrackedSession(connection)
        if connection.pointee.frontend.pointee.log != nil { reportBegin(connection, slot) }
        let rare = rareState(connection)
        rare.pointee.progress = RuleProgress()
        if rules.pointee.content.count > 0 {
            connection.pointee.state = .inspecting
            inspect(connection)
        } else {
            switchByRules(connection, slot)
        }
    }

    /// Looks at what the client has said so far.
    mutating func inspect(_ connection: UnsafeMutablePointer<Connection>) {
        guard let progress = connection.pointee.rare?.pointee.progress else { return }
        let isFrontend = progress.stage == .frontendContent
        let entry =
            isFrontend
            ? connection.pointee.frontend.pointee.connectionRules : connection.pointee.backend?.pointee.connectionRules
        guard let rules = entry else { return }
        let delay = UInt64(rules.pointee.inspectDelay)
        let isLate = progress.limit != 0 && progress.limit <= now
        samples.begin(.request, isFinal: delay == 0 || isLate || progress.failure != nil)
        if !samples.isFinal {
            look(connection)
            // Nothing comes behind it, or nobody would look at that.
            if samples.hasEnded || samples.peeked >= SampleDesk.look || connection.pointee.clientReady.contains(.hangUp)
            {
                samples.makeFinal()
            }
        }
        switch rule(rules.pointee.content, connection, nil) {
        case .goesOn, .expectsHeader:
            connection.pointee.rare?.pointee.progress.limit = 0
            if let failure = progress.failure { return leave(connection, failure, isFrontend) }
            connection.pointee.state = .connecting
            wheel.remove(connection, from: slab)
            if isFrontend { switchByRules(connection, nil) } else { chooseServer(connection, nil) }
        case .waits:
            let limit = progress.limit == 0 ? now + delay : progress.limit
            connection.pointee.rare?.pointee.progress.limit = limit
            let silence = UInt64(connection.pointee.frontend.pointee.clientTimeout)
            let deadline = silence == 0 ? limit : min(limit, connection.pointee.lastActivity + silence)
            wheel.schedule(connection, at: deadline, in: slab)
        case .isRejected, .isClosed:
            count(\.deniedRequests, connection)
            finish(connection, .denied)
        case .isDropped: endDropped(connection)
        }
    }

    /// The time for rules is over, or the client's is.
    mutating func inspectionTimedOut(_ connection: UnsafeMutablePointer<Connection>) {
        let limit = connection.pointee.rare?.pointee.progress.limit ?? 0
        if limit != 0, limit <= now { return inspect(connection) }
        connection.pointee.rare?.pointee.progress.failure = .clientTimeout
        inspect(connection)
    }

    /// A client that has failed passes the rules as far as they go by what it has said, as with HAProxy: the log names the
    /// backend that it would have come to.
    private mutating func leave(_ connection: UnsafeMutablePointer<Connection>, _ failure: Ending, _ isFrontend: Bool) {
        if isFrontend {
            samples.begin(.request, isFinal: true)
            connection.pointee.backend = backendByRules(connection, nil)
            if let backend = connection.pointee.backend {
                count(backend.pointee.cells)
                if let rules = backend.pointee.connectionRules, rules.pointee.content.count > 0,
                    !isOwn(backend, connection)
                {
                    connection.pointee.rare?.pointee.progress.stage = .backendContent
                    return inspect(connection)
                }
            }
        }
        finish(connection, failure)
    }

    /// Something came from a client whose words are looked at.
    mutating func inspectMore(_ connection: UnsafeMutablePointer<Connection>) {
        if connection.pointee.clientReady.contains(.failed) {
            connection.pointee.rare?.pointee.progress.failure = .clientFailed
        }
        connection.pointee.lastActivity = now
        inspect(connection)
    }

    /// Reads what is there and lets go of it, where the connection reached no server or rules still judge what that says: a
    /// socket that is closed with unread bytes resets the connection, where HAProxy has read and counted them, and its
    /// connection ends.
    mutating func swallow(_ connection: UnsafeMutablePointer<Connection>) {
        let isSession = connection.pointee.state != .refused && connection.pointee.state != .readingHeader
        let isJudged = connection.pointee.state == .judging
        guard isSession, connection.pointee.connectTime < 0 || isJudged else { return }
        for _ in 0..<4 {
            let count = clinux_receive(connection.pointee.client, buffer, Self.bufferSize, CInt(MSG_DONTWAIT))
            if count <= 0 { break }
            connection.pointee.up.bytes &+= UInt64(count)
        }
        guard isJudged, connection.pointee.server >= 0 else { return }
        let count = clinux_receive(connection.pointee.server, buffer, SampleDesk.look, CInt(MSG_DONTWAIT))
        if count > 0 { connection.pointee.down.bytes &+= UInt64(count) }
    }

    // MARK: - Switching

    /// `use_backend`; what a condition cannot tell by now is not so.
    private mutating func switchByRules(_ connection: UnsafeMutablePointer<Connection>, _ slot: Int?) {
        samples.begin(.request, isFinal: true)
        connection.pointee.backend = backendByRules(connection, slot)
        guard let backend = connection.pointee.backend else { return finish(connection, .noServer) }
        enter(connection, backend, slot)
    }

    private mutating func backendByRules(
        _ connection: UnsafeMutablePointer<Connection>,
        _ slot: Int?
    ) -> UnsafePointer<BackendEntry>? {
        let frontend = connection.pointee.frontend
        var index = 0
        while index < frontend.pointee.ruleCount {
            let rule = frontend.pointee.rules + index
            index += 1
            guard matches(rule.pointee.condition, connection, slot) else { continue }
            guard let format = rule.pointee.format else { return rule.pointee.backend }
            log.line.clear()
            write(format, LoggedMoment(connection))
            let name = UnsafeRawBufferPointer(start: log.line.bytes, count: log.line.count)
            // A name that no backend has leads to the next rule's: as with HAProxy, to the default.
            return connection.pointee.lease.pointee.directory?.pointee.backend(name) ?? frontend.pointee.defaultBackend
        }
        return frontend.pointee.defaultBackend
    }

    /// The backend is known: its own rules about what is said, then a server.
    mutating func enter(
        _ connection: UnsafeMutablePointer<Connection>,
        _ backend: UnsafePointer<BackendEntry>,
        _ slot: Int?
    ) {
        count(backend.pointee.cells)
        connection.pointee.attemptsLeft = backend.pointee.retries
        guard let rules = backend.pointee.connectionRules else { return chooseServer(connection, slot) }
        if isOwn(backend, connection) || rules.pointee.content.count == 0 {
            samples.begin(.request, isFinal: true)
            return chooseServer(connection, slot)
        }
        let rare = rareState(connection)
        rare.pointee.progress = RuleProgress(stage: .backendContent)
        connection.pointee.state = .inspecting
        inspect(connection)
    }

    /// The other half of the section: it has looked at the same rules.
    private func isOwn(
        _ backend: UnsafePointer<BackendEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Bool {
        let frontend = connection.pointee.frontend
        return frontend.pointee.connectionRules?.pointee.isListen == true && frontend.pointee.defaultBackend == backend
            && backend.pointee.connectionRules?.pointee.isListen == true
    }
}
