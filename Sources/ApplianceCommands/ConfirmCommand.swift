internal import ArgumentParser
internal import NetworkHistory

/// `appliance-net confirm`: what is tried stays.
struct ConfirmCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Keep what try applied."
    )

    @OptionGroup var options: RootOptions

    func run() throws {
        try NetworkCommand.guarded(json: options.json) {
            try Self.confirm(Applier(options.directory), json: options.json)
        }
    }

    static func confirm(_ applier: Applier, json: Bool = false) throws -> ExitStatus {
        let (id, warnings) = try applier.confirm()
        for warning in warnings { Console.say(warning) }
        if json { try Console.json(["generation": id]) }
        Console.say("generation \(id) stays")
        return .ok
    }
}
