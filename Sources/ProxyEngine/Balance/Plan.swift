internal import Addresses

/// A snapshot compiled for the data path. Immutable; freed when no worker and no connection uses it.
final class Plan: @unchecked Sendable {
    // Raw memory that is written before the plan is shared, and never after.
    /// What it was made of; belongs to the engine's thread, until ``forgetSnapshot()``.
    private(set) var snapshot: ProxySnapshot
    let tables: SharedTables
    private(set) var frontends: UnsafeMutablePointer<FrontendEntry>
    /// Listener addresses in order, with what each hands its connections to.
    private(set) var listeners: [(address: ListenAddress, entry: ListenerEntry)] = []
    private var arena = Arena()
    /// Has the memory that this one uses.
    private let origin: Plan?

    /// Open listening sockets; an address without one is quarantined.
    let descriptors: [ListenAddress: CInt]

    init(_ snapshot: ProxySnapshot, descriptors: [ListenAddress: CInt], succeeding previous: SharedTables) {
        self.snapshot = snapshot
        self.descriptors = descriptors
        origin = nil
        var tables = SharedTables()
        // Growing by steps would hash thousands of names several times.
        tables.servers.reserveCapacity(snapshot.backends.reduce(0) { $0 + $1.servers.count })
        tables.backends.reserveCapacity(snapshot.backends.count)
        tables.balances.reserveCapacity(snapshot.backends.count)
        tables.frontends.reserveCapacity(snapshot.frontends.count)
        tables.serverNames = previous.serverNames
        tables.sticks = Self.stickTables(snapshot, previous)
        var arena = Arena()
        let backends = arena.table(of: BackendEntry.self, count: snapshot.backends.count)
        var byName: [String: UnsafePointer<BackendEntry>] = [:]
        byName.reserveCapacity(snapshot.backends.count)
        listeners.reserveCapacity(snapshot.frontends.count)
        for (index, backend) in snapshot.backends.enumerated() {
            var entry = Self.compile(backend, &arena, &tables, previous)
            entry.stick = Self.stick(backend, &arena, &tables)
            (backends + index).initialize(to: entry)
            byName[backend.name] = UnsafePointer(backends + index)
        }
        frontends = arena.table(of: FrontendEntry.self, count: snapshot.frontends.count)
        for (index, frontend) in snapshot.frontends.enumerated() {
            let cells = previous.frontends[frontend.name] ?? Shared(FrontendCells())
            tables.frontends[frontend.name] = cells
            let rules = arena.table(of: RuleEntry.self, count: frontend.rules.count)
            for (position, rule) in frontend.rules.enumerated() {
                (rules + position).initialize(to: Self.compile(rule, &arena, byName))
            }
            (frontends + index).initialize(
                to: FrontendEntry(
                    name: arena.text(frontend.name),
                    rules: UnsafePointer(rules),
                    ruleCount: frontend.rules.count,
                    defaultBackend: frontend.defaultBackend.flatMap { byName[$0] },
                    cells: cells.cells,
                    maxConnections: frontend.maxConnections,
                    maxSessionRate: frontend.maxSessionRate,
                    clientTimeout: frontend.clientTimeout ?? 0,
                    clientFinTimeout: frontend.clientFinTimeout ?? 0,
                    tcpLog: frontend.tcpLog && snapshot.settings.log != .none,
                    dontLogNull: frontend.dontLogNull,
                    smartAccept: frontend.smartAccept,
                    resetsOnClose: frontend.listeners.contains { $0.options.resetsOnClose },
                    uniqueID: arena.uniqueID(frontend.uniqueID)
                )
            )
            for (number, listener) in frontend.listeners.enumerated() {
                var entry = ListenerEntry(listener, number: number + 1, of: UnsafePointer(frontends + index), &arena)
                if listener.maxConnections > 0 {
                    let limit = previous.listeners[listener.address] ?? Shared(ListenerCells())
                    tables.listeners[listener.address] = limit
                    entry.maxConnections = listener.maxConnections
                    entry.cells = limit.cells
                }
                listeners.append((listener.address, entry))
            }
        }
        self.arena = arena
        self.tables = tables
    }

    /// The same without listeners.
    init(silencing other: Plan) {
        snapshot = ProxySnapshot(settings: other.snapshot.settings)
        tables = other.tables
        frontends = other.frontends
        descriptors = [:]
        origin = other
    }

    /// Lets go of all but the settings, once everything is made of it: thousands of services take megabytes.
    func forgetSnapshot() { snapshot = ProxySnapshot(settings: snapshot.settings) }

