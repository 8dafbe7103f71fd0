internal import ArgumentParser
internal import OVF

/// `appliance-net ovf env`: the properties as the machine will see them.
struct OVFEnvironmentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "env",
        abstract: "Print the properties as an OVF environment (ovf-env.xml), passwords included.",
        discussion: """
            For a machine without vCenter: what guestinfo.ovfEnv, or a disc with ovf-env.xml, holds. Its adapters are those of \
            the properties; where they name none, the machine finds its interfaces by their places on the PCI bus.
            """
    )

    @OptionGroup var options: DeploymentOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try options.requireProperties() }

    func run() throws {
        try options.print { machine in try output.write(try machine.environment.xml()) }
    }
}
