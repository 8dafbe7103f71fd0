internal import ArgumentParser
internal import Diagnostics
internal import OVF

/// `appliance-net ovf check`: an OVA and its properties, before anything is deployed.
struct OVFCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check an OVA or OVF, and the properties for it; exit 0 or 65.",
        discussion: """
            The package: every file there with its size and SHA-256, the descriptor sound, its networks, deployment options and \
            properties those that first boot knows. The properties: what first boot and vSphere would refuse. Shows every \
            problem at once, each with its place, reason and remedy.
            """
    )

    @Argument(help: "The OVA, or an OVF file in its directory.", completion: .file(extensions: ["ova", "ovf"]))
    var file: String

    @OptionGroup var options: DeploymentOptions

    @Flag(name: .long, help: "Print the result as JSON.")
    var json = false

    func run() throws {
        let (diagnostics, machine) = problems()
        let errors = diagnostics.count { $0.severity == .error }
        if json {
            try Console.json(ProblemsJSON(diagnostics, deployment: machine?.deployment))
        } else {
            Console.say(diagnostics)
            Console.data(errors > 0 ? "invalid: \(errors) error\(errors == 1 ? "" : "s")" : "valid")
            if let machine { Console.data(machine.summary) }
        }
        try (errors > 0 ? ExitStatus.badData : .ok).exit()
    }

    private func problems() -> ([Diagnostic], PlannedMachine?) {
        var found: [Diagnostic] = []
        /// nil where there is nothing to go on with.
        func attempt<Value>(_ body: () throws -> Value?) -> Value? {
            do {
                return try body()
            } catch let error as DiagnosticsError {
                found += error.diagnostics
            } catch {
                found.append(Diagnostic(file: file, "\(error)", remedy: "give a readable OVA or OVF file"))
            }
            return nil
        }
        let package = attempt { try DeploymentPackage(file) }
        let descriptor = attempt {
            try package.map { try OVFDescriptor($0.bytes, file: $0.place($0.descriptor.name)) }
        }
        if let package, let descriptor {
            found += descriptor.checked() + DescriptorCheck.problems(descriptor)
            let damages = attempt { try PackageCheck.problems(package, descriptor) }
            found += damages ?? []
        }
        guard let machine = attempt({ try options.machine() }) else { return (found, nil) }
        found += options.source.exposed(machine.environment)
        found += machine.diagnostics(askedFor: Set((descriptor?.properties ?? []).map { $0.key }))
        return (found + (descriptor.map { DeploymentCheck.problems($0, machine) } ?? []), machine)
    }
}
