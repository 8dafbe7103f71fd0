internal import Appliance
internal import ArgumentParser
internal import Diagnostics
internal import Files
internal import FirstBoot
internal import NetworkFiles
internal import OVF
internal import ProxyConfig

/// `appliance-net validate`: every problem of the input at once; changes nothing.
struct ValidateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Check the properties, or without any the files in place; exit 0 or 65.",
        discussion: """
            Shows every problem at once, each with its place, reason and remedy. A recovery bundle in the properties is \
            opened. Changes nothing.
            """
    )

    @OptionGroup var source: SourceOptions
    @OptionGroup var options: RootOptions

    func run() throws {
        let diagnostics = problems()
        let failed = diagnostics.contains { $0.severity == .error }
        if options.json {
            try Console.json(ProblemsJSON(diagnostics))
        } else {
            Console.say(diagnostics)
            let errors = diagnostics.count { $0.severity == .error }
            Console.data(failed ? "invalid: \(errors) error\(errors == 1 ? "" : "s")" : "valid")
        }
        try (failed ? ExitStatus.badData : .ok).exit()
    }

    private func problems() -> [Diagnostic] {
        do {
            // What a first boot of this machine would read; the files of another root are looked at alone.
            let found = try source.named() ?? (options.directory.isReal ? source.first(options.directory) : nil)
            if let found, found.origin != .copy {
                let (environment, files, diagnostics) = FirstBoot.openBundle(found.environment)
                let (machine, notes) = try withAdapters(environment, isThisMachines: found.origin != .file)
                return SourceOptions.settings(machine, options.directory, restoring: files).diagnostics + diagnostics
                    + notes
            }
        } catch let error as DiagnosticsError {
            return error.diagnostics
        } catch {
            return [Diagnostic(.error, "\(error)")]
        }
        return networkProblems() + proxyProblems()
    }

    /// Those that first boot would take where the properties name none; of a machine that is elsewhere, any.
    private func withAdapters(
        _ environment: OVFEnvironment,
        isThisMachines: Bool
    ) throws(DiagnosticsError) -> (OVFEnvironment, [Diagnostic]) {
        guard environment.adapters.isEmpty else { return (environment, []) }
        var machine = environment
        if isThisMachines {
            let choice = try MachineAdapters(options.directory).choice(environment)
            machine.adapters = choice.adapters
            return (machine, choice.notes.map { Diagnostic(.note, file: environment.file, $0) })
        }
        machine.adapters = PlannedMachine.adapters(Topology(environment))
        let words = "they name no network adapters: first boot takes the machine's by their places on the PCI bus"
        return (machine, [Diagnostic(.note, file: environment.file, words)])
    }

    private func networkProblems() -> [Diagnostic] {
        do throws(DiagnosticsError) {
            return try NetworkConfiguration.load(options.directory).warnings
        } catch {
            return error.diagnostics
        }
    }

    private func proxyProblems() -> [Diagnostic] {
        let path = options.directory["/etc/haproxy/haproxy.cfg"]
        do {
            guard let text = try AtomicFile.readText(path) else { return [] }
            return ConfigurationFile(text, file: path).checked().diagnostics
        } catch {
            return [Diagnostic(.error, file: path, "\(error)")]
        }
    }
}
