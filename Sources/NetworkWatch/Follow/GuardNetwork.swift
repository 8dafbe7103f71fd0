import Addresses
import Diagnostics
import Guard
import Netlink
import NetworkFiles

/// What the guard follows from beside the proxy: the files, and the interfaces as the kernel has them.
struct GuardNetwork: Hashable, Sendable {
    /// What an address is to us.
    enum Place: Hashable, Sendable {
        /// In a range.
        case range
        /// In none, but in a network of the frontend or workload interface: it can have a route of its own.
        case own
        /// The machine's without us, or not for others: an interface's address, the loopback's.
        case local
        /// None of these.
        case outside
    }

    var policy: GuardPolicy
    var interfaces: [GuardState.Interface]
    private(set) var ranges: [IPNetwork]
    private var rangeIndex: RangeIndex
    /// Addresses that are others' for sure.
    private var gateways: Set<IPAddress>

    init(_ configuration: NetworkConfiguration, links: [Link] = [], addresses: [LinkAddress] = []) {
        // As plan and apply see it.
        let settings = GuardSettings(configuration)
        (policy, ranges) = (settings.policy, settings.ranges)
        rangeIndex = RangeIndex(ranges)
        interfaces = settings.interfaces(links: links, addresses: addresses)
        gateways = Set(configuration.tables.compactMap { $0.gateway?.value })
        for interface in configuration.appliance.interfaces { gateways.formUnion(interface.gateways.map { $0.value }) }
    }

    /// Why an address is none of ours, as the end of a sentence.
    func reasonOutside(_ address: IPAddress) -> String {
        if !policy.ownAddress { return "in no range, and gets no route by itself (own_address = false in [guard])" }
        if gateways.contains(address) { return "in no range, and a gateway" }
        let networks = interfaces.filter { $0.role == .frontend || $0.role == .workload }.flatMap { $0.networks }
        // Its first or its last address: any other would be ours.
        if networks.contains(where: { $0.contains(address) }) {
            return "in no range, and no host's: it stands for its network"
        }
        return "in no range and on no network of the appliance"
    }

    func place(of address: IPAddress) -> Place {
        if address.isLoopback || address.isUnspecified { return .local }
        if rangeIndex.contains(address) { return .range }
        if interfaces.contains(where: { $0.addresses.contains(address) }) { return .local }
        guard policy.ownAddress, !gateways.contains(address), !address.isMulticast else { return .outside }
        let isConnected = interfaces.contains { interface in
            guard interface.role == .frontend || interface.role == .workload else { return false }
            return interface.networks.contains { network in
                // The first and the last address of a network are nobody's, but in the smallest.
                guard network.contains(address), network.broadcast != address else { return false }
                return network.first != address || network.prefixLength >= network.family.bits - 1
            }
        }
        return isConnected ? .own : .outside
    }
}
