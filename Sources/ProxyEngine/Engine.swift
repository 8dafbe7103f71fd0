internal import CLinux
internal import Glibc
public import Syscalls

/// The proxy: worker threads, health checks, and in-place change from one snapshot to the next.
///
/// Not for concurrent use: one thread owns it. The data path runs on threads of its own.
public final class Engine {
    private let settings: EngineSettings
    let logs: LogCenter
    private let cells: Shared<ProcessCells>
    private let wakes: UnsafeMutablePointer<CInt>
    private let endings: SessionEndings
    private(set) var workers: [WorkerThread] = []
    private(set) var checker: Checker?
    /// Answers what is asked of the proxy itself; nil as long as nothing is.
    private(set) var pages: PageThread?
    /// Where the thread for pages sends a socket for each question about statistics, of which the other end is for who
    /// answers as a stats socket does; -1: nobody does. Set before anything is served.
    public var statisticsLine: CInt = -1
    /// Rung by workers for the checker.
    private let alarm: CInt
    private(set) var plan: Plan {
        didSet { statisticsBasis = nil }
    }
    /// Of ``plan``, once somebody has asked for statistics.
    var statisticsBasis: StatisticsBasis?
    /// nil until there are any.
    private(set) var peers: PeersService?
    private var catalog = PlanCatalog()
    private var descriptors: [ListenAddress: CInt] { plan.descriptors }
    /// Checks that begin with the threads.
    private var waitingChecks: [Checker.Update] = []
    /// Whoever applies a change calls ``startHeldChecks()`` when what he read it from is free again. The checks of thousands
    /// of servers are made of memory that stays: between what a change is read from, it would hold that.
    public var holdsChecks = false
    /// Another process tells its peer of this name, which is this one, what it knows of stick tables, and ends. Set before anything is
    /// served.
    public var replaces = false
    /// Nothing is checked before state files have said how servers were; then whoever set it calls ``startHeldChecks()``.
    public var awaitsStates = false
    /// `set-var` as it was last carried out.
    private var assigned: [ProcessVariable] = []
    private var heldChecks: [Checker.Update] = []
    private var heldSurroundings: Checker.Surroundings?
    /// When connections to what a change took away are ended, in order.
    var sweeps: [Sweep] = []

    /// ``release()`` has not been called.
    private var isHeld: Bool

    /// Starts the threads; nothing is served until the first ``apply(_:opened:)``.
    ///
    /// - Parameters:
    ///   - settings: The least room for connections is fixed here.
    ///   - isHeld: There is no thread before ``release()``. What a process gives up of its rights by capset(2) or
    ///     prctl(2) it gives up for one thread, and for those that this one starts.
    ///   - isQuiet: Standard error is not told what happens to servers.
    ///   - isBackground: Standard output and error are let go of later, and not opened anew for the log before.
    public init(
        _ settings: EngineSettings,
        isHeld: Bool = false,
        isQuiet: Bool = true,
        isBackground: Bool = false
    ) throws(SystemError) {
        self.isHeld = isHeld
        self.settings = settings
        wakes = .allocate(capacity: Self.mostThreads)
        wakes.initialize(repeating: -1, count: Self.mostThreads)
        cells = Shared(ProcessCells(wakes: wakes))
        if !isBackground { catalog.logs.openStreams() }
        let aloud = isQuiet || isBackground ? nil : catalog.logs.streams.1
        logs = LogCenter(catalog.logs, aloud: aloud, dropped: &cells.cells.pointee.droppedLogs)
        endings = SessionEndings(cells)
        cells.cells.pointee.maxConnections = UInt32(clamping: settings.maxConnections)
        alarm = try syscall("eventfd for the checks") { clinux_eventfd(1) }
        cells.cells.pointee.alarm = alarm
        plan = Plan(settings)
        limit(settings.rates)
        signal(SIGPIPE, SIG_IGN)
        if settings.loadsTLS { _ = TLSContexts.load() }
        // Reads the time zone while there is a file system to read it from: the chroot has none.
        tzset()
        if isHeld { return }
        for _ in 0..<max(1, settings.threads) { try addThread(settings) }
    }

