internal import ArgumentParser
internal import NetworkHistory

/// `appliance-net guardian`: the process that `try` leaves behind.
struct GuardianCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "guardian",
        abstract: "Take a try back at its deadline; started by try.",
        shouldDisplay: false
    )

    @Option(name: .long, help: ArgumentHelp("The generation that is tried.", valueName: "id"))
    var id: Int

    @Option(name: .long, help: ArgumentHelp("Its token, as its checkpoint has it.", valueName: "token"))
    var token: UInt64

    @OptionGroup var options: RootOptions

    func run() throws {
        try NetworkCommand.guarded { () throws -> ExitStatus in
            try Guardian.run(Applier(options.directory), token: token)
            return .ok
        }
    }
}
