internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import Syscalls

/// The worker: gets everything through the channel it was started with, and has no file system of its own.
enum WorkerProcess {
    /// The environment variable that makes a process a worker; its value is the channel's descriptor.
    static let variable = "APPLIANCE_PROXYD_CHANNEL"

    static func run(_ descriptor: CInt) -> CInt {
        // Another process that wants our ports sends them to whom it takes for the owner; by default they stop a process.
        signal(SIGTTOU, SIG_IGN)
        signal(SIGTTIN, SIG_IGN)
        let channel = Channel(owning: descriptor)
        do throws(SystemError) {
            return try converse(channel)
        } catch {
            Talk()(.alert, "worker : \(error)")
            return 1
        }
    }

    private static func converse(_ channel: borrowing Channel) throws(SystemError) -> CInt {
        let signals = try Signals(Signals.survived + [SIGTERM, SIGUSR1, SIGINT])
        guard let first = try channel.receive(), first.kind == .setup else { return 0 }
        let process: ProcessSettings
        let settings: EngineSettings
        do throws(MalformedSnapshot) {
            (process, settings) = try ProcessSettings.decoded(first.bytes)
        } catch {
            throw SystemError(code: EPROTO, operation: "read the set-up")
        }
        DescriptorTable.reserve(2 * settings.maxConnections + 512)
        // Before the drop: it opens the log's descriptor anew, which the chroot would hide.
        let isInBack = Daemonizer.isBackground
        let engine = try Engine(settings, isHeld: true, isQuiet: process.isQuiet, isBackground: isInBack)
        var null = Daemonizer.isBackground ? clinux_open("/dev/null", O_WRONLY, 0) : -1
        engine.replaces = process.replaces
        engine.statisticsLine = first.descriptors.first ?? -1
        try process.drop()
        try engine.release()
        engine.holdsChecks = true
        try channel.send(ChannelMessage(kind: .done))
        var stopping: StopSchedule?
        var current = settings
        while true {
            var waits = [
                pollfd(fd: channel.socket.raw, events: Int16(POLLIN), revents: 0),
                pollfd(fd: signals.descriptor.raw, events: Int16(POLLIN), revents: 0),
            ]
            let now = Clocks.monotonic()
            let sweep = engine.nextDeadline.map { $0 <= now ? 0 : CInt(clamping: $0 - now) } ?? -1
            let stop = stopping.map { $0.isListening ? $0.wait(now) : shorter($0.wait(now), 20) } ?? -1
            poll(&waits, 2, shorter(sweep, stop))
            while let signal = signals.next() {
                if signal == SIGTERM || signal == SIGINT {
                    engine.stop()
                    return Signals.end(by: signal)
                }
                if signal == SIGHUP { engine.tellOfStates() }
                if signal == SIGQUIT { PoolReport.dump(engine, isQuiet: process.isQuiet) }
                if signal == SIGUSR1, stopping == nil { stopping = StopSchedule(now: Clocks.monotonic(), current) }
            }
            if waits[0].revents != 0 {
                guard let message = try channel.receive() else {
                    // The master has gone; nobody could change or stop us any more.
                    engine.stop()
                    return 0
                }
                var answer = ChannelMessage(kind: .done)
                if message.kind == .ask {
                    answer.bytes = try Self.answer(message, engine)
                } else if let settings = try act(message, engine) {
                    current = settings
                }
                engine.startHeldChecks()
                Daemonizer.silence(null)
                null = -1
                if message.kind == .finish { stopping = StopSchedule(now: 0, grace: nil, hardStopAfter: nil) }
                try channel.send(answer)
                if message.kind == .serve { clinux_trim_heap() }
            }
            engine.endOverdue(now: Clocks.monotonic())
            switch stopping?.step(Clocks.monotonic()) {
            case .stopListening: engine.stopAccepting()
            case .stopAll:
                Talk()(.warning, "soft-stop running for too long, performing a hard-stop.")
                engine.stop()
                return 0
            case .wait, nil: break
            }
            if let stopping, !stopping.isListening, engine.connections == 0, engine.hasHandedOver {
                engine.stop()
                return 0
            }
        }
    }

    private static func answer(_ message: ChannelMessage, _ engine: Engine) throws(SystemError) -> [UInt8] {
        do throws(MalformedSnapshot) {
            return try EngineQuestion(encoded: message.bytes).answer(engine)
        } catch {
            throw SystemError(code: EPROTO, operation: "read a question")
        }
    }

    /// The settings of a new snapshot.
    private static func act(_ message: ChannelMessage, _ engine: Engine) throws(SystemError) -> EngineSettings? {
        switch message.kind {
        case .serve:
            do throws(MalformedSnapshot) {
                let payload = try ServePayload(encoded: message.bytes)
                guard payload.addresses.count == message.descriptors.count else { throw MalformedSnapshot() }
                let opened = Dictionary(zip(payload.addresses, message.descriptors)) { first, _ in first }
                try engine.apply(payload.edit, opened: opened)
                return payload.edit.settings
            } catch {
                throw SystemError(code: EPROTO, operation: "read a snapshot")
            }
        case .beat:
            guard !engine.isAlive(within: 30000) else { return nil }
            Talk()(.alert, "worker : a thread hangs")
            // Nobody can wait for such a thread: the master starts another worker.
            _exit(134)
        case .finish, .setup, .ask, .done: return nil
        }
    }
}
