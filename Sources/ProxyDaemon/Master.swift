internal import CLinux
internal import Glibc
internal import ProxyEngine
internal import RuntimeAPI
internal import Syscalls

/// The master process: reads files, owns the listeners and the master socket, and keeps one worker alive.
final class Master {
    private let options: CommandLineOptions
    private let talk: Talk
    private var configuration: LoadedConfiguration
    private var controller: Controller<WorkerLink>
    private var clients: CommandClients
    private let signals: Signals
    private var workerStarts = RestartDelay()
    private var reloads = 0
    /// Graceful stop is under way.
    private var finishing = false

    /// Opens everything and starts the worker; it serves when this returns.
    static func start(
        _ options: CommandLineOptions,
        _ talk: Talk,
        _ configuration: LoadedConfiguration
    ) throws(SystemError) -> Master {
        let signals = try Signals([SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP, SIGCHLD])
        var commands: FileDescriptor?
        if let path = options.masterSocketPath {
            let access = options.masterSocketAccess
            commands = try UnixSocket.listen(path, mode: access.mode)
            if !path.hasPrefix("@"), access.user != .max || access.group != .max {
                try syscall("give \(path) its owner") { chown(path, access.user, access.group) }
            }
        }
        let link = try WorkerLink(configuration.process, configuration.snapshot.settings)
        talk(.notice, "New worker (\(link.pid)) forked")
        let master = Master(options, talk, configuration, link, signals, commands)
        _ = try master.controller.apply(configuration)
        for line in master.controller.failedBindLines { talk(.warning, line) }
        talk(.notice, "Loading success.")
        return master
    }

    private init(
        _ options: CommandLineOptions,
        _ talk: Talk,
        _ configuration: LoadedConfiguration,
        _ link: WorkerLink,
        _ signals: consuming Signals,
        _ commands: consuming FileDescriptor?
    ) {
        self.options = options
        self.talk = talk
        self.configuration = configuration
        self.signals = signals
        clients = CommandClients(commands)
        controller = Controller(link, settings: configuration.snapshot.settings)
    }

    /// Serves until told to stop; the exit status.
    func run() throws(SystemError) -> CInt {
        try? ServiceNotification.send("READY=1\nSTATUS=Ready.\nMAINPID=\(getpid())")
        while true {
            let worker = workerStarts.isWaiting ? workerStarts.wait(Self.now()) : controller.wait
            let patience = clients.timeLeft(now: Self.now())
            var waits =
                [pollfd(fd: signals.descriptor.raw, events: Int16(POLLIN), revents: 0)]
                + clients.waits(now: Self.now())
            poll(&waits, nfds_t(waits.count), worker < 0 ? patience : patience < 0 ? worker : min(worker, patience))
            while let signal = signals.next() {
                if let status = try handle(signal) { return status }
            }
            clients.turn(waits.dropFirst(), now: Self.now()) { answer($0) }
            if workerStarts.isDue(Self.now()) { try startWorker() }
            guard !workerStarts.isWaiting, !finishing else { continue }
            // A worker that died just now is noticed by its signal, not here.
            if let now = try? controller.retry() {
                for address in now { talk(.notice, "bind \(address) serves now") }
            }
        }
    }

    private func handle(_ signal: CInt) throws(SystemError) -> CInt? {
        switch signal {
        case SIGTERM, SIGINT:
            try? ServiceNotification.send("STOPPING=1")
            // The id of one that is dead may be somebody else's by now.
            if !workerStarts.isWaiting {
                kill(controller.target.pid, SIGTERM)
                waitpid(controller.target.pid, nil, 0)
            }
            return 0
        case SIGUSR1:
            try? ServiceNotification.send("STOPPING=1")
            if workerStarts.isWaiting { return 0 }
            finishing = true
            kill(controller.target.pid, SIGUSR1)
            controller.stopListening()
        case SIGHUP, SIGUSR2:
            let answer = reload()
            Talk.write(answer.text)
        case SIGCHLD:
            var status: CInt = 0
            while true {
                let pid = waitpid(-1, &status, WNOHANG)
                if pid <= 0 { break }
                guard pid == controller.target.pid, !workerStarts.isWaiting else { continue }
                if finishing { return 0 }
                mourn(status)
            }
        default: break
        }
        return nil
    }

    private func mourn(_ status: CInt) {
        let code = clinux_wait_status(status)
        let shown = code > 255 ? code - 256 + 128 : code
        talk(.alert, "Current worker (\(controller.target.pid)) exited with code \(shown)")
        workerStarts.died(at: Self.now())
    }

    private func startWorker() throws(SystemError) {
        do throws(SystemError) {
            controller.target = try WorkerLink(configuration.process, configuration.snapshot.settings)
            try controller.serveAll()
            workerStarts.started(at: Self.now())
            talk(.notice, "New worker (\(controller.target.pid)) forked")
        } catch {
            talk(.alert, "\(error)")
            workerStarts.died(at: Self.now())
        }
    }

    /// A worker that is dead, or that dies of this or just before, is replaced first: the change need not wait for it.
    private func bringIntoEffect(_ next: LoadedConfiguration) throws(SystemError) -> ReloadAnswer {
        if finishing { throw SystemError(code: ESHUTDOWN, operation: "change a proxy that stops") }
        if workerStarts.isWaiting { try startWorker() }
        do throws(SystemError) {
            return try controller.apply(next)
        } catch {
            if !workerStarts.isWaiting {
                var status: CInt = 0
                kill(controller.target.pid, SIGKILL)
                waitpid(controller.target.pid, &status, 0)
                mourn(status)
            }
            try startWorker()
            if workerStarts.isWaiting { throw error }
            return try controller.apply(next)
        }
    }

    private func reload() -> ReloadAnswer {
        try? ServiceNotification.send(ServiceNotification.reloading)
        defer { try? ServiceNotification.send("READY=1") }
        reloads += 1
        do throws(LoadedConfiguration.Refused) {
            var next = try LoadedConfiguration.load(options)
            next.fit(descriptors: DescriptorRoom.raise(wanted: DescriptorRoom.needed(next.snapshot)))
            if !options.quiet { Talk.write(next.warnings.map { $0 + "\n" }.joined()) }
            do throws(SystemError) {
                let (old, new) = (configuration.snapshot.settings, next.snapshot.settings)
                if old.threads != new.threads || old.log != new.log || configuration.process != next.process {
                    talk(.warning, "nbthread, the log's target, user, group and chroot are taken at the next start")
                }
                let answer = try bringIntoEffect(next)
                configuration = next
                return answer
            } catch {
                return ReloadAnswer(success: false, text: Talk.line(.alert, "\(error)") + "\n")
            }
        } catch {
            return ReloadAnswer(success: false, text: error.lines.joined(separator: "\n") + "\n")
        }
    }

    private func answer(_ line: String) -> String {
        switch MasterCommand(line) {
        case .reload: return reload().wireText
        case .showProc:
            return "#<PID>          <type>          <reloads>\n\(getpid())            master          \(reloads)\n"
                + "# workers\n\(controller.target.pid)            worker          0\n"
        case .showQuarantine:
            return controller.quarantineLines.map { $0 + "\n" }.joined()
        case .help: return MasterCommand.helpText
        case .unknown(let text): return "Unknown command: '\(text)'\n" + MasterCommand.helpText
        }
    }

    private static func now() -> UInt64 { Controller<WorkerLink>.now() }
}
