internal import CLinux
internal import Glibc
internal import HealthChecks
internal import Syscalls

extension Checker {
    /// The next run begins, or this one took too long.
    func due(_ probe: Probe, _ now: UInt64) {
        guard probe.run == nil else {
            let layer = probe.socket?.layer ?? .none
            return tell(probe, .timedOut(layer))
        }
        let server = probe.owner
        guard ServerControl(server.target.cells).isChecked(by: probe.source) else {
            return wake(probe, at: now + UInt64(probe.regularInterval))
        }
        // Without the library, a check that connects is better than one that fails.
        let isLimited = probe.wantsTLS && !canSpeakTLS()
        let program = probe.program
        var run = CheckRun(
            isLimited ? .connect : program,
            CheckRun.Subject(
                backend: server.target.backend.name,
                server: server.target.server.name,
                state: program.sendsState ? server.target.stateHeader(server.condition, node: node) : "",
                isUp: server.condition.operation != .stopped,
                date: UInt32(truncatingIfNeeded: Clock.wall() / 1000)
            )
        )
        let actions = run.start()
        probe.begin(run, now: now, speaksTLS: !isLimited)
        ServerControl(server.target.cells).note(isUnderWay: true, of: probe.source)
        // HAProxy: the interval bounds the whole check without `timeout check`, and the connection with it.
        let connect = server.target.backend.checkTimeout == nil ? nil : server.target.backend.connectTimeout
        let limit = min(probe.regularInterval, connect ?? .max)
        wake(probe, at: now + UInt64(max(1, limit)))
        perform(probe, actions)
    }

    /// Something happened to the connection of a check.
    func ready(_ probe: Probe, _ events: UInt32) {
        guard probe.run != nil, probe.socket != nil else { return }
        switch probe.socket?.layer {
        case .connecting:
            let ended = UInt32(CLINUX_EPOLL_OUT | CLINUX_EPOLL_ERR | CLINUX_EPOLL_HUP)
            guard events & ended != 0, let progress = probe.socket?.finishConnecting() else { return }
            if case .connected = progress { connected(probe) } else { take(probe, progress) }
        case .securing: handshake(probe)
        case .established:
            probe.socket?.flush()
            receive(probe)
        case .some(.none), nil: break
        }
    }

    private func connected(_ probe: Probe) {
        if let header = probe.proxyHeader, let socket = probe.socket {
            probe.socket?.send(CheckHeader.bytes(header, on: socket.descriptor))
        }
        guard probe.speaksTLS, let settings = probe.tls(probe.connection), let socket = probe.socket else {
            probe.run?.isSecured = false
            return established(probe)
        }
        let authorities = probe.owner.target.server.authorities
        guard let session = tls.session(socket.descriptor, settings, authorities: authorities) else {
            return tell(probe, .failed("TLS cannot be used for this check", .none))
        }
        probe.socket?.secure(session)
        handshake(probe)
    }

    private func handshake(_ probe: Probe) {
        guard let progress = probe.socket?.handshake() else { return }
        switch progress {
        case .connected:
            probe.run?.isSecured = true
            established(probe)
        default: take(probe, progress)
        }
    }

    private func established(_ probe: Probe) {
        if let limit = probe.owner.target.backend.checkTimeout {
            wake(probe, at: Clock.monotonic() + UInt64(max(1, limit)))
        }
        tell(probe, .connected)
    }

    private func receive(_ probe: Probe) {
        // What is read leads here again: the loop goes on with it, and pieces, however many, need no stack.
        if probe.isInLoop { return }
        probe.isInLoop = true
        defer { probe.isInLoop = false }
        while probe.isReceiving, let progress = probe.socket?.receive() {
            if case .wait = progress { return }
            take(probe, progress)
        }
    }

