import Addresses
import Diagnostics

/// The files as they were read, and the checks of one against another.
struct ParsedNetworkFiles: Sendable {
    var routeTables: ParsedFile<RouteTablesFile>
    var anyIPRoutes: ParsedFile<AnyIPRoutesFile>
    var workloadNetworks: ParsedFile<WorkloadNetworksFile>
    var appliance: ParsedFile<ApplianceFile>

    var configuration: NetworkConfiguration {
        NetworkConfiguration(
            routeTables: routeTables.value,
            anyIPRoutes: anyIPRoutes.value,
            workloadNetworks: workloadNetworks.value,
            appliance: appliance.value
        )
    }

    /// Problems of each file, then of the files together.
    var diagnostics: [Diagnostic] {
        routeTables.diagnostics + anyIPRoutes.diagnostics + workloadNetworks.diagnostics + appliance.diagnostics
            + rangeProblems + workloadNetworkProblems + addressProblems
    }

    /// A range that holds an address somebody else must answer for takes that address away from them.
    private var rangeProblems: [Diagnostic] {
        var taken: [(address: IPAddress, what: String)] = []
        for entry in routeTables.value.entries {
            let place = "of table \(entry.table.value) (\(entry.name.value))"
            if let own = entry.ownAddress { taken.append((own, "the appliance's own address \(own) \(place)")) }
            if let gateway = entry.gateway { taken.append((gateway.value, "the gateway \(gateway.value) \(place)")) }
        }
        for interface in appliance.value.interfaces {
            let place = "of [interface.\(interface.role.rawValue)]"
            for own in interface.addresses.map({ $0.value.address }) {
                taken.append((own, "the appliance's own address \(own) \(place)"))
            }
            for gateway in interface.gateways.map({ $0.value }) {
                taken.append((gateway, "the gateway \(gateway) \(place)"))
            }
        }
        return anyIPRoutes.value.ranges.flatMap { range -> [Diagnostic] in
            var seen: Set<IPAddress> = []
            return taken.filter { range.value.contains($0.address) && seen.insert($0.address).inserted }.map {
                anyIPRoutes.source.diagnostic(
                    at: range.position,
                    "range \(range.value) contains \($0.what)",
                    remedy: "choose a range without it, or split the range around it"
                )
            }
        }
    }

    private var workloadNetworkProblems: [Diagnostic] { missingWorkloadTable + strandedManagement }

    /// A rule that sends the management network's traffic to the workload gateway cuts everybody off.
    private var strandedManagement: [Diagnostic] {
        guard let management = appliance.value[.management]?.address?.value.network else { return [] }
        return workloadNetworks.value.networks.filter { $0.value.overlaps(management) }.map {
            workloadNetworks.source.diagnostic(
                at: $0.position,
                "\($0.value) overlaps \(management), the network of [interface.management]",
                remedy: "give only networks that lie behind the workload gateway"
            )
        }
    }

    private var missingWorkloadTable: [Diagnostic] {
        guard let first = workloadNetworks.value.networks.first,
            !routeTables.value.entries.contains(where: { $0.isWorkload })
        else { return [] }
        return [
            workloadNetworks.source.diagnostic(
                at: first.position,
                "there is no table named workload to route additional workload networks by",
                remedy: "add the workload network to \(RouteTablesFile.path), or remove the networks here"
            )
        ]
    }

    /// The same interface must not have one address here and another there.
    private var addressProblems: [Diagnostic] {
        routeTables.value.entries.compactMap { entry in
            let network = entry.network.value
            guard let own = entry.ownAddress,
                let interface = appliance.value.interfaces.first(where: { $0.mac.value == entry.mac.value }),
                let address = interface.addresses.map({ $0.value }).first(where: { $0.address.family == own.family }),
                address != network
            else { return nil }
            return routeTables.source.diagnostic(
                at: entry.network.position,
                "\(network) is not the address of [interface.\(interface.role.rawValue)], which is \(address)",
                remedy: "make \(appliance.source.file) and this line say the same"
            )
        }
    }
}

extension RouteTablesFile.Entry {
    /// The table that additional workload networks are routed by.
    public var isWorkload: Bool {
        name.value == InterfaceRole.workload.rawValue
            || name.value == RouteTablesFile.namePrefix + InterfaceRole.workload.rawValue
    }
}
