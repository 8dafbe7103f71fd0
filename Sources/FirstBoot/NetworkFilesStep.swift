internal import Addresses
internal import Appliance
internal import NetworkFiles

/// `/etc/vmware/*.cfg`, `/etc/appliance-net/appliance.toml` and iproute2's names.
struct NetworkFilesStep: FirstBootStep {
    let name = "network files"

    func run(_ context: FirstBootContext) throws -> [String] {
        let files = Self.configuration(context.settings)
        return try context.write(RouteTablesFile.path, files.routeTables.text)
            + context.write(AnyIPRoutesFile.path, files.anyIPRoutes.text)
            + context.write(WorkloadNetworksFile.path, files.workloadNetworks.text)
            + context.write(ApplianceFile.path, files.appliance.text)
            + context.write(IPRoute2Names.tablesPath, IPRoute2Names.tables(files.routeTables))
            + context.write(IPRoute2Names.protocolsPath, IPRoute2Names.protocols)
    }

    /// The tables of the appliance we succeed: 2 is the workload's, 3 the frontend's.
    static func configuration(_ settings: Settings) -> NetworkConfiguration {
        let network = settings.network
        let tables: [InterfaceRole: Int] = [.workload: 2, .frontend: 3]
        var entries: [RouteTablesFile.Entry] = []
        var named: [ApplianceFile.Interface] = []
        for (role, interface) in network.interfaces {
            guard let mac = interface.mac else { continue }
            // A gateway without an address waits for the address: DHCP gives both.
            let hasDefaultRoute = role == .management && interface.address != nil
            named.append(
                ApplianceFile.Interface(
                    role: role,
                    mac: mac,
                    address: interface.address,
                    gateway: hasDefaultRoute ? interface.gateway : nil
                )
            )
            guard let table = tables[role], let address = interface.address else { continue }
            func entry(_ gateway: IPAddress?) -> RouteTablesFile.Entry {
                RouteTablesFile.Entry(table: table, name: role.rawValue, mac: mac, network: address, gateway: gateway)
            }
            if let gateway = interface.gateway { entries.append(entry(gateway)) }
            entries.append(entry(nil))
        }
        return NetworkConfiguration(
            routeTables: RouteTablesFile(entries: entries),
            anyIPRoutes: AnyIPRoutesFile(ranges: settings.loadBalance.serviceRanges),
            workloadNetworks: WorkloadNetworksFile(networks: network.additionalWorkloadNetworks),
            appliance: ApplianceFile(interfaces: named)
        )
    }
}
