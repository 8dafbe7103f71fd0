internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// One process without a master: listens, locks itself in and serves. As HAProxy without `-W`, it has no reload.
enum Standalone {
    /// - Parameter serving: Called when it serves, and still has the whole file system.
    static func run(
        _ options: CommandLineOptions,
        _ talk: Talk,
        _ configuration: inout LoadedConfiguration,
        serving: (LoadedConfiguration) throws(SystemError) -> Void
    ) throws(SystemError) -> CInt {
        let signals = try Signals(Signals.survived + [SIGTERM, SIGINT, SIGUSR1, SIGTTOU, SIGTTIN])
        let settings = configuration.snapshot.settings
        let isInBack = Daemonizer.isBackground
        let engine = try Engine(settings, isHeld: true, isQuiet: options.quiet, isBackground: isInBack)
        engine.replaces = !options.finishing.isEmpty
        engine.awaitsStates = !configuration.stateFiles.isEmpty
        var controller = Controller(LocalTarget(engine: engine), settings: settings)
        guard let inherited = FormerProcess.listeners(options, talk) else { return 1 }
        controller.book.inherited = inherited
        configuration.encode()
        _ = try controller.apply(configuration, isAnswered: false)
        for line in controller.failedBindLines { talk(.warning, line) }
        var stats = StatsSockets()
        stats.change(to: configuration.statsSockets, now: Clocks.monotonic())
        for line in stats.quarantineLines { talk(.warning, line) }
        var clients = CommandClients()
        clients.change(to: configuration.global)
        for (door, listener) in stats.takeChanges().opened { clients.open(door, FileDescriptor(owning: listener)) }
        let line = try StatisticsLine()
        engine.statisticsLine = line.asking
        clients.open(line: line.answering, StatisticsLine.door)
        try serving(configuration)
        var process = configuration.process
        // What could not be bound is tried again, low ports among it.
        process.capabilities.insert(.bindService)
        if configuration.needs.isTransparent {
            process.capabilities.insert(.raw)
        }
        configuration.settle()
        try process.drop()
        try engine.release()
        for line in controller.unheardPeerLines { talk(.warning, line) }
        // Its thread has what this one has left of its rights.
        let names = try NameRetry()
        let resolver = configuration.resolutions.isEmpty ? nil : try Resolver(bell: names.event.raw)
        resolver?.change(to: configuration.resolving)
        clinux_trim_heap()
        try? ServiceNotification.send("READY=1")
        let host = StandaloneHost(controller, stats, options, configuration, resolver)
        var stopping: StopSchedule?
        try ServerStateFile.apply(configuration.stateFiles, host, talk, said: configuration.said)
        engine.awaitsStates = false
        engine.startHeldChecks()
        while true {
            let now = Clocks.monotonic()
            var waits =
                [
                    pollfd(fd: signals.descriptor.raw, events: Int16(POLLIN), revents: 0),
                    pollfd(fd: names.event.raw, events: Int16(POLLIN), revents: 0),
                ] + clients.waits(now: now)
            let stop =
                stopping.map { $0.isListening ? $0.wait(now) : shorter($0.wait(now), 20) } ?? host.controller.wait
            poll(&waits, nfds_t(waits.count), shorter(stop, clients.timeLeft(now: now)))
            while let signal = signals.next() {
                switch signal {
                case SIGTERM, SIGINT:
                    engine.stop()
                    return Signals.end(by: signal)
                case SIGUSR1: stopping = stopping ?? StopSchedule(now: Clocks.monotonic(), settings)
                case SIGTTOU: try host.controller.pause()
                case SIGTTIN: try host.controller.resume()
                case SIGHUP: engine.tellOfStates()
                case SIGQUIT: PoolReport.dump(engine, isQuiet: options.quiet)
                default: break
                }
            }
            if waits[1].revents != 0 {
                names.take()
                if stopping == nil { try follow(configuration, &host.controller) }
            }
            clients.turn(waits.dropFirst(2), now: Clocks.monotonic()) { host.answer($0) }
            switch stopping?.step(Clocks.monotonic()) {
            case .stopListening:
                engine.stopAccepting()
                host.controller.stopListening()
            case .stopAll:
                talk(.warning, "soft-stop running for too long, performing a hard-stop.")
                engine.stop()
                return 0
            case .wait: break
            case nil: for address in try host.controller.retry() { talk(.notice, "bind \(address) serves now") }
            }
            guard let stopping, !stopping.isListening, engine.connections == 0, engine.hasHandedOver else { continue }
            engine.stop()
            return 0
        }
    }

    /// Some name has another address.
    private static func follow(
        _ configuration: LoadedConfiguration,
        _ controller: inout Controller<LocalTarget>
    ) throws(SystemError) {
        guard let unnamed = configuration.unnamed else { return }
        var next = configuration
        (next.snapshot, next.unserved) = unnamed.named(after: controller.base)
        _ = try controller.apply(next, isAnswered: false, keepsChanges: true)
    }
}
