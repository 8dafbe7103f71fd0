internal import Addresses

/// A snapshot compiled for the data path. Immutable; freed when no worker and no connection uses it.
///
/// Its parts are shared with the plans before and after it: a change makes anew what differs.
final class Plan: @unchecked Sendable {
    // Parts that never change, and raw memory that was written before the plan was shared.
    let settings: EngineSettings
    let backends: [PlanBackend]
    let frontends: [PlanFrontend]
    /// Those that connections of this plan may be counted in.
    private let sticks: [SharedStickTable]
    /// Open listening sockets; an address without one is quarantined.
    let descriptors: [ListenAddress: CInt]
    /// What differs for listeners; nil: everything may.
    private(set) var change: ListenerChange?
    let order: ProxyOrder

    /// What differs from one plan, for a thread that has it.
    struct ListenerChange {
        /// The plan before. Whoever has another one takes everything anew.
        let former: ObjectIdentifier
        /// By the sockets that they had.
        var removed: [CInt]
        var updated: [PlanListener]
    }

    init(
        _ settings: EngineSettings,
        _ frontends: [PlanFrontend] = [],
        _ backends: [PlanBackend] = [],
        descriptors: [ListenAddress: CInt] = [:],
        sticks: [SharedStickTable] = [],
        change: ListenerChange? = nil,
        order: ProxyOrder = ProxyOrder()
    ) {
        self.settings = settings
        self.frontends = frontends
        self.backends = backends
        self.descriptors = descriptors
        self.sticks = sticks
        self.change = change
        self.order = order
    }

    /// Once every thread has taken it: of thousands of listeners it takes a megabyte.
    func forgetChange() { change = nil }

    /// The same without listeners.
    convenience init(silencing other: Plan) {
        self.init(other.settings, other.frontends, other.backends, sticks: other.sticks, order: other.order)
    }

    static func conditions(
        _ alternatives: [[Condition]],
        _ arena: inout Arena
    ) -> (start: UnsafePointer<ConditionEntry>, count: Int) {
        var drafts: [ConditionDraft] = []
        for alternative in alternatives {
            for (index, condition) in alternative.enumerated() {
                let (kind, ranges) = Self.ranges(condition.test)
                let isLast = index == alternative.count - 1
                drafts.append(
                    ConditionDraft(kind: kind, negated: condition.negated, endsAlternative: isLast, ranges: ranges)
                )
            }
        }
        // Services that are made alike ask for the same port.
        if let last = arena.lastConditions, last.count == drafts.count,
            drafts.indices.allSatisfy({ drafts[$0].isSame(as: last.start[$0]) })
        {
            return last
        }
        let entries = drafts.map { draft in
            ConditionEntry(
                kind: draft.kind,
                negated: draft.negated,
                endsAlternative: draft.endsAlternative,
                ranges: arena.copy(draft.ranges),
                rangeCount: draft.ranges.count
            )
        }
        let conditions = (start: arena.copy(entries), count: entries.count)
        arena.lastConditions = conditions
        return conditions
    }

    /// A condition before it has memory.
    private struct ConditionDraft {
        var kind: ConditionEntry.Kind
        var negated: Bool
        var endsAlternative: Bool
        var ranges: [RangeEntry]

        func isSame(as entry: ConditionEntry) -> Bool {
            kind == entry.kind && negated == entry.negated && endsAlternative == entry.endsAlternative
                && ranges.elementsEqual(UnsafeBufferPointer(start: entry.ranges, count: entry.rangeCount))
        }
    }

    private static func ranges(_ test: Condition.Test) -> (ConditionEntry.Kind, [RangeEntry]) {
        func ports(_ ranges: [ClosedRange<UInt16>]) -> [RangeEntry] {
            ranges.map { RangeEntry(low: UInt128($0.lowerBound), high: UInt128($0.upperBound), family: 0) }
        }
        func addresses(_ networks: [IPNetwork]) -> [RangeEntry] {
            networks.map {
                RangeEntry(low: $0.first.number, high: $0.last.number, family: $0.family == .v4 ? 4 : 6)
            }
        }
        switch test {
        case .destinationPort(let list): return (.destinationPort, ports(list))
        case .sourcePort(let list): return (.sourcePort, ports(list))
        case .source(let list): return (.source, addresses(list))
        case .destination(let list): return (.destination, addresses(list))
        case .constant(let value): return (.constant, value ? [RangeEntry(low: 0, high: 0, family: 0)] : [])
        }
    }
}

/// What the newest plan has, by name. Only whoever makes plans touches it.
struct PlanCatalog {
    var backends = PlanBackendIndex()
    var sticks: [String: SharedStickTable] = [:]
    let serverNames = ServerNames()
    let logs = LogBook()
}
