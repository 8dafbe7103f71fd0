internal import CLinux

/// What decides about a server from outside the data path: health checks, agents and name resolution. The one place that
/// writes the cells that balancing reads; every change takes effect at once, for the servers that `track` this one too.
struct ServerControl {
    /// What a change did to those who wait for the server.
    struct Effect {
        /// They choose another server now.
        var requeued = 0
        /// They still wait for it.
        var waiting = 0
        /// It was otherwise before.
        var hasChanged = false
        /// What it did to the servers that `track` this one.
        var followers: [OnFollower] = []
    }

    struct OnFollower {
        var cells: Shared<ServerCells>
        var effect: Effect
    }

    let cells: Shared<ServerCells>

    init(_ cells: Shared<ServerCells>) { self.cells = cells }

    /// New connections may use the server.
    @discardableResult
    func markUp() -> Effect { mark(isUp: true, depth: 0) }

    /// No new connection uses it; those that exist go on unless `on-marked-down` says otherwise.
    @discardableResult
    func markDown() -> Effect { mark(isUp: false, depth: 0) }

    /// No new connection uses it, and those that exist go on whatever happens to a server that is down.
    @discardableResult
    func hold() -> Effect { mark(isUp: false, depth: 0, endsSessions: false) }

    /// For a server that nobody checks.
    @discardableResult
    func mark(_ health: ServerOrder.Health) -> Effect {
        switch health {
        case .up: markUp()
        case .stopping: hold()
        case .down: markDown()
        }
    }

    /// How it is, whatever somebody says who administers it.
    var health: ServerOrder.Health {
        if clinux_atomic_load(&cells.cells.pointee.isHealthy) != 0 { return .up }
        return cells.cells.pointee.isHeld != 0 ? .stopping : .down
    }

    /// What was said last by somebody who administers it.
    var administration: Administration { Administration(rawValue: cells.cells.pointee.administration) ?? .ready }

    var isUp: Bool { clinux_atomic_load(&cells.cells.pointee.isUp) != 0 }

    /// An agent's `75%`: that part of the configured weight. 0 takes no new connections.
    func setWeight(percent: UInt32) { withLock { cells.cells.pointee.weightPercent = percent } }

    /// An agent's `maxconn:30`, in place of the configured one; nil takes it back.
    func setMaxConnections(_ limit: UInt32?) {
        withLock {
            cells.cells.pointee.agentMaxConnections = limit ?? .max
            cells.cells.pointee.applyLimits()
        }
    }

    /// What somebody says who administers it; its health is watched on.
    @discardableResult
    func administer(_ administration: Administration) -> Effect {
        change(depth: 0, endsSessions: administration == .maintenance) {
            $0.pointee.administration = administration.rawValue
        }
    }

    /// A weight in place of the configured one, 0-256.
    func override(weight: UInt32) { withLock { cells.cells.pointee.weightOverride = UInt16(clamping: weight) } }

    /// Notes the result of a check, for those who ask.
    ///
    /// - Parameter words: What the server said, or what went wrong.
    func note(_ check: CheckCells, _ words: String, of source: ServerCondition.Source, failed: Bool) {
        let backend = cells.cells.pointee.backend
        clinux_lock(&backend.pointee.lock)
        defer { clinux_unlock(&backend.pointee.lock) }
        if failed { cells.cells.pointee.history.failedChecks &+= 1 }
        var check = check
        if source == .check {
            check.isPaused = cells.cells.pointee.history.check.isPaused
            cells.cells.pointee.history.check = check
        } else {
            check.isPaused = cells.cells.pointee.history.agent.isPaused
            cells.cells.pointee.history.agent = check
        }
        let known = cells.words
        if words == (source == .check ? known?.check : known?.agent) ?? "" { return }
        cells.words =
            source == .check
            ? CheckWords(check: words, agent: known?.agent ?? "") : CheckWords(check: known?.check ?? "", agent: words)
    }

    /// Checks pause until somebody says that they go on.
    func pause(_ isPaused: Bool, _ source: ServerCondition.Source) {
        let backend = cells.cells.pointee.backend
        clinux_lock(&backend.pointee.lock)
        defer { clinux_unlock(&backend.pointee.lock) }
        if source == .check {
            cells.cells.pointee.history.check.isPaused = isPaused
        } else {
            cells.cells.pointee.history.agent.isPaused = isPaused
        }
    }

