internal import Addresses
internal import CLinux
internal import HealthChecks

/// A server to check: how, and whom its changes concern.
struct CheckTarget: Sendable {
    let server: WatchedServer
    let backend: WatchedBackend

    var cells: Shared<ServerCells> { backend.servers[server.index] }

    /// Who it is: a server that is still there after a change has the same cells.
    var id: ObjectIdentifier { ObjectIdentifier(cells) }

    static func targets(
        of backends: [(definition: Backend, backend: PlanBackend)],
        _ authorities: [String: String]
    ) -> [CheckTarget] {
        var result: [CheckTarget] = []
        var last: WatchedBackend?
        for (definition, backend) in backends {
            guard definition.servers.contains(where: { $0.isWatched }) else { continue }
            let watched = WatchedBackend(definition, backend, like: last)
            last = watched
            for (index, server) in definition.servers.enumerated() where server.isWatched {
                let text = server.check?.tls?.authorities.flatMap { authorities[$0] }
                let target = WatchedServer(server, index, of: backend, authorities: text, like: result.last?.server)
                result.append(CheckTarget(server: target, backend: watched))
            }
        }
        return result
    }

    /// What a line of the log says of the server and its backend now.
    var place: HealthLog.Place { backend.place(server.name, isBackup: server.isBackup, cells) }

    /// The value of `X-Haproxy-Server-State` (configuration manual, "http-check send-state").
    func stateHeader(_ condition: ServerCondition, node: String) -> String {
        let weight = cells.effectiveWeight
        let sessions = clinux_atomic_load(&cells.cells.pointee.connections)
        var (total, all): (UInt32, UInt32) = (0, 0)
        backend.forEachMember { member, _ in
            total += member.effectiveWeight
            all += clinux_atomic_load(&member.cells.pointee.connections)
        }
        return "\(condition.stateWords); address=\(server.endpoint.address); port=\(server.endpoint.port); "
            + "name=\(backend.name)/\(server.name); node=\(node); weight=\(weight)/\(total); scur=\(sessions)/\(all); qcur=0"
    }
}

extension WatchedBackend {
    /// What a line of the log says of one of its servers now.
    func place(_ server: String, isBackup: Bool, _ cells: Shared<ServerCells>) -> HealthLog.Place {
        var place = HealthLog.Place(
            backend: name,
            kind: isListen ? "proxy" : "backend",
            server: server,
            isBackup: isBackup,
            active: 0,
            backups: 0,
            hasWeight: cells.cells.pointee.currentWeight > 0,
            sessions: clinux_atomic_load(&cells.cells.pointee.connections)
        )
        forEachMember { member, isBackup in
            guard member.effectiveWeight > 0 else { return }
            if isBackup { place.backups += 1 } else { place.active += 1 }
        }
        return place
    }
}

extension Shared<ServerCells> {
    /// Its weight now; 0 where it takes no new connections.
    var effectiveWeight: UInt32 { ServerControl(self).isUp ? cells.pointee.currentWeight : 0 }
}

extension Server {
    /// Something about it is asked again and again.
    var isWatched: Bool { check != nil || agent != nil }
}
