internal import ArgumentParser
internal import NetworkHistory
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

    func run() throws { try Self.apply(options, .apply) }

    static func apply(_ options: RootOptions, _ origin: Origin) throws {
        try NetworkCommand.guarded(json: options.json) { () throws -> ExitStatus in
            let applied = try Applier(options.directory).apply(origin)
            NetworkCommand.say(applied)
            let result = applied.result
            if options.json {
                try Console.json(OperationsJSON(result.operations, result.problems))
            } else {
                if !result.operations.isEmpty {
                    Console.data(result.operations.map { $0.description }.joined(separator: "\n"))
                }
                NetworkCommand.say(result.problems)
                let count = result.operations.count
                Console.say(
                    count == 0
                        ? NetworkCommand.nothing(result.problems) : "applied \(count) change\(count == 1 ? "" : "s")"
                )
            }
            return result.problems.isEmpty ? .ok : .failed
        }
    }
}