    /// Starts the threads of an engine that was held, and serves what was applied meanwhile.
    public func release() throws(SystemError) {
        guard isHeld else { return }
        isHeld = false
        let settings = plan.settings
        for _ in 0..<max(1, settings.threads) { try addThread(settings) }
        assignVariables(settings)
        for worker in workers { worker.mailbox.post(plan) }
        for worker in workers { worker.mailbox.waitForAnswer() }
        changePages(to: plan)
        startChecks(waitingChecks)
        waitingChecks = []
        catalog.logs.startForwarding()
        tellPeers()
    }

    /// What a command said of a variable stays until the file says something else.
    private func assignVariables(_ settings: EngineSettings) {
        if settings.variables == assigned { return }
        assigned = settings.variables
        assign(assigned)
    }

    /// HAProxy's own limit is 64.
    private static let mostThreads = 1024

    private func addThread(_ settings: EngineSettings) throws(SystemError) {
        // pipe-user-pages-soft is 16384 pages by default, 64 of them per pipe.
        let pipeLimit = settings.usesSplice ? max(8, 128 / max(1, settings.threads)) : 0
        let mailbox = try Mailbox()
        // Room that is not used costs nothing, and lets a later snapshot raise maxconn.
        let capacity = max(262_144, settings.maxConnections)
        let slab = try Slab(capacity: capacity)
        let waiters = try WaiterSlab(capacity: capacity)
        let epoll = try syscall("epoll") { clinux_epoll_create() }
        let wake = mailbox.wake
        try syscall("watch a mailbox") {
            clinux_epoll_add(epoll, wake, UInt32(CLINUX_EPOLL_IN), Worker.Side.mailbox.rawValue)
        }
        let index = workers.count
        guard index < Self.mostThreads else { throw SystemError(code: EAGAIN, operation: "start a worker thread") }
        wakes[index] = mailbox.wake
        let worker = Worker(
            index: index,
            epoll: epoll,
            slab: slab,
            waiters: waiters,
            mailbox: mailbox,
            shared: cells.cells,
            logs: catalog.logs,
            // It listens to nothing yet: of the first plan that comes it takes everything, not what differs.
            plan: Plan(settings),
            pipeLimit: pipeLimit
        )
        workers.append(try WorkerThread(worker, mailbox: mailbox))
        clinux_atomic_store(&cells.cells.pointee.workerCount, UInt32(workers.count))
    }

    deinit {
        stop()
        wakes.deallocate()
        close(alarm)
    }

    /// What the workers share.
    var process: UnsafeMutablePointer<ProcessCells> { cells.cells }

    var directory: PlanDirectory { catalog.directory }

    /// References of patterns, and what threads may still have of them.
    var patterns: PatternBook { catalog.directory.patterns }

    /// Connections that exist now.
    public var connections: Int {
        Int(clinux_atomic_load(&cells.cells.pointee.connections)) + (pages?.connections ?? 0)
    }

    /// Log lines that nobody took.
    var droppedLogs: UInt32 { clinux_atomic_load(&cells.cells.pointee.droppedLogs) }

    var logBook: LogBook { catalog.logs }

    /// Addresses that are served now.
    public var serving: Set<ListenAddress> { Set(descriptors.keys) }

    /// Replaces what runs by `snapshot`; when it returns, every new connection goes by it.
    ///
    /// Listeners are kept by address, servers with their health by backend, name and endpoint. Listeners that are no
    /// longer wanted are closed after their queue was accepted. Existing connections go on as they began.
    ///
    /// - Parameters:
    ///   - snapshot: What to run.
    ///   - opened: Listening sockets for addresses that are new; the engine owns and closes them. An address of the
    ///     snapshot without a socket is not served.
    public func apply(_ snapshot: ProxySnapshot, opened: [ListenAddress: CInt]) {
        // What is whole keeps nothing, and so names nothing that is not there.
        try? apply(SnapshotEdit(whole: snapshot), opened: opened)
    }

