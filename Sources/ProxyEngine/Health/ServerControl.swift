internal import CLinux
internal import HealthChecks

/// What decides about a server from outside the data path: health checks, agents and name resolution. The one place that
/// writes the cells that balancing reads; every change takes effect at once, for the servers that `track` this one too.
struct ServerControl {
    /// What a change did to those who wait for the server.
    struct Effect {
        /// They choose another server now.
        var requeued = 0
        /// They still wait for it.
        var waiting = 0
        /// It was used before and is not now, or the other way round.
        var hasChanged = false
        var before: ServerStanding = []
        var after: ServerStanding = []
        var healthBefore = ServerOrder.Health.up
        var health = ServerOrder.Health.up
        /// What it did to the servers that `track` this one.
        var followers: [OnFollower] = []

        /// What the log calls it; nil if nothing is told of it.
        var change: ServerCondition.Change? { before.change(to: after) }

        /// The same of what it did to its health.
        var healthChange: ServerCondition.Change? {
            if healthBefore == health || before.isInMaintenance || after.isInMaintenance { return nil }
            return health.change
        }

        /// It was in maintenance until now.
        var isBack: Bool { before.isInMaintenance && !after.isInMaintenance }
    }

    struct OnFollower {
        var cells: Shared<ServerCells>
        var effect: Effect
    }

    let cells: Shared<ServerCells>

    init(_ cells: Shared<ServerCells>) { self.cells = cells }

    /// How it is, whatever somebody says who administers it.
    var health: ServerOrder.Health {
        if clinux_atomic_load(&cells.cells.pointee.isHealthy) != 0 { return .up }
        return cells.cells.pointee.isHeld != 0 ? .stopping : .down
    }

    /// What those say who administer it, and what it inherits.
    var standing: ServerStanding { cells.cells.pointee.standing }

    var isUp: Bool { clinux_atomic_load(&cells.cells.pointee.isUp) != 0 }

    /// Nobody asks its agent any more: what that said of it is taken back, and it stands at what was said before.
    func forgetAgent() -> Effect {
        change(depth: 0, endsSessions: false) { own in
            own.pointee.history.agent = CheckCells()
            cells.words = cells.words.map { CheckWords(check: $0.check, agent: "") }
            own.pointee.weightPercent = 100
            own.pointee.agentMaxConnections = .max
            own.pointee.applyLimits()
            guard let before = own.pointee.beforeAgent else { return }
            own.pointee.beforeAgent = nil
            own.pointee.standing.administration = before
        }
    }

    /// An agent's `75%`: that part of the configured weight. 0 takes no new connections.
    func setWeight(percent: UInt32) { withLock { cells.cells.pointee.weightPercent = percent } }

    /// An agent's `maxconn:30`, in place of the configured one.
    func setMaxConnections(_ limit: UInt32) {
        withLock {
            cells.cells.pointee.agentMaxConnections = limit
            cells.cells.pointee.applyLimits()
        }
    }

    /// What somebody says who administers it. In maintenance it is not checked; its agent is asked on.
    ///
    /// - Parameter byAgent: Its agent says so, whose word lasts as long as there is an agent.
    @discardableResult
    func administer(_ administration: Administration, byAgent: Bool = false) -> Effect {
        change(depth: 0, endsSessions: administration == .maintenance) { own in
            let before = own.pointee.standing.administration
            if !byAgent || administration == .ready {
                own.pointee.beforeAgent = nil
            } else if before != administration, own.pointee.beforeAgent == nil {
                own.pointee.beforeAgent = before
            }
            own.pointee.standing.administration = administration
        }
    }

    /// Takes over from the one that it tracks what that hands on; who follows it goes along.
    func follow(_ leader: ServerControl) {
        _ = follow(leader.standing, leader.health, depth: 0, endsSessions: leader.health != .stopping)
    }

    /// It tracks none any more.
    func followNobody() {
        if standing.inheriting([]) == standing { return }
        _ = change(depth: 0, endsSessions: false) { $0.pointee.standing = $0.pointee.standing.inheriting([]) }
    }

