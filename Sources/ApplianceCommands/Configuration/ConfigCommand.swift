internal import ArgumentParser

/// `appliance-net config`: the versions of haproxy.cfg.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "List, compare and bring back the versions of haproxy.cfg.",
        discussion: """
            Each version that was in effect is kept, whoever made it: the Data Plane API, a hand, or a restore. Works with \
            and without the API's daemon; one that runs notices what is restored.
            """,
        subcommands: [ConfigHistoryCommand.self, ConfigDiffCommand.self, ConfigRestoreCommand.self]
    )
}
