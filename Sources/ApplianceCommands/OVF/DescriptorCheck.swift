internal import Addresses
internal import Appliance
internal import Diagnostics
internal import OVF

/// Whether the machine of a descriptor is one that first boot understands: its networks and adapters in their order, its
/// deployment options, the properties that it asks for.
struct DescriptorCheck {
    private let descriptor: OVFDescriptor
    private var found: [Diagnostic] = []

    static func problems(_ descriptor: OVFDescriptor) -> [Diagnostic] {
        var check = DescriptorCheck(descriptor: descriptor)
        check.checkTransport()
        for deployment in [Topology.default, .frontend] { check.checkDeployment(deployment) }
        for property in descriptor.properties { check.check(property) }
        check.checkMissing()
        return check.found
    }

    private init(descriptor: OVFDescriptor) { self.descriptor = descriptor }

    private mutating func report(
        _ severity: Diagnostic.Severity = .error,
        at position: SourcePosition?,
        _ message: String,
        remedy: String
    ) {
        found.append(descriptor.diagnostic(severity, at: position, message, remedy: remedy))
    }

    private mutating func checkTransport() {
        guard let hardware = descriptor.hardware,
            !descriptor.transports.contains(where: { ["com.vmware.guestInfo", "iso"].contains($0) })
        else { return }
        report(
            at: hardware,
            "the machine is not given its properties",
            remedy: "write ovf:transport=\"com.vmware.guestInfo iso\""
        )
    }

    private mutating func checkDeployment(_ deployment: Topology) {
        let name = deployment.rawValue
        guard let option = descriptor.configurations.first(where: { $0.id == name }) else {
            return report(
                at: nil,
                "there is no deployment option \(name)",
                remedy: "add it to DeploymentOptionSection"
            )
        }
        let adapters = descriptor.items.filter { item in
            item.kind == OVFDescriptor.Item.ethernetAdapter
                && (item.configurations.isEmpty || item.configurations.contains(name))
        }.sorted { ($0.addressOnParent ?? .max, $0.position) < ($1.addressOnParent ?? .max, $1.position) }
        let roles = deployment.roles
        for (index, (adapter, role)) in zip(adapters, roles).enumerated() where adapter.connection != role.networkName {
            report(
                at: adapter.position,
                "adapter \(index + 1) of the deployment option \(name) is on \(adapter.connection ?? "no network"), and "
                    + "first boot takes it for \(role.rawValue)",
                remedy: "connect it to \(role.networkName)"
            )
        }
        if adapters.count != roles.count {
            report(
                at: option.position,
                "the deployment option \(name) has \(adapters.count) adapters, and not \(roles.count)",
                remedy: "give it one each for \(roles.map { $0.networkName }.joined(separator: ", "))"
            )
        }
    }

    // MARK: Properties

    private mutating func check(_ property: OVFDescriptor.Property) {
        guard let known = PropertyKey(rawValue: property.key).flatMap({ PropertySchema[$0] }) else {
            let nearest = PropertySchema.nearest(to: property.key).map { "did you mean \($0.rawValue)?" }
            return report(
                .warning,
                at: property.position,
                "first boot does not know the property \(property.key)",
                remedy: nearest ?? "remove it, or use the appliance-net of that package"
            )
        }
        let types = Self.types(known.kind)
        if !types.contains(property.type) {
            report(
                at: property.position,
                "\(property.key) is of type \(property.type)",
                remedy: "write ovf:type=\"\(types[0])\""
            )
        }
        if [.password, .passphrase].contains(known.kind), !property.isPassword {
            report(at: property.position, "\(property.key) is shown in clear", remedy: "write ovf:password=\"true\"")
        }
        if !property.isConfigurable {
            report(
                at: property.position,
                "\(property.key) cannot be set",
                remedy: "write ovf:userConfigurable=\"true\""
            )
        }
    }

    private static func types(_ kind: PropertyDefinition.Kind) -> [String] {
        switch kind {
        case .boolean: ["boolean"]
        case .port: ["int", "uint16", "uint32", "string"]
        default: ["string"]
        }
    }

    /// A package of another version asks for less.
    private mutating func checkMissing() {
        for key in PropertyKey.allCases where !descriptor.properties.contains(where: { $0.key == key.rawValue }) {
            report(
                .warning,
                at: nil,
                "the descriptor does not ask for \(key.rawValue)",
                remedy: "add it to its ProductSection, or use the appliance-net of that package"
            )
        }
    }
}
