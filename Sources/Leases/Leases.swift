public import Addresses

/// The leases of all interfaces.
public struct Leases: Sendable, Hashable {
    public struct Key: Sendable, Hashable, Comparable {
        public var role: InterfaceRole
        public var source: Lease.Source

        public init(_ role: InterfaceRole, _ source: Lease.Source) {
            self.role = role
            self.source = source
        }

        /// `management.dhcp`
        var name: String { "\(role.rawValue).\(source.rawValue)" }

        static let all = InterfaceRole.allCases.flatMap { role in Lease.Source.allCases.map { Key(role, $0) } }

        public static func < (a: Key, b: Key) -> Bool {
            (all.firstIndex(of: a) ?? 0) < (all.firstIndex(of: b) ?? 0)
        }
    }

    /// A lease that has ended, or that a server took back, stays as an empty one: it says that nothing is given, where
    /// none at all says that nothing is known.
    public var entries: [Key: Lease]

    public init(_ entries: [Key: Lease] = [:]) { self.entries = entries }

    public subscript(_ role: InterfaceRole, _ source: Lease.Source) -> Lease? {
        get { entries[Key(role, source)] }
        set { entries[Key(role, source)] = newValue }
    }

    /// In the order of the roles.
    public var sorted: [(key: Key, lease: Lease)] {
        entries.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// What an interface is to have: of all sources together.
    ///
    /// - Parameters:
    ///   - role: Of the interface.
    ///   - mac: Its adapter; what was given to another one is not for this one.
    ///   - now: Leases that have ended by then count as empty.
    /// - Returns: Empty settings if a source has been heard of; nil if nothing is known.
    public func settings(_ role: InterfaceRole, mac: MACAddress, at now: Int64) -> LeasedSettings? {
        let known = Lease.Source.allCases.compactMap { self[role, $0] }.filter { $0.mac == mac }
        return known.isEmpty ? nil : known.reduce(LeasedSettings()) { $0.merged(with: $1.settings(at: now)) }
    }

    /// The networks that an interface was in by its leases, and is not any more.
    public func former(_ role: InterfaceRole, mac: MACAddress, at now: Int64) -> [IPNetwork] {
        Lease.Source.allCases.compactMap { self[role, $0] }.filter { $0.mac == mac }.flatMap { $0.former(at: now) }
    }

    /// Families of which something is known for an interface, if only that nothing is given.
    public func families(_ role: InterfaceRole, mac: MACAddress) -> Set<IPAddress.Family> {
        Set(Lease.Source.allCases.filter { self[role, $0]?.mac == mac }.map { $0.family })
    }
}