    private func take(_ probe: Probe, _ progress: CheckSocket.Progress) {
        switch progress {
        case .wait: break
        case .connected: tell(probe, .connected)
        case .received(let bytes): tell(probe, .received(bytes))
        case .ended: tell(probe, .ended)
        case .failed(let words, let layer): tell(probe, .failed(words, layer))
        }
    }

    private func tell(_ probe: Probe, _ event: CheckRun.Event) {
        guard let actions = probe.run?.handle(event) else { return }
        perform(probe, actions)
    }

    private func perform(_ probe: Probe, _ actions: [CheckRun.Action]) {
        for action in actions {
            switch action {
            case .connect(let connection): connect(probe, connection)
            case .send(let bytes): probe.socket?.send(bytes)
            case .receive:
                probe.isReceiving = true
                receive(probe)
            case .finish(let result): finish(probe, result)
            }
        }
    }

    private func connect(_ probe: Probe, _ connection: CheckConnection) {
        probe.socket?.close()
        probe.socket = nil
        probe.isReceiving = false
        probe.connection = connection
        do throws(SystemError) {
            let source = probe.owner.target.server.connection.source
            let socket = try CheckSocket(probe.place(connection), from: source, lingers: connection.lingers)
            probe.socket = socket
            guard clinux_epoll_add_edge(epoll, socket.descriptor, probe.id) == 0 else {
                throw SystemError(code: errno, operation: "watch a check")
            }
        } catch  where error.code == EMFILE || error.code == ENFILE || error.code == ENOMEM {
            // Our own shortage says nothing about the server.
            probe.rest()
            ServerControl(probe.owner.target.cells).note(isUnderWay: false, of: probe.source)
            wake(probe, at: Clock.monotonic() + UInt64(probe.interval))
        } catch {
            var words = ErrnoName(error.code).words
            // The kernel knows no way there, and says so at once.
            let isUnreachable = [ENETUNREACH, EHOSTUNREACH, EACCES, EPERM].contains(error.code)
            let isLocal = if case .path = probe.place(connection) { true } else { false }
            if probe.socket == nil, isUnreachable || isLocal { words = "General socket error (\(words))" }
            // A unix socket that is not there is no matter of a layer, as HAProxy sees it.
            tell(probe, .failed(words, probe.socket == nil && !isLocal ? .connecting : .none))
        }
    }

    private func finish(_ probe: Probe, _ result: CheckResult) {
        let now = Clock.monotonic()
        let reply = probe.run?.agentReply
        let elapsed = now - probe.startedAt
        probe.rest()
        let server = probe.owner
        let control = ServerControl(server.target.cells)
        // What it said decides when the next one is.
        var next: UInt64 {
            now + CheckSchedule.varied(UInt64(probe.interval), percent: known.spread, draw: .random(in: 0..<1))
        }
        if probe.source == .check, control.isPaused {
            // It began before the maintenance, of which it says nothing.
            control.note(isUnderWay: false, of: .check)
            return wake(probe, at: next)
        }
        // What an agent asks for comes first, then what its check says.
        if let reply {
            if let word = reply.administration {
                let effect = control.administer(Administration(word), byAgent: true)
                beginAnew(server.target.cells, effect)
                if let change = effect.change { tell(server, [change], effect) }
            }
            let heard = server.condition.hear(reply)
            if !heard.isEmpty { tell(server, result, probe.source, changes: heard, false, milliseconds: elapsed) }
        }
        let wasUp = server.condition.check?.isUp ?? false
        let isInMaintenance = control.standing.isInMaintenance
        let (changes, isWorthTelling) =
            server.condition.conclude(
                result,
                of: probe.source,
                isInMaintenance: isInMaintenance,
                isOtherOff: !control.isChecked(by: probe.source == .check ? .agent : .check)
            )
        if result.status.verdict == .passed, server.target.server.observation != nil {
            clinux_atomic_store(&server.target.cells.cells.pointee.errors, 0)
        }
        note(server, result, probe.source, elapsed, wasUp: wasUp)
        tell(server, result, probe.source, changes: changes, isWorthTelling, milliseconds: elapsed)
        wake(probe, at: next)
    }

