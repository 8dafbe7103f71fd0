internal import CLinux

/// How one plan comes out of another: what stays, what goes, and what is made anew.
struct PlanStep {
    private(set) var frontends: [PlanFrontend] = []
    private(set) var backends: [PlanBackend] = []
    private(set) var goneFrontends: [PlanFrontend] = []
    private(set) var goneBackends: [PlanBackend] = []
    /// Those that are new, or point to other backends than before.
    private(set) var freshFrontends: [PlanFrontend] = []
    private(set) var freshBackends: [(definition: Backend, backend: PlanBackend)] = []
    let settings: EngineSettings
    let order: ProxyOrder
    private let authorities: [String: String]
    private let former: Plan
    private var asksNumbers = false

    /// - Throws: ``MalformedSnapshot`` if `edit` keeps what `former` does not have; nothing has changed then.
    init(_ edit: SnapshotEdit, after former: Plan, _ catalog: inout PlanCatalog) throws(MalformedSnapshot) {
        self.former = former
        settings = edit.settings
        order = edit.order
        authorities = edit.authorities
        goneBackends = try Self.gone(edit.backends, of: former.backends)
        goneFrontends = try Self.gone(edit.frontends, of: former.frontends)
        catalog.logs.take(edit.logGroups)
        try catalog.directory.patterns.take(edit.patternFiles, readings: edit.readings)
        catalog.sticks = Plan.stickTables(edit.stickTables, catalog.sticks)
        catalog.directory.tables = catalog.sticks
        catalog.directory.formerFrontends = former.frontends
        catalog.directory.backends = catalog.backends
        takeBackends(edit.backends, &catalog)
        catalog.directory.backends = catalog.backends
        takeFrontends(edit.frontends, catalog)
        catalog.directory.forgetStep()
        asksNumbers = catalog.directory.asksNumbers
    }

    private static func gone<Proxy, Part>(
        _ runs: [SnapshotEdit.Run<Proxy>],
        of parts: [Part]
    ) throws(MalformedSnapshot) -> [Part] {
        var stays = [Bool](repeating: false, count: parts.count)
        for case .kept(let places) in runs {
            guard places.lowerBound >= 0, places.upperBound <= parts.count else { throw MalformedSnapshot() }
            for place in places {
                if stays[place] { throw MalformedSnapshot() }
                stays[place] = true
            }
        }
        return zip(parts, stays).compactMap { $1 ? nil : $0 }
    }

    private mutating func takeBackends(_ runs: [SnapshotEdit.Run<Backend>], _ catalog: inout PlanCatalog) {
        var memories = PlanMemories()
        var going: [String: PlanBackend] = [:]
        for backend in goneBackends { going[backend.name] = backend }
        backends.reserveCapacity(former.backends.count)
        for run in runs {
            switch run {
            case .kept(let places): backends += former.backends[places]
            case .fresh(let definitions):
                freshBackends.reserveCapacity(definitions.count)
                for definition in definitions {
                    let known = going.removeValue(forKey: definition.name)
                    let backend = PlanBackend(definition, after: known, memories.next(), &catalog)
                    catalog.directory.note(backend)
                    freshBackends.append((definition, backend))
                    backends.append(backend)
                }
            }
        }
        // Held twice, it would be copied.
        catalog.directory.backends = PlanBackendIndex()
        for backend in goneBackends where catalog.backends[backend.name] === backend {
            catalog.backends[backend.name] = nil
        }
        catalog.backends.reserveCapacity(backends.count)
        for (definition, backend) in freshBackends { catalog.backends[definition.name] = backend }
        // A `listen` section may have the name of a backend above it: the last is the one that is meant.
        if catalog.backends.count == backends.count { return }
        for backend in backends { catalog.backends[backend.name] = backend }
    }

    private mutating func takeFrontends(_ runs: [SnapshotEdit.Run<Frontend>], _ catalog: PlanCatalog) {
        let backends = catalog.backends
        var memories = PlanMemories()
        let known = FormerFrontends(goneFrontends)
        var gone: [UnsafePointer<BackendEntry>: PlanBackend] = [:]
        // Where two have one name, another one may be meant now.
        let hasNamesakes = backends.count != self.backends.count
        for backend in hasNamesakes ? former.backends : goneBackends { gone[backend.entry] = backend }
        let isRedirecting = hasNamesakes || !goneBackends.isEmpty || !freshBackends.isEmpty
        frontends.reserveCapacity(former.frontends.count)
        for run in runs {
            switch run {
            case .kept(let places):
                guard isRedirecting else {
                    frontends += former.frontends[places]
                    continue
                }
                for frontend in former.frontends[places] {
                    if let redirected = frontend.redirected(gone, backends) {
                        freshFrontends.append(redirected)
                        frontends.append(redirected)
                    } else {
                        frontends.append(frontend)
                    }
                }
            case .fresh(let definitions):
                freshFrontends.reserveCapacity(definitions.count)
                for definition in definitions {
                    let frontend = PlanFrontend(definition, after: known, backends, catalog, memories.next())
                    catalog.directory.note(frontend)
                    freshFrontends.append(frontend)
                    frontends.append(frontend)
                }
            }
        }
    }

