internal import Addresses
internal import CLinux
internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// The master process: reads files, owns the listeners and the master socket, and keeps one worker and the programs alive.
final class Master {
    let options: CommandLineOptions
    let talk: Talk
    var configuration: LoadedConfiguration
    var controller: Controller<WorkerLink>
    var clients = CommandClients()
    /// Where the proxy listens, and who follows that.
    var feed = ListenerFeed()
    var followers = Followers()
    /// Those who said so just now.
    var newFollowers: [CInt] = []
    var stats = StatsSockets()
    var programs = Programs()
    var lastGood: LastGood
    let names: NameRetry
    var resolver: Resolver?
    let signals: Signals
    let startedAt = Clocks.monotonic()
    var workerStarts = RestartDelay()
    /// Workers of a former program that still have connections: process id, and our end of the channel.
    var formerWorkers: [(pid: Int32, channel: CInt)] = []
    /// For reloads that follow each other.
    var recentCheck = RecentCheck()
    /// Nothing was read since memory was given back.
    var isTidy = false
    var reloads = 0
    var failedReloads = 0
    /// The descriptor of the master socket, for the program that comes after us.
    var commandSocket: CInt = -1
    /// Graceful stop is under way.
    var stopping: StopSchedule?
    /// When the worker is asked for a sign of life, and systemd is told of it.
    var nextBeat: UInt64
    let beatInterval: UInt64

    /// Opens everything and starts the worker; it serves when this returns. What is left of `configuration` is what runs.
    static func start(
        _ options: CommandLineOptions,
        _ talk: Talk,
        _ configuration: inout LoadedConfiguration
    ) throws(SystemError) -> Master {
        let signals = try Signals(
            // SIGPROF: HAProxy's master ignores it, its worker ends by it.
            Signals.survived + [SIGTERM, SIGINT, SIGUSR1, SIGCHLD, SIGTTOU, SIGTTIN, SIGPROF]
        )
        let handover = Handover.take()
        let door = try commandSocket(options, handover)
        var book = ListenerBook()
        var ahead: [ListenAddress: CInt]?
        if let handover {
            book.inherited = handover.inherited
        } else {
            book.inherited = FormerProcess.listeners(options, talk) ?? InheritedListeners()
            // From here on connections wait, and are not refused, while the rest is done.
            ahead = configuration.outline.map { book.open($0, now: Clocks.monotonic()) }
        }
        var process = configuration.process
        process.replaces = handover != nil || !options.finishing.isEmpty
        let link = try WorkerLink(process, configuration.snapshot.settings)
        talk(.notice, "New worker (\(link.pid)) forked")
        configuration.encode()
        let controller = Controller(link, settings: configuration.snapshot.settings, book: book, ahead: ahead)
        let master = Master(options, talk, configuration, controller, signals, try NameRetry())
        master.openDoor(door)
        if let handover { master.takeOver(handover) }
        let restores = handover == nil && !configuration.stateFiles.isEmpty
        if restores { _ = try master.ask(.awaitStates(true)) }
        let answer = try master.controller.apply(configuration, isAnswered: handover?.client != nil)
        for line in master.controller.failedBindLines { talk(.warning, line) }
        if restores {
            try ServerStateFile.apply(configuration.stateFiles, master, talk, said: configuration.warnings)
            _ = try master.ask(.awaitStates(false))
        }
        master.changeSurroundings(configuration)
        configuration.settle()
        master.configuration = configuration
        talk(.notice, "Loading success.")
        master.finishTakeOver(handover, answer)
        return master
    }

    private init(
        _ options: CommandLineOptions,
        _ talk: Talk,
        _ configuration: LoadedConfiguration,
        _ controller: consuming Controller<WorkerLink>,
        _ signals: consuming Signals,
        _ names: NameRetry
    ) {
        self.names = names
        self.options = options
        self.talk = talk
        self.configuration = configuration
        self.signals = signals
        lastGood = LastGood(path: options.lastGood)
        self.controller = controller
        // Twice in the time that systemd gives, and in any case often enough to notice a worker that hangs.
        let watchdog = ServiceNotification.watchdogInterval.map {
            UInt64(clamping: $0.components.seconds * 1000 + $0.components.attoseconds / 1_000_000_000_000_000)
        }
        beatInterval = min(10000, max(50, (watchdog ?? 20000) / 2))
        nextBeat = Clocks.monotonic() + beatInterval
    }

    /// The descriptor of the master socket; nil if none is asked for.
    private static func commandSocket(
        _ options: CommandLineOptions,
        _ handover: Handover?
    ) throws(SystemError) -> CInt? {
        if options.masterSocket != nil, let inherited = handover?.commandSocket { return inherited }
        if case .ip(let address, let ports?) = options.masterSocketPlace {
            return try commandSocket(at: Endpoint(address, port: ports.lowerBound), options)
        }
        guard let path = options.masterSocketPath else { return nil }
        try refuseToTakeOver(path, options)
        let access = options.masterSocketAccess
        return try UnixSocket.listen(path, mode: access.mode, user: access.user, group: access.group).release()
    }

