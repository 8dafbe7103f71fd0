internal import Addresses
internal import Appliance
internal import Diagnostics
internal import Files
internal import FirstBoot
internal import OVF

/// The machine that a deployment would make: its properties, checked as its first boot will check them.
struct PlannedMachine {
    /// The properties as they are given.
    let environment: OVFEnvironment
    let deployment: Topology
    /// Every problem of the properties.
    let diagnostics: [Diagnostic]

    /// - Parameter deployment: nil for what the properties ask for.
    init(_ environment: OVFEnvironment, deployment: Topology?) {
        self.environment = environment
        let (opened, files, problems) = FirstBoot.openBundle(environment)
        var machine = opened
        let topology = deployment ?? Topology(machine)
        self.deployment = topology
        // A machine that is not there yet has those of its deployment option.
        if deployment != nil || machine.adapters.isEmpty { machine.adapters = Self.adapters(topology) }
        // What lies on this machine is not the other's.
        diagnostics = SourceOptions.settings(machine, Root("/nonexistent"), restoring: files).diagnostics + problems
    }

    var isRefused: Bool { diagnostics.contains { $0.severity == .error } }

    /// vSphere's first three places for adapters, in the order of the roles.
    static func adapters(_ deployment: Topology) -> [OVFAdapter] {
        deployment.roles.enumerated().map { index, role in
            OVFAdapter(mac: "00:50:56:00:00:0\(index + 1)", network: role.networkName, unitNumber: 7 + index)
        }
    }

    /// Where the adapters of the properties are connected.
    var portGroups: [InterfaceRole: String] {
        Dictionary(
            zip(deployment.roles, environment.adaptersInOrder.map { $0.network }).filter { !$0.1.isEmpty },
            uniquingKeysWith: { first, _ in first }
        )
    }

    // MARK: Properties

    /// Those that the deployment option has, in the order of the schema.
    var properties: [PropertyDefinition] {
        PropertySchema.properties.filter { property in
            // One that is set all the same is told of by the checks, or does nothing.
            deployment == .frontend || !property.key.rawValue.hasPrefix("network.frontend_")
        }
    }

    /// The value as vSphere takes it, the default for one that is not set.
    func value(_ property: PropertyDefinition) -> String {
        isSet(property.key) ? typed(property) : property.defaultValue
    }

    /// Those that are set, in the order of the schema.
    var given: [(property: PropertyDefinition, value: String)] {
        PropertySchema.properties.filter { isSet($0.key) }.map { ($0, typed($0)) }
    }

    func isSet(_ key: PropertyKey) -> Bool { environment[key.rawValue]?.text != nil }

    private func typed(_ property: PropertyDefinition) -> String {
        let text = environment[property.key.rawValue]?.value ?? ""
        guard property.kind == .boolean else { return text }
        switch text.lowercased() {
        case "true", "yes", "1": return "True"
        case "false", "no", "0": return "False"
        default: return text
        }
    }
}
