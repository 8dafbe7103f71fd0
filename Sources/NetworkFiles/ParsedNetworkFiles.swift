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
            + rangeProblems + workloadNetworkProblems + addressProblems + borrowedNetworks
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
        // Sorted, so that thousands of ranges are not compared with thousands of addresses; of one address the first.
        var seen: Set<IPAddress> = []
        taken = taken.filter { seen.insert($0.address).inserted }.sorted { $0.address < $1.address }
        return anyIPRoutes.value.ranges.flatMap { range -> [Diagnostic] in
            let start = taken.firstAtOrAfter(range.value.first) { $0.address }
            return taken[start...].prefix { range.value.contains($0.address) }.map {
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
        let management = appliance.value[.management]?.addresses.map { $0.value.network } ?? []
        return workloadNetworks.value.networks.filter { $0.value.isUnicast }.compactMap { network in
            guard let own = management.first(where: { network.value.overlaps($0) }) else { return nil }
            return workloadNetworks.source.diagnostic(
                at: network.position,
                "\(network.value) overlaps \(own), the network of [interface.management]",
                remedy: "give only networks that lie behind the workload gateway"
            )
        }
    }

    private var missingWorkloadTable: [Diagnostic] {
        guard let first = workloadNetworks.value.networks.first,
            !routeTables.value.entries.contains(where: { $0.isWorkload }),
            // A lease brings the table.
            appliance.value[.workload]?.usesDHCP != true
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

    /// A rule from another interface's network sends that one's replies out of the wrong door: where it is
    /// management's, nobody gets in any more.
    private var borrowedNetworks: [Diagnostic] {
        routeTables.value.entries.compactMap { entry in
            let network = entry.network.value.network
            for interface in appliance.value.interfaces where interface.mac.value != entry.mac.value {
                for address in interface.addresses where address.value.network.overlaps(network) {
                    return routeTables.source.diagnostic(
                        at: entry.network.position,
                        "\(network) overlaps \(address.value.network), the network of "
                            + "[interface.\(interface.role.rawValue)]",
                        remedy: "give the MAC address of the interface that is connected to the network"
                    )
                }
            }
            return nil
        }
    }
}

extension RouteTablesFile.Entry {
    /// The table that additional workload networks are routed by.
    public var isWorkload: Bool { isNamed(.workload) }
    /// The table by which answers to clients leave.
    public var isFrontend: Bool { isNamed(.frontend) }

    private func isNamed(_ role: InterfaceRole) -> Bool {
        name.value == role.rawValue || name.value == RouteTablesFile.namePrefix + role.rawValue
    }
}

extension Array {
    /// Where the first element stands whose key is not before `key`; the elements are in the order of their keys.
    fileprivate func firstAtOrAfter<Key: Comparable>(_ key: Key, _ keyOf: (Element) -> Key) -> Int {
        var bounds = 0..<count
        while let low = bounds.first {
            let middle = low + bounds.count / 2
            bounds = keyOf(self[middle]) < key ? middle + 1..<bounds.upperBound : low..<middle
        }
        return bounds.lowerBound
    }
}
