public import Addresses

/// What is different of late: of thousands of listeners a few.
public struct GuardChange: Hashable, Sendable {
    public var adding: [Listener]
    public var removing: [Listener]
    public var claiming: [IPAddress]
    public var releasing: [IPAddress]
    /// Who holds an address now; nil: nobody does any more.
    public var conflicts: [IPAddress: MACAddress?]

    public init(
        adding: [Listener] = [],
        removing: [Listener] = [],
        claiming: [IPAddress] = [],
        releasing: [IPAddress] = [],
        conflicts: [IPAddress: MACAddress?] = [:]
    ) {
        self.adding = adding
        self.removing = removing
        self.claiming = claiming
        self.releasing = releasing
        self.conflicts = conflicts
    }

    /// What makes one state of another; nil where that takes more than elements of sets, or nearly all of them.
    public init?(from: GuardState, to: GuardState) {
        guard from.policy == to.policy, from.interfaces == to.interfaces, from.ranges == to.ranges,
            from.tracksConnections == to.tracksConnections
        else { return nil }
        self.init()
        if from.listeners != to.listeners {
            adding = Array(to.listeners.subtracting(from.listeners))
            removing = Array(from.listeners.subtracting(to.listeners))
        }
        if from.claimed != to.claimed {
            claiming = Array(to.claimed.subtracting(from.claimed))
            releasing = Array(from.claimed.subtracting(to.claimed))
        }
        for (address, holder) in to.conflicts where from.conflicts[address] != holder { conflicts[address] = holder }
        for address in from.conflicts.keys where to.conflicts[address] == nil {
            conflicts.updateValue(nil, forKey: address)
        }
    }

    /// The addresses whose elements it may change.
    var addresses: Set<IPAddress> {
        Set((adding + removing).map { $0.address } + claiming + releasing + conflicts.keys)
    }

    /// Whether more than the elements of single addresses follows from it.
    var isWide: Bool { (adding + removing).contains { $0.isWildcard } }

    func apply(to state: inout GuardState, _ index: inout ListenerIndex) {
        for listener in removing where state.listeners.remove(listener) != nil { index.remove(listener) }
        for listener in adding where state.listeners.insert(listener).inserted { index.insert(listener) }
        state.claimed.subtract(releasing)
        state.claimed.formUnion(claiming)
        for (address, holder) in conflicts { state.conflicts[address] = holder }
    }
}
