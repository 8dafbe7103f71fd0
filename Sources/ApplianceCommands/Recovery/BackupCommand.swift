internal import ArgumentParser

/// `appliance-net backup`: everything that makes this appliance this one, in one sealed file.
struct BackupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Take a recovery bundle: settings, CA, keys, users, services, all in one sealed file.",
        discussion: """
            Without options it does what the service does after every change: keeps a bundle on the appliance if anything \
            has changed, and brings it to the target of [recovery]. See docs/recovery.md.
            """,
        subcommands: [
            BackupTakeCommand.self, BackupListCommand.self, BackupShowCommand.self, BackupPassphraseCommand.self,
        ],
        defaultSubcommand: BackupTakeCommand.self
    )
}
