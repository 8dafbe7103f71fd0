internal import Addresses
internal import CLinux
internal import HealthChecks

/// A server to check: how, and whom its changes concern.
struct CheckTarget: Sendable {
    var key: ServerKey
    var server: Server
    /// What a check does; the backend's.
    var program: CheckProgram
    /// PEM text for ``TLSSettings/authorities``.
    var authorities: String?
    /// Milliseconds; nil is no limit of its own.
    var connectTimeout: UInt32?
    var checkTimeout: UInt32?
    var logsState: Bool
    var logsChecks: Bool
    var cells: Shared<ServerCells>
    /// The servers of the backend that can take connections.
    var members: [Member]

    struct Member: Sendable {
        var isBackup: Bool
        var cells: Shared<ServerCells>
    }

    static func targets(of plan: Plan) -> [CheckTarget] {
        var result: [CheckTarget] = []
        for backend in plan.snapshot.backends {
            guard backend.servers.contains(where: { $0.isWatched }) else { continue }
            var members: [Member] = []
            for server in backend.servers where !server.isDisabled && server.weight > 0 {
                guard let cells = plan.tables.servers[key(backend, server)] else { continue }
                members.append(Member(isBackup: server.isBackup, cells: cells))
            }
            // What cannot be followed was said when the configuration was read.
            let program = (try? CheckProgram(backend.check)) ?? .connect
            for server in backend.servers where server.isWatched {
                let key = key(backend, server)
                guard let cells = plan.tables.servers[key] else { continue }
                let authorities = server.check?.tls?.authorities.flatMap { plan.snapshot.authorities[$0] }
                result.append(
                    CheckTarget(
                        key: key,
                        server: server,
                        program: program,
                        authorities: authorities,
                        connectTimeout: backend.connectTimeout,
                        checkTimeout: backend.checkTimeout,
                        logsState: backend.logsState,
                        logsChecks: backend.logsChecks,
                        cells: cells,
                        members: members
                    )
                )
            }
        }
        return result
    }

    private static func key(_ backend: Backend, _ server: Server) -> ServerKey {
        ServerKey(SnapshotDifference.Member(backend: backend.name, server: server))
    }

    /// What a line of the log says of the server and its backend now.
    var place: HealthLog.Place {
        var place = HealthLog.Place(
            backend: key.backend,
            server: key.name,
            isBackup: server.isBackup,
            active: 0,
            backups: 0,
            sessions: clinux_atomic_load(&cells.cells.pointee.connections)
        )
        for member in members where member.effectiveWeight > 0 {
            if member.isBackup { place.backups += 1 } else { place.active += 1 }
        }
        return place
    }

    /// The value of `X-Haproxy-Server-State` (configuration manual, "http-check send-state").
    func stateHeader(_ condition: ServerCondition, node: String) -> String {
        let weight = CheckTarget.Member(isBackup: false, cells: cells).effectiveWeight
        let total = members.reduce(0) { $0 + $1.effectiveWeight }
        let sessions = clinux_atomic_load(&cells.cells.pointee.connections)
        let all = members.reduce(0) { $0 + clinux_atomic_load(&$1.cells.cells.pointee.connections) }
        return "\(condition.stateWords); address=\(server.endpoint.address); port=\(server.endpoint.port); "
            + "name=\(key.backend)/\(key.name); node=\(node); weight=\(weight)/\(total); scur=\(sessions)/\(all); qcur=0"
    }
}

extension CheckTarget.Member {
    /// Its weight now; 0 where it takes no new connections.
    var effectiveWeight: UInt32 {
        ServerControl(cells).isUp ? cells.cells.pointee.currentWeight : 0
    }
}

extension Server {
    /// Something about it is asked again and again.
    var isWatched: Bool { !isDisabled && (check != nil || agent != nil) }
}
