import Addresses
import Nftables

/// What of the sets follows from one address: the whole is the sum of all addresses, and a change touches those alone
/// that it names.
struct GuardElements {
    var index: ListenerIndex
    let ranges: RangeIndex
    /// Networks of IPv4 and the interface that each is on, the narrowest first: ``GuardState/interface(for:)`` for
    /// thousands of addresses.
    private let places: [(network: IPNetwork, interface: Int)]
    /// Where addresses are answered for that lie in no network.
    private let place: Int?

    init(_ state: GuardState) {
        index = ListenerIndex(state.listeners)
        ranges = RangeIndex(state.ranges)
        let others = state.interfaces.filter { $0.role != .management }
        places = others.flatMap { interface in interface.networks.map { (network: $0, interface: interface.index) } }
            .sorted { $0.network.prefixLength > $1.network.prefixLength }
        place = (others.first { $0.role == .frontend } ?? others.first { $0.role == .workload })?.index
    }

    typealias Entries = [GuardSet: Set<SetElement>]

    /// Adds the elements that are there for the address.
    func collect(_ address: IPAddress, _ state: GuardState, into entries: inout Entries) {
        if address.isUnspecified { return }
        let isV4 = address.family == .v4
        let isInRange = ranges.contains(address)
        let isClaimed = state.claimed.contains(address)
        let ports = index.ports(of: address)
        if isClaimed || !isInRange {
            for port in ports {
                entries[isV4 ? .bound4 : .bound6, default: []].insert(SetElement(.address(address), .port(port)))
            }
        }
        let alone = SetElement(.address(address))
        if isClaimed {
            if !isInRange {
                let network = SetElement(IPNetwork(address))
                entries[isV4 ? .ranges4 : .ranges6, default: []].insert(network)
                if isV4 { entries[.arpRanges, default: []].insert(network) }
            }
            if isV4, let interface = places.first(where: { $0.network.contains(address) })?.interface ?? place {
                entries[.arpAnswered, default: []].insert(SetElement(.interface(interface), .address(address)))
            }
            if !ports.isEmpty { entries[isV4 ? .vips4 : .vips6, default: []].insert(alone) }
        } else if state.conflicts[address] != nil {
            entries[isV4 ? .held4 : .held6, default: []].insert(alone)
            if isV4 { entries[.arpHeld, default: []].insert(alone) }
        }
    }

    /// Those of the ranges and of every address.
    func all(_ state: GuardState) -> Entries {
        var entries: Entries = [:]
        for range in ranges.ranges {
            let element = SetElement(from: [.address(range.first)], through: [.address(range.last)])
            let isV4 = range.family == .v4
            entries[isV4 ? .ranges4 : .ranges6, default: []].insert(element)
            if isV4 { entries[.arpRanges, default: []].insert(element) }
        }
        for address in index.addresses { collect(address, state, into: &entries) }
        for address in state.claimed.union(state.conflicts.keys) { collect(address, state, into: &entries) }
        return entries
    }
}