    /// The same by what differs from the snapshot before; what stays is not touched.
    ///
    /// - Throws: ``MalformedSnapshot`` if the edit is one of another snapshot; nothing has changed then, and `opened` is
    ///   still the caller's.
    public func apply(_ edit: SnapshotEdit, opened: [ListenAddress: CInt]) throws(MalformedSnapshot) {
        let step = try PlanStep(edit, after: plan, &catalog)
        let sockets = PlanSockets(step, after: plan, opened: opened)
        clinux_atomic_store(&cells.cells.pointee.maxConnections, UInt32(clamping: step.settings.maxConnections))
        // What a command said stays until the file says something else.
        if step.settings.rates != plan.settings.rates { limit(step.settings.rates) }
        let changed = Plan(
            step.settings,
            step.frontends,
            step.backends,
            descriptors: sockets.descriptors,
            sticks: Array(catalog.sticks.values),
            change: sockets.change,
            order: step.order
        )
        let changedServers = step.activate(endings, second: Clock.second())
        let checks = Checker.Update(targets: step.checkTargets, former: step.formerlyChecked)
        catalog.logs.retire()
        if isHeld {
            plan = changed
            catalog.logs.freePlacesThatAreLeft()
            patterns.free()
            for descriptor in sockets.surplus { close(descriptor) }
            waitingChecks.append(checks)
            return
        }
        // `nbthread` may have grown; a thread that cannot be had is done without.
        while workers.count < step.settings.threads, (try? addThread(step.settings)) != nil {}
        assignVariables(step.settings)
        // Threads beyond it keep their connections and get no new ones.
        let idle = workers.dropFirst(max(1, step.settings.threads))
        let retired = idle.isEmpty ? nil : Plan(silencing: changed)
        for worker in workers.dropLast(idle.count) { worker.mailbox.post(changed) }
        if let retired { for worker in idle { worker.mailbox.post(retired) } }
        for worker in workers { worker.mailbox.waitForAnswer() }
        // Whoever tells of something has a turn, too.
        _ = logs.flush()
        catalog.logs.freePlacesThatAreLeft()
        changePages(to: changed)
        patterns.free()
        changed.forgetChange()
        markGone(step)
        plan = changed
        for descriptor in sockets.surplus { close(descriptor) }
        for (_, backend) in step.freshBackends {
            for line in backend.moves { logs.tell(LogLine(.notice, line), backend.entry.pointee.log) }
        }
        tellOfFrontends(step)
        startChecks([checks], unwatched: step.unwatched)
        for (server, effect) in changedServers { beginAnew(server, effect) }
        catalog.logs.startForwarding()
        tellPeers()
    }

    private func tellPeers() {
        let sections = plan.settings.peers
        guard peers != nil || !sections.isEmpty else { return }
        let service = peers ?? PeersService(catalog.serverNames, replaces: replaces)
        peers = service
        service.configure(sections, Array(catalog.sticks.values))
    }

    /// Closes all listeners; connections go on, and stick tables are told to the process that is there for them by now, if any, until
    /// ``hasHandedOver``.
    public func stopAccepting() {
        peers?.handOver()
        tellOfEnds()
        let silent = Plan(silencing: plan)
        for worker in workers { worker.mailbox.post(silent) }
        for worker in workers { worker.mailbox.waitForAnswer() }
        pages?.change(to: silent)
        for descriptor in descriptors.values { close(descriptor) }
        plan = silent
    }

    /// No other process is to be told of stick tables any more.
    public var hasHandedOver: Bool { peers?.hasHandedOver ?? true }

    /// Starts the thread for pages when the first is there; without it none is served.
    private func changePages(to plan: Plan) {
        if pages == nil, plan.frontends.contains(where: { $0.pages != nil }) {
            pages = try? PageThread(logs, cells.cells, line: statisticsLine)
        }
        pages?.change(to: plan)
    }

    /// Ends everything at once.
    public func stop() {
        peers?.stop()
        checker?.stop()
        checker = nil
        pages?.stop()
        pages = nil
        for worker in workers { worker.mailbox.postStop() }
        for worker in workers { worker.join() }
        workers = []
        catalog.logs.stopForwarding()
        for descriptor in descriptors.values { close(descriptor) }
        plan = Plan(silencing: plan)
    }