    private static func commandSocket(
        at endpoint: Endpoint,
        _ options: CommandLineOptions
    ) throws(SystemError) -> CInt {
        let words = options.masterSocketOptions
        // One of IPv4 is what it always is.
        let isOnlyV6 =
            endpoint.address.family == .v4
            || words.last { $0.name == "v6only" || $0.name == "v4v6" }?.name == "v6only"
        let interface = words.last { $0.name == "interface" }?.value ?? ""
        let address = ListenAddress(endpoint, onlyV6: isOnlyV6, interface: interface)
        do throws(SystemError) {
            return try Listener(name: "master-socket", address: address).open(backlog: 32).release()
        } catch {
            // One that we replace has it as long as it runs.
            guard error.code == EADDRINUSE, let socket = FormerProcess.socket(at: address, options) else { throw error }
            return socket
        }
    }

    /// Somebody answers at our socket's place, and nobody has told us that we replace him: whoever speaks to him would speak to us,
    /// who have none of his ports.
    private static func refuseToTakeOver(_ path: String, _ options: CommandLineOptions) throws(SystemError) {
        guard options.takeOver == nil, options.finishing.isEmpty, options.terminating.isEmpty,
            (try? UnixSocket.connect(path, timeoutMilliseconds: 1000)) != nil
        else { return }
        throw SystemError(
            code: EADDRINUSE,
            operation: "listen on \(path), where another proxy answers (end it first, or name its process by -sf)"
        )
    }

    private func openDoor(_ door: CInt?) {
        guard let door else { return }
        commandSocket = door
        clients.open(.master, FileDescriptor(owning: door))
    }

    /// Reading a configuration takes several times the memory that stays of it. Given back when the answer is out.
    private func tidy() {
        if isTidy { return }
        clinux_trim_heap()
        isTidy = true
    }

    /// Serves until told to stop; the exit status.
    func run() throws(SystemError) -> CInt {
        try? ServiceNotification.send("READY=1\nSTATUS=\(statusWords)\nMAINPID=\(getpid())")
        while true {
            tidy()
            let now = Clocks.monotonic()
            var waits =
                [
                    pollfd(fd: signals.descriptor.raw, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: signOfLife, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: names.event.raw, events: Int16(POLLIN), revents: 0),
                ] + clients.waits(now: now)
            poll(&waits, nfds_t(waits.count), wait(now))
            clients.turn(waits.dropFirst(3), now: Clocks.monotonic()) { answer($0) }
            if waits[1].revents != 0 { takeSignOfLife() }
            if waits[2].revents != 0 { takeNames() }
            while let signal = signals.next() {
                if let status = try handle(signal) { return status }
            }
            if let status = stopStep() { return status }
            try doWhatIsDue(Clocks.monotonic())
            moveDoors()
            tellFollowers()
        }
    }

    /// Milliseconds until something is due.
    private func wait(_ now: UInt64) -> CInt {
        func until(_ time: UInt64?) -> CInt { time.map { $0 <= now ? 0 : CInt(clamping: $0 - now) } ?? -1 }
        var wait = stopping != nil ? -1 : workerStarts.isWaiting ? workerStarts.wait(now) : controller.wait
        for next in [
            clients.timeLeft(now: now), followers.timeLeft(now: now), stopping?.wait(now) ?? -1, programs.wait(now),
            until(stats.nextRetry),
            until(nextBeat), until(lastGood.due), until(names.due), until(recentCheck.due),
        ] { wait = shorter(wait, next) }
        return wait
    }

    private func doWhatIsDue(_ now: UInt64) throws(SystemError) {
        if now >= nextBeat { beat(now) }
        if recentCheck.forgetIfDue(now) { isTidy = false }
        guard stopping == nil else { return }
        if workerStarts.isDue(now) { try startWorker() }
        for (level, words) in programs.startDue(now: now) { talk(level, words) }
        stats.retryDue(now: now)
        names.startDue(now: now)
        saveLastGood(now)
        // A worker that died just now is noticed by its signal, not here.
        if !workerStarts.isWaiting, let now = try? controller.retry() {
            for address in now { talk(.notice, "bind \(address) serves now") }
        }
    }

    /// What is not the worker's: stats sockets, programs, and the copy of a configuration that serves.
    func changeSurroundings(_ next: LoadedConfiguration) {
        let now = Clocks.monotonic()
        let before = Set(stats.quarantineLines)
        stats.change(to: next.statsSockets, now: now)
        for line in stats.quarantineLines where !before.contains(line) { talk(.warning, line) }
        PredefinedVariables(options, files: options.files).export(stats: stats.places)
        // What `setenv` and its like made of the environment is there for programs.
        for (name, value) in next.global.environment {
            if let value { setenv(name, value, 1) } else { unsetenv(name) }
        }
        for (level, words) in programs.change(to: next.programs, now: now) { talk(level, words) }
        names.change(to: next.unresolved, now: now)
        resolveNames(of: next)
        if !next.isLastGood { lastGood.keep(next.contents, now: now) }
        moveDoors()
    }

    /// The stats sockets that came and went; not while a client is answered.
    private func moveDoors() {
        guard !isAnswering else { return }
        if let line = controller.target.takeStatisticsLine() { clients.open(line: line, StatisticsLine.door) }
        clients.change(to: configuration.global)
        let (opened, closed) = stats.takeChanges()
        for listener in closed { clients.close(door: listener) }
        for (door, listener) in opened { clients.open(door, FileDescriptor(owning: listener)) }
    }

    /// A client's command is being carried out.
    var isAnswering = false

    var statusWords: String {
        configuration.isLastGood ? "Serving the last good configuration; the file is refused." : "Ready."
    }
}
