internal import CLinux
internal import Files
internal import Glibc
internal import ProxyEngine
internal import Syscalls

/// `appliance-proxyd`: HAProxy's command line over the engine.
public enum ProxyDaemon {
    /// Runs the program.
    ///
    /// - Parameter arguments: Without the program's own name.
    /// - Returns: The exit status: 0, or 1 for anything that stops it, as HAProxy.
    public static func run(_ arguments: [String]) -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        if let channel = getenv(WorkerProcess.variable).flatMap({ CInt(String(cString: $0)) }) {
            unsetenv(WorkerProcess.variable)
            return WorkerProcess.run(channel)
        }
        let options: CommandLineOptions
        do throws(CommandLineOptions.Refusal) {
            options = try CommandLineOptions(arguments)
        } catch {
            Talk.write("\(error.message)\n\(CommandLineOptions.usage)")
            return 1
        }
        if options.showVersion > 0 {
            Talk.write(version(options.showVersion), to: 1)
            return 0
        }
        if options.files.isEmpty {
            Talk.write(CommandLineOptions.usage)
            return 1
        }
        return start(options)
    }

    private static func start(_ options: CommandLineOptions) -> CInt {
        let talk = Talk(quiet: options.quiet && !options.verbose)
        // The background process was started there.
        if !Daemonizer.isBackground, let directory = options.directory, chdir(directory) != 0 {
            talk(.alert, "Failed to change directory to \(directory) : \(ErrnoName(errno).words)")
            return 1
        }
        var configuration: LoadedConfiguration
        do throws(LoadedConfiguration.Refused) {
            configuration = try LoadedConfiguration.load(options)
        } catch {
            talk(.notice, "haproxy version is \(Talk.version)")
            talk(.notice, "path to executable is \(executablePath())")
            Talk.write(error.lines.map { $0 + "\n" }.joined())
            return 1
        }
        if !options.checkOnly {
            configuration.fit(descriptors: DescriptorRoom.raise(wanted: DescriptorRoom.needed(configuration.snapshot)))
        }
        if !options.quiet, !Daemonizer.isBackground {
            Talk.write(configuration.warnings.map { $0 + "\n" }.joined())
        }
        if options.checkOnly {
            if !options.quiet, configuration.warnings.contains(where: { $0.hasPrefix(Talk.Level.warning.rawValue) }) {
                Talk.write("Warnings were found.\n", to: 1)
            }
            if !options.quiet { Talk.write("Configuration file is valid\n", to: 1) }
            return 0
        }
        if options.daemon || (configuration.process.daemon && !options.foreground && !options.notify) {
            if let status = Daemonizer.leaveTerminal() { return status }
        }
        do throws(SystemError) {
            return try serve(options, talk, configuration)
        } catch {
            talk(.alert, "\(error)")
            Daemonizer.report(failed: true)
            return 1
        }
    }

    private static func serve(
        _ options: CommandLineOptions,
        _ talk: Talk,
        _ configuration: LoadedConfiguration
    ) throws(SystemError) -> CInt {
        if let megabytes = options.memoryLimit {
            var limit = rlimit(rlim_cur: rlim_t(megabytes) << 20, rlim_max: rlim_t(megabytes) << 20)
            setrlimit(__rlimit_resource_t(RLIMIT_DATA.rawValue), &limit)
        }
        // A master that `-db` asked not to have is there all the same if -W or -Ws did ask for it, as in HAProxy.
        if options.masterWorker || (configuration.process.masterWorker && !options.foreground) {
            let master = try Master.start(options, talk, configuration)
            try serving(options, configuration)
            return try master.run()
        }
        return try Standalone.run(talk, configuration) { () throws(SystemError) in
            try serving(options, configuration)
        }
    }

    /// Once listeners are open: the pid file, and the word to former processes.
    private static func serving(
        _ options: CommandLineOptions,
        _ configuration: LoadedConfiguration
    ) throws(SystemError) {
        if let path = options.pidFile ?? configuration.process.pidFile {
            try AtomicFile.replace(path, with: "\(getpid())\n")
        }
        for pid in options.finishing { kill(pid, SIGUSR1) }
        for pid in options.terminating { kill(pid, SIGTERM) }
        Daemonizer.report(failed: false)
    }

    private static func version(_ level: Int) -> String {
        var text = "HAProxy version \(Talk.version)-appliance-net - drop-in of the appliance-net project\n"
        if level > 1 {
            text += "Engine: epoll and splice, no Foundation, no SwiftNIO\nOptions: master-worker, systemd notify\n"
            text += "Threads: nbthread, by default one per core and at most four\n"
        }
        return text
    }

    private static func executablePath() -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = bytes.withUnsafeMutableBytes { buffer in
            buffer.baseAddress.map {
                readlink("/proc/self/exe", $0.assumingMemoryBound(to: CChar.self), buffer.count)
            } ?? 0
        }
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : CommandLine.arguments.first ?? ""
    }
}
