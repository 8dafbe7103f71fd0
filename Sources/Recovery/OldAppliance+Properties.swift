internal import Addresses
internal import Appliance
internal import Diagnostics
internal import FoundationEssentials
internal import NetworkFiles

extension FileSet {
    /// Adds what the properties of the appliance that we succeed said, as far as its files tell: for the one that takes its
    /// place they are what it was made of, where nothing is typed anew.
    mutating func addOldProperties() throws {
        var values: [PropertyKey: String] = [:]
        let ranges = AnyIPRoutesFile.parse(text(AnyIPRoutesFile.path) ?? "").value.ranges
        values[.serviceRanges] = ranges.flatMap { $0.value.networks }.map { "\($0)" }.joined(separator: ",")
        let networks = WorkloadNetworksFile.parse(text(WorkloadNetworksFile.path) ?? "").value.networks
        values[.additionalWorkloadNetworks] = networks.map { "\($0.value)" }.joined(separator: ",")
        let keys: [String: (address: PropertyKey, gateway: PropertyKey)] = [
            "workload": (.workloadAddress, .workloadGateway), "frontend": (.frontendAddress, .frontendGateway),
        ]
        for entry in RouteTablesFile.parse(text(RouteTablesFile.path) ?? "").value.entries {
            guard let gateway = entry.gateway, let keys = keys[entry.name.value] else { continue }
            values[keys.address] = "\(entry.network.value)"
            values[keys.gateway] = "\(gateway.value)"
        }
        let said = values.filter { !$0.value.isEmpty }.map { ($0.key.rawValue, $0.value) }
        let encoder = JSONEncoder()
        // The same files are the same bytes.
        encoder.outputFormatting = [.sortedKeys]
        let text = try encoder.encode(Dictionary(uniqueKeysWithValues: said))
        self[ApplianceFiles.stateDirectory] = SavedFile(ApplianceFiles.stateDirectory, .directory, mode: 0o700)
        self[ApplianceFiles.properties] = SavedFile(ApplianceFiles.properties, .file, Array(text), mode: 0o600)
    }
}
