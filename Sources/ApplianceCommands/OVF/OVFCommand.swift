internal import ArgumentParser

/// `appliance-net ovf`: what is asked for before there is a machine.
struct OVFCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ovf",
        abstract: "Check an OVA and its properties before deployment, and print what deploys it.",
        discussion: """
            Needs neither vCenter nor an appliance. The properties are checked as the first boot of the deployed machine will \
            check them; exit 65 where it would refuse them.
            """,
        subcommands: [
            OVFCheckCommand.self, OVFEnvironmentCommand.self, OVFImportCommand.self, OVFToolCommand.self,
        ]
    )
}
