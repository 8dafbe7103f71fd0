internal import Appliance
internal import ArgumentParser
internal import Diagnostics
internal import FirstBoot
internal import OVF

/// The properties, and with what deployment option.
struct DeploymentOptions: ParsableArguments {
    @OptionGroup var source: SourceOptions

    @Option(
        name: .long,
        help: ArgumentHelp(
            "The deployment option, default or frontend; else what the properties ask for.",
            valueName: "option"
        ),
        completion: .list(["default", "frontend"]),
        transform: Self.topology
    )
    var deployment: Topology?

    /// The machine that the properties make; nil if none are given.
    func machine() throws -> PlannedMachine? {
        try source.named().map { PlannedMachine($0.environment, deployment: deployment) }
    }

    /// Runs `body` with the machine if its first boot would take the properties; else tells why not.
    func print(_ body: (PlannedMachine) throws -> Void) throws {
        try Self.guarded {
            guard let machine = try machine() else { return .badData }
            return try told(machine, machine.diagnostics) { try body(machine) }
        }
    }

    /// The same for what deploys a machine: its deployment option is told, and a key that vSphere would drop is refused.
    func print(_ mapping: MappingOptions, _ body: (PlannedMachine) throws -> Void) throws {
        try Self.guarded {
            guard let environment = try source.named()?.environment else { return .badData }
            let machine = try mapping.machine(environment, deployment: deployment)
            return try told(machine, machine.diagnostics(askedFor: [])) {
                Console.say(machine.summary)
                try body(machine)
            }
        }
    }

    private func told(_ machine: PlannedMachine, _ problems: [Diagnostic], _ body: () throws -> Void) throws
        -> ExitStatus
    {
        Console.say(source.exposed(machine.environment) + problems)
        if problems.contains(where: { $0.severity == .error }) { return .badData }
        try body()
        return .ok
    }

    /// Wrong documents are bad data here: nothing is configured by them yet.
    private static func guarded(_ body: () throws -> ExitStatus) throws {
        try NetworkCommand.guarded {
            do {
                return try body()
            } catch let error as DiagnosticsError {
                Console.say(error.diagnostics)
                return .badData
            }
        }
    }

    /// For those that do nothing without properties.
    func requireProperties() throws {
        if source.ovfEnvironment == nil, source.properties == nil {
            throw ValidationError("Give the properties by --properties or --ovf-env.")
        }
    }

    private static func topology(_ text: String) throws -> Topology {
        guard let topology = Topology(rawValue: text) else {
            throw ValidationError("The deployment options are default and frontend.")
        }
        return topology
    }
}
