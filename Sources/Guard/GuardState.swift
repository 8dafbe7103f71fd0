public import Addresses
public import NetworkFiles

/// Everything that the guard's tables follow from.
public struct GuardState: Hashable, Sendable {
    public struct Interface: Hashable, Sendable {
        /// The kernel's number for it, which stays through a rename: rules match it.
        public var index: Int
        public var name: String
        /// nil: of no role, as one that is in route-tables.cfg alone.
        public var role: InterfaceRole?
        /// The networks that are reached through it without a gateway.
        public var networks: [IPNetwork]
        /// Its own addresses.
        public var addresses: [IPAddress]

        public init(
            index: Int,
            name: String,
            role: InterfaceRole?,
            networks: [IPNetwork] = [],
            addresses: [IPAddress] = []
        ) {
            self.index = index
            self.name = name
            self.role = role
            self.networks = networks
            self.addresses = addresses
        }
    }

    public var policy: GuardPolicy
    /// Without the loopback.
    public var interfaces: [Interface]
    /// The AnyIP ranges.
    public var ranges: [IPNetwork]
    /// The virtual addresses that are ours to answer for, those of their own outside every range among them. One that a
    /// listener is bound to and that is not here waits for its probe, or another host holds it.
    public var claimed: Set<IPAddress>
    public var listeners: Set<Listener>
    /// Virtual addresses that another host holds, and its MAC address.
    public var conflicts: [IPAddress: MACAddress]
    /// Whether something loads connection tracking into this namespace: then proxied traffic is kept out of it.
    public var tracksConnections: Bool

    public init(
        policy: GuardPolicy = GuardPolicy(),
        interfaces: [Interface] = [],
        ranges: [IPNetwork] = [],
        claimed: Set<IPAddress> = [],
        listeners: Set<Listener> = [],
        conflicts: [IPAddress: MACAddress] = [:],
        tracksConnections: Bool = false
    ) {
        self.policy = policy
        self.interfaces = interfaces
        self.ranges = ranges
        self.claimed = claimed
        self.listeners = listeners
        self.conflicts = conflicts
        self.tracksConnections = tracksConnections
    }

    /// Whether the address is a virtual one: in a range, or claimed beside them.
    public func isVirtual(_ address: IPAddress) -> Bool {
        claimed.contains(address) || ranges.contains { $0.contains(address) }
    }

    /// The interface that a virtual address is answered for on: the one whose network it lies in, never management. An
    /// address that lies in no network comes by a router: it is answered for on the frontend, or on the workload
    /// interface where there is no frontend. nil: there is no such interface.
    public func interface(for address: IPAddress) -> Interface? {
        let others = interfaces.filter { $0.role != .management }
        let holders = others.filter { $0.networks.contains { $0.contains(address) } }
        func longest(_ interface: Interface) -> Int {
            interface.networks.filter { $0.contains(address) }.map { $0.prefixLength }.max() ?? -1
        }
        if let nearest = holders.max(by: { longest($0) < longest($1) }) { return nearest }
        return others.first { $0.role == .frontend } ?? others.first { $0.role == .workload }
    }
}
