internal import ArgumentParser
internal import Diagnostics
internal import Files
internal import Glibc
internal import NetworkFiles
internal import NetworkHistory
internal import NetworkState

/// What the commands on the network share: how their failures are told, and which exit codes they have.
enum NetworkCommand {
    /// So many problems of files are shown; `validate` and `--json` have all.
    private static let mostProblems = 20

    /// Runs `body` with the configuration and a reconciler.
    static func run(
        _ options: RootOptions,
        _ body: (NetworkConfiguration, NetworkReconciler) throws -> ExitStatus
    ) throws {
        try guarded {
            let configuration = try load(options)
            Console.say(configuration.warnings)
            return try body(configuration, try NetworkReconciler(files: options.directory))
        }
    }

    /// What the files say; nil where they are wrong, which is told and does not keep anybody from looking at the kernel.
    static func configuration(_ options: RootOptions) -> NetworkConfiguration? {
        do throws(DiagnosticsError) {
            return try NetworkConfiguration.load(options.directory)
        } catch {
            Console.say(Array(error.diagnostics.prefix(mostProblems)))
            Console.say("the configuration cannot be compared until that is mended")
            return nil
        }
    }

    private static func load(_ options: RootOptions) throws -> NetworkConfiguration {
        do {
            return try NetworkConfiguration.load(options.directory)
        } catch {
            if options.json { try Console.json(ProblemsJSON(error.diagnostics)) }
            throw error
        }
    }

    /// Runs `body` while no other first boot does: two at once would undo each other's work. The network has a lock of
    /// its own, which ``NetworkHistory/Applier`` takes.
    static func alone(
        _ options: RootOptions,
        patience: Duration,
        _ body: () throws -> ExitStatus
    ) throws -> ExitStatus {
        let path = options.directory["/run/appliance-net/firstboot.lock"]
        return try FileLock.hold(path, patience: patience, heldBy: "another first boot", body)
    }

    /// Runs `body`; failures are printed and become exit codes.
    ///
    /// - Parameter json: Whether wrong files are told as JSON on standard output too.
    static func guarded(json: Bool = false, _ body: () throws -> ExitStatus) throws {
        let status: ExitStatus
        do {
            status = try body()
        } catch let error as DiagnosticsError {
            if json { try Console.json(ProblemsJSON(error.diagnostics)) }
            Console.say(Array(error.diagnostics.prefix(mostProblems)))
            let others = error.diagnostics.count - mostProblems
            if others > 0 { Console.say("and \(others) more; appliance-net validate shows them all") }
            status = .badConfiguration
        } catch let error as BusyError {
            Console.say("\(error)\n    remedy: run it again when that one has ended")
            status = .busy
        } catch let error as ValidationError {
            throw error
        } catch {
            let isForbidden = geteuid() != 0
            Console.say(isForbidden ? "\(error)\n    remedy: run it as root" : "\(error)")
            status = isForbidden ? .permission : .failed
        }
        try status.exit()
    }

    /// What to say where there is no operation.
    static func nothing(_ problems: [Problem]) -> String {
        problems.isEmpty ? "nothing to do" : "nothing more can be done until that is mended"
    }

    /// What the files were warned of, and what did not go well beside the change.
    static func say(_ applied: Applied) {
        Console.say(applied.diagnostics)
        for warning in applied.warnings { Console.say(warning) }
    }

    /// Operations as data, grouped by object; with `details` the lines that change in files below them. In colour on a
    /// terminal, unless NO_COLOR is set and not empty (no-color.org) or the terminal is dumb.
    static func show(_ operations: [Operation], details: Bool = false) {
        let isColored = isatty(STDOUT_FILENO) == 1 && !isSet("NO_COLOR") && environment("TERM") != "dumb"
        for line in OperationText(details: details, isColored: isColored).lines(operations) { Console.data(line) }
    }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    private static func isSet(_ name: String) -> Bool { environment(name)?.isEmpty == false }

    /// What is wanted and cannot be had, with remedies.
    static func say(_ problems: [Problem]) {
        for problem in problems { Console.say("\(problem.message)\n    remedy: \(problem.remedy)") }
    }
}
