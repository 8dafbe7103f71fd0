public import Addresses
public import Nftables

/// What `table inet appliance_net`, as the kernel has it, does with a new connection; and why.
///
/// Follows the rules of ``GuardRuleset`` over the sets that were read back.
public enum GuardVerdict: Hashable, Sendable {
    /// The address and port are bound.
    case bound
    /// A bind to every address has the port.
    case boundAny
    /// It comes by management, where the appliance's own addresses answer for everything.
    case management
    /// A counter of ``GuardRuleset/counters`` counts it.
    case dropped(counter: String)

    /// - Parameters:
    ///   - table: `table inet appliance_net`.
    ///   - address: The destination.
    ///   - interface: The index of the interface that it comes in by; nil: any but management.
    public init(_ table: Table, _ address: IPAddress, port: UInt16, by interface: Int?) {
        let isV4 = address.family == .v4
        func holds(_ set: String, _ element: SetElement) -> Bool {
            table.sets[set]?.elements.contains(element) ?? false
        }
        let isManagement = interface.map { holds("management", SetElement(.interface($0))) } ?? false
        let isVirtual = table.sets[(isV4 ? GuardSet.ranges4 : .ranges6).name]?.contains(address) ?? false
        if isVirtual, isManagement {
            self = .dropped(counter: "vip_management")
        } else if isVirtual, holds((isV4 ? GuardSet.held4 : .held6).name, SetElement(.address(address))) {
            self = .dropped(counter: "vip_held")
        } else if isManagement {
            self = .management
        } else if holds((isV4 ? GuardSet.bound4 : .bound6).name, SetElement(.address(address), .port(port))) {
            self = .bound
        } else if holds("bound_any", SetElement(.port(port))) {
            self = .boundAny
        } else {
            self = .dropped(counter: isVirtual ? "vip_closed" : "service_closed")
        }
    }

    public var isAccepted: Bool {
        if case .dropped = self { return false }
        return true
    }

    /// `accepted: the address and port are bound`
    public var words: String {
        switch self {
        case .bound: "accepted: the address and port are bound"
        case .boundAny: "accepted: a bind to every address has the port"
        case .management: "accepted: it comes by management"
        case .dropped(let counter): "dropped, counted with \(GuardRuleset.counters[counter] ?? counter)"
        }
    }
}

extension NamedSet {
    /// Whether an interval holds the address.
    fileprivate func contains(_ address: IPAddress) -> Bool {
        let bytes = address.bytes
        return elements.contains { element in
            guard element.first.count == bytes.count else { return false }
            let last = element.last ?? element.first
            return !bytes.lexicographicallyPrecedes(element.first) && !last.lexicographicallyPrecedes(bytes)
        }
    }
}
