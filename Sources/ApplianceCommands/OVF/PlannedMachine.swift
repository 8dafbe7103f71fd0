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
    /// Why it is that deployment option.
    private let reason: String
    /// Every problem of the properties.
    let diagnostics: [Diagnostic]
    /// Of ranges that are in no network of the deployment option.
    private let unconnected: [Diagnostic]

    /// - Parameters:
    ///   - deployment: nil for what the properties ask for.
    ///   - reason: Who has chosen it.
    init(_ environment: OVFEnvironment, deployment: Topology?, because reason: String = "--deployment says so") {
        self.environment = environment
        let (opened, files, problems) = FirstBoot.openBundle(environment)
        var machine = opened
        let asked = Topology.asked(by: machine)
        let topology = deployment ?? asked.topology
        self.deployment = topology
        self.reason = deployment == nil ? asked.reason : reason
        // A machine that is not there yet has those of its deployment option.
        if deployment != nil || machine.adapters.isEmpty { machine.adapters = Self.adapters(topology) }
        // What lies on this machine is not the other's.
        let (settings, found) = SourceOptions.settings(machine, Root("/nonexistent"), restoring: files)
        diagnostics = found + problems
        unconnected = settings.map { Self.unconnected($0, environment, topology) } ?? []
    }

    /// `deployment option default, two adapters: neither network.frontend_ip nor network.frontend_ip6 is set`.
    var summary: String {
        let count = deployment == .frontend ? "three" : "two"
        return "deployment option \(deployment.rawValue), \(count) adapters: \(reason)"
    }

    /// Where addresses of a range reach nobody unless routers are told. What a lease will bring is not known.
    private static func unconnected(
        _ settings: Settings,
        _ environment: OVFEnvironment,
        _ deployment: Topology
    ) -> [Diagnostic] {
        let serving = settings.network.interfaces.filter { $0.role != .management }.map { $0.settings }
        guard serving.allSatisfy({ !$0.addresses.isEmpty }) else { return [] }
        let networks = serving.flatMap { $0.addresses }.map { $0.address.network }
        return settings.loadBalance.serviceRanges.filter { range in
            !networks.contains { $0.overlaps(range) }
        }.map { range in
            let key = PropertyKey.serviceRanges.rawValue
            let known = networks.map { "\($0)" }.joined(separator: ", ")
            let leased =
                deployment == .default
                ? "for a frontend network with an address by DHCP give --deployment frontend; else " : ""
            return environment.diagnostic(
                .warning,
                at: environment[key]?.position,
                "\(key) = \"\(range)\": it is in no network of the deployment option \(deployment.rawValue) (\(known))",
                remedy: leased + "give a range in one of these, or have the routers send it to the appliance"
            )
        }
    }

    /// ``diagnostics`` and those of a deployment: vSphere drops a key that the descriptor does not ask for, so one that is not among
    /// `keys` either is an error. First boot only warns, since an environment may hold what is others'.
    func diagnostics(askedFor keys: Set<String>) -> [Diagnostic] {
        let unknown = environment.properties.filter { PropertyKey(rawValue: $0.key) == nil && !keys.contains($0.key) }
        var refused = environment
        refused.properties = unknown
        let warnings = Set(SettingsReader.unknownKeys(refused).map { $0.diagnostic(in: environment) })
        return diagnostics.map { diagnostic in
            guard warnings.contains(diagnostic) else { return diagnostic }
            var error = diagnostic
            error.severity = .error
            return error
        } + unconnected
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
