internal import CLinux
internal import Glibc

extension Worker {
    /// Connections taken from a listener in a turn of so many events. They are few, as `tune.maxaccept` of HAProxy is: whoever
    /// took all that wait would serve them alone, while the other threads sleep. Where much goes on a turn is long, and
    /// those who wait for it are more.
    @inline(__always)
    static func share(of events: CInt) -> Int { 1 + Int(events) / 32 }

    /// Takes connections from a listener; gives how many, `most` if there may be more.
    @discardableResult
    mutating func accept(slot: Int, atMost most: Int) -> Int {
        guard slot < listenerHigh, let entry = listeners[slot].entry, !listeners[slot].isPaused else { return 0 }
        let frontend = entry.pointee.frontend
        var peer = clinux_peer()
        for taken in 0..<most {
            guard enterDoor(slot, entry) else { return taken }
            let client = clinux_accept(listeners[slot].descriptor, &peer)
            if client < 0 {
                leaveDoor(frontend, entry.pointee.cells)
                // Out of descriptors or memory: the listener would wake us again at once.
                let code = errno
                if code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM {
                    pauseAccepting(for: 100)
                }
                if code == ECONNABORTED || code == EINTR { continue }
                return taken
            }
            if frontend.pointee.maxSessionRate > 0 { countSession(frontend) }
            mailbox.cells.pointee.taken &+= 1
            countArrival(frontend.pointee.cells, entry.pointee.cells)
            if frontend.pointee.connectionRules == nil { count(frontend.pointee.cells) }
            begin(client, peer, entry, slot)
            if !accepting, !isEmptying { return taken + 1 }
        }
        return most
    }

    private mutating func begin(
        _ client: CInt,
        _ peer: clinux_peer,
        _ entry: UnsafePointer<ListenerEntry>,
        _ slot: Int
    ) {
        let frontend = entry.pointee.frontend
        guard let index = slab.take() else {
            close(client)
            leaveDoor(frontend, entry.pointee.cells)
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
                isDirect: false,
                hasWaited: false,
                isReported: false,
                isQueued: false,
                late: nil,
                up: Direction(),
                down: Direction(),
                lease: lease,
                frontend: frontend,
                backend: nil,
                target: nil,
                acceptedWall: wall,
                acceptedAt: now,
                connectTime: -1,
                queueTime: -1,
                peerAddress: Self.number(peer),
                peerPort: peer.family == 0 ? entry.pointee.clientPort : peer.port,
                peerFamily: peer.family,
                epoch: 0,
                rare: nil,
                listener: entry.pointee.cells,
                number: frontend.pointee.numbersConnections ? clinux_atomic_add(&shared.pointee.numbered, 1) : 0
            )
        )
        lease.pointee.connections += 1
        if let rules = frontend.pointee.connectionRules { return beginByRules(connection, rules, entry, slot) }
        if entry.pointee.acceptsProxy { return awaitHeader(connection, entry.pointee) }
        route(connection, slot)
        if connection.pointee.generation == generation, connection.pointee.state != .free {
            if clinux_epoll_add_edge(epoll, client, tag(connection, .client)) < 0 { finish(connection, .resources) }
        }
    }

    /// Chooses a backend and goes to one of its servers.
    ///
    /// - Parameter slot: The listener; nil if it may be another one by now.
    mutating func route(_ connection: UnsafeMutablePointer<Connection>, _ slot: Int?) {
        if connection.pointee.frontend.pointee.connectionRules != nil { return routeByRules(connection, slot) }
        if connection.pointee.frontend.pointee.log != nil { reportBegin(connection, slot) }
        connection.pointee.backend = backend(for: connection, slot)
        guard let backend = connection.pointee.backend else {
            return finish(connection, .noServer)
        }
        if backend.pointee.connectionRules != nil { return enter(connection, backend, slot) }
        count(backend.pointee.cells)
        connection.pointee.attemptsLeft = backend.pointee.retries
        chooseServer(connection, slot)
    }

    /// The server that a rule or an earlier connection names, or one that the balance chooses.
    @inline(__always)
    mutating func chooseServer(_ connection: UnsafeMutablePointer<Connection>, _ slot: Int?) {
        guard let backend = connection.pointee.backend else { return finish(connection, .noServer) }
        var server = ruledServer(backend, connection, slot)
        if let stick = backend.pointee.stick {
            let stuck = stuckServer(connection, backend, stick, isAssigned: server != nil)
            if server == nil { server = stuck }
        }
        connection.pointee.rare?.pointee.variables.endRequest()
        if let server { return connectDirectly(connection, to: server) }
        connectToAny(connection, avoiding: nil)
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
            if matchesPlainly(rule.pointee.condition, connection, slot) {
                return rule.pointee.backend
            }
            index += 1
        }
        return frontend.pointee.defaultBackend
    }

    private mutating func place(
        named format: UnsafePointer<LineFormatEntry>,
        _ backend: UnsafePointer<BackendEntry>,
        _ connection: UnsafeMutablePointer<Connection>
    ) -> Int? {
        log.line.clear()
        write(format, LoggedMoment(connection))
        let name = PlanText(start: UnsafePointer(log.line.bytes), count: log.line.count)
        return backend.pointee.place(ofServer: name)
    }

    /// The server of the first `use-server` rule that matches and whose server is up.
    @inline(__always)
    private mutating func ruledServer(
        _ backend: UnsafePointer<BackendEntry>,
        _ connection: UnsafeMutablePointer<Connection>,
        _ slot: Int?
    ) -> UnsafePointer<ServerEntry>? {
        var index = 0
        while index < backend.pointee.serverRuleCount {
            let rule = backend.pointee.serverRules + index
            index += 1
            if let format = rule.pointee.format {
                guard matches(rule.pointee.condition, connection, slot) else { continue }
                // As in HAProxy, a name that no server has leaves the choice to the balance.
                guard let place = place(named: format, backend, connection) else { return nil }
                let server = backend.pointee.servers + place
                if clinux_atomic_load(&server.pointee.cells.pointee.isUp) != 0 { return server }
                continue
            }
            guard let server = rule.pointee.server, clinux_atomic_load(&server.pointee.cells.pointee.isUp) != 0,
                matches(rule.pointee.condition, connection, slot)
            else { continue }
            return server
        }
        return nil
    }

    func value(
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
        case .sample: return false
        }
        var index = 0
        while index < condition.pointee.rangeCount {
            let range = condition.pointee.ranges + index
            if range.pointee.family == family, number >= range.pointee.low, number <= range.pointee.high { return true }
            index += 1
        }
        return false
    }

}
