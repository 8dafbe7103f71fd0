internal import CLinux
internal import Files
internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import Syscalls

/// `appliance-proxyd`: HAProxy's command line over the engine.
public enum ProxyDaemon {
    /// Runs the program.
    ///
    /// - Parameter arguments: Without the program's own name.
    /// - Returns: The exit status: 0, or 1 for anything that stops it, as HAProxy; 2 of a right file without a listener.
    public static func run(_ arguments: [String]) -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        ProcessName.take()
        let channel = getenv(WorkerProcess.variable).flatMap { CInt(String(cString: $0)) }
        // Two threads read a configuration.
        clinux_settle_heap(channel == nil ? 2 : 1)
        if let channel {
            unsetenv(WorkerProcess.variable)
            return WorkerProcess.run(channel)
        }
        let options: CommandLineOptions
        do throws(CommandLineOptions.Refusal) {
            options = try CommandLineOptions(arguments)
        } catch {
            // What is wrong comes last, where it is seen.
            if error.isUnknown { return showUsage(error.message + "\n") }
            let talk = Talk()
            talk(.notice, "haproxy version is \(Talk.version)")
            talk(.notice, "path to executable is \(executablePath())")
            talk(.alert, error.message)
            return 1
        }
        if options.showVersion > 0 {
            Talk.write(Version.text(options.showVersion), to: 1)
            return 0
        }
        if let condition = options.condition { return evaluate(condition, options) }
        if options.files.isEmpty || options.asksForHelp { return showUsage() }
        return start(options)
    }

    /// As HAProxy does: the version on standard output, the options on standard error, and a status that is no success.
    private static func showUsage(_ problem: String = "") -> CInt {
        Talk.write(Version.text(1), to: 1)
        Talk.write(CommandLineOptions.usage + problem)
        return 1
    }

    /// `-cc`: 0 for true, 1 for false, 2 for what is no condition.
    private static func evaluate(_ condition: String, _ options: CommandLineOptions) -> CInt {
        let predefined = PredefinedVariables(options, files: [])
        do throws(BlockCondition.Failure) {
            return try BlockCondition.holds(condition) { predefined[$0] ?? getenv($0).map { String(cString: $0) } }
                ? 0 : 1
        } catch {
            Talk(quiet: options.quiet)(.alert, "config : Failed to evaluate condition: \(error.message)")
            return 2
        }
    }

    private static func start(_ options: CommandLineOptions) -> CInt {
        let talk = Talk(quiet: options.quiet && !options.verbose)
        // The background process was started there.
        let isFirst = !Daemonizer.isBackground && !Handover.isThere
        if isFirst, options.asksForKeywords {
            talk(.warning, "-dK lists no keywords here : docs/proxy.md names those that are followed.")
        }
        if isFirst, let directory = options.directory, chdir(directory) != 0 {
            talk(.alert, "Failed to change directory to \(directory) : \(ErrnoName(errno).words)")
            return 1
        }
        var configuration: LoadedConfiguration
        do throws(LoadedConfiguration.Refused) {
            configuration = try load(options, talk)
        } catch {
            talk(.notice, "haproxy version is \(Talk.version)")
            talk(.notice, "path to executable is \(executablePath())")
            Talk.write(error.lines.map { $0 + "\n" }.joined())
            return 1
        }
        if !options.quiet, isFirst {
            Talk.write(configuration.warnings.map { $0 + "\n" }.joined())
        }
        if !Handover.isThere, let problem = options.masterSocketProblem, isMaster(options, configuration) {
            talk(.notice, "haproxy version is \(Talk.version)")
            talk(.notice, "path to executable is \(executablePath())")
            talk(.alert, "config : Cannot create the listener of the master CLI")
            talk(.alert, "config : \(problem)")
            talk(.alert, "config : Can't create the master's CLI.")
            return 1
        }
        if options.checkOnly {
            if !options.quiet, configuration.warnings.contains(where: { $0.hasPrefix(Talk.Level.warning.rawValue) }) {
                Talk.write("Warnings were found.\n", to: 1)
            }
            guard configuration.listens else {
                if !options.quiet {
                    Talk.write("Configuration file has no error but will not start (no listener) => exit(2).\n", to: 1)
                }
                return 2
            }
            if options.listsObjects { Talk.write(Version.loadedObjects, to: 1) }
            if !options.quiet { Talk.write("Configuration file is valid\n", to: 1) }
            return 0
        }
        if isFirst || Daemonizer.isBackground, isDaemon(options, configuration) {
            if let status = Daemonizer.leaveTerminal() { return status }
        }
        if isFirst {
            talk(.notice, MemoryBound(configuration.snapshot.settings, configuration.snapshot.stickTables).words)
        }
        do throws(SystemError) {
            return try serve(options, talk, &configuration)
        } catch {
            talk(.alert, "\(error)")
            Daemonizer.report(failed: true)
            return 1
        }
    }

    /// The configuration; at start the last one that served where the file is refused.
    private static func load(
        _ options: CommandLineOptions,
        _ talk: Talk
    ) throws(LoadedConfiguration.Refused) -> LoadedConfiguration {
        do throws(LoadedConfiguration.Refused) {
            return try loadFitting(options)
        } catch {
            guard !options.checkOnly, let path = options.lastGood else { throw error }
            var former = options
            former.files = [path]
            former.servesAnyway = true
            guard var configuration = try? loadFitting(former) else { throw error }
            Talk.write(error.lines.map { $0 + "\n" }.joined())
            talk(.alert, "the configuration is refused : \(path), the last one that served, serves instead")
            configuration.isLastGood = true
            let reason = error.lines.first?.split(separator: ":", maxSplits: 1).last?.drop { $0 == " " } ?? ""
            configuration.unserved.append(
                .init(kind: .file, name: options.files.first ?? "-", reason: "\(reason); the last good one serves")
            )
            return configuration
        }
    }

    private static func loadFitting(
        _ options: CommandLineOptions
    ) throws(LoadedConfiguration.Refused) -> LoadedConfiguration {
        let replaces = !(options.finishing + options.terminating).isEmpty
        var configuration = try LoadedConfiguration.load(options, requiresFiles: replaces, encodes: false)
        if !options.checkOnly { try configuration.fit(descriptors: DescriptorRoom.raise(configuration)) }
        return configuration
    }

    private static func serve(
        _ options: CommandLineOptions,
        _ talk: Talk,
        _ configuration: inout LoadedConfiguration
    ) throws(SystemError) -> CInt {
        let isReplacement = Handover.isThere
        if let megabytes = options.memoryLimit {
            var limit = rlimit(rlim_cur: rlim_t(megabytes) << 20, rlim_max: rlim_t(megabytes) << 20)
            setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
        }
        if let path = pidFile(options, configuration), !isPlaceOfFile(path) {
            refusePIDFile(path, talk)
            return 1
        }
        if isMaster(options, configuration) {
            let master = try Master.start(options, talk, &configuration)
            try serving(options, configuration, isReplacement)
            return try master.run()
        }
        return try Standalone.run(options, talk, &configuration) { (configuration) throws(SystemError) in
            try serving(options, configuration, isReplacement)
        }
    }

    /// A master that `-db` asked not to have is there all the same if -W or -Ws did ask for it, as in HAProxy.
    private static func isMaster(_ options: CommandLineOptions, _ configuration: LoadedConfiguration) -> Bool {
        options.masterWorker || configuration.process.masterWorker && !options.foreground
    }

    private static func isDaemon(_ options: CommandLineOptions, _ configuration: LoadedConfiguration) -> Bool {
        options.daemon || configuration.process.daemon && !options.foreground && !options.notify
    }

    /// Once listeners are open: the pid file, and the word to former processes.
    private static func serving(
        _ options: CommandLineOptions,
        _ configuration: LoadedConfiguration,
        _ isReplacement: Bool
    ) throws(SystemError) {
        if let path = pidFile(options, configuration) {
            // One that is there may be of a proxy that ran as another user.
            try AtomicFile.replace(path, with: "\(getpid())\n", owner: geteuid(), group: getegid())
        }
        // The program that we replace in this process has told them.
        if isReplacement { return }
        for pid in options.finishing { kill(pid, SIGUSR1) }
        for pid in options.terminating { kill(pid, SIGTERM) }
        Daemonizer.report(failed: false)
    }

    /// As in HAProxy, who stays in front and is no master has none.
    private static func pidFile(_ options: CommandLineOptions, _ configuration: LoadedConfiguration) -> String? {
        guard isMaster(options, configuration) || isDaemon(options, configuration) else { return nil }
        return options.pidFile ?? configuration.process.pidFile
    }

    /// A file can be put there, and has room: asked before anything is started that would have to be ended again, or taken from
    /// the process before.
    private static func isPlaceOfFile(_ path: String) -> Bool {
        let probe = "\(path).\(getpid())"
        unlink(probe)
        defer { unlink(probe) }
        do throws(SystemError) {
            let file = try FileDescriptor.open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode: 0o600)
            try file.writeAll(Array("\(getpid())\n".utf8))
            return true
        } catch {
            return false
        }
    }

    private static func refusePIDFile(_ path: String, _ talk: Talk) {
        talk(.notice, "haproxy version is \(Talk.version)")
        talk(.notice, "path to executable is \(executablePath())")
        talk(.alert, "[haproxy.main()] Cannot create pidfile \(path)")
        Daemonizer.report(failed: true)
    }

    static func executablePath() -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map {
                readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self), buffer.count)
            } ?? 0
        }
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : CommandLine.arguments.first ?? ""
    }
}
