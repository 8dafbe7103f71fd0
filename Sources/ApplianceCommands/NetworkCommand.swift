internal import Diagnostics
internal import Glibc
internal import NetworkFiles
internal import NetworkHistory
internal import NetworkState

/// What the commands on the network share: how their failures are told, and which exit codes they have.
enum NetworkCommand {
    /// Runs `body` with the configuration and a reconciler.
    static func run(
        _ options: RootOptions,
        _ body: (NetworkConfiguration, NetworkReconciler) throws -> ExitStatus
    ) throws {
        try guarded {
            let configuration = try NetworkConfiguration.load(options.directory)
            Console.say(configuration.warnings)
            return try body(configuration, try NetworkReconciler(files: options.directory))
        }
    }

    /// Runs `body`; failures are printed and become exit codes.
    static func guarded(_ body: () throws -> ExitStatus) throws {
        let status: ExitStatus
        do {
            status = try body()
        } catch let error as DiagnosticsError {
            Console.say(error.diagnostics)
            status = .badConfiguration
        } catch let error as BusyError {
            Console.say("\(error)")
            status = .busy
        } catch {
            let isForbidden = geteuid() != 0
            Console.say(isForbidden ? "\(error)\n    remedy: run it as root" : "\(error)")
            status = isForbidden ? .permission : .failed
        }
        try status.exit()
    }

    /// What the files were warned of, and what did not go well beside the change.
    static func say(_ applied: Applied) {
        Console.say(applied.diagnostics)
        for warning in applied.warnings { Console.say(warning) }
    }

    /// Operations as data, one a line; with `details` the lines that change in files below them.
    static func show(_ operations: [Operation], details: Bool = false) {
        for operation in operations {
            Console.data(operation.description)
            if details { for line in operation.difference { Console.data("    \(line)") } }
        }
    }

    /// What is wanted and cannot be had, with remedies.
    static func say(_ problems: [Problem]) {
        for problem in problems { Console.say("\(problem.message)\n    remedy: \(problem.remedy)") }
    }
}
