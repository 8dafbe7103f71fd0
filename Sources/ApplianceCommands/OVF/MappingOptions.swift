internal import Appliance
internal import Addresses
internal import ArgumentParser
internal import OVF

/// What of a deployment is not in the properties.
struct MappingOptions: ParsableArguments {
    @Option(
        name: .long,
        help: ArgumentHelp(
            "The port group of a network: Management, Workload or Frontend; else that of the adapters in the properties, else one of the same name.",
            valueName: "network=port group"
        ),
        transform: Self.mapping
    )
    var network: [Mapping] = []

    @Option(name: .long, help: ArgumentHelp("The machine's name in the inventory.", valueName: "name"))
    var name: String?

    @Flag(name: .long, help: "Power the machine on when it is deployed.")
    var powerOn = false

    struct Mapping: Hashable {
        var role: InterfaceRole
        var portGroup: String
    }

    func validate() throws {
        if Set(network.map { $0.role }).count < network.count {
            throw ValidationError("--network: a network has one port group.")
        }
    }

    /// The machine that the properties make. A port group for the frontend network asks for that network, as an address
    /// there does: it is not dropped.
    func machine(_ environment: OVFEnvironment, deployment: Topology?) throws -> PlannedMachine {
        let asked = PlannedMachine(environment, deployment: deployment)
        guard asked.deployment == .default, network.contains(where: { $0.role == .frontend }) else { return asked }
        if deployment != nil {
            throw ValidationError(
                "--network Frontend=…: the deployment option default has no such network; give --deployment frontend."
            )
        }
        guard environment.adapters.isEmpty else {
            throw ValidationError(
                "--network Frontend=…: the properties name \(environment.adapters.count) adapters, and none for it; give --deployment frontend."
            )
        }
        return PlannedMachine(environment, deployment: .frontend, because: "--network gives Frontend a port group")
    }

    /// Networks of the descriptor with their port groups, in order.
    func networks(of machine: PlannedMachine) -> [(name: String, portGroup: String)] {
        machine.deployment.roles.map { role in
            let named = network.first { $0.role == role }?.portGroup
            return (role.networkName, named ?? machine.portGroups[role] ?? role.networkName)
        }
    }

    private static func mapping(_ text: String) throws -> Mapping {
        let words = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let role = InterfaceRole.allCases.first { $0.networkName.lowercased() == words[0].lowercased() }
        guard words.count == 2, !words[1].isEmpty, let role else {
            throw ValidationError("Write a network as Management=PORT-GROUP, Workload=… or Frontend=….")
        }
        return Mapping(role: role, portGroup: String(words[1]))
    }
}
