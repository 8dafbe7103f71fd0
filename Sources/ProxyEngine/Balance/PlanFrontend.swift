/// A frontend compiled for the data path, with its listeners. Immutable; every plan that has it so shares it.
final class PlanFrontend: @unchecked Sendable {
    // Raw memory that is written before the frontend is shared, and never after.
    let entry: UnsafePointer<FrontendEntry>
    let cells: Shared<FrontendCells>
    let listeners: [PlanListener]
    let state: Frontend.State
    /// `option socket-stats`: what statistics call its listeners; empty if they are not told of.
    let listenerNames: [String]
    /// What it answers itself; no worker listens for it then.
    let pages: PlanPages?
    /// What it names and is not there.
    private let missing: [Missing]
    private let memory: PlanMemory
    /// What samples point to.
    private let kept: [AnyObject]
    /// Has what ``entry`` still points to after other backends were put in.
    private let origin: PlanMemory?

    /// A backend that is not there: the rule that names it, or nil for the default.
    private struct Missing {
        var rule: Int?
        var backend: String
    }

    var name: String { entry.pointee.name.string }

    /// What it looks through, in the order of its lines.
    var patterns: [PatternUse] { kept.compactMap { $0 as? PatternUse }.inOrder }

    /// A rule makes a backend's name of what a connection says.
    var makesNames: Bool {
        entry.pointee.connectionRules != nil
            && (0..<entry.pointee.ruleCount).contains { entry.pointee.rules[$0].format != nil }
    }

    /// - Parameters:
    ///   - former: What it goes on with of what was there before.
    ///   - catalog: Has the log groups, and what samples speak of.
    init(
        _ frontend: Frontend,
        after former: FormerFrontends,
        _ backends: PlanBackendIndex,
        _ catalog: PlanCatalog,
        _ memory: PlanMemory
    ) {
        self.memory = memory
        origin = nil
        let logs = catalog.logs
        cells =
            former.cells[frontend.name] ?? catalog.directory.awaited(frontend: frontend.name) ?? Shared(FrontendCells())
        var compiler = catalog.directory.compiler(frontend: (frontend.name, cells))
        func format(_ format: LineFormat?) -> UnsafePointer<LineFormatEntry>? {
            guard let format, format.hasSamples else { return logs.format(format) }
            return memory.arena.lineFormat(format, &compiler)
        }
        var missing: [Missing] = []
        func find(_ name: String, _ rule: Int?) -> UnsafePointer<BackendEntry>? {
            if let backend = backends[name] { return backend.entry }
            // The empty name stands for none.
            if !name.isEmpty { missing.append(Missing(rule: rule, backend: name)) }
            return nil
        }
        let rules = memory.arena.table(of: RuleEntry.self, count: frontend.rules.count)
        for (index, rule) in frontend.rules.enumerated() {
            let condition = memory.arena.conditions(rule.alternatives, rule.isInverted, &compiler)
            (rules + index).initialize(
                to: RuleEntry(
                    backend: rule.format == nil ? find(rule.backend, index) : nil,
                    format: format(rule.format),
                    condition: condition
                )
            )
        }
        entry = memory.arena.copy([
            FrontendEntry(
                name: memory.arena.text(frontend.name),
                rules: UnsafePointer(rules),
                ruleCount: frontend.rules.count,
                defaultBackend: frontend.defaultBackend.flatMap { find($0, nil) },
                cells: cells.cells,
                maxConnections: frontend.maxConnections,
                maxSessionRate: frontend.maxSessionRate,
                clientTimeout: frontend.clientTimeout ?? 0,
                clientFinTimeout: frontend.clientFinTimeout ?? 0,
                log: frontend.logStyle == .none ? nil : logs.group(frontend.logGroup, tag: frontend.logTag),
                logFormat: frontend.logStyle == .tcp ? logs.tcpFormat : format(frontend.logFormat),
                separatesErrors: frontend.separatesErrors,
                omitsNormalLogs: frontend.omitsNormalLogs,
                logsEarly: frontend.logsEarly,
                logsOnConnect: frontend.logsEarly || frontend.logFormat.map { !$0.needsEnd } ?? false,
                countsLines: frontend.logFormat?.tells(.lineCounter) ?? false,
                dontLogNull: frontend.dontLogNull,
                smartAccept: frontend.smartAccept,
                numbersConnections: [frontend.logFormat, frontend.uniqueID].contains { $0?.tells(.number) ?? false },
                resetsOnClose: frontend.listeners.contains { $0.options.resetsOnClose },
                uniqueID: format(frontend.uniqueID),
                structuredData: format(frontend.ownFormats.structuredData),
                errorFormat: format(frontend.ownFormats.error),
                connectionRules: memory.arena.connectionRules(frontend.connectionRules, &compiler),
                countsContinuously: frontend.countsContinuously
            )
        ])
        kept = compiler.kept + compiler.uses
        self.missing = missing
        pages = frontend.pages.flatMap { PlanPages($0, of: frontend, after: former.pages[frontend.name]) }
        var listeners: [PlanListener] = []
        listeners.reserveCapacity(frontend.listeners.count)
        for listener in frontend.listeners {
            let needsName = entry.pointee.connectionRules != nil || listener.options.acceptsProxy
            let hasName = listener.isNamed || frontend.countsListeners
            let name = needsName && hasName ? listener.statisticsName : ""
            var own = ListenerEntry(listener, of: entry, name: name, &memory.arena)
            var limit: Shared<ListenerCells>?
            if listener.maxConnections > 0 || frontend.countsListeners || compiler.asksListeners {
                let cells = former.listeners[listener.address] ?? Shared(ListenerCells())
                cells.cells.pointee.isCounted = frontend.countsListeners
                own.maxConnections = listener.maxConnections
                own.cells = cells.cells
                limit = cells
            }
            listeners.append(
                PlanListener(
                    address: listener.address,
                    entry: memory.arena.copy([own]),
                    cells: limit,
                    isOfWorkers: frontend.pages == nil
                )
            )
        }
        self.listeners = listeners
        state = frontend.state
        listenerNames = frontend.countsListeners ? frontend.listeners.map { $0.statisticsName } : []
    }

