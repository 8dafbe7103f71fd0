public import Addresses
import Diagnostics
public import Netlink
public import NetworkFiles
public import Nftables

/// What the files say about the guard, without asking the kernel: interfaces are named by their MAC addresses.
public struct GuardSettings: Hashable, Sendable {
    public var policy: GuardPolicy
    /// Sorted.
    public var ranges: [IPNetwork]
    var roles: [MACAddress: InterfaceRole] = [:]
    var networks: [MACAddress: [IPNetwork]] = [:]

    public init(_ configuration: NetworkConfiguration) {
        policy = configuration.appliance.guardPolicy
        ranges = configuration.anyIPRoutes.ranges.flatMap { $0.value.networks }.sorted()
        for entry in configuration.tables {
            networks[entry.mac.value, default: []].append(entry.network.value.network)
        }
        for interface in configuration.appliance.interfaces {
            roles[interface.mac.value] = interface.role
            networks[interface.mac.value, default: []] += interface.addresses.map { $0.value.network }
        }
    }

    /// The interfaces as the kernel has them, with what they are for and what is reached through them.
    public func interfaces(links: [Link], addresses: [LinkAddress]) -> [GuardState.Interface] {
        let own = Dictionary(grouping: addresses) { $0.interface }
        return links.filter { !$0.isLoopback }.map { link in
            let addresses = (own[link.index] ?? []).map { $0.address }
            let networks = addresses.map { $0.network } + (link.mac.flatMap { self.networks[$0] } ?? [])
            return GuardState.Interface(
                index: link.index,
                name: link.name,
                role: link.mac.flatMap { roles[$0] },
                networks: Set(networks.filter { !$0.address.isLinkLocal && $0.prefixLength > 0 }).sorted(),
                addresses: addresses.map { $0.address }.sorted()
            )
        }
    }

    /// What the tables should be, where nobody follows the proxy: what is bound and claimed is what `tables` say.
    ///
    /// - Parameter isBroad: Whether the ranges that they guard count too: those that go are guarded until their routes are gone.
    public func state(
        links: [Link],
        addresses: [LinkAddress],
        keeping tables: [Table],
        isBroad: Bool = false
    ) -> GuardState {
        var state = GuardState(
            policy: policy,
            interfaces: interfaces(links: links, addresses: addresses),
            ranges: ranges
        )
        state.adopt(tables)
        if isBroad { state.ranges = Set(ranges).union(GuardState.ranges(in: tables, without: state.claimed)).sorted() }
        return state
    }
}
