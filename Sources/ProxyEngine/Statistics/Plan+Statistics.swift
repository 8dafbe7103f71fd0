internal import CLinux
internal import HealthChecks
public import ProxyStatistics

extension UnsafeMutablePointer<BackendCells> {
    /// Notes whether the backend has servers that may be used; under its lock.
    func look(second: UInt32) {
        guard let balance = pointee.balance else { return }
        let servers = balance.pointee.servers
        let hasAny = servers.contains { server in
            clinux_atomic_load(&server.cells.pointee.isUp) != 0
                && server.cells.pointee.currentWeight > 0
        }
        // One without servers is not down.
        pointee.history.look(hasServers: hasAny || servers.isEmpty, second: second)
    }
}

extension Engine {
    /// Rows of `show stat` that are wanted, in the order of the configuration, from a section on until the body has enough. The
    /// row is one and the same each time: take of it what you need.
    ///
    /// - Parameters:
    ///   - start: 0 at first, then what was returned before.
    ///   - body: After each section it is asked whether it has enough.
    /// - Returns: Where to go on; nil at the end.
    public func statistics(
        _ selection: StatisticsSelection,
        from start: UInt32 = 0,
        until hasEnough: () -> Bool = { false },
        _ body: (borrowing StatisticsRow) -> Void
    ) -> UInt32? {
        let basis = statisticsBasis ?? StatisticsBasis(plan)
        statisticsBasis = basis
        return StatisticsVisit(plan, basis, selection).run(from: Int(start), until: hasEnough, body).map { UInt32($0) }
    }
}

extension Plan {
    /// Every section that is served, in the order of the configuration.
    var sections: [ProxyOrder.Section] {
        order.sections(frontends.count, backends.count) { (frontends.map { $0.name }, backends.map { $0.name }) }
    }
}

/// What a walk over a plan needs to know of all of it; found once for a plan.
struct StatisticsBasis {
    let sections: [ProxyOrder.Section]
    /// `fullconn` where none is configured, for each backend: a tenth of what the frontends that lead there may take.
    let usualLoads: [UInt32]
    /// Backends by name, where servers follow others (`track`).
    let leaders: [String: PlanBackend]

    init(_ plan: Plan) {
        sections = plan.sections
        usualLoads = Self.usualLoads(plan, sections)
        let hasTracks = plan.backends.contains { !$0.tracks.isEmpty }
        leaders = hasTracks ? Dictionary(plan.backends.map { ($0.name, $0) }) { _, last in last } : [:]
    }

    private static func usualLoads(
        _ plan: Plan,
        _ sections: [ProxyOrder.Section]
    ) -> [UInt32] {
        var loads: [UnsafePointer<BackendEntry>: UInt32] = [:]
        loads.reserveCapacity(plan.backends.count)
        for frontend in plan.frontends {
            let entry = frontend.entry.pointee
            let most = entry.maxConnections == 0 ? UInt32(clamping: plan.settings.maxConnections) : entry.maxConnections
            if let backend = entry.defaultBackend { loads[backend, default: 0] &+= most }
            for index in 0..<entry.ruleCount {
                // Once for each frontend.
                guard let backend = entry.rules[index].backend, backend != entry.defaultBackend,
                    !(0..<index).contains(where: { entry.rules[$0].backend == backend })
                else { continue }
                loads[backend, default: 0] &+= most
            }
        }
        // A `listen` section whose pages are all that it serves leads to itself nevertheless.
        for section in sections {
            guard let frontend = section.frontend.map({ plan.frontends[$0] }), frontend.pages != nil,
                frontend.entry.pointee.defaultBackend == nil, let backend = section.backend
            else { continue }
            let own = frontend.entry.pointee.maxConnections
            loads[plan.backends[backend].entry, default: 0] &+=
                own == 0 ? UInt32(clamping: plan.settings.maxConnections) : own
        }
        return plan.backends.map { loads[$0.entry].map { ($0 &+ 9) / 10 } ?? 1 }
    }
}

/// One walk over a plan. Nobody on the data path waits for it but for a lock of a backend at a time.
struct StatisticsVisit {
    let plan: Plan
    let basis: StatisticsBasis
    private let selection: StatisticsSelection
    let now = Clock.monotonic()

    init(_ plan: Plan, _ basis: StatisticsBasis, _ selection: StatisticsSelection) {
        self.plan = plan
        self.basis = basis
        self.selection = selection
    }

    var second: UInt32 { UInt32(truncatingIfNeeded: now / 1000) }

    func run(from start: Int, until hasEnough: () -> Bool, _ body: (borrowing StatisticsRow) -> Void) -> Int? {
        var row = StatisticsRow()
        let wanted = selection.proxy.map { ($0, UInt32($0.hasPrefix("#") ? $0.dropFirst() : $0[...])) }
        var next = start
        while next < basis.sections.count {
            let section = basis.sections[next]
            next += 1
            let name =
                section.frontend.map { plan.frontends[$0].name } ?? section.backend.map { plan.backends[$0].name }
            guard let name else { continue }
            if let wanted, wanted.0 != name, wanted.1 != section.number { continue }
            if let index = section.frontend { visit(plan.frontends[index], name, section.number, &row, body) }
            if let index = section.backend, !plan.backends[index].isDisabled {
                visit(plan.backends[index], name, section.number, basis.usualLoads[index], &row, body)
            }
            if hasEnough() { break }
        }
        return next < basis.sections.count ? next : nil
    }

