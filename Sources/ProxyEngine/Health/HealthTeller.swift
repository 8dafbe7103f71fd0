internal import CLinux

/// Tells the log what happens to servers, and to those that `track` them.
struct HealthTeller {
    let logs: LogCenter
    /// Those that track a server, by the cells of whom they follow.
    let followers: [ObjectIdentifier: [Follower]]

    /// A server that went along with the one that it follows.
    struct Told {
        var follower: Follower
        var effect: ServerControl.Effect
    }

    /// - Parameters:
    ///   - place: How the server is now, when those that follow it have gone along.
    ///   - log: Who is told of its backend.
    ///   - leader: Whom it tracks itself.
    func tell(
        _ change: ServerCondition.Change,
        _ place: HealthLog.Place,
        of server: Shared<ServerCells>,
        _ log: UnsafePointer<LogGroupEntry>?,
        reason: String,
        leader: ServerReference? = nil
    ) {
        let along = told(ObjectIdentifier(server), place.effect, depth: 0)
        if log != nil || logs.isAloud {
            let own = place.before(along[...], in: server)
            for line in HealthLog.lines(change, own, reason: reason, leader: leader) { logs.tell(aloud: line, log) }
        }
        for (index, next) in along.enumerated() {
            let log = next.follower.backend.log
            guard log != nil || logs.isAloud else { continue }
            let lines = next.follower.lines(change, next.effect, before: along[(index + 1)...], reason: reason)
            for line in lines { logs.tell(aloud: line, log) }
        }
    }

    /// Those that follow a server, the last of the configuration first, each before those that follow it in turn.
    private func told(_ leader: ObjectIdentifier, _ effect: ServerControl.Effect, depth: Int) -> [Told] {
        // A circle ends, as it does where the change is made.
        guard depth < 16, let list = followers[leader] else { return [] }
        return list.reversed().flatMap { follower in
            let own = effect.followers.first { $0.cells === follower.cells }?.effect ?? ServerControl.Effect()
            return [Told(follower: follower, effect: own)]
                + told(ObjectIdentifier(follower.cells), own, depth: depth + 1)
        }
    }
}

extension HealthLog.Place {
    /// As it is to be told before others of the backend go along: HAProxy changes and tells of one server after the other.
    func before(_ others: ArraySlice<HealthTeller.Told>, in server: Shared<ServerCells>) -> HealthLog.Place {
        var place = self
        for other in others where other.effect.hasChanged {
            let cells = other.follower.cells
            guard cells.cells.pointee.backend == server.cells.pointee.backend, cells.cells.pointee.currentWeight > 0
            else { continue }
            let difference = ServerControl(cells).isUp ? -1 : 1
            if other.follower.isBackup { place.backups += difference } else { place.active += difference }
        }
        return place
    }
}