    /// The same where backends went, came, or were replaced; nil if that does not concern it.
    ///
    /// - Parameters:
    ///   - gone: By what points to them.
    ///   - backends: All that are there now.
    func redirected(
        _ gone: [UnsafePointer<BackendEntry>: PlanBackend],
        _ backends: PlanBackendIndex
    ) -> PlanFrontend? {
        let old = entry.pointee
        let isConcerned =
            old.defaultBackend.map { gone[$0] != nil } ?? false
            || (0..<old.ruleCount).contains { old.rules[$0].backend.map { gone[$0] != nil } ?? false }
            || missing.contains { backends[$0.backend] != nil }
        return isConcerned ? PlanFrontend(self, gone, backends) : nil
    }

    private init(
        _ other: PlanFrontend,
        _ gone: [UnsafePointer<BackendEntry>: PlanBackend],
        _ backends: PlanBackendIndex
    ) {
        memory = PlanMemory()
        origin = other.origin ?? other.memory
        kept = other.kept
        cells = other.cells
        listenerNames = other.listenerNames
        pages = other.pages
        state = other.state
        var missing: [Missing] = []
        func find(_ former: UnsafePointer<BackendEntry>?, _ rule: Int?) -> UnsafePointer<BackendEntry>? {
            if let former, gone[former] == nil { return former }
            let name = former.flatMap { gone[$0]?.name } ?? other.missing.first { $0.rule == rule }?.backend
            guard let name else { return nil }
            if let backend = backends[name] { return backend.entry }
            missing.append(Missing(rule: rule, backend: name))
            return nil
        }
        var new = other.entry.pointee
        let rules = (0..<new.ruleCount).map { index in
            var rule = new.rules[index]
            rule.backend = find(rule.backend, index)
            return rule
        }
        new.rules = memory.arena.copy(rules)
        new.defaultBackend = find(new.defaultBackend, nil)
        entry = memory.arena.copy([new])
        self.missing = missing
        listeners = other.listeners.map { [entry, memory] listener in
            var own = listener.entry.pointee
            own.frontend = entry
            return PlanListener(
                address: listener.address,
                entry: memory.arena.copy([own]),
                cells: listener.cells,
                isOfWorkers: listener.isOfWorkers
            )
        }
    }
}

/// A listening address and what it hands its connections to.
struct PlanListener {
    let address: ListenAddress
    /// In the memory of its frontend.
    let entry: UnsafePointer<ListenerEntry>
    /// Of ``ListenerEntry/cells``.
    let cells: Shared<ListenerCells>?
    /// False: its frontend answers itself, on a thread of its own.
    let isOfWorkers: Bool
}

/// What frontends that are made anew go on with.
struct FormerFrontends {
    var cells: [String: Shared<FrontendCells>] = [:]
    var listeners: [ListenAddress: Shared<ListenerCells>] = [:]
    var pages: [String: PageCounters] = [:]

    init(_ frontends: [PlanFrontend] = []) {
        cells.reserveCapacity(frontends.count)
        for frontend in frontends {
            cells[frontend.name] = frontend.cells
            if let counters = frontend.pages?.counters { pages[frontend.name] = counters }
            for listener in frontend.listeners {
                if let limit = listener.cells { listeners[listener.address] = limit }
            }
        }
    }
}