    private func begin(
        _ row: inout StatisticsRow,
        _ kind: StatisticsRow.Kind,
        _ proxy: String,
        _ name: String,
        _ number: UInt32
    ) {
        row.begin(kind)
        row.set(.pxname, proxy)
        row.set(.svname, name)
        row.set(.mode, "tcp")
        row.set(.pid, UInt32(1))
        row.set(.iid, number)
        row.set(.sid, UInt32(0))
    }

    private func visit(
        _ frontend: PlanFrontend,
        _ name: String,
        _ number: UInt32,
        _ row: inout StatisticsRow,
        _ body: (borrowing StatisticsRow) -> Void
    ) {
        let cells = frontend.cells.cells
        if selection.types & 1 != 0 {
            begin(&row, .frontend, name, "FRONTEND", number)
            row.fill(frontend: cells.seen, now)
            if let pages = frontend.pages {
                row.set(.mode, "http")
                pages.counters.fill(&row, now: now)
            }
            row.set(.scur, clinux_atomic_load(&cells.pointee.connections))
            let limit = frontend.entry.pointee.maxConnections
            row.set(.slim, limit == 0 ? UInt32(clamping: plan.settings.maxConnections) : limit)
            row.set(.status, frontend.state.words)
            row.set(.rateLim, frontend.entry.pointee.maxSessionRate)
            body(row)
        }
        guard selection.types & 8 != 0, !frontend.listenerNames.isEmpty else { return }
        for (index, listener) in frontend.listeners.enumerated() {
            let socket = listener.entry.pointee.number
            if let wanted = selection.server, wanted != Int(socket) { continue }
            guard let cells = listener.cells?.cells else { continue }
            begin(&row, .listener, name, frontend.listenerNames[index], number)
            row.set(.sid, socket)
            row.fill(listener: cells.seen)
            if frontend.pages != nil { row.set(.mode, "http") }
            let count = clinux_atomic_load(&cells.pointee.connections)
            row.set(.scur, count)
            let limit = listener.entry.pointee.maxConnections
            row.set(.slim, limit)
            row.set(.status, limit > 0 && count >= limit ? "FULL" : "OPEN")
            if selection.showsLegends { row.set(.addr, listener.address.statisticsText) }
            body(row)
        }
    }

    private func visit(
        _ backend: PlanBackend,
        _ name: String,
        _ number: UInt32,
        _ usualLoad: UInt32,
        _ row: inout StatisticsRow,
        _ body: (borrowing StatisticsRow) -> Void
    ) {
        var total = BackendTotals()
        for index in backend.servers.indices {
            let state = ServerMoment(backend, index, self)
            total.add(state)
            guard selection.types & 4 != 0 else { continue }
            if let wanted = selection.server, wanted != Int(state.facts.number) { continue }
            if selection.hidesMaintenance, state.isInMaintenance { continue }
            if selection.hidesDown, state.isHiddenAsDown { continue }
            begin(&row, .server, name, backend.entry.pointee.servers[index].name.string, number)
            state.fill(&row, showsLegends: selection.showsLegends)
            body(row)
        }
        guard selection.types & 2 != 0 else { return }
        begin(&row, .backend, name, "BACKEND", number)
        let cells = backend.cells.cells
        clinux_lock(&cells.pointee.lock)
        let (history, queue, limit) = (cells.pointee.history, cells.pointee.queue.length, cells.pointee.fullConnections)
        clinux_unlock(&cells.pointee.lock)
        row.fill(backend: cells.seen, now)
        if backend.isHTTP {
            row.set(.mode, "http")
            row.fillHTTPBackend()
        }
        row.set(.scur, clinux_atomic_load(&cells.pointee.connections))
        row.set(.qcur, queue)
        row.set(.slim, limit == 0 ? usualLoad : limit)
        total.fill(&row, isEmpty: backend.servers.isEmpty, usesAllBackups: backend.balance.state.pointee.usesAllBackups)
        row.set(.chkdown, history.downs)
        let stable = Clock.seconds(since: history.changedAt, at: second)
        row.set(.lastchg, stable)
        if !backend.servers.isEmpty {
            row.set(.downtime, history.downFor &+ (history.isUp ? 0 : stable))
        }
        if selection.showsLegends { row.set(.algo, backend.algorithm.keyword) }
        body(row)
    }
}

extension Frontend.State {
    /// The column `status`.
    fileprivate var words: String {
        switch self {
        case .open: "OPEN"
        case .paused: "PAUSED"
        case .stopped: "STOP"
        }
    }
}

/// What a backend's row makes of its servers.
private struct BackendTotals {
    private var activeCount: UInt32 = 0
    private var backupCount: UInt32 = 0
    private var active = (weight: UInt32(0), user: UInt32(0))
    private var backup = (weight: UInt32(0), user: UInt32(0))
    private var firstBackup: (weight: UInt32, user: UInt32)?

    mutating func add(_ server: ServerMoment) {
        guard server.isUp, server.userWeight > 0 else { return }
        if server.facts.isBackup {
            backupCount += 1
            backup.weight += server.weight
            backup.user += server.userWeight
            if firstBackup == nil { firstBackup = (server.weight, server.userWeight) }
        } else {
            activeCount += 1
            active.weight += server.weight
            active.user += server.userWeight
        }
    }

    func fill(_ row: inout StatisticsRow, isEmpty: Bool, usesAllBackups: Bool) {
        // Backups count only while they stand in: the first of them, or all.
        let counting = activeCount > 0 ? active : usesAllBackups ? backup : firstBackup ?? (0, 0)
        row.set(.status, activeCount + backupCount == 0 && !isEmpty ? "DOWN" : "UP")
        row.set(.weight, counting.weight)
        row.set(.uweight, counting.user)
        row.set(.act, activeCount)
        row.set(.bck, backupCount)
    }
}
