internal import ArgumentParser
internal import NetworkHistory
internal import NetworkState

/// `appliance-net rollback`: back to what was.
struct RollbackCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Go back to a generation, files and kernel; or take back the try that runs.",
        discussion: """
            Without ID: takes back the try that runs, at once; where none runs, goes to the generation before the \
            present one, and further back each time.
            """
    )

    @Argument(help: "The generation; appliance-net history lists them.")
    var id: Int?

    @OptionGroup var options: RootOptions

    func run() throws {
        try NetworkCommand.guarded(json: options.json) { () throws -> ExitStatus in
            switch try Applier(options.directory).rollback(id) {
            case .cancelled(let id, let leftOver):
                if options.json { try Console.json(["cancelled": id]) }
                for text in leftOver { Console.say(text) }
                Console.say("generation \(id) was taken back: the former state is restored")
                return leftOver.isEmpty ? .ok : .failed
            case .applied(let applied, let target):
                NetworkCommand.say(applied)
                if options.json {
                    try Console.json(OperationsJSON(applied.result.operations, applied.result.problems))
                } else {
                    for operation in applied.result.operations { Console.data(operation.description) }
                    NetworkCommand.say(applied.result.problems)
                }
                Console.say("files and network are those of generation \(target)")
                return applied.result.problems.isEmpty ? .ok : .failed
            }
        }
    }
}
