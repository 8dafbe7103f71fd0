public import Addresses
public import Guard
public import Netlink
internal import NetworkFiles

/// What the network should be: a value computed from the files alone, without asking the kernel. Interfaces are named
/// by MAC address, because only the kernel knows their indexes.
public struct DesiredState: Sendable, Hashable {
    /// Which interface is meant.
    public enum InterfaceReference: Hashable, Sendable {
        case mac(MACAddress)
        case loopback
    }

    public struct Interface: Sendable, Hashable {
        public var mac: MACAddress
        /// What the interface is called; nil leaves its name alone (it is in route-tables.cfg only).
        public var role: InterfaceRole?
        public var addresses: [InterfaceAddress]
        /// Bytes; nil leaves it alone.
        public var mtu: Int?
        /// Values of `/proc/sys/net/ipv4/conf/<interface>/`; ``Sysctl/known`` has those of IPv6.
        public var sysctls: [String: String]
    }

    public struct DesiredRoute: Sendable, Hashable {
        public var interface: InterfaceReference
        /// Its interface index is not known yet.
        public var route: Route
        /// The range of virtual addresses that it is a part of, where that takes several routes.
        public var range: AddressRange?
    }

    public var interfaces: [Interface] = []
    public var routes: [DesiredRoute] = []
    public var rules: [Rule] = []
    /// Families whose interface addresses and default route are left as they are: nothing says what they should be.
    public var keptBase: Set<IPAddress.Family> = []
    /// Tables that are ours: what others put into them is shown.
    public var tables: Set<RouteTable> = []
    public var files: [DesiredFile] = []
    /// nil leaves the guard alone.
    public var guardSettings: GuardSettings?
    /// Whether a guard is made where there is none yet, ahead of everything else: at boot, for the service that takes it over.
    public var beginsGuard = false
    /// The kernel's name of the machine; nil leaves it alone.
    public var hostname: String?
    /// What leases give and cannot be had.
    public var problems: [Problem] = []
}

/// Priorities of our rules. `from` rules are asked before `to` rules: else replies of a virtual address to an
/// additional workload network would leave by the workload interface.
public enum RulePriority {
    /// `from` rules: 1000 plus the table's id.
    public static func from(table: Int) -> UInt32 { 1000 + UInt32(table) }
    /// `to` rules: 2000 plus the position of the network in workload-networks.cfg.
    public static func to(index: Int) -> UInt32 { 2000 + UInt32(index) }
    /// The priorities that are ours.
    public static let band: Range<UInt32> = 1000..<UInt32(2000 + WorkloadNetworksFile.mostNetworks)
}
