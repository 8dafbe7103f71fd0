internal import ArgumentParser
internal import Files
internal import FirstBoot
internal import NetworkFiles
internal import Recovery

/// `appliance-net restore`: the appliance becomes what a bundle says, or nothing is changed.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Make the appliance what a recovery bundle says, all of it or nothing.",
        discussion: """
            The bundle is opened and checked, then files, network and proxy are changed and verified; what fails is taken \
            back. One that is interrupted is brought to an end by resume, by firstboot and by the next restore. The \
            network adapters of this machine take the places of the former ones.
            """
    )

    @Argument(help: "The bundle, or its text.")
    var file: String

    @OptionGroup var way: RestoreOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "Open it with the first line of FILE, not with one of the appliance's own passphrases.",
            valueName: "file"
        )
    )
    var passphraseFile: String?

    @OptionGroup var options: RootOptions

    func run() throws {
        try RecoveryCommand.guarded(options) { () throws -> ExitStatus in
            let root = options.directory
            if !root.isReal { try AtomicFile.makeDirectory(root.prefix) }
            let bytes = try RecoveryCommand.read(file)
            // Whether it is one is said before anybody is asked for a passphrase.
            _ = try RecoveryBundle.manifest(bytes)
            let files = try RecoveryCommand.open(bytes, passphraseFile, root)
            try files.requireAuthority()
            return try way.restore(files, from: file, options)
        }
    }
}
