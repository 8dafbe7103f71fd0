internal import Addresses
internal import CLinux

/// What the log tells of proxies that stop, for a while or for good, in HAProxy's words.
extension Engine {
    /// Tells of frontends that a command has paused, opened again or shut.
    func tellOfFrontends(_ step: PlanStep) {
        let former = Dictionary(step.goneFrontends.map { (ObjectIdentifier($0.cells), $0.state) }) { $1 }
        for frontend in step.freshFrontends {
            guard let state = former[ObjectIdentifier(frontend.cells)], state != frontend.state else { continue }
            let backend = half(of: frontend)
            let name = "\(backend == nil ? "frontend" : "proxy") \(frontend.name)"
            switch frontend.state {
            case .paused: tell("Paused \(name).", frontend.entry.pointee.log)
            case .open: tell("Resumed \(name).", frontend.entry.pointee.log)
            case .stopped: tellOfEnd(of: frontend, backend)
            }
        }
    }

    /// Tells of all that is served, before nothing is any more: HAProxy closes the sockets of one protocol after the other, and a
    /// frontend ends with its last; then come those that have none.
    func tellOfEnds() {
        var isTold: Set<ObjectIdentifier> = []
        func tell(_ frontend: PlanFrontend) {
            if frontend.state == .stopped || !isTold.insert(ObjectIdentifier(frontend)).inserted { return }
            tellOfEnd(of: frontend, half(of: frontend))
        }
        for rank in 0...2 {
            for frontend in plan.frontends where frontend.listeners.map({ $0.address.rank }).max() == rank {
                tell(frontend)
            }
        }
        for section in plan.sections {
            if let frontend = section.frontend {
                tell(plan.frontends[frontend])
            } else if let backend = section.backend.map({ plan.backends[$0] }), !backend.isDisabled {
                tellOfEnd(backend.name, 0, Self.sessions(of: backend), backend.entry.pointee.log)
            }
        }
    }

    /// The other half of a `listen` section; nil: it is a frontend only.
    func half(of frontend: PlanFrontend) -> PlanBackend? {
        guard let backend = control(ofBackend: frontend.name), backend.isListen else { return nil }
        return backend
    }

    private func tellOfEnd(of frontend: PlanFrontend, _ backend: PlanBackend?) {
        let sessions = backend.map { Self.sessions(of: $0) } ?? 0
        tellOfEnd(frontend.name, Self.connections(of: frontend), sessions, frontend.entry.pointee.log)
    }

    /// Those that were refused among them.
    static func connections(of frontend: PlanFrontend) -> UInt64 {
        let traffic = frontend.cells.cells.traffic
        let refused =
            clinux_atomic_load(&traffic.pointee.deniedConnections)
            &+ clinux_atomic_load(&traffic.pointee.deniedSessions) &+ clinux_atomic_load(&traffic.pointee.lost)
        return clinux_atomic_load_wide(&traffic.pointee.sessions) &+ UInt64(refused)
    }

    static func sessions(of backend: PlanBackend) -> UInt64 {
        clinux_atomic_load_wide(&backend.cells.cells.traffic.pointee.sessions)
    }

    private func tellOfEnd(
        _ name: String,
        _ connections: UInt64,
        _ sessions: UInt64,
        _ log: UnsafePointer<LogGroupEntry>?
    ) {
        tell("Proxy \(name) stopped (cumulated conns: FE: \(connections), BE: \(sessions)).", log)
    }

    private func tell(_ words: String, _ log: UnsafePointer<LogGroupEntry>?) {
        if log != nil || logs.isAloud { logs.tell(aloud: LogLine(.warning, words), log) }
    }
}

extension ListenAddress {
    /// Which protocol's sockets HAProxy closes first.
    fileprivate var rank: Int {
        switch place {
        case .endpoint(let endpoint): endpoint.address.family == .v6 ? 0 : 1
        case .descriptor: 1
        case .path, .abstract: 2
        }
    }
}
