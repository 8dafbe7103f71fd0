internal import ArgumentParser
internal import FoundationEssentials

/// `appliance-net ovf govc`: the options of `govc import.ova`.
struct OVFImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "govc",
        abstract: "Print the options for govc import.ova (-options FILE), passwords included.",
        discussion: "Every property of the deployment option is in it, those that are not set with their default."
    )

    @OptionGroup var options: DeploymentOptions
    @OptionGroup var mapping: MappingOptions
    @OptionGroup var output: OutputOptions

    func validate() throws { try options.requireProperties() }

    func run() throws {
        try options.print(mapping) { machine in
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let specification = ImportSpecification(machine, mapping)
            try output.write(String(decoding: try encoder.encode(specification), as: UTF8.self))
        }
    }
}
