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
            Console.say(machine.diagnostics)
            if machine.isRefused { return .badData }
            try body(machine)
            return .ok
        }
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