    /// Whether a server may be used now; nil if there is no such server.
    public func isUp(backend: String, server: String) -> Bool? {
        control(backend: backend, server: server)?.isUp
    }

    /// The tables of what runs.
    var tables: [String: SharedStickTable] { catalog.sticks }
    var serverNames: ServerNames { catalog.serverNames }

    /// The socket of a listener that serves.
    func listener(at address: ListenAddress) -> CInt? { descriptors[address] }

    /// Where a server's health is told; nil if there is no such server.
    func control(backend: String, server: String) -> ServerControl? {
        guard let backend = catalog.backends[backend], let index = backend.index(of: server) else { return nil }
        return ServerControl(backend.servers[index])
    }

    func control(ofBackend name: String) -> PlanBackend? { catalog.backends[name] }

    /// Connections of a backend that wait for a place at a server.
    func waiting(backend: String) -> Int {
        guard let backend = catalog.backends[backend] else { return 0 }
        let cells = backend.cells.cells
        clinux_lock(&cells.pointee.lock)
        defer { clinux_unlock(&cells.pointee.lock) }
        return backend.servers.reduce(Int(cells.pointee.queue.length)) { $0 + Int($1.cells.pointee.queue.length) }
    }

    /// Those that track a server, by the cells of whom they follow.
    var followers: [ObjectIdentifier: [Follower]] { Follower.all(of: plan.backends, catalog.backends) }

    /// - Parameter unwatched: New servers whose state nobody looks at.
    private func startChecks(_ updates: [Checker.Update], unwatched: [Shared<ServerCells>] = []) {
        // A server whose check was taken away while it was down would be down for ever.
        let down = unwatched.filter { !ServerControl($0).isUp }
        if !down.isEmpty {
            let following = plan.following
            for cells in down where !following.contains(ObjectIdentifier(cells)) { ServerControl(cells).mark(.up) }
        }
        let followers = self.followers
        for list in followers.values { for follower in list { follower.align() } }
        if checker == nil, updates.allSatisfy({ $0.targets.isEmpty }) { return }
        if checker == nil { checker = Checker(logs: logs, alarm: alarm) }
        heldChecks += updates
        heldSurroundings = Checker.Surroundings(
            plan.settings,
            followers: followers,
            log: catalog.logs.group(plan.settings.logGroup)
        )
        if !holdsChecks { startHeldChecks() }
    }

    /// See ``holdsChecks``.
    public func startHeldChecks() {
        guard !awaitsStates, let surroundings = heldSurroundings else { return }
        checker?.take(Self.latest(heldChecks), surroundings)
        heldChecks = []
        heldSurroundings = nil
    }

    /// Of servers that several of them name, the last words only: nobody has known them in between.
    private static func latest(_ updates: [Checker.Update]) -> [Checker.Update] {
        if updates.count < 2 { return updates }
        var named: Set<ObjectIdentifier> = []
        let latest = updates.reversed().map { update in
            var update = update
            update.targets.removeAll { !named.insert($0.id).inserted }
            return update
        }
        return latest.reversed()
    }
}

/// The thread of a worker.
final class WorkerThread {
    let mailbox: Mailbox
    private var thread = pthread_t()

    /// Carries the worker over to its thread.
    private final class Box: @unchecked Sendable {
        // Handed from one thread to another before it starts, and touched by that one only.
        var worker: Worker

        init(_ worker: consuming Worker) { self.worker = worker }
    }

    init(_ worker: consuming Worker, mailbox: Mailbox) throws(SystemError) {
        self.mailbox = mailbox
        let box = Unmanaged.passRetained(Box(worker))
        let code = pthread_create(
            &thread,
            nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Box>.fromOpaque(context).takeRetainedValue().worker.run()
                return nil
            },
            box.toOpaque()
        )
        if code != 0 {
            box.release()
            throw SystemError(code: code, operation: "start a worker thread")
        }
    }

    func join() { pthread_join(thread, nil) }
}
