internal import CLinux
internal import HealthChecks

extension Engine {
    /// How one backend is; nil if there is none of the name.
    public func report(backend name: String) -> EngineReport? {
        guard let backend = plan.backends.first(where: { $0.name == name }) else { return nil }
        return EngineReport(connections: 0, sessions: 0, backends: [BackendReport(backend, Clock.second())])
    }

    /// What was counted until now, and how the servers are.
    public func report() -> EngineReport {
        countNow()
        let second = Clock.second()
        let frontends = plan.frontends.map { frontend in
            let cells = frontend.cells.cells
            return ProxyReport(
                name: frontend.name,
                connections: clinux_atomic_load(&cells.pointee.connections),
                traffic: TrafficReport(cells.seen, second)
            )
        }
        var report = EngineReport(
            connections: connections,
            sessions: frontends.reduce(0) { $0 + $1.traffic.sessions },
            frontends: frontends,
            backends: plan.backends.map { BackendReport($0, second) }
        )
        report.droppedLogs = droppedLogs
        return report
    }
}

extension BackendReport {
    init(_ backend: PlanBackend, _ second: UInt32) {
        let cells = backend.cells.cells
        // What is told of checks belongs to the lock; for one backend at a time nobody waits long.
        clinux_lock(&cells.pointee.lock)
        defer { clinux_unlock(&cells.pointee.lock) }
        self.init(
            proxy: ProxyReport(
                name: backend.name,
                connections: clinux_atomic_load(&cells.pointee.connections),
                traffic: TrafficReport(cells.seen, second)
            ),
            queue: cells.pointee.queue.length,
            servers: backend.servers.enumerated().map { index, server in
                ServerReport(
                    backend.entry.pointee.servers[index].name.string,
                    server.cells,
                    rise: Int(backend.facts[index].rise),
                    second
                )
            }
        )
    }
}

extension ServerReport {
    init(_ name: String, _ cells: UnsafeMutablePointer<ServerCells>, rise: Int, _ second: UInt32) {
        self.init(
            proxy: ProxyReport(
                name: name,
                connections: clinux_atomic_load(&cells.pointee.connections),
                traffic: TrafficReport(cells.seen, second)
            )
        )
        queue = cells.pointee.queue.length
        isUp = clinux_atomic_load(&cells.pointee.isUp) != 0
        isHealthy = clinux_atomic_load(&cells.pointee.isHealthy) != 0
        isHeld = cells.pointee.isHeld != 0
        let (start, length) = (cells.pointee.startedAt, cells.pointee.slowStart)
        isStarting = start != 0 && isHealthy && second >= start && second - start < length
        standing = cells.pointee.standing
        weight = cells.pointee.currentWeight
        maxConnections = cells.pointee.maxConnections
        let history = cells.pointee.history
        stableSeconds = Clock.seconds(since: history.changedAt, at: second)
        downs = history.downs
        downSeconds = history.downFor &+ (cells.pointee.isStopped ? stableSeconds : 0)
        failedChecks = history.failedChecks
        check = CheckReport(history.check, rise: rise)
        agent = CheckReport(history.agent, rise: 1)
    }
}

extension CheckReport {
    init(_ cells: CheckCells, rise: Int) {
        self.init()
        status = CheckStatus.allCases[min(Int(cells.status), CheckStatus.allCases.count - 1)]
        health = cells.health(rise: rise)
        code = Int(cells.code)
        isOff = cells.isOff
        isPaused = cells.isPaused
        duration = cells.duration == .max ? nil : cells.duration
    }
}

extension TrafficReport {
    init(_ cells: UnsafeMutablePointer<TrafficCells>?, _ second: UInt32) {
        self.init()
        guard let cells else { return }
        sessions = clinux_atomic_load_wide(&cells.pointee.sessions)
        bytesIn = clinux_atomic_load_wide(&cells.pointee.bytesIn)
        bytesOut = clinux_atomic_load_wide(&cells.pointee.bytesOut)
        most = clinux_atomic_load(&cells.pointee.most)
        chosen = clinux_atomic_load(&cells.pointee.chosen)
        connectErrors = clinux_atomic_load(&cells.pointee.connectErrors)
        responseErrors = clinux_atomic_load(&cells.pointee.responseErrors)
        retries = clinux_atomic_load(&cells.pointee.retries)
        redispatches = clinux_atomic_load(&cells.pointee.redispatches)
        clientAborts = clinux_atomic_load(&cells.pointee.clientAborts)
        serverAborts = clinux_atomic_load(&cells.pointee.serverAborts)
        let last = clinux_atomic_load(&cells.pointee.lastSession)
        idleSeconds = last == 0 ? nil : Clock.seconds(since: last &- 1, at: second)
    }
}