    deinit { arena.free() }

    private static func compile(
        _ backend: Backend,
        _ arena: inout Arena,
        _ tables: inout SharedTables,
        _ previous: SharedTables
    ) -> BackendEntry {
        let servers = arena.table(of: ServerEntry.self, count: backend.servers.count)
        var members: [Shared<ServerCells>] = []
        members.reserveCapacity(backend.servers.count)
        let cells = previous.backends[backend.name] ?? Shared(BackendCells())
        tables.backends[backend.name] = cells
        for (index, server) in backend.servers.enumerated() {
            let key = ServerKey(SnapshotDifference.Member(backend: backend.name, server: server))
            let own = previous.servers[key] ?? Shared(ServerCells(backend: cells.cells), keeping: cells)
            tables.servers[key] = own
            members.append(own)
            (servers + index).initialize(
                to: ServerEntry(
                    name: arena.text(server.name),
                    address: SocketAddress(server.endpoint),
                    cells: own.cells,
                    special: arena.special(server),
                    errorLimit: server.observation?.limit ?? 0
                )
            )
        }
        let former = previous.balances[backend.name]
        let balance =
            former.flatMap { $0.fits(backend, members) ? $0 : nil } ?? BalanceOwner(backend, cells, members)
        tables.balances[backend.name] = balance
        let rules = backend.serverRules.map { rule in
            let conditions = conditions(rule.alternatives, &arena)
            let server = backend.servers.firstIndex { $0.name == rule.server && !$0.isDisabled }
            return ServerRuleEntry(
                server: server.map { UnsafePointer(servers + $0) },
                conditions: conditions.start,
                conditionCount: conditions.count
            )
        }
        let algorithm = backend.balance.algorithm
        return BackendEntry(
            name: arena.text(backend.name),
            servers: UnsafePointer(servers),
            serverCount: backend.servers.count,
            balance: balance.state,
            cells: cells.cells,
            serverRules: arena.copy(rules),
            serverRuleCount: rules.count,
            connectTimeout: backend.connectTimeout ?? 0,
            serverTimeout: backend.serverTimeout ?? 0,
            serverFinTimeout: backend.serverFinTimeout ?? 0,
            tunnelTimeout: backend.tunnelTimeout ?? 0,
            // HAProxy: without `timeout queue` it is that of the connection.
            queueTimeout: backend.queueTimeout ?? backend.connectTimeout ?? 0,
            retries: backend.retries,
            abortsOnClose: backend.abortsOnClose,
            stick: nil,
            redispatchInterval: backend.redispatchInterval ?? 0,
            isDeterministic: algorithm == .source,
            queuesFirst: algorithm == .roundRobin || algorithm == .staticRoundRobin || algorithm == .first,
            followsLoad: balance.state.pointee.followsLoad,
            hashesSource: algorithm == .source
        )
    }

    /// Makes the balances of this plan those that count, and calls who may go to a server now.
    ///
    /// - Parameter previous: Of the plan before.
    func activate(after previous: SharedTables, _ endings: SessionEndings, second: UInt32) {
        let followers = followers
        for backend in snapshot.backends {
            let reactions = reactions(backend, followers, endings)
            tables.balances[backend.name]?.activate(backend, reactions, second: second)
        }
        for (name, cells) in previous.backends where tables.backends[name] == nil { BalanceOwner.retire(cells) }
    }

    static func compile(
        _ rule: SwitchingRule,
        _ arena: inout Arena,
        _ backends: [String: UnsafePointer<BackendEntry>]
    ) -> RuleEntry {
        let conditions = conditions(rule.alternatives, &arena)
        return RuleEntry(
            backend: backends[rule.backend],
            conditions: conditions.start,
            conditionCount: conditions.count
        )
    }

    private static func conditions(
        _ alternatives: [[Condition]],
        _ arena: inout Arena
    ) -> (start: UnsafePointer<ConditionEntry>, count: Int) {
        var entries: [ConditionEntry] = []
        for alternative in alternatives {
            for (index, condition) in alternative.enumerated() {
                let (kind, ranges) = Self.ranges(condition.test)
                entries.append(
                    ConditionEntry(
                        kind: kind,
                        negated: condition.negated,
                        endsAlternative: index == alternative.count - 1,
                        ranges: arena.copy(ranges),
                        rangeCount: ranges.count
                    )
                )
            }
        }
        return (arena.copy(entries), entries.count)
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
