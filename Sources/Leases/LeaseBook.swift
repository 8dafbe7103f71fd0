public import Addresses

/// Keeps the leases by what is heard of them.
public struct LeaseBook: Sendable {
    /// What became of the network.
    public enum Change: Sendable, Hashable {
        case none
        /// The same, for longer.
        case renewed
        case changed
    }

    public private(set) var leases: Leases

    public init(_ leases: Leases = Leases()) { self.leases = leases }

    public mutating func hear(_ news: ClientReport.News, from role: InterfaceRole, at now: Int64) -> Change {
        switch news {
        case .nothing: return .none
        case .leased(let lease):
            var lease = lease
            let former = leases[role, lease.source]
            // A renewal is the same lease.
            if let former, former.mac == lease.mac, former.settings == lease.settings, !lease.settings.isEmpty {
                lease.since = former.since
            }
            // A router may give no network any more, and a name server still.
            if let former, former.mac == lease.mac, lease.settings.networks.isEmpty {
                lease.former = former.ended(at: now).former
            }
            leases[role, lease.source] = lease
            return former?.mac == lease.mac && former?.settings == lease.settings ? .renewed : .changed
        case .lost(let source):
            // Where nothing was given yet, nothing is taken away: an address that was written by hand stays until another
            // one comes.
            guard let former = leases[role, source], !former.settings.isEmpty else { return .none }
            leases[role, source] = former.ended(at: now)
            return .changed
        }
    }

    /// Only these interfaces get addresses by DHCP any more.
    public mutating func keep(only roles: Set<InterfaceRole>) -> Change {
        let others = leases.entries.keys.filter { !roles.contains($0.role) }
        for key in others { leases.entries[key] = nil }
        return others.isEmpty ? .none : .changed
    }

    /// When ``expire(at:)`` has something to do; nil: never.
    public var deadline: Int64? {
        leases.entries.values.filter { !$0.settings.isEmpty }.compactMap { $0.until }.min().map {
            $0 + Lease.patience + 1
        }
    }

    /// Empties the leases that have ended, of which no client said so.
    public mutating func expire(at now: Int64) -> [Leases.Key] {
        let ended = leases.entries.filter { !$0.value.settings.isEmpty && $0.value.settings(at: now).isEmpty }
        for (key, lease) in ended { leases.entries[key] = lease.ended(at: now) }
        return ended.keys.sorted()
    }
}
