internal import ArgumentParser
internal import Files
internal import Glibc
internal import NetworkFiles
internal import NetworkHistory
internal import NetworkWatch
internal import PKI
internal import Syscalls

/// `appliance-net watch`: the service that makes the network right and keeps it so.
struct WatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Apply, then keep the network as the files want it; the service appliance-net.service.",
        discussion: """
            Reacts to changed files, to changes of the network behind its back and to SIGHUP. A bad file keeps the \
            last good state. Ends by SIGTERM and leaves the network as it is.
            """
    )

    @Flag(help: "Where one runs already, wait for its end and take its place.")
    var standBy = false

    @OptionGroup var options: RootOptions

    func run() throws {
        try NetworkCommand.guarded { () throws -> ExitStatus in
            let root = options.directory
            try NetworkConfiguration.requireDirectory(root)
            guard let lock = try lock(root) else { return .busy }
            var settings = WatchService.Settings(
                apply: { configuration, isAllowed in
                    // Who waited here could undo what it waited for.
                    var applier = Applier(root, patience: .zero)
                    applier.beforeOperation = { _, _ in try isAllowed() }
                    return try applier.apply(.watch, configuration)
                },
                log: Self.logger(),
                // Without a service manager that listens, there is nobody to tell.
                notify: { try? ServiceNotification.send($0) }
            )
            settings.root = root
            let program = try OwnProgram.path()
            let leases = LeaseKeeper(root, hook: program)
            let backups = BackupKeeper(root, program: program)
            settings.parts = WatchParts.make(root, log: settings.log) + [leases, backups]
            settings.parts.append(try CertificateKeeper(PKIStore(root: root)))
            settings.watchdog = ServiceNotification.watchdogInterval
            try WatchService(settings).run()
            leases.end()
            backups.end()
            lock.release()
            return .ok
        }
    }

    /// Two would take the control socket from each other; nil if one runs, and that has been said.
    private func lock(_ root: Root) throws -> FileLock? {
        let path = root["/run/appliance-net/watch.lock"]
        if let lock = try FileLock.acquire(path) { return lock }
        if standBy {
            Console.say("appliance-net watch runs already (it holds \(path)); waiting for its end")
            return try FileLock.wait(path)
        }
        Console.say(
            "appliance-net watch runs already (it holds \(path))\n"
                + "    remedy: appliance-net status tells how it stands; end it before you start another"
        )
        return nil
    }

    /// Lines on standard error, with their level where the journal reads them (sd-daemon(3)).
    private static func logger() -> (LogLevel, String) -> Void {
        let isJournal = getenv("JOURNAL_STREAM") != nil
        return { level, text in Console.say(isJournal ? "<\(level.rawValue)>\(text)" : text) }
    }
}
