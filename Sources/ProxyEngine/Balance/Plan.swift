internal import Addresses

/// A snapshot compiled for the data path. Immutable; freed when no worker and no connection uses it.
final class Plan: @unchecked Sendable {
    // Raw memory that is written before the plan is shared, and never after.
    let snapshot: ProxySnapshot
    let tables: SharedTables
    private(set) var frontends: UnsafeMutablePointer<FrontendEntry>
    /// Listener addresses in order, with what each hands its connections to.
    private(set) var listeners: [(address: ListenAddress, entry: ListenerEntry)] = []
    private var arena = Arena()

    /// Open listening sockets; an address without one is quarantined.
    let descriptors: [ListenAddress: CInt]

    init(_ snapshot: ProxySnapshot, descriptors: [ListenAddress: CInt], succeeding previous: SharedTables) {
        self.snapshot = snapshot
        self.descriptors = descriptors
        var tables = SharedTables()
        tables.serverNames = previous.serverNames
        tables.sticks = Self.stickTables(snapshot, previous)
        var arena = Arena()
        let backends = arena.table(of: BackendEntry.self, count: snapshot.backends.count)
        var byName: [String: UnsafePointer<BackendEntry>] = [:]
        for (index, backend) in snapshot.backends.enumerated() {
            var entry = Self.compile(backend, &arena, &tables, previous)
            entry.stick = Self.stick(backend, snapshot, &arena, &tables)
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
                    clientTimeout: frontend.clientTimeout ?? 0,
                    clientFinTimeout: frontend.clientFinTimeout ?? 0,
                    tcpLog: frontend.tcpLog && snapshot.settings.log != .none,
                    dontLogNull: frontend.dontLogNull,
                    smartAccept: frontend.smartAccept,
                    uniqueID: arena.uniqueID(frontend.uniqueID)
                )
            )
            for (number, listener) in frontend.listeners.enumerated() {
                let entry = ListenerEntry(listener, number: number + 1, of: UnsafePointer(frontends + index), &arena)
                listeners.append((listener.address, entry))
            }
        }
        self.arena = arena
        self.tables = tables
    }

    deinit { arena.free() }

    private static func compile(
        _ backend: Backend,
        _ arena: inout Arena,
        _ tables: inout SharedTables,
        _ previous: SharedTables
    ) -> BackendEntry {
        let servers = arena.table(of: ServerEntry.self, count: backend.servers.count)
        for (index, server) in backend.servers.enumerated() {
            let key = ServerKey(SnapshotDifference.Member(backend: backend.name, server: server))
            let cells = previous.servers[key] ?? Shared(ServerCells())
            tables.servers[key] = cells
            (servers + index).initialize(
                to: ServerEntry(
                    name: arena.text(server.name),
                    address: SocketAddress(server.endpoint),
                    cells: cells.cells,
                    special: arena.special(server)
                )
            )
        }
        let active = Schedule.make(backend.servers.map { $0.isBackup || $0.isDisabled ? 0 : $0.weight })
        // Only the first backup that is up is used, as without `option allbackups`.
        let backups = backend.servers.indices.filter {
            backend.servers[$0].isBackup && !backend.servers[$0].isDisabled && backend.servers[$0].weight > 0
        }
        let cells = previous.backends[backend.name] ?? Shared(BackendCells())
        tables.backends[backend.name] = cells
        return BackendEntry(
            name: arena.text(backend.name),
            servers: UnsafePointer(servers),
            serverCount: backend.servers.count,
            schedule: arena.copy(active),
            scheduleCount: active.count,
            backupSchedule: arena.copy(backups.map { UInt16($0) }),
            backupScheduleCount: backups.count,
            cells: cells.cells,
            connectTimeout: backend.connectTimeout ?? 0,
            serverTimeout: backend.serverTimeout ?? 0,
            serverFinTimeout: backend.serverFinTimeout ?? 0,
            tunnelTimeout: backend.tunnelTimeout ?? 0,
            retries: backend.retries,
            abortsOnClose: backend.abortsOnClose,
            stick: nil
        )
    }

    static func compile(
        _ rule: SwitchingRule,
        _ arena: inout Arena,
        _ backends: [String: UnsafePointer<BackendEntry>]
    ) -> RuleEntry {
        var entries: [ConditionEntry] = []
        for alternative in rule.alternatives {
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
        return RuleEntry(
            backend: backends[rule.backend],
            conditions: arena.copy(entries),
            conditionCount: entries.count
        )
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

/// Memory that lives and dies as one. The entries are trivial, so freeing is all there is.
struct Arena {
    private var blocks: [UnsafeMutableRawPointer] = []

    mutating func table<Entry>(of type: Entry.Type, count: Int) -> UnsafeMutablePointer<Entry> {
        let raw = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, count) * MemoryLayout<Entry>.stride,
            alignment: MemoryLayout<Entry>.alignment
        )
        blocks.append(raw)
        return raw.bindMemory(to: Entry.self, capacity: max(1, count))
    }

    mutating func copy<Entry>(_ entries: [Entry]) -> UnsafePointer<Entry> {
        let table = table(of: Entry.self, count: entries.count)
        for (index, entry) in entries.enumerated() { (table + index).initialize(to: entry) }
        return UnsafePointer(table)
    }

    mutating func text(_ value: String) -> PlanText {
        let bytes = Array(value.utf8)
        return PlanText(start: copy(bytes), count: bytes.count)
    }

    mutating func free() {
        for block in blocks { block.deallocate() }
        blocks = []
    }
}
