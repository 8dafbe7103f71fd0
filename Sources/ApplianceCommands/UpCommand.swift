internal import ArgumentParser
internal import NetworkHistory

/// `appliance-net up`: the opposite of `down`.
struct UpCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Bring back what down took away: the same as apply."
    )

    @OptionGroup var options: RootOptions

    func run() throws { try ApplyCommand.apply(options, .up) }
}