    /// Keeps what a check said for those who ask.
    private func note(
        _ server: CheckedServer,
        _ result: CheckResult,
        _ source: ServerCondition.Source,
        _ elapsed: UInt64,
        wasUp: Bool
    ) {
        let health = source == .check ? server.condition.check : server.condition.agent
        let cells = CheckCells(
            health: health?.counter ?? 0,
            duration: UInt32(clamping: elapsed),
            code: UInt16(clamping: result.code),
            status: UInt8(truncatingIfNeeded: CheckStatus.allCases.firstIndex(of: result.status) ?? 0)
        )
        // As HAProxy counts them: those of a server that is down are no news.
        let failed = source == .check && wasUp && result.status.verdict == .failed
        ServerControl(server.target.cells).note(cells, result.info, of: source, failed: failed)
    }

    /// Brings changes into effect, then tells of them.
    private func tell(
        _ server: CheckedServer,
        _ result: CheckResult,
        _ source: ServerCondition.Source,
        changes: [ServerCondition.Change],
        _ isWorthTelling: Bool,
        milliseconds: UInt64?
    ) {
        let effect = apply(server)
        let control = ServerControl(server.target.cells)
        for change in changes {
            switch change {
            case .weight(let percent): control.setWeight(percent: UInt32(clamping: percent))
            case .maxConnections(let limit): control.setMaxConnections(UInt32(clamping: limit))
            default: break
            }
        }
        let backend = server.target.backend
        guard backend.log != nil || logs.isAloud else { return }
        let health = source == .check ? server.condition.check : server.condition.agent
        if backend.logsChecks, isWorthTelling, let health {
            let place = server.target.place
            let fraction = health.fraction(isDraining: !place.hasWeight)
            tell(
                HealthLog.line(result, source, place, milliseconds: milliseconds, fraction: fraction),
                of: backend
            )
        }
        if changes.isEmpty { return }
        let reason = backend.logsChecks ? "" : HealthLog.reason(result, milliseconds: milliseconds)
        tell(server, changes, effect, reason)
    }

    private func tell(
        _ server: CheckedServer,
        _ changes: [ServerCondition.Change],
        _ effect: ServerControl.Effect,
        _ reason: String = ""
    ) {
        let backend = server.target.backend
        guard backend.log != nil || logs.isAloud else { return }
        var place = server.target.place
        place.adopt(effect)
        place.standing = ServerControl(server.target.cells).standing
        place.isDown = server.condition.operation == .stopped
        for change in changes {
            teller.tell(change, place, of: server.target.cells, backend.log, reason: reason)
        }
    }

    /// Looks for servers whose connections failed too often in a row.
    func observe(_ now: UInt64) {
        for server in servers.values {
            guard let observation = server.target.server.observation, server.target.server.check != nil else {
                continue
            }
            let errors = clinux_atomic_load(&server.target.cells.cells.pointee.errors)
            guard errors >= observation.limit else { continue }
            clinux_atomic_store(&server.target.cells.cells.pointee.errors, 0)
            let isInMaintenance = ServerControl(server.target.cells).standing.isInMaintenance
            if let outcome = server.condition
                .react(observation.reaction, errors: observation.limit, isInMaintenance: isInMaintenance)
            {
                let (result, changes, isWorthTelling) = outcome
                tell(server, result, .check, changes: changes, isWorthTelling, milliseconds: nil)
            }
            if let fast = server.target.server.check?.fastInterval, let probe = server.check, probe.run == nil {
                wake(probe, at: min(probe.wakesAt, now + UInt64(fast)))
            }
        }
    }
}

extension Administration {
    fileprivate init(_ word: AgentReply.Administration) {
        switch word {
        case .ready: self = .ready
        case .drain: self = .drain
        case .maintenance: self = .maintenance
        }
    }
}