    /// Checks do not pause: neither a command nor maintenance says so.
    func areChecked(by source: ServerCondition.Source) -> Bool {
        let backend = cells.cells.pointee.backend
        clinux_lock(&backend.pointee.lock)
        defer { clinux_unlock(&backend.pointee.lock) }
        let history = cells.cells.pointee.history
        return !(source == .check ? history.check : history.agent).isPaused
    }

    /// A check begins, or ends without a result.
    func note(isUnderWay: Bool, of source: ServerCondition.Source) {
        let backend = cells.cells.pointee.backend
        clinux_lock(&backend.pointee.lock)
        defer { clinux_unlock(&backend.pointee.lock) }
        if source == .check {
            cells.cells.pointee.history.check.isUnderWay = isUnderWay
        } else {
            cells.cells.pointee.history.agent.isUnderWay = isUnderWay
        }
    }

    private func mark(isUp: Bool, depth: Int, endsSessions: Bool = true) -> Effect {
        // What is so already takes no lock: this is asked of every server at every change of the configuration. One that was
        // held may go down.
        let isKnown = (clinux_atomic_load(&cells.cells.pointee.isHealthy) != 0) == isUp
        if isKnown, isUp || !endsSessions { return Effect() }
        return change(depth: depth, endsSessions: endsSessions) {
            clinux_atomic_store(&$0.pointee.isHealthy, isUp ? 1 : 0)
            $0.pointee.isHeld = isUp || endsSessions ? 0 : 1
        }
    }

    /// Changes what decides whether the server is used, and does what follows from it.
    private func change(
        depth: Int,
        endsSessions: Bool,
        _ body: (UnsafeMutablePointer<ServerCells>) -> Void
    ) -> Effect {
        var effect = Effect()
        var reactions: ServerReactions?
        var isUp = false
        var endsNow = false
        withLock {
            let own = cells.cells
            let wasOut = own.pointee.isOut
            body(own)
            // A server that drains is not used, and may still go down.
            if endsSessions, !wasOut, own.pointee.isOut, cells.reactions?.shutsSessionsWhenDown == true {
                endsNow = true
                _ = clinux_atomic_add(&own.pointee.epoch, 1)
            }
            isUp = clinux_atomic_load(&own.pointee.isHealthy) != 0 && own.pointee.administration == 0
            reactions = cells.reactions
            guard self.isUp != isUp else { return }
            effect.hasChanged = true
            clinux_atomic_store(&own.pointee.isUp, isUp ? 1 : 0)
            own.pointee.history.turn(isUp: isUp, second: Clock.second())
            if isUp {
                own.pointee.startedAt = own.pointee.slowStart > 0 ? Clock.second() : 0
            } else {
                effect.requeued = Placement.dismiss(own, own.pointee.backend)
            }
            effect.waiting = Int(own.pointee.queue.length)
        }
        guard let reactions else { return effect }
        if endsNow { reactions.endings.announce() }
        guard effect.hasChanged else { return effect }
        if isUp, cells.cells.pointee.currentWeight > 0 {
            for backup in reactions.backups { _ = clinux_atomic_add(&backup.cells.pointee.epoch, 1) }
        }
        if isUp, !reactions.backups.isEmpty { reactions.endings.announce() }
        // A server may follow one that follows another; the limit ends a circle.
        if depth < 16 {
            for follower in reactions.followers {
                let own = ServerControl(follower).mark(isUp: isUp, depth: depth + 1, endsSessions: endsSessions)
                if own.hasChanged { effect.followers.append(OnFollower(cells: follower, effect: own)) }
            }
        }
        return effect
    }

    /// Changes something, and lets those go who need wait no longer.
    private func withLock(_ body: () -> Void) {
        let backend = cells.cells.pointee.backend
        clinux_lock(&backend.pointee.lock)
        body()
        backend.pointee.changes &+= 1
        Placement.serveAll(backend, second: Clock.second())
        backend.look(second: Clock.second())
        clinux_unlock(&backend.pointee.lock)
    }
}
