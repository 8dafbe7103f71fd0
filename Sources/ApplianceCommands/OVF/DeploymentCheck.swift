internal import Appliance
internal import Diagnostics
internal import OVF

/// Whether vSphere takes a set of properties for a descriptor, beyond what first boot says of them.
enum DeploymentCheck {
    static func problems(_ descriptor: OVFDescriptor, _ machine: PlannedMachine) -> [Diagnostic] {
        let deployment = machine.deployment.rawValue
        var found: [Diagnostic] = []
        func report(_ key: PropertyKey, _ message: String, remedy: String) {
            let name = key.rawValue
            // First boot says it better.
            let isTold = machine.diagnostics.contains { diagnostic in
                diagnostic.severity == .error
                    && (diagnostic.message.hasPrefix(name + ":") || diagnostic.message.hasPrefix(name + " "))
            }
            if isTold { return }
            let place = machine.environment[name]?.position
            found.append(machine.environment.diagnostic(at: place, "\(name): \(message)", remedy: remedy))
        }
        for property in PropertySchema.properties {
            let isSet = machine.isSet(property.key)
            let asked = descriptor.properties.first { asked in
                asked.key == property.key.rawValue
                    && (asked.configurations.isEmpty || asked.configurations.contains(deployment))
            }
            guard let asked else {
                guard isSet else { continue }
                report(
                    property.key,
                    "the descriptor does not ask for it in the deployment option \(deployment)",
                    remedy: "leave it empty, or take another package or deployment option"
                )
                continue
            }
            let value = isSet ? machine.environment[property.key.rawValue]?.value ?? "" : asked.value
            if let remedy = asked.remedy(for: value) {
                report(property.key, "vSphere does not take \(isSet ? "this" : "an empty") value", remedy: remedy)
            }
        }
        return found
    }
}
