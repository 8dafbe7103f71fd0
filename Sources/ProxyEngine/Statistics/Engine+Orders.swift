internal import CLinux

// Orders of those who administer: what they do to servers, and what the log tells of them.
extension Engine {
    /// Brings an order into effect.
    ///
    /// - Returns: false if there is no such server.
    public func perform(_ order: ServerOrder) -> Bool {
        guard let control = control(backend: order.backend, server: order.server) else { return false }
        // The log tells how many there were, though they may be cut by now.
        let sessions = clinux_atomic_load(&control.cells.cells.pointee.connections)
        switch order.action {
        case .administer(let administration):
            let effect = control.administer(administration)
            beginAnew(control.cells, effect)
            if let change = effect.change { tell(change, effect, order, control, sessions, reason: order.giver.cause) }
        case .weight(let weight): control.override(weight: weight)
        case .maxConnections(let limit): control.setMaxConnections(limit)
        case .health(let health):
            let before = control.health
            // At once; who checks it goes on from there.
            let effect = control.mark(health)
            checker?.take(.health(health), control.cells)
            if let facts = self.control(ofBackend: order.backend)?.facts(of: order.server) {
                control.note(health: health == .down ? 0 : facts.rise + facts.fall - 1)
            }
            if before != health, !control.standing.isInMaintenance {
                tell(health.change, effect, order, control, sessions, reason: order.giver.reason)
            }
        case .agent(let isUp): checker?.take(.agent(isUp: isUp, order.giver), control.cells)
        case .checks(let isOn): control.turn(isOn, .check)
        case .agentChecks(let isOn): control.turn(isOn, .agent)
        case .restore(let former):
            guard let facts = self.control(ofBackend: order.backend)?.facts(of: order.server) else { return false }
            control.restore(former, rise: facts.rise, fall: facts.fall)
            tellOfRestored(former, order, control)
            checker?.take(.resume, control.cells)
        case .shutSessions: shutSessions(of: control.cells.cells)
        }
        return true
    }

    /// Servers that have left maintenance are checked as if they had never been.
    func beginAnew(_ cells: Shared<ServerCells>, _ effect: ServerControl.Effect) {
        if effect.isBack { checker?.take(.resume, cells) }
        for follower in effect.followers { beginAnew(follower.cells, follower.effect) }
    }

    /// What a state file made of a server is said on standard error only, as everything about the configuration.
    private func tellOfRestored(_ former: ServerRestoration, _ order: ServerOrder, _ control: ServerControl) {
        guard logs.isAloud, let backend = self.control(ofBackend: order.backend),
            let index = backend.index(of: order.server)
        else { return }
        let place = backend.place(of: index)
        let lines: [LogLine]
        switch former.operation {
        case .stopped:
            lines = HealthLog.lines(.down, place, reason: ", changed from server-state after a reload")
        case .stopping:
            lines = HealthLog.lines(.stopping, place, reason: ", changed from server-state after a reload")
        case .starting, .running:
            guard control.standing.contains(.forcedDrain) else { return }
            lines = [LogLine(.notice, "\(place.name) remains in forced drain mode.")]
        }
        for line in lines { logs.tell(aloud: LogLine(line.level, "config : " + (line.aloud ?? line.text)), nil) }
    }

    private func tell(
        _ change: ServerCondition.Change,
        _ effect: ServerControl.Effect,
        _ order: ServerOrder,
        _ control: ServerControl,
        _ sessions: UInt32,
        reason: String
    ) {
        guard order.isLogged, let backend = self.control(ofBackend: order.backend),
            let index = backend.index(of: order.server)
        else { return }
        var place = backend.place(of: index)
        place.adopt(effect)
        place.sessions = sessions
        place.standing = control.standing
        place.isDown = control.health == .down
        let leader = backend.tracks.isEmpty ? nil : backend.tracks[index]
        let teller = HealthTeller(logs: logs, followers: followers)
        teller.tell(change, place, of: control.cells, backend.entry.pointee.log, reason: reason, leader: leader)
    }
}

extension PlanBackend {
    fileprivate func facts(of server: String) -> ServerFacts? { index(of: server).map { facts[$0] } }

    /// What a line of the log says of one of its servers now.
    fileprivate func place(of index: Int) -> HealthLog.Place {
        let own = servers[index].cells
        var place = HealthLog.Place(
            backend: name,
            kind: isListen ? "proxy" : "backend",
            server: entry.pointee.servers[index].name.string,
            isBackup: facts[index].isBackup,
            active: 0,
            backups: 0,
            hasWeight: own.pointee.currentWeight > 0,
            sessions: clinux_atomic_load(&own.pointee.connections)
        )
        for (index, member) in servers.enumerated() where member.effectiveWeight > 0 {
            if facts[index].isBackup { place.backups += 1 } else { place.active += 1 }
        }
        return place
    }
}

extension ServerOrder.Health {
    /// What the log calls it.
    var change: ServerCondition.Change {
        switch self {
        case .up: .up
        case .stopping: .stopping
        case .down: .down
        }
    }
}
