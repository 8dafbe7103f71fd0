internal import Addresses
internal import Appliance
internal import ArgumentParser
internal import Diagnostics
internal import Files
internal import FirstBoot
internal import Glibc
internal import Guestinfo
internal import NetworkFiles
internal import NetworkHistory
internal import OVF
internal import PKI
internal import Recovery

/// `appliance-net firstboot`: from properties to a configured appliance.
struct FirstBootCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "firstboot",
        abstract: "Configure the appliance from its properties; a second run changes nothing.",
        discussion: """
            Without --ovf-env and --properties they are taken from guestinfo, or from a disc with ovf-env.xml, or as \
            they were last good. Where there are none, and the appliance was configured before, its network is applied \
            from its files. Nothing is changed if any property is wrong.
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup var options: RootOptions

    @Flag(name: .long, help: "Write files only: leave kernel, host name, passwords and services alone.")
    var filesOnly = false

    @Flag(name: .customLong("no-handover"), help: "Do not start the proxy and the API.")
    var noHandover = false

    @Flag(name: .long, help: "Take addresses that another host has: do not wait for the appliance that is replaced.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "Wait so long for adapters and drives that the kernel has not found yet, 0 to 600 seconds.",
            valueName: "seconds"
        )
    )
    var wait = 0

    func validate() throws {
        guard (0...600).contains(wait) else { throw ValidationError("--wait takes 0 to 600 seconds.") }
    }

    func run() throws {
        let devices = DeviceWait(options.directory, patience: .seconds(wait))
        let found: PropertySource?
        var unread: [String] = []
        do {
            found = try source.first(options.directory, settle: { devices.settle() }) { words in
                Console.say(words)
                unread.append(words)
            }
        } catch let error as DiagnosticsError {
            return try refuse(error.diagnostics, "the properties cannot be read", log(nil)).exit()
        }
        guard let found else {
            // The files are what there would be to apply, and with --files-only nothing is applied.
            guard !filesOnly, try AtomicFile.status(options.directory["/etc/appliance-net/appliance.toml"]) != nil
            else {
                let words =
                    (["the machine has no vApp properties, neither in guestinfo nor on a disc"] + unread)
                    .joined(separator: "; ")
                let remedy =
                    "deploy the OVA with its properties, or set them in vCenter (Configure, vApp Options), and power the "
                    + "machine off and on; without vCenter run appliance-net firstboot --properties FILE"
                return try refuse([Diagnostic(.error, words, remedy: remedy)], "no properties", log(nil)).exit()
            }
            Console.say("firstboot: no properties given; applying the network from its files")
            let files = try? NetworkConfiguration.load(options.directory)
            wait(devices, files?.appliance.interfaces.map { $0.mac.value } ?? [])
            return try ApplyCommand.apply(options, .firstboot)
        }
        guard geteuid() == 0 || (filesOnly && !options.directory.isReal) else {
            Console.say("firstboot: only root can configure the appliance; nothing was changed")
            return try ExitStatus.permission.exit()
        }
        var chosen: [String]?
        var named = found
        if !filesOnly, found.environment.adapters.isEmpty {
            do {
                let choice = try devices.choice(found.environment)
                named.environment.adapters = choice.adapters
                for note in choice.notes { Console.say("firstboot: \(note)") }
                chosen = choice.notes
            } catch {
                // What else is wrong with the properties is told with it, and goes before it.
                let others = PlannedMachine(found.environment, deployment: nil)
                let status: ExitStatus = others.isRefused ? .badData : .badConfiguration
                let problems = error.diagnostics + others.diagnostics
                return try refuse(problems, "no adapter is named", log(found.name), nil, status).exit()
            }
        }
        if !filesOnly { wait(devices, named.environment.adaptersInOrder.prefix(3).compactMap { MACAddress($0.mac) }) }
        try NetworkCommand.guarded { [named, chosen] in
            let root = options.directory
            let isForced = force && !filesOnly
            if isForced { try ForcedBoot.begin(root) }
            defer { if isForced { try? ForcedBoot.end(root) } }
            return try NetworkCommand.alone(options, patience: isForced ? Self.patience : .zero) {
                // Of one that was ended.
                if !isForced, !filesOnly { try ForcedBoot.end(root) }
                return try configure(named, chosen)
            }
        }
    }

    private func wait(_ devices: DeviceWait, _ adapters: [MACAddress]) {
        devices.adapters(adapters) { Console.say("firstboot: \($0)") }
    }

    /// How long one that waited for the predecessor, and does not any longer, may take for the rest.
    private static let patience = Duration.seconds(120)

    /// What is told of this run; nothing of a run that only makes files, or that changes nothing since it may not.
    private func log(_ source: String?) -> FirstBootLog {
        FirstBootLog(options.directory, source: source, isTold: !filesOnly && geteuid() == 0)
    }

    /// Says and tells, wherever anything is told, why nothing was configured.
    private func refuse(
        _ problems: [Diagnostic],
        _ reason: String,
        _ log: FirstBootLog,
        _ found: PropertySource? = nil,
        _ status: ExitStatus = .badData
    ) throws -> ExitStatus {
        Console.say(problems)
        if options.json { try Console.json(ProblemsJSON(problems)) }
        let isStarted = found.map { (try? startManagement($0, log)) ?? false } ?? false
        Console.say("firstboot: \(reason); \(isStarted ? "only management was started" : "nothing was changed")")
        log.refused(problems)
        return status
    }

    /// Lets an admin in, who can see what is wrong, where the properties say enough for that.
    ///
    /// - Parameter log: nil where it is not what becomes of this first boot.
    private func startManagement(_ found: PropertySource, _ log: FirstBootLog?) throws -> Bool {
        guard !filesOnly, let settings = SettingsReader.management(found.environment) else { return false }
        let context = context(settings, found, asksNeighbours: !force)
        return try FirstBoot.runManagement(context) { tell($0, log) } != nil
    }

    private func tell(_ step: FirstBootReport.Step, _ log: FirstBootLog?) {
        log?.end(step)
        if let failure = step.failure { Console.say("firstboot: \(step.name): FAILED: \(failure)") }
        for change in step.changes { Console.say("firstboot: \(step.name): \(change)") }
    }

    private func context(_ settings: Settings, _ found: PropertySource, asksNeighbours: Bool) -> FirstBootContext {
        var context = FirstBootContext(
            settings: settings,
            root: options.directory,
            filesOnly: filesOnly,
            handsOver: !noHandover,
            now: CertificateClock.now(),
            source: found,
            guestinfo: .find()
        )
        context.asksNeighbours = asksNeighbours
        return context
    }

    /// - Parameter chosen: Which adapters were taken, and why; nil where the properties name them.
    private func configure(_ found: PropertySource, _ chosen: [String]?) throws -> ExitStatus {
        let log = log(found.name)
        if let chosen { log.took(chosen) }
        log.begin()
        let noRebuild = "the appliance cannot be rebuilt from this"
        let context: FirstBootContext?
        let problems: [Diagnostic]
        do {
            (context, problems) = try prepare(found, log)
        } catch let error as BundleError {
            return try refuse([error.diagnostic], noRebuild, log, found)
        } catch let error as DiagnosticsError {
            return try refuse(error.diagnostics, noRebuild, log, found)
        } catch let error as RestoreError {
            return try refuse([error.diagnostic], noRebuild, log, found, .failed)
        } catch let error as BusyError {
            let problem = Diagnostic(.error, "\(error)", remedy: "run it again when that one has ended")
            return try refuse([problem], noRebuild, log, found, .busy)
        } catch {
            let isForbidden = geteuid() != 0
            let remedy = isForbidden ? "run it as root" : FullDisk.remedy("\(error)")
            let problem = Diagnostic(.error, "\(error)", remedy: remedy)
            return try refuse([problem], noRebuild, log, found, isForbidden ? .permission : .failed)
        }
        guard let context else {
            let errors = problems.count { $0.severity == .error }
            return try refuse(problems, "\(errors) error\(errors == 1 ? "" : "s") in the properties", log, found)
        }
        Console.say(problems)
        do {
            return try run(context, log)
        } catch {
            log.refused([Diagnostic(.error, "\(error)", remedy: FullDisk.remedy("\(error)"))])
            throw error
        }
    }

    /// What every step is given, once everything is in place that it is rebuilt from; nil with what is wrong with the
    /// properties.
    private func prepare(_ found: PropertySource, _ log: FirstBootLog) throws -> (FirstBootContext?, [Diagnostic]) {
        var rebuild = Rebuild(options.directory, filesOnly: filesOnly, isForced: force) { words in
            Console.say("firstboot: \(words)")
            // Why it waits, for who looks at the console.
            log.begin("rebuild: \(words)")
        }
        rebuild.waiting = { _ = try? startManagement(found, nil) }
        log.begin("rebuild")
        let prepared = try rebuild.prepare(found.environment)
        // What nobody has typed is known by now: where management is.
        var found = found
        found.environment = prepared.environment
        rebuild.waiting = { [found] in _ = try? startManagement(found, nil) }
        let (settings, diagnostics) = SourceOptions.settings(
            prepared.environment,
            options.directory,
            restoring: prepared.files
        )
        guard let settings else { return (nil, diagnostics) }
        let hasAsked = try rebuild.restore(prepared, settings)
        return (context(settings, found, asksNeighbours: !force && !hasAsked), diagnostics)
    }

    private func run(_ context: FirstBootContext, _ log: FirstBootLog) throws -> ExitStatus {
        let report = FirstBoot.run(context, beginning: { log.begin($0) }, progress: { tell($0, log) })
        log.end(report)
        if options.json {
            try Console.json(report)
        } else if report.failed.isEmpty, report.changes.isEmpty {
            Console.data("nothing to change: the appliance is as its properties want it")
        } else {
            let steps = report.failed.map(\.name).joined(separator: ", ")
            let ending = report.failed.isEmpty ? "configured" : "incomplete, failed: \(steps)"
            Console.data("\(ending); \(report.changes.count) change\(report.changes.count == 1 ? "" : "s")")
        }
        return report.failed.isEmpty ? .ok : .failed
    }
}