    /// Sections that stay may have other numbers than before.
    private func giveNumbers() {
        let sections = order.sections(frontends.count, backends.count) {
            (frontends.map { $0.name }, backends.map { $0.name })
        }
        for section in sections {
            if let place = section.frontend {
                clinux_atomic_store(&frontends[place].cells.cells.pointee.number, section.number)
            }
            if let place = section.backend {
                clinux_atomic_store(&backends[place].cells.cells.pointee.number, section.number)
            }
        }
    }

    /// Makes the balances of what is new those that count, and calls who may go to a server now.
    ///
    /// - Returns: Servers of which the configuration says `disabled`, or does so no longer, unlike before; and what that did.
    @discardableResult
    func activate(
        _ endings: SessionEndings,
        second: UInt32
    ) -> [(server: Shared<ServerCells>, effect: ServerControl.Effect)] {
        if asksNumbers { giveNumbers() }
        let followers = Plan.followers(backends)
        var changed: [(cells: Shared<ServerCells>, isDisabled: Bool)] = []
        for (definition, backend) in freshBackends {
            let reactions = backend.reactions(definition, followers, endings)
            backend.balance.activate(definition, reactions, second: second)
            backend.becomeNewest()
            for (server, cells) in zip(definition.servers, backend.servers) {
                if cells.cells.pointee.isDisabled != server.isDisabled { changed.append((cells, server.isDisabled)) }
                if server.track == nil { ServerControl(cells).followNobody() }
            }
        }
        let fresh = Set(freshBackends.map { ObjectIdentifier($0.backend.cells) })
        for backend in goneBackends where !fresh.contains(ObjectIdentifier(backend.cells)) {
            BalanceOwner.retire(backend.cells)
        }
        let before = Plan.followers(former.backends)
        if !followers.isEmpty || !before.isEmpty {
            for backend in backends where !fresh.contains(ObjectIdentifier(backend.cells)) {
                backend.follow(followers, before, endings)
            }
        }
        // Now that all know who follows them.
        return changed.map { ($0.cells, ServerControl($0.cells).configure(isDisabled: $0.isDisabled)) }
    }

    /// Servers that went, and frontends.
    var goneServers: [Shared<ServerCells>] {
        let stay = Set(freshBackends.lazy.flatMap { $0.backend.servers }.map { ObjectIdentifier($0) })
        return goneBackends.flatMap { $0.servers }.filter { !stay.contains(ObjectIdentifier($0)) }
    }

    var goneFrontendCells: [Shared<FrontendCells>] {
        let stay = Set(freshFrontends.map { ObjectIdentifier($0.cells) })
        return goneFrontends.map { $0.cells }.filter { !stay.contains(ObjectIdentifier($0)) }
    }

    /// What is checked of what is new.
    var checkTargets: [CheckTarget] { CheckTarget.targets(of: freshBackends, authorities) }

    /// New servers that nobody checks.
    var unwatched: [Shared<ServerCells>] {
        freshBackends.flatMap { definition, backend in
            zip(definition.servers, backend.servers).compactMap { $0.isWatched ? nil : $1 }
        }
    }

    /// Who may not be checked any more.
    var formerlyChecked: [ObjectIdentifier] { goneBackends.flatMap { $0.servers }.map { ObjectIdentifier($0) } }
}

/// The sockets that the engine has after a step.
struct PlanSockets {
    var descriptors: [ListenAddress: CInt]
    /// Those that nobody needs any more.
    private(set) var surplus: [CInt] = []
    private(set) var change: Plan.ListenerChange

    /// - Parameters:
    ///   - former: The plan before.
    ///   - opened: New ones, for addresses that are new or had none.
    init(
        _ step: PlanStep,
        after former: Plan,
        opened: [ListenAddress: CInt]
    ) {
        descriptors = former.descriptors
        change = Plan.ListenerChange(former: ObjectIdentifier(former), removed: [], updated: [])
        let fresh = step.freshFrontends.flatMap { $0.listeners }
        let wanted = Set(fresh.map { $0.address })
        for frontend in step.goneFrontends {
            for listener in frontend.listeners where !wanted.contains(listener.address) {
                guard let socket = self.descriptors.removeValue(forKey: listener.address) else { continue }
                surplus.append(socket)
                change.removed.append(socket)
            }
        }
        if self.descriptors.isEmpty { self.descriptors.reserveCapacity(opened.count) }
        // A listener that stays may have been without a socket so far; mostly there is none.
        let others = Set(opened.keys).subtracting(wanted)
        var staying: [ListenAddress: PlanListener] = [:]
        for frontend in others.isEmpty ? [] : step.frontends {
            for listener in frontend.listeners where others.contains(listener.address) {
                staying[listener.address] = listener
            }
        }
        for (address, socket) in opened {
            let stays = staying[address]
            if self.descriptors[address] != nil || stays == nil && !wanted.contains(address) {
                surplus.append(socket)
                continue
            }
            self.descriptors[address] = socket
            if let stays { change.updated.append(stays) }
        }
        change.updated += fresh.filter { self.descriptors[$0.address] != nil }
    }
}
