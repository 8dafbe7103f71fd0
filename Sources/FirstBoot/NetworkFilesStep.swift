internal import Addresses
internal import Appliance
internal import Diagnostics
internal import NetworkFiles

/// `/etc/vmware/*.cfg` and `/etc/appliance-net/appliance.toml`; everything else is made from these.
struct NetworkFilesStep: FirstBootStep {
    let name = "network files"

    func run(_ context: FirstBootContext) throws -> [String] {
        let files = Self.configuration(context.settings)
        return try context.write(RouteTablesFile.path, files.routeTables.text)
            + context.write(AnyIPRoutesFile.path, files.anyIPRoutes.text)
            + context.write(WorkloadNetworksFile.path, files.workloadNetworks.text)
            + context.write(ApplianceFile.path, files.appliance.text) { Self.keep($0, in: files.appliance) }
    }

    /// The settings out of the properties, with those of the file in place that no property is for.
    private static func keep(_ text: String, in settings: ApplianceFile) -> String? {
        let former = ApplianceFile.parse(text)
        guard !former.diagnostics.hasErrors else { return nil }
        var kept = settings
        kept.api = former.value.api
        kept.guardPolicy = former.value.guardPolicy
        kept.recovery = former.value.recovery
        kept.certificates = former.value.certificates
        if let target = settings.recovery.target { kept.recovery.target = target }
        if let keyType = settings.certificates.keyType { kept.certificates.keyType = keyType }
        return kept.text
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
            let hasDefaultRoute6 = role == .management && interface.address6 != nil
            named.append(
                ApplianceFile.Interface(
                    role: role,
                    mac: mac,
                    address: interface.address,
                    gateway: hasDefaultRoute ? interface.gateway : nil,
                    address6: interface.address6,
                    gateway6: hasDefaultRoute6 ? interface.gateway6 : nil,
                    mtu: interface.mtu
                )
            )
            guard let table = tables[role] else { continue }
            for (address, gateway) in interface.addresses {
                func entry(_ gateway: IPAddress?) -> RouteTablesFile.Entry {
                    RouteTablesFile.Entry(
                        table: table,
                        name: role.rawValue,
                        mac: mac,
                        network: address,
                        gateway: gateway
                    )
                }
                if let gateway { entries.append(entry(gateway)) }
                entries.append(entry(nil))
            }
        }
        var appliance = ApplianceFile(
            system: ApplianceFile.System(
                hostname: network.hostname,
                nameservers: network.nameservers,
                searchDomains: network.searchDomains,
                ntpServers: network.ntpServers
            ),
            certificates: ApplianceFile.Certificates(keyType: settings.appliance.keyType),
            interfaces: named
        )
        appliance.recovery.target = settings.recovery.target
        return NetworkConfiguration(
            routeTables: RouteTablesFile(entries: entries),
            anyIPRoutes: AnyIPRoutesFile(ranges: settings.loadBalance.serviceRanges),
            workloadNetworks: WorkloadNetworksFile(networks: network.additionalWorkloadNetworks),
            appliance: appliance
        )
    }
}
