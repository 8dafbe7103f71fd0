internal import CLinux
internal import Glibc

extension Worker {
    /// Most connections taken from a listener per turn.
    static let acceptBatch = 64

    /// Takes connections from a listener; gives how many, ``acceptBatch`` if there may be more.
    @discardableResult
    mutating func accept(slot: Int) -> Int {
        guard slot < listenerHigh, let frontend = listeners[slot].frontend else { return 0 }
        var peer = clinux_peer()
        for taken in 0..<Self.acceptBatch {
            if clinux_atomic_load(&shared.pointee.connections) >= clinux_atomic_load(&shared.pointee.maxConnections) {
                pauseAccepting(for: 0)
                return taken
            }
            let client = clinux_accept(listeners[slot].descriptor, &peer)
            if client < 0 {
                // Out of descriptors or memory: the listener would wake us again at once.
                let code = errno
                if code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM {
                    pauseAccepting(for: 100)
                }
                if code == ECONNABORTED || code == EINTR { continue }
                return taken
            }
            begin(client, peer, frontend, slot)
            if !accepting { return taken + 1 }
        }
        return Self.acceptBatch
    }

    private mutating func begin(
        _ client: CInt,
        _ peer: clinux_peer,
        _ frontend: UnsafePointer<FrontendEntry>,
        _ slot: Int
    ) {
        guard let index = slab.take() else {
            close(client)
            return pauseAccepting(for: 100)
        }
        let connection = slab[index]
        let generation = connection.pointee.generation
        connection.initialize(
            to: Connection(
                client: client,
                server: -1,
                generation: generation,
                index: index,
                next: Slab.none,
                previous: Slab.none,
                wheelSlot: -1,
                deadline: 0,
                wheelTime: 0,
                lastActivity: now,
                state: .connecting,
                clientReady: [],
                serverReady: [],
                attemptsLeft: 0,
                attempts: 0,
                redispatched: false,
                serverNoDelay: false,
                sentToServer: false,
                holdsServer: false,
                isQueued: false,
                up: Direction(),
                down: Direction(),
                lease: lease,
                frontend: frontend,
                backend: nil,
                target: nil,
                acceptedWall: wall,
                acceptedAt: now,
                connectTime: -1,
                peerAddress: Self.number(peer),
                peerPort: peer.family == 0 ? listeners[slot].entry.number : peer.port,
                peerFamily: peer.family,
                rare: nil
            )
        )
        lease.pointee.connections += 1
        _ = clinux_atomic_add(&shared.pointee.connections, 1)
        _ = clinux_atomic_add(&frontend.pointee.cells.pointee.connections, 1)
        if listeners[slot].entry.acceptsProxy { return awaitHeader(connection, listeners[slot].entry) }
        route(connection, slot)
        if connection.pointee.generation == generation, connection.pointee.state != .free {
            if clinux_epoll_add_edge(epoll, client, tag(connection, .client)) < 0 { finish(connection, .resources) }
        }
    }

    /// Chooses a backend and goes to one of its servers.
    ///
    /// - Parameter slot: The listener; nil if it may be another one by now.
    mutating func route(_ connection: UnsafeMutablePointer<Connection>, _ slot: Int?) {
        connection.pointee.backend = backend(for: connection, slot)
        guard let backend = connection.pointee.backend else {
            return finish(connection, .noServer)
        }
        _ = clinux_atomic_add(&backend.pointee.cells.pointee.connections, 1)
        connection.pointee.attemptsLeft = backend.pointee.retries
        if let stick = backend.pointee.stick, let server = stuckServer(connection, backend, stick) {
            return attempt(connection, server)
        }
        connectToNext(connection, avoiding: nil)
    }

    /// The first rule that matches, or the default.
    @inline(__always)
    private func backend(
        for connection: UnsafeMutablePointer<Connection>,
        _ slot: Int?
    ) -> UnsafePointer<BackendEntry>? {
        let frontend = connection.pointee.frontend
        var index = 0
        while index < frontend.pointee.ruleCount {
            let rule = frontend.pointee.rules + index
            if matches(rule, connection, slot) { return rule.pointee.backend }
            index += 1
        }
        return frontend.pointee.defaultBackend
    }

    func matches(
        _ rule: UnsafePointer<RuleEntry>,
        _ connection: UnsafeMutablePointer<Connection>,
        _ slot: Int?
    ) -> Bool {
        if rule.pointee.conditionCount == 0 { return true }
        var holds = true
        var index = 0
        while index < rule.pointee.conditionCount {
            let condition = rule.pointee.conditions + index
            index += 1
            if holds { holds = value(condition, connection, slot) != condition.pointee.negated }
            if condition.pointee.endsAlternative {
                if holds { return true }
                holds = true
            }
        }
        return false
    }

    private func value(
        _ condition: UnsafePointer<ConditionEntry>,
        _ connection: UnsafeMutablePointer<Connection>,
        _ slot: Int?
    ) -> Bool {
        let number: UInt128
        var family: UInt8 = 0
        switch condition.pointee.kind {
        case .destinationPort: number = UInt128(destinationPort(connection, slot))
        case .sourcePort: number = UInt128(connection.pointee.peerPort)
        case .source: (number, family) = (connection.pointee.peerAddress, connection.pointee.peerFamily)
        case .destination: (number, family) = destinationAddress(connection, slot)
        case .constant: number = 0
        }
        var index = 0
        while index < condition.pointee.rangeCount {
            let range = condition.pointee.ranges + index
            if range.pointee.family == family, number >= range.pointee.low, number <= range.pointee.high { return true }
            index += 1
        }
        return false
    }

    /// Takes the listeners out of epoll: while nothing may be accepted, they would wake us without end.
    ///
    /// - Parameter milliseconds: When to try again; 0: when a connection has ended.
    mutating func pauseAccepting(for milliseconds: UInt64) {
        guard accepting else { return }
        accepting = false
        // Other threads' connections end without our knowledge, so a look from time to time is needed either way.
        pausedByLimit = milliseconds == 0
        resumeAt = now + (milliseconds == 0 ? 50 : milliseconds)
        for slot in 0..<listenerHigh where listeners[slot].frontend != nil {
            _ = clinux_epoll_remove(epoll, listeners[slot].descriptor)
        }
    }

    mutating func resumeAccepting() {
        let full = clinux_atomic_load(&shared.pointee.connections) >= clinux_atomic_load(&shared.pointee.maxConnections)
        guard !full, now >= resumeAt || pausedByLimit else {
            if now >= resumeAt { resumeAt = now + 50 }
            return
        }
        accepting = true
        resumeAt = 0
        for slot in 0..<listenerHigh where listeners[slot].frontend != nil { watch(slot) }
    }

    func watch(_ slot: Int) {
        let events = UInt32(CLINUX_EPOLL_IN) | UInt32(CLINUX_EPOLL_EXCLUSIVE)
        _ = clinux_epoll_add(epoll, listeners[slot].descriptor, events, UInt64(slot) << 2 | Side.listener.rawValue)
    }
}
