/// What those who administer a server say, and what it inherits from the one that it tracks; the values are HAProxy's
/// (`srv_admin_state` of `show servers state`).
public struct ServerStanding: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// In maintenance, by a command, an agent or the configuration.
    public static let forcedMaintenance = ServerStanding(rawValue: 1)
    /// In maintenance as the one that it tracks.
    public static let inheritedMaintenance = ServerStanding(rawValue: 2)
    /// No new connections, by a command or an agent.
    public static let forcedDrain = ServerStanding(rawValue: 8)
    /// No new connections, as the one that it tracks.
    public static let inheritedDrain = ServerStanding(rawValue: 16)

    public var isInMaintenance: Bool { !isDisjoint(with: [.forcedMaintenance, .inheritedMaintenance]) }
    public var isDraining: Bool { !isDisjoint(with: [.forcedDrain, .inheritedDrain]) }

    /// What was said of the server itself.
    public var administration: Administration {
        get { contains(.forcedMaintenance) ? .maintenance : contains(.forcedDrain) ? .drain : .ready }
        set {
            subtract([.forcedMaintenance, .forcedDrain])
            switch newValue {
            case .ready: break
            case .drain: insert(.forcedDrain)
            case .maintenance: insert(.forcedMaintenance)
            }
        }
    }

    /// What a server has of the one that it tracks, which stands like this.
    var inherited: ServerStanding {
        var result: ServerStanding = []
        if isInMaintenance { result.insert(.inheritedMaintenance) }
        if isDraining { result.insert(.inheritedDrain) }
        return result
    }

    /// The other way round: what of it is its own, and what it has of the one that it tracks.
    func inheriting(_ leader: ServerStanding) -> ServerStanding {
        subtracting([.inheritedMaintenance, .inheritedDrain]).union(leader.inherited)
    }

    /// What the log calls the step to another standing; nil if nothing is told of it.
    func change(to next: ServerStanding) -> ServerCondition.Change? {
        let gone = subtracting(next)
        switch (isInMaintenance, next.isInMaintenance) {
        case (false, true): return .entersMaintenance
        case (true, false):
            // The words of the last that goes, as in HAProxy.
            let isForced = gone.contains(.forcedMaintenance)
            return next.isDraining
                ? .leavesMaintenanceForDrain(isForced: isForced) : .leavesMaintenance(isForced: isForced)
        case (true, true):
            if gone.contains(.forcedMaintenance) { return .remainsInInheritedMaintenance }
            return gone.contains(.inheritedMaintenance) ? .remainsInForcedMaintenance : nil
        case (false, false):
            switch (isDraining, next.isDraining) {
            case (false, true): return .entersDrain
            case (true, false): return .leavesDrain
            case (true, true): return self == next ? nil : .remainsInDrain
            case (false, false): return nil
            }
        }
    }
}
