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
    /// The master socket; -1 without one.
    private let commands: CInt
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
        var commands: CInt = -1
        if let path = options.masterSocketPath { commands = try UnixSocket.listen(path, mode: 0o600).release() }
        let link = try WorkerLink(configuration.process, configuration.snapshot.settings)
        talk(.notice, "New worker (\(link.pid)) forked")
        let master = Master(options, talk, configuration, link, signals, commands)
        let answer = try master.controller.apply(configuration)
        for line in answer.quarantined { talk(.warning, line) }
        talk(.notice, "Loading success.")
        return master
    }

    private init(
        _ options: CommandLineOptions,
        _ talk: Talk,
        _ configuration: LoadedConfiguration,
        _ link: WorkerLink,
        _ signals: consuming Signals,
        _ commands: CInt
    ) {
        self.options = options
        self.talk = talk
        self.configuration = configuration
        self.signals = signals
        self.commands = commands
        controller = Controller(link, settings: configuration.snapshot.settings)
    }

    deinit { if commands >= 0 { close(commands) } }

    /// Serves until told to stop; the exit status.
    func run() throws(SystemError) -> CInt {
        try? ServiceNotification.send("READY=1\nSTATUS=Ready.\nMAINPID=\(getpid())")
        while true {
            var waits = [
                pollfd(fd: signals.descriptor.raw, events: Int16(POLLIN), revents: 0),
                pollfd(fd: commands, events: Int16(POLLIN), revents: 0),
            ]
            poll(&waits, 2, workerStarts.isWaiting ? workerStarts.wait(Self.now()) : controller.wait)
            while let signal = signals.next() {
                if let status = try handle(signal) { return status }
            }
            if waits[1].revents != 0 { acceptCommand() }
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
            kill(controller.target.pid, SIGTERM)
            reapAll()
            return 0
        case SIGUSR1:
            try? ServiceNotification.send("STOPPING=1")
            finishing = true
            kill(controller.target.pid, SIGUSR1)
        case SIGHUP, SIGUSR2:
            let answer = reload()
            Talk.write(answer.text)
        case SIGCHLD:
            var status: CInt = 0
            while true {
                let pid = waitpid(-1, &status, WNOHANG)
                if pid <= 0 { break }
                guard pid == controller.target.pid else { continue }
                if finishing { return 0 }
                let code = clinux_wait_status(status)
                talk(.alert, "Current worker (\(pid)) exited with code \(code > 255 ? code - 256 + 128 : code)")
                workerStarts.died(at: Self.now())
            }
        default: break
        }
        return nil
    }

    private func reapAll() {
        var status: CInt = 0
        waitpid(controller.target.pid, &status, 0)
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

    private func reload() -> ReloadAnswer {
        try? ServiceNotification.send(ServiceNotification.reloading)
        defer { try? ServiceNotification.send("READY=1") }
        reloads += 1
        do throws(LoadedConfiguration.Refused) {
            let next = try LoadedConfiguration.load(options)
            do throws(SystemError) {
                let answer = try controller.apply(next)
                configuration = next
                return answer
            } catch {
                return ReloadAnswer(success: false, text: Talk.line(.alert, "\(error)") + "\n")
            }
        } catch {
            return ReloadAnswer(success: false, text: error.lines.joined(separator: "\n") + "\n")
        }
    }

    private func acceptCommand() {
        let descriptor = accept(commands, nil, nil)
        guard descriptor >= 0 else { return }
        let peer = FileDescriptor(owning: descriptor)
        // A peer that says nothing must not hold the master up for long.
        try? UnixSocket.setTimeout(descriptor, milliseconds: 2000)
        guard let line = CommandLineReader.line(from: peer.raw) else { return }
        try? UnixSocket.send(answer(line), to: descriptor)
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
