internal import ArgumentParser

/// `appliance-net explain`: why a packet goes where it goes.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Tell which way a packet goes, or what becomes of a virtual address.",
        subcommands: [ExplainRouteCommand.self, ExplainVIPCommand.self]
    )
}
