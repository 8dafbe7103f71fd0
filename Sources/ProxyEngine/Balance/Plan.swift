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
    /// Where a rule makes names of backends.
    let directory: UnsafePointer<BackendDirectory>?
    private let memory: PlanMemory?

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
        guard frontends.contains(where: { $0.makesNames }) else {
            (directory, memory) = (nil, nil)
            return
        }
        let memory = PlanMemory()
        directory = memory.arena.copy([BackendDirectory(backends, &memory.arena)])
        self.memory = memory
    }

    /// Once every thread has taken it: of thousands of listeners it takes a megabyte.
    func forgetChange() { change = nil }

    /// The same without listeners.
    convenience init(silencing other: Plan) {
        self.init(other.settings, other.frontends, other.backends, sticks: other.sticks, order: other.order)
    }
}

/// What the newest plan has, by name. Only whoever makes plans touches it.
struct PlanCatalog {
    var backends = PlanBackendIndex()
    var sticks: [String: SharedStickTable] = [:]
    let serverNames = ServerNames()
    let logs = LogBook()
    let directory = PlanDirectory()
}
