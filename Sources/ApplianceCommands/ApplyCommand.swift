internal import ArgumentParser
internal import NetworkFiles
internal import NetworkState

/// `appliance-net apply`: makes the kernel's network what the files say.
struct ApplyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply",
        abstract: "Make the network what the files say; undo everything if any of it fails.",
        discussion: """
            New comes before old; everything is read back. Only what carries our protocol number is ever changed or \
            removed.
            """
    )

    @OptionGroup var options: RootOptions

    func run() throws { try Self.apply(options) }

    static func apply(_ options: RootOptions) throws {
        try NetworkCommand.run(options) { configuration, reconciler in
            try NetworkCommand.alone(options) { try apply(configuration, reconciler, options) }
        }
    }

    private static func apply(
        _ configuration: NetworkConfiguration,
        _ reconciler: NetworkReconciler,
        _ options: RootOptions
    ) throws -> ExitStatus {
        let result = try reconciler.apply(configuration)
        if options.json {
            try Console.json(OperationsJSON(result.operations, result.problems))
        } else {
            for operation in result.operations { Console.data(operation.description) }
            NetworkCommand.say(result.problems)
            let count = result.operations.count
            Console.say(
                count == 0 ? NetworkCommand.nothing(result.problems) : "applied \(count) change\(count == 1 ? "" : "s")"
            )
        }
        return result.problems.isEmpty ? .ok : .failed
    }
}
