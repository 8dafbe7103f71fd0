internal import ArgumentParser

/// `appliance-net ovf ovftool`: the command line of VMware's ovftool.
struct OVFToolCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ovftool",
        abstract: "Print the command line for ovftool, quoted for sh, without passwords.",
        discussion: """
            Passwords, keys and certificates are taken from the environment when the command is run: appliance.root_pwd from \
            APPLIANCE_ROOT_PWD, and so on. ovftool itself is given them as arguments.
            """
    )

    @Argument(help: "The OVA.", completion: .file(extensions: ["ova", "ovf"]))
    var file: String

    @Argument(help: "Where to deploy it: vi://user@vcenter/datacenter/host/cluster.")
    var target: String

    @Option(name: .long, help: ArgumentHelp("The datastore for the disk.", valueName: "name"))
    var datastore: String?

    @OptionGroup var options: DeploymentOptions
    @OptionGroup var mapping: MappingOptions

    func validate() throws { try options.requireProperties() }

    func run() throws {
        try options.print(mapping) { machine in
            let line = OVFToolLine(machine, mapping, file: file, target: target, datastore: datastore)
            Console.data(line.text)
            if !line.variables.isEmpty {
                Console.say("it takes these from the environment: \(line.variables.joined(separator: ", "))")
            }
        }
    }
}
