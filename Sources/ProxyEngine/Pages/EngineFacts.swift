internal import Addresses
internal import CLinux
internal import ProxyPages

/// What conditions of pages ask of the engine.
struct EngineFacts: PageFacts {
    let source: Endpoint?
    let destination: Endpoint?
    let plan: Plan

    func usableServers(of backend: String) -> Int? {
        plan.backends.last { $0.name == backend }.map { $0.usableServers }
    }

    func isUp(_ server: String, of backend: String) -> Bool {
        guard let backend = plan.backends.last(where: { $0.name == backend }), let index = backend.index(of: server)
        else { return false }
        return clinux_atomic_load(&backend.servers[index].cells.pointee.isUp) != 0
    }
}

extension PlanBackend {
    /// HAProxy's `nbsrv`: active servers that may be used; without one the backups, or the one that stands in.
    var usableServers: Int {
        let lock = cells.cells
        clinux_lock(&lock.pointee.lock)
        defer { clinux_unlock(&lock.pointee.lock) }
        let state = balance.state
        var (active, backups) = (0, 0)
        for (index, server) in servers.enumerated() {
            guard clinux_atomic_load(&server.cells.pointee.isUp) != 0, server.cells.pointee.currentWeight > 0 else {
                continue
            }
            if state.pointee.servers[index].isBackup { backups += 1 } else { active += 1 }
        }
        if active > 0 { return active }
        return state.pointee.usesAllBackups ? backups : min(1, backups)
    }
}