    private func follow(
        _ leader: ServerStanding,
        _ health: ServerOrder.Health,
        depth: Int,
        endsSessions: Bool
    ) -> Effect {
        let isKnown = standing == standing.inheriting(leader) && (leader.isInMaintenance || self.health == health)
        if isKnown { return Effect() }
        return change(depth: depth, endsSessions: endsSessions) {
            $0.pointee.standing = $0.pointee.standing.inheriting(leader)
            // Of one in maintenance nobody knows how it is.
            if leader.isInMaintenance { return }
            clinux_atomic_store(&$0.pointee.isHealthy, health == .up ? 1 : 0)
            $0.pointee.isHeld = health == .stopping ? 1 : 0
        }
    }

    private func locked<Result>(_ body: (UnsafeMutablePointer<ServerCells>) -> Result) -> Result {
        let backend = cells.cells.pointee.backend
        clinux_lock(&backend.pointee.lock)
        defer { clinux_unlock(&backend.pointee.lock) }
        return body(cells.cells)
    }

    /// `disabled` is another word in the configuration than before: it takes the place of what commands said. Sessions go on, and
    /// what checks found before is forgotten.
    func configure(isDisabled: Bool) -> Effect {
        change(depth: 0, endsSessions: false) {
            $0.pointee.isDisabled = isDisabled
            $0.pointee.beforeAgent = nil
            $0.pointee.standing.administration = isDisabled ? .maintenance : .ready
            if isDisabled { $0.pointee.history.check.pause() }
        }
    }

    /// It goes on as it was before this process.
    func restore(_ former: ServerRestoration, rise: Int32, fall: Int32) {
        let (health, counter) = (former.state(fall: fall), former.counter(rise: rise, fall: fall))
        _ = change(depth: 0, endsSessions: false) { own in
            own.pointee.history.check.health = counter
            if let word = former.administration(isDisabled: own.pointee.isDisabled) {
                own.pointee.standing.administration = word
            }
            if own.pointee.isFollowing { return }
            clinux_atomic_store(&own.pointee.isHealthy, health == .up ? 1 : 0)
            own.pointee.isHeld = health == .stopping ? 1 : 0
        }
        locked { own in
            let second = Clock.second()
            own.pointee.history.changedAt = second &- former.seconds
            if former.operation == .starting, own.pointee.slowStart > 0 { own.pointee.startedAt = second }
            own.pointee.history.check.isOff = former.isCheckOff
            own.pointee.history.agent.isOff = former.isAgentOff
            guard own.pointee.isChecked, former.status != .initializing else { return }
            let place = CheckStatus.allCases.firstIndex(of: former.status) ?? 0
            own.pointee.history.check.status = UInt8(truncatingIfNeeded: place)
            own.pointee.history.check.duration = 0
        }
    }

