internal import ArgumentParser
internal import NetworkHistory

/// `appliance-net restore`: what appliance-net-restore.service runs at boot.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Take back a try that was interrupted by a reboot or a crash; run at every boot.",
        discussion: "Does nothing where every change was confirmed or taken back. Exit 75 while a try is still guarded."
    )

    @OptionGroup var options: RootOptions

    func run() throws {
        try NetworkCommand.guarded { () throws -> ExitStatus in
            let notes = try Applier(options.directory).restoreUnconfirmed()
            if options.json { try Console.json(["done": notes]) }
            for note in notes { Console.say(note) }
            if notes.isEmpty { Console.say("nothing to restore") }
            return .ok
        }
    }
}
