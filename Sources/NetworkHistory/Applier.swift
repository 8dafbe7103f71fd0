public import Files
public import NetworkFiles
public import NetworkState

/// The one way in for everybody who changes the network: takes the lock, takes back what was tried and not confirmed,
/// reconciles, records a generation.
public struct Applier: Sendable {
    public var root: Root
    public var clock: HistoryClock
    /// How long to wait for somebody else who changes the network.
    public var patience: Duration
    /// Whether the hosts of a link are asked before an address is added to an interface; they are told after it in any case.
    public var asksNeighbours = true
    /// Whether a guard is made where there is none yet, for the service that will take it over: at boot.
    public var beginsGuard = false
    /// Called before each operation; what it throws fails the operation. For tests.
    public var beforeOperation: (@Sendable (Int, Operation) throws -> Void)?

    public init(_ root: Root = Root(), clock: HistoryClock = .system, patience: Duration = .seconds(2)) {
        self.root = root
        self.clock = clock
        self.patience = patience
    }

    public var store: GenerationStore { GenerationStore(root) }

    /// Makes the network what the files say.
    ///
    /// - Parameters:
    ///   - origin: Who asks.
    ///   - configuration: What is wanted instead of what the files say now; for a caller that holds on to the last
    ///     good files. nil: the files are read once the lock is held.
    /// - Throws: ``BusyError``; `DiagnosticsError` if the files are wrong; ``NetworkState/ApplyError``;
    ///   ``Netlink/NetlinkError``; ``Syscalls/SystemError``.
    @discardableResult
    public func apply(_ origin: Origin, _ configuration: NetworkConfiguration? = nil) throws -> Applied {
        try changing(origin) { notes in try make(origin, configuration, notes) }
    }

    /// Lets `change` write the files, and makes the network what they say then; nobody comes in between.
    ///
    /// - Parameters:
    ///   - source: What the files are restored from: that is told, though the network may not change.
    ///   - isAgain: Whether that was begun before, and may have been told.
    /// - Throws: As ``apply(_:_:)``, and what `change` throws; the files are the caller's to put back.
    @discardableResult
    public func apply(
        _ origin: Origin,
        from source: String? = nil,
        isAgain: Bool = false,
        after change: () throws -> Void
    ) throws -> Applied {
        try changing(origin) { notes in
            try change()
            let isTold = isAgain && (try? store.current())?.source == source
            return try make(origin, nil, notes, from: isTold ? nil : source)
        }
    }

    private func make(
        _ origin: Origin,
        _ configuration: NetworkConfiguration?,
        _ notes: [String],
        from source: String? = nil
    ) throws -> Applied {
        // What is recorded is what is applied, whatever an editor does meanwhile.
        let files = configuration == nil ? try readFiles() : nil
        let wanted = try configuration ?? (files ?? ConfigurationFiles()).configuration(root)
        // The service keeps the guard by itself.
        let reconciler = try reconciler(firewall: origin != .watch)
        var applied = record(try reconciler.apply(wanted), origin, files, from: source)
        // The service that stood by after down goes on from here. It does not say so itself: down may be said while
        // it works.
        if origin != .watch { try StandbyMarker(root).clear() }
        applied.diagnostics = wanted.warnings
        applied.warnings = notes + applied.warnings
        return applied
    }

    /// - Throws: `DiagnosticsError` that says which file cannot be read.
    private func readFiles() throws -> ConfigurationFiles {
        do {
            return try ConfigurationFiles.read(root)
        } catch {
            _ = try NetworkConfiguration.load(root)
            throw error
        }
    }

    /// Takes our policy away: `NetworkReconciler.down()`. ``StandbyMarker`` keeps it away.
    @discardableResult
    public func down(_ origin: Origin = .down, _ part: PolicyPart? = nil) throws -> Applied {
        try changing(origin) { notes in
            let standby = StandbyMarker(root)
            let wasStandingBy = standby.isSet
            // First, so that the service does not repair what goes.
            try standby.set()
            let result: ApplyResult
            do {
                result = try reconciler().down(part)
            } catch {
                if !wasStandingBy { try standby.clear() }
                throw error
            }
            var applied = record(result, origin, nil, isDown: part == nil)
            applied.warnings = notes + applied.warnings
            return applied
        }
    }

    /// Runs `body` with the lock, when nothing of earlier changes is open any more; it is given what that took.
    func changing<Result>(_ origin: Origin, _ body: ([String]) throws -> Result) throws -> Result {
        try ApplianceLock.hold(root, origin, patience: patience) { try body(try settle()) }
    }

    func reconciler(firewall: Bool = true) throws -> NetworkReconciler {
        let reconciler = try NetworkReconciler(files: root, firewall: firewall)
        reconciler.beforeOperation = beforeOperation
        reconciler.asksNeighbours = asksNeighbours
        reconciler.tellsNeighbours = true
        reconciler.beginsGuard = beginsGuard
        return reconciler
    }

    /// Keeps a change as a generation. No change is none, but for what was restored. A failure to record undoes nothing that works.
    func record(
        _ result: ApplyResult,
        _ origin: Origin,
        _ files: ConfigurationFiles?,
        isDown: Bool = false,
        from source: String? = nil
    ) -> Applied {
        var applied = Applied(result: result, warnings: result.warnings)
        do {
            let current = try store.current()
            let kept = try files ?? current?.files ?? ConfigurationFiles.read(root)
            if let current, result.isUnchanged, current.files == kept, source == nil { return applied }
            let generation = Generation(
                id: try store.nextID(),
                time: clock.wall(),
                origin: origin,
                source: source,
                isDown: isDown,
                changes: result.operations.map { Generation.Change($0) },
                files: kept
            )
            try store.record(generation)
            applied.generation = generation.id
        } catch {
            applied.warnings.append("this change is not in the history: \(error)")
        }
        return applied
    }
}
