internal import CLinux

/// What SIGHUP has a process say that no master keeps, in HAProxy's words.
extension Engine {
    /// Tells how all proxies and their servers are, on standard error and in their logs.
    public func tellOfStates() {
        logs.tell(aloud: LogLine(.warning, "SIGHUP received, dumping servers states."), nil)
        for section in plan.sections {
            let frontend = section.frontend.map { plan.frontends[$0] }
            let backend = section.backend.map { plan.backends[$0] }.flatMap { $0.isDisabled ? nil : $0 }
            guard let name = frontend?.name ?? backend?.name else { continue }
            let log = frontend?.entry.pointee.log ?? backend?.entry.pointee.log
            if log != nil {
                logs.tell(LogLine(.notice, "SIGHUP received, dumping servers states for proxy \(name)."), log)
            }
            for words in states(name, frontend, backend) {
                logs.tell(aloud: LogLine(.notice, "SIGHUP: \(words)"), log)
            }
        }
    }

    private func states(_ name: String, _ frontend: PlanFrontend?, _ backend: PlanBackend?) -> [String] {
        let report = backend.map { BackendReport($0, Clock.second()) }
        let servers = report?.servers ?? []
        var lines = servers.map { server in
            let isDown = server.standing.isInMaintenance || !server.isHealthy && !server.isHeld
            return
                "Server \(name)/\(server.proxy.name) is \(isDown ? "DOWN" : "UP"). Conn: \(server.proxy.connections) "
                + "act, \(server.queue) pend, \(server.proxy.traffic.sessions) tot."
        }
        var (active, spare) = (0, 0)
        for (index, server) in servers.enumerated() where server.isUp && server.weight > 0 {
            if backend?.facts[index].isBackup ?? false { spare += 1 } else { active += 1 }
        }
        let words =
            if servers.isEmpty {
                "has no servers."
            } else if active > 0 {
                "has \(active) active servers and \(spare) backup servers available."
            } else {
                spare > 0 ? "is running on backup servers !" : "has no server available !"
            }
        let connections = frontend.map { clinux_atomic_load(&$0.cells.cells.pointee.connections) } ?? 0
        let unassigned = report?.queue ?? 0
        let waiting = servers.reduce(unassigned) { $0 &+ $1.queue }
        let all = frontend.map { Self.connections(of: $0) } ?? 0
        lines.append(
            "Proxy \(name) \(words) Conn: act(FE+BE): \(connections)+\(report?.proxy.connections ?? 0), \(waiting) pend "
                + "(\(unassigned) unass), tot(FE+BE): \(all)+\(backend.map { Self.sessions(of: $0) } ?? 0)."
        )
        return lines
    }
}
