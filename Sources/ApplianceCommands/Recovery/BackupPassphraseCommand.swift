internal import Appliance
internal import ArgumentParser
internal import NetworkFiles
internal import Recovery

/// `appliance-net backup passphrase`: what a person has to write down.
struct BackupPassphraseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "passphrase",
        abstract: "Print the passphrase that the appliance has made for its bundles; one that was given is not shown."
    )

    @OptionGroup var options: RootOptions

    private struct Result: Encodable {
        /// Whether the appliance has made it for itself.
        var generated: Bool
        var passphrase: String?
    }

    func run() throws {
        // One that was made for a machine that is none yet would be another's.
        try NetworkCommand.guarded(json: options.json) {
            try ConfiguredMachine.require(options.directory)
            return .ok
        }
        try RecoveryCommand.guarded(options) { () throws -> ExitStatus in
            let passphrase = try Passphrase.find(options.directory, Backup.settings(options.directory))
            guard passphrase.isGenerated else {
                if options.json { try Console.json(Result(generated: false)) }
                Console.say("it was given, by recovery.passphrase or [recovery], and is not shown")
                return .ok
            }
            if options.json {
                try Console.json(Result(generated: true, passphrase: passphrase.secret.revealed()))
            } else {
                Console.data(passphrase.secret.revealed())
            }
            return .ok
        }
    }
}
