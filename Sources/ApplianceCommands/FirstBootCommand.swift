internal import Appliance
internal import ArgumentParser
internal import Diagnostics
internal import Files
internal import FirstBoot
internal import Glibc
internal import Guestinfo
internal import NetworkHistory
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

    func run() throws {
        guard let found = try readSource() else {
            // The files are what there would be to apply, and with --files-only nothing is applied.
            guard !filesOnly, try AtomicFile.status(options.directory["/etc/appliance-net/appliance.toml"]) != nil
            else {
                let words = "no properties: give --ovf-env or --properties, or set guestinfo.ovfEnv"
                log(nil).refused([Diagnostic(.error, words)])
                Console.say("firstboot: \(words)")
                return try ExitStatus.badData.exit()
            }
            Console.say("firstboot: no properties given; applying the network from its files")
            return try ApplyCommand.apply(options, .firstboot)
        }
        guard geteuid() == 0 || (filesOnly && !options.directory.isReal) else {
            Console.say("firstboot: only root can configure the appliance; nothing was changed")
            return try ExitStatus.permission.exit()
        }
        try NetworkCommand.guarded { try NetworkCommand.alone(options) { try configure(found) } }
    }

    /// What is told of this run; nothing of a run that only makes files, or that changes nothing since it may not.
    private func log(_ source: String?) -> FirstBootLog {
        FirstBootLog(options.directory, source: source, isTold: !filesOnly && geteuid() == 0)
    }

    private func readSource() throws -> PropertySource? {
        do {
            return try source.first(options.directory)
        } catch let error as DiagnosticsError {
            Console.say(error.diagnostics)
            if options.json { try Console.json(ProblemsJSON(error.diagnostics)) }
            Console.say("firstboot: the properties cannot be read; nothing was changed")
            log(nil).refused(error.diagnostics)
            throw ExitCode(ExitStatus.badData.rawValue)
        }
    }

    private func configure(_ found: PropertySource) throws -> ExitStatus {
        let rebuild = Rebuild(options.directory, filesOnly: filesOnly, isForced: force) {
            Console.say("firstboot: \($0)")
        }
        do {
            var found = found
            let prepared = try rebuild.prepare(found.environment)
            found.environment = prepared.environment
            let (settings, diagnostics) = SourceOptions.settings(prepared.environment, options.directory)
            Console.say(diagnostics)
            guard let settings else {
                if options.json { try Console.json(ProblemsJSON(diagnostics)) }
                let errors = diagnostics.count { $0.severity == .error }
                Console.say(
                    "firstboot: \(errors) error\(errors == 1 ? "" : "s") in the properties; nothing was changed"
                )
                log(found.name).refused(diagnostics)
                return .badData
            }
            let hasAsked = try rebuild.restore(prepared, settings)
            return try run(settings, found, asksNeighbours: !force && !hasAsked)
        } catch let error as BundleError {
            let problem = Diagnostic(.error, "\(error)", remedy: error.remedy)
            Console.say("firstboot: \(error); nothing was changed\n    remedy: \(error.remedy)")
            log(found.name).refused([problem])
            return .badData
        } catch let error as DiagnosticsError {
            Console.say(error.diagnostics)
            Console.say("firstboot: the appliance cannot be rebuilt from this; nothing was changed")
            log(found.name).refused(error.diagnostics)
            return .badData
        } catch let error as RestoreError {
            Console.say("firstboot: \(error)")
            log(found.name).refused([Diagnostic(.error, "\(error)")])
            return .failed
        }
    }

    private func run(_ settings: Settings, _ found: PropertySource, asksNeighbours: Bool) throws -> ExitStatus {
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
        try context.remember(found.environment)
        let log = log(found.name)
        log.begin()
        let report = FirstBoot.run(context, beginning: { log.begin($0) }) { step in
            log.end(step)
            if let failure = step.failure { Console.say("firstboot: \(step.name): FAILED: \(failure)") }
            for change in step.changes { Console.say("firstboot: \(step.name): \(change)") }
        }
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
