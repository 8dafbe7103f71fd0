internal import ArgumentParser
internal import NetworkFiles
internal import NetworkHistory
internal import Recovery

/// `appliance-net resume`: what appliance-net-resume.service runs at boot.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Bring to an end what a reboot or a crash interrupted: a try, a restore; run at every boot.",
        discussion: """
            A try that was not confirmed is taken back, a restore is completed or taken back. Does nothing where nothing \
            is open. Exit 75 while a try is still guarded.
            """
    )

    @Flag(name: .long, help: "Write files only: leave kernel and proxy alone.")
    var filesOnly = false

    @OptionGroup var options: RootOptions

    func run() throws {
        try NetworkCommand.guarded { () throws -> ExitStatus in
            let root = options.directory
            var notes = filesOnly ? [] : try Applier(root).restoreUnconfirmed()
            notes += try RecoveryCommand.restorer(options, filesOnly: filesOnly).resume()
            if options.json { try Console.json(["done": notes]) }
            for note in notes { Console.say(note) }
            if notes.isEmpty { Console.say("nothing to resume") }
            return .ok
        }
    }
}
