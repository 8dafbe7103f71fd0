internal import ArgumentParser
internal import Recovery

/// `appliance-net backup show`: what a bundle tells without its passphrase.
struct BackupShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show when and where a bundle was made and which files are in it; needs no passphrase."
    )

    @Argument(help: "The bundle, or its text.")
    var file: String

    @OptionGroup var options: RootOptions

    func run() throws {
        try RecoveryCommand.guarded(options) { () throws -> ExitStatus in
            let manifest = try RecoveryBundle.manifest(try RecoveryCommand.read(file))
            if options.json {
                try Console.json(manifest)
                return .ok
            }
            Console.data(RecoveryCommand.describe(manifest))
            for entry in manifest.files.entries where entry.kind == .file || entry.kind == .link {
                let mode = String(entry.mode, radix: 8)
                Console.data("\(mode)  \(entry.user):\(entry.group)  \(entry.size)  \(entry.path)")
            }
            return .ok
        }
    }
}
