internal import Addresses
internal import CLinux

/// A server to check, and what its state changes say in the log.
struct CheckTarget: Sendable {
    var key: ServerKey
    var settings: CheckSettings
    var endpoint: Endpoint
    /// A unix socket in place of the endpoint, see ``ConnectionOptions/path``.
    var path: String?
    /// Milliseconds of one check.
    var timeout: UInt32
    var isBackup: Bool
    var logsState: Bool
    var cells: Shared<ServerCells>
    /// The other servers of the backend: (backup, cells).
    var backend: [(isBackup: Bool, cells: Shared<ServerCells>)]

    static func targets(of plan: Plan) -> [CheckTarget] {
        var result: [CheckTarget] = []
        for backend in plan.snapshot.backends {
            guard backend.servers.contains(where: { $0.check != nil && !$0.isDisabled }) else { continue }
            var members: [(Bool, Shared<ServerCells>)] = []
            for server in backend.servers where !server.isDisabled && server.weight > 0 {
                if let cells = plan.tables.servers[key(backend, server)] { members.append((server.isBackup, cells)) }
            }
            for server in backend.servers where !server.isDisabled {
                let key = key(backend, server)
                guard let check = server.check, let cells = plan.tables.servers[key] else { continue }
                // HAProxy: `timeout check` bounds the check, and the interval the connection.
                let limit = min(backend.connectTimeout ?? check.interval, check.interval)
                result.append(
                    CheckTarget(
                        key: key,
                        settings: check,
                        endpoint: check.endpoint ?? server.endpoint,
                        path: check.endpoint == nil ? server.connection.path : nil,
                        timeout: backend.checkTimeout.map { min($0, max(limit, 1)) } ?? check.interval,
                        isBackup: server.isBackup,
                        logsState: backend.logsState,
                        cells: cells,
                        backend: members
                    )
                )
            }
        }
        return result
    }

    private static func key(_ backend: Backend, _ server: Server) -> ServerKey {
        ServerKey(SnapshotDifference.Member(backend: backend.name, server: server))
    }

    /// Servers of the backend that may be used now.
    func usable() -> (active: Int, backup: Int) {
        var count = (active: 0, backup: 0)
        for member in backend where clinux_atomic_load(&member.cells.cells.pointee.isUp) != 0 {
            if member.isBackup { count.backup += 1 } else { count.active += 1 }
        }
        return count
    }

    /// HAProxy's words for a state change, without a newline; a second line when it was the last server.
    func message(
        isUp: Bool,
        reason: String,
        milliseconds: UInt64,
        _ effect: ServerControl.Effect
    ) -> [String] {
        let (active, backup) = usable()
        let kind = isBackup ? "Backup Server" : "Server"
        let name = "\(key.backend)/\(key.name)"
        let head = "\(kind) \(name) is \(isUp ? "UP" : "DOWN"), reason: \(reason), check duration: \(milliseconds)ms."
        let counts = "\(active) active and \(backup) backup servers \(isUp ? "online" : "left")."
        let running = active == 0 && backup > 0 ? " Running on backup." : ""
        let sessions = clinux_atomic_load(&cells.cells.pointee.connections)
        let tail =
            isUp
            ? " \(effect.requeued) sessions requeued, \(effect.waiting) total in queue."
            : " \(sessions) sessions active, \(effect.requeued) requeued, \(effect.waiting) remaining in queue."
        var lines = ["\(head) \(counts)\(running)\(tail)"]
        if !isUp, active == 0, backup == 0 { lines.append("backend \(key.backend) has no server available!") }
        return lines
    }
}