    /// What was noted of its health: HAProxy's counters, or ``CheckCells/risen``.
    var noted: (check: Int32, agent: Int32) {
        locked { ($0.pointee.history.check.health, $0.pointee.history.agent.health) }
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
            check.isOff = cells.cells.pointee.history.check.isOff
            check.isPaused = cells.cells.pointee.history.check.isPaused
            cells.cells.pointee.history.check = check
        } else {
            check.isOff = cells.cells.pointee.history.agent.isOff
            cells.cells.pointee.history.agent = check
        }
        let known = cells.words
        if words == (source == .check ? known?.check : known?.agent) ?? "" { return }
        cells.words =
            source == .check
            ? CheckWords(check: words, agent: known?.agent ?? "") : CheckWords(check: known?.check ?? "", agent: words)
    }

    /// Notes what was said of its health, for those who ask.
    ///
    /// - Parameters: HAProxy's counters; nil where there is no such check.
    func note(check: HealthState?, agent: HealthState?) {
        locked { own in
            if let check { own.pointee.history.check.health = check.counter }
            if let agent { own.pointee.history.agent.health = agent.counter }
        }
    }

    /// Nobody checks it any more: what was counted last says nothing.
    func forgetCheck() {
        locked { own in
            if !own.pointee.standing.isInMaintenance { own.pointee.history.check.health = CheckCells.risen }
        }
    }

    /// The same of a server that may have no checks: HAProxy counts there, too.
    func note(health: Int32) { locked { $0.pointee.history.check.health = health } }

    /// It is checked until somebody says otherwise, or not until somebody says so.
    func turn(_ isOn: Bool, _ source: ServerCondition.Source) {
        locked { own in
            if source == .check {
                own.pointee.history.check.isOff = !isOn
            } else {
                own.pointee.history.agent.isOff = !isOn
            }
        }
    }

    /// It is not checked while it is in maintenance.
    var isPaused: Bool { locked { $0.pointee.history.check.isPaused } }

    /// Neither a command nor maintenance says that it is not checked.
    func isChecked(by source: ServerCondition.Source) -> Bool {
        locked { own in
            let cells = source == .check ? own.pointee.history.check : own.pointee.history.agent
            return !cells.isOff && !cells.isPaused
        }
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

    /// What its health lets it do: with `.up` new connections may use it, with `.stopping` none, and those that exist go on whatever
    /// happens to a server that is down; with `.down` they go on unless `on-marked-down` says otherwise.
    @discardableResult
    func mark(_ next: ServerOrder.Health) -> Effect {
        // What is so already takes no lock: this is asked of every server at every change of the configuration.
        if health == next { return Effect() }
        return change(depth: 0, endsSessions: next != .stopping) {
            clinux_atomic_store(&$0.pointee.isHealthy, next == .up ? 1 : 0)
            $0.pointee.isHeld = next == .stopping ? 1 : 0
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
            let wasStopped = own.pointee.isStopped
            effect.before = own.pointee.standing
            effect.healthBefore = health
            body(own)
            let standing = own.pointee.standing
            effect.after = standing
            if standing.isInMaintenance, !effect.before.isInMaintenance {
                own.pointee.enterMaintenance(wasDown: effect.healthBefore == .down)
            }
            if effect.isBack { own.pointee.leaveMaintenance() }
            effect.health = health
            // A server that drains is not used, and may still go down.
            if endsSessions, !wasStopped, own.pointee.isStopped, cells.reactions?.shutsSessionsWhenDown == true {
                endsNow = true
                _ = clinux_atomic_add(&own.pointee.epoch, 1)
            }
            isUp = clinux_atomic_load(&own.pointee.isHealthy) != 0 && standing.isEmpty
            let isStopped = own.pointee.isStopped
            if isStopped != wasStopped || (!isStopped && self.isUp != isUp) {
                own.pointee.history.turn(wasStopped: wasStopped, isStopped: isStopped, second: Clock.second())
            }
            reactions = cells.reactions
            guard self.isUp != isUp else { return }
            effect.hasChanged = true
            clinux_atomic_store(&own.pointee.isUp, isUp ? 1 : 0)
            if isUp {
                own.pointee.startedAt = own.pointee.slowStart > 0 ? Clock.second() : 0
            } else {
                effect.requeued = Placement.dismiss(own, own.pointee.backend)
            }
            effect.waiting = Int(own.pointee.queue.length)
        }
        guard let reactions else { return effect }
        if endsNow { reactions.endings.announce() }
        if effect.hasChanged, isUp, cells.cells.pointee.currentWeight > 0 {
            for backup in reactions.backups { _ = clinux_atomic_add(&backup.cells.pointee.epoch, 1) }
        }
        if effect.hasChanged, isUp, !reactions.backups.isEmpty { reactions.endings.announce() }
        // A server may follow one that follows another; the limit ends a circle.
        if depth < 16 {
            for follower in reactions.followers {
                let own = ServerControl(follower)
                    .follow(effect.after, effect.health, depth: depth + 1, endsSessions: endsSessions)
                effect.followers.append(OnFollower(cells: follower, effect: own))
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
