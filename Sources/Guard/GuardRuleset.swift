import Addresses
public import Nftables
import NetworkFiles

/// The firewall as a function of what it follows from.
///
/// Base chains accept what no rule decides, and the last rule drops: so neither the moment in which one set of rules
/// takes the place of another nor a table that is half read shuts anybody out. Nothing looks at connections: what does
/// not begin one is let through first.
public enum GuardRuleset {
    /// `table inet appliance_net`
    public static let inet = Table.Identity(.inet, "appliance_net")
    /// `table arp appliance_net`
    public static let arp = Table.Identity(.arp, "appliance_net")

    /// The chain that keeps what is proxied from being tracked; it is there where something tracks.
    static let untracked = "untracked_in"

    /// The counters of `table inet appliance_net`, and what each tells.
    public static let counters = [
        "vip_closed": "packets for ports of virtual addresses that nothing is bound to",
        "vip_ping": "pings of virtual addresses that the policy does not answer",
        "vip_management": "packets for virtual addresses that came by management",
        "vip_held": "packets for virtual addresses that another host holds",
        "service_closed": "packets for services that answer on management only",
    ]
    /// Of `table arp appliance_net`.
    public static let arpCounters = [
        "arp_refused": "questions for virtual addresses that are not claimed, or came by another interface",
        "arp_held": "questions for virtual addresses that another host holds",
    ]

    /// The tables that the guard consists of; none if the policy has it off.
    public static func tables(for state: GuardState) -> [Table] { tables(for: state, GuardElements(state)) }

    static func tables(for state: GuardState, _ elements: GuardElements) -> [Table] {
        if !state.policy.isEnabled { return [] }
        let entries = elements.all(state)
        return [table(for: state, elements.index, entries), addressResolution(for: state, elements.index, entries)]
    }

    private static func table(
        for state: GuardState,
        _ index: ListenerIndex,
        _ entries: GuardElements.Entries
    ) -> Table {
        var sets = sets(of: inet, entries)
        sets.append(NamedSet("bound_any", .service, elements: Set(index.wildcardPorts.map { SetElement(.port($0)) })))
        sets.append(managementSet(state))
        sets.append(NamedSet("others", .interfaceIndex, elements: indexes(of: state.others)))
        sets.append(NamedSet("answers", .service, elements: Set([53, 67, 123, 547].map { SetElement(.port($0)) })))
        var chains = [input(state), virtual(state), appliance(state)]
        if state.tracksConnections {
            let before = Chain.Hook(Chain.Hook.prerouting, priority: Chain.Hook.raw)
            let after = Chain.Hook(Chain.Hook.output, priority: Chain.Hook.raw)
            chains.append(
                Chain(untracked, hook: before, rules: [FilterRule(Match.input(in: "others") + [.notrack])])
            )
            chains.append(
                Chain("untracked_out", hook: after, rules: [FilterRule(Match.output(in: "others") + [.notrack])])
            )
        }
        return Table(inet.family, inet.name, chains: chains, sets: sets, counters: Set(counters.keys))
    }

    /// Who answers for a virtual address: the interface that its network belongs to, and only if it is claimed.
    private static func addressResolution(
        for state: GuardState,
        _ index: ListenerIndex,
        _ entries: GuardElements.Entries
    ) -> Table {
        var sets = sets(of: arp, entries)
        var rules = [
            FilterRule([Match.arpTarget(), .lookup(set: "held4"), .namedCounter("arp_held")], .drop),
            FilterRule(
                [
                    .meta(.inputInterface), Match.arpTarget(into: Register.first.after(byteCount: 4)),
                    .lookup(set: "answered"),
                ],
                .accept
            ),
        ]
        // A bind to every address is one to each of the ranges.
        if state.policy.ping == .range || !index.wildcardPorts.isEmpty {
            for interface in state.others {
                let ranges = state.ranges.filter { $0.family == .v4 && state.interface(for: $0.first) == interface }
                if ranges.isEmpty { continue }
                let name = "ranges_\(interface.index)"
                let elements = RangeIndex(ranges).ranges.map {
                    SetElement(from: [.address($0.first)], through: [.address($0.last)])
                }
                sets.append(NamedSet(name, .ipv4Address, isInterval: true, elements: Set(elements)))
                let match = Match.input(interface.index) + [Match.arpTarget(), .lookup(set: name)]
                rules.append(FilterRule(match, .accept))
            }
        }
        rules.append(FilterRule([.namedCounter("arp_refused")], .drop))
        // A range by mistake must not keep the admin's own address from being found.
        let first = state.isShadowed ? [FilterRule(Match.input(in: "management"), .accept, comment: "management")] : []
        sets.append(managementSet(state))
        let asked = FilterRule(
            Match.arpRequest + [Match.arpTarget(), .lookup(set: GuardSet.arpRanges.name)],
            .goto("vip"),
            comment: "virtual addresses"
        )
        return Table(
            arp.family,
            arp.name,
            chains: [
                Chain("input", hook: Chain.Hook(Chain.Hook.arpInput), rules: first + [asked]),
                Chain("vip", rules: rules),
            ],
            sets: sets,
            counters: Set(arpCounters.keys)
        )
    }

    private static func managementSet(_ state: GuardState) -> NamedSet {
        NamedSet("management", .interfaceIndex, elements: indexes(of: state.management))
    }

    private static func indexes(of interfaces: [GuardState.Interface]) -> Set<SetElement> {
        Set(interfaces.map { SetElement(.interface($0.index)) })
    }

    private static func sets(of table: Table.Identity, _ entries: GuardElements.Entries) -> [NamedSet] {
        GuardSet.allCases.filter { $0.table == table }.map { kind in
            var set = kind.definition
            set.elements = entries[kind] ?? []
            return set
        }
    }
}

extension GuardState {
    var management: [Interface] { interfaces.filter { $0.role == .management } }
    /// A virtual range holds an address of management, which no configuration should get as far as.
    var isShadowed: Bool { management.contains { $0.addresses.contains { isVirtual($0) } } }
    var others: [Interface] { interfaces.filter { $0.role != .management } }
}
