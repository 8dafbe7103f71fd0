/// A server that `track`s another one, for the log: its lines name the one it follows.
struct Follower: Sendable {
    var name: String
    var isBackup: Bool
    var leader: ServerReference
    var backend: WatchedBackend
    var cells: Shared<ServerCells>
    /// Of the one it follows.
    var leading: Shared<ServerCells>

    /// Those of all backends, by the cells of whom they follow.
    ///
    /// - Parameter index: Has the same backends by their names.
    static func all(of backends: [PlanBackend], _ index: PlanBackendIndex) -> [ObjectIdentifier: [Follower]] {
        var result: [ObjectIdentifier: [Follower]] = [:]
        for plan in backends {
            guard let definition = plan.followingDefinition else { continue }
            let watched = WatchedBackend(definition, plan, like: nil)
            for (server, cells) in zip(definition.servers, plan.servers) {
                guard let leader = server.track,
                    let backend = index[leader.backend],
                    let place = backend.index(of: leader.server)
                else { continue }
                let follower = Follower(
                    name: server.name,
                    isBackup: server.isBackup,
                    leader: leader,
                    backend: watched,
                    cells: cells,
                    leading: backend.servers[place]
                )
                result[ObjectIdentifier(follower.leading), default: []].append(follower)
            }
        }
        return result
    }

    /// Makes it what the one is that it follows; who follows it goes along.
    func align() {
        ServerControl(cells).follow(ServerControl(leading))
    }

    /// What the log says of it when the one it follows changes.
    ///
    /// - Parameters:
    ///   - other: What is told of the one it follows.
    ///   - later: Of whom is told afterwards.
    ///   - reason: Of the change of the other: who administers that one gives it for both.
    func lines(
        _ other: ServerCondition.Change,
        _ effect: ServerControl.Effect,
        before later: ArraySlice<HealthTeller.Told>,
        reason: String
    ) -> [LogLine] {
        var cause = ""
        let own: ServerCondition.Change?
        switch other {
        case .up, .down, .stopping: own = effect.healthChange
        case .weight, .maxConnections: own = nil
        default: (own, cause) = (effect.change, reason)
        }
        guard let change = own else { return [] }
        var place = backend.place(name, isBackup: isBackup, cells).before(later, in: cells)
        place.adopt(effect)
        place.standing = effect.after
        place.isDown = effect.health == .down
        return HealthLog.lines(change, place, reason: cause, leader: leader)
    }
}
