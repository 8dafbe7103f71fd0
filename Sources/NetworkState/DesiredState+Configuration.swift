public import Addresses
import Diagnostics
import Guard
import Netlink
import Leases
public import NetworkFiles

extension DesiredState {
    /// What the files ask for.
    public init(_ configuration: NetworkConfiguration) {
        // A file that was lost or cut short must not take the management address away.
        let management = configuration.appliance[.management]
        // Where DHCP is to give it, the one there is stays until something is known.
        let known = management?.usesDHCP == true ? management?.leased?.families ?? [] : []
        if management?.address == nil, !known.contains(.v4) { keptBase.insert(.v4) }
        if management?.addresses.isEmpty ?? true, !known.contains(.v6) { keptBase.insert(.v6) }
        addInterfaces(configuration)
        addManagementRoute(configuration)
        for entry in configuration.tables { addTable(entry) }
        addLeasedRoutes(configuration)
        addRangeRules(configuration)
        addWorkloadNetworks(configuration)
        for range in configuration.anyIPRoutes.ranges {
            // AnyIP: the kernel takes every address of the range for its own.
            for network in range.value.networks {
                let route = Route(network, table: .local, type: .local, scope: .host)
                let isWhole = AddressRange(network) == range.value
                routes.append(DesiredRoute(interface: .loopback, route: route, range: isWhole ? nil : range.value))
            }
        }
        routes = routes.withoutDuplicates { $0.route.key }
        rules = rules.withoutDuplicates { $0.key }
        addFiles(configuration)
        guardSettings = GuardSettings(configuration)
    }

    /// Virtual addresses outside every range, each of which has a route of its own.
    public mutating func add(own addresses: Set<IPAddress>) {
        if addresses.isEmpty { return }
        routes += addresses.sorted().map { address in
            let route = Route(IPNetwork(address), table: .local, type: .local, scope: .host)
            return DesiredRoute(interface: .loopback, route: route)
        }
        routes = routes.withoutDuplicates { $0.route.key }
    }

    private mutating func addInterfaces(_ configuration: NetworkConfiguration) {
        let routed = Set(configuration.tables.map { $0.mac.value })
        for interface in configuration.appliance.interfaces {
            // A changed address leaves the old one's network without a gap only if the new one is promoted in time.
            var sysctls = ["promote_secondaries": "1"]
            // Strict reverse-path filtering looks at the main table and would drop what policy routing allows.
            if interface.role != .management || routed.contains(interface.mac.value) { sysctls["rp_filter"] = "2" }
            // The kernel would set addresses, and default routes on every interface, beside those that we know of.
            if interface.usesDHCP { sysctls["accept_ra"] = "0" }
            interfaces.append(
                Interface(
                    mac: interface.mac.value,
                    role: interface.role,
                    addresses: interface.addresses.map { $0.value },
                    mtu: interface.mtu?.value ?? interface.leased?.settings.mtu,
                    sysctls: sysctls
                )
            )
        }
        for entry in configuration.routeTables.entries
        where !interfaces.contains(where: { $0.mac == entry.mac.value }) {
            interfaces.append(
                Interface(mac: entry.mac.value, role: nil, addresses: [], mtu: nil, sysctls: ["rp_filter": "2"])
            )
        }
    }

    private mutating func addManagementRoute(_ configuration: NetworkConfiguration) {
        guard let management = configuration.appliance[.management] else { return }
        for gateway in management.gateways.map({ $0.value }) {
            guard let any = IPNetwork(containing: gateway, prefixLength: 0) else { continue }
            add(Route(any, origin: .applianceBase, gateway: gateway), on: .mac(management.mac.value))
        }
    }

    /// Classless static routes: those of management in the main table, those of the others in their own table only.
    private mutating func addLeasedRoutes(_ configuration: NetworkConfiguration) {
        problems += configuration.leaseProblems.map { Problem(.address, $0.message, remedy: $0.remedy ?? "") }
        for interface in configuration.appliance.interfaces {
            guard let settings = interface.leased?.settings else { continue }
            let isManagement = interface.role == .management
            let table = isManagement ? 254 : configuration.table(of: interface)
            guard let table else { continue }
            for given in settings.routes {
                let source = settings.addresses.first { $0.address.family == given.destination.family }?.address
                let route = Route(
                    given.destination,
                    table: RouteTable(UInt32(table)),
                    scope: given.gateway == nil ? .link : .universe,
                    origin: isManagement ? .applianceBase : .applianceNet,
                    gateway: given.gateway,
                    preferredSource: given.gateway == nil ? source : nil
                )
                add(route, on: .mac(interface.mac.value))
            }
        }
    }

    private mutating func addTable(_ entry: RouteTablesFile.Entry) {
        let table = RouteTable(UInt32(entry.table.value))
        let network = entry.network.value.network
        tables.insert(table)
        guard let gateway = entry.gateway?.value else {
            let connected = Route(network, table: table, scope: .link, preferredSource: entry.ownAddress)
            add(connected, on: .mac(entry.mac.value))
            return
        }
        if let any = IPNetwork(containing: gateway, prefixLength: 0) {
            add(Route(any, table: table, gateway: gateway), on: .mac(entry.mac.value))
        }
        add(from: network, to: table)
    }

    /// Replies from a range that no table's network holds would leave by management.
    private mutating func addRangeRules(_ configuration: NetworkConfiguration) {
        for network in configuration.anyIPRoutes.ranges.flatMap({ $0.value.networks }) {
            switch configuration.replyWay(of: network) {
            case .table(let table): add(from: network, to: RouteTable(UInt32(table)))
            case .awaiting(_, let table):
                rules.append(Rule(unreachable: network, priority: RulePriority.from(table: table)))
            case nil: continue
            }
        }
    }

    private mutating func addWorkloadNetworks(_ configuration: NetworkConfiguration) {
        for (index, network) in configuration.workloadNetworks.networks.enumerated() {
            guard let entry = configuration.tables.first(where: { $0.isWorkload }) else { return }
            rules.append(
                Rule(
                    family: network.value.family,
                    priority: RulePriority.to(index: index),
                    to: network.value,
                    table: RouteTable(UInt32(entry.table.value))
                )
            )
        }
    }

    private mutating func add(_ route: Route, on interface: InterfaceReference) {
        routes.append(DesiredRoute(interface: interface, route: route))
    }

    private mutating func add(from network: IPNetwork, to table: RouteTable) {
        rules.append(
            Rule(
                family: network.family,
                priority: RulePriority.from(table: Int(table.rawValue)),
                from: network,
                table: table
            )
        )
    }
}

extension Array where Element: Hashable {
    /// The first of each, in order. Elements are compared only where their keys are the same.
    fileprivate func withoutDuplicates<Key: Hashable>(_ key: (Element) -> Key) -> [Element] {
        var seen: Set<Key> = []
        var repeated: Set<Key> = []
        for element in self where !seen.insert(key(element)).inserted { repeated.insert(key(element)) }
        if repeated.isEmpty { return self }
        var known: Set<Element> = []
        return filter { !repeated.contains(key($0)) || known.insert($0).inserted }
    }
}
