import Addresses
import Diagnostics
import Leases

/// What files are refused for, of leases: a server's word must not take an address away from others, or the admin's way
/// in.
struct LeaseCheck {
    private let configuration: NetworkConfiguration
    /// Networks that are in use, with whose they are.
    private var taken: [(network: IPNetwork, what: String)]
    private(set) var problems: [Diagnostic] = []

    init(_ configuration: NetworkConfiguration) {
        self.configuration = configuration
        taken = configuration.appliance.interfaces.flatMap { interface in
            // Not those of an earlier lease.
            [interface.address, interface.address6].compactMap { $0 }.map {
                ($0.value.network, "the network of [interface.\(interface.role.rawValue)]")
            }
        }
        taken += configuration.routeTables.entries.map { entry in
            (entry.network.value.network, "the network of table \(entry.table.value) (\(entry.name.value))")
        }
    }

    /// What of `settings` the interface can have.
    mutating func admitted(_ settings: LeasedSettings, to interface: ApplianceFile.Interface) -> LeasedSettings {
        var result = settings
        result.addresses = settings.addresses.filter { address in
            guard let why = problem(address, interface) else { return true }
            report(interface, "the leased address \(address) is not used: \(why)")
            return false
        }
        for address in result.addresses {
            taken.append((address.network, "the leased network of \(interface.role.rawValue)"))
        }
        result.gateways = settings.gateways.filter { gateway in
            guard let why = problem(gateway, result.addresses) else { return true }
            report(interface, "the leased gateway \(gateway) is not used: \(why)")
            return false
        }
        result.routes = settings.routes.filter { route in
            guard let why = problem(route, interface, result.addresses) else { return true }
            report(interface, "the leased route to \(route.destination) is not used: \(why)")
            return false
        }
        if let mtu = result.mtu, mtu < MTU.leastForIPv6, result.addresses.contains(where: { $0.address.family == .v6 })
        {
            result.mtu = nil
            report(interface, "the leased MTU \(mtu) is not used: it is too small for IPv6")
        }
        return result
    }

    private mutating func report(_ interface: ApplianceFile.Interface, _ message: String) {
        problems.append(
            Diagnostic(
                .error,
                "\(interface.role.rawValue): " + message,
                remedy: "correct the server, or write address in [interface.\(interface.role.rawValue)]"
            )
        )
    }

    private func range(_ address: IPAddress) -> String? {
        configuration.anyIPRoutes.ranges.first { $0.value.contains(address) }.map {
            "the range \($0.value) of virtual addresses contains it"
        }
    }

    private func problem(_ address: InterfaceAddress, _ interface: ApplianceFile.Interface) -> String? {
        if let why = ApplianceFile.addressProblem(address) ?? range(address.address) { return why }
        let own = configuration.routeTables.entries.filter { $0.mac.value == interface.mac.value }
        let others = taken.filter { other in !own.contains { $0.network.value.network == other.network } }
        if let other = others.first(where: { $0.network.overlaps(address.network) }) {
            return "it overlaps \(other.network), \(other.what)"
        }
        guard interface.role == .management else { return nil }
        return configuration.workloadNetworks.networks.first { $0.value.overlaps(address.network) }.map {
            "it overlaps the additional workload network \($0.value)"
        }
    }

    private func problem(_ gateway: IPAddress, _ addresses: [InterfaceAddress]) -> String? {
        if let why = range(gateway) { return why }
        let same = addresses.filter { $0.address.family == gateway.family }
        let reasons = same.map { gatewayProblem(gateway, of: $0)?.message }
        // Good for one of the addresses is good.
        return reasons.contains(nil) ? nil : reasons.first ?? "there is no address of its family"
    }

    /// In the main table it must not take traffic from the other interfaces.
    private func problem(
        _ route: LeasedSettings.Route,
        _ interface: ApplianceFile.Interface,
        _ addresses: [InterfaceAddress]
    ) -> String? {
        let own = Set(addresses.map { $0.network })
        if let gateway = route.gateway {
            if let why = problem(gateway, addresses) { return why }
        } else if addresses.isEmpty {
            return "there is no address"
        }
        guard interface.role == .management else { return nil }
        if let other = taken.first(where: { !own.contains($0.network) && $0.network.overlaps(route.destination) }) {
            return "it overlaps \(other.network), \(other.what)"
        }
        let range = configuration.anyIPRoutes.ranges.first {
            $0.value.networks.contains { $0.overlaps(route.destination) }
        }
        return range.map { "it overlaps the range \($0.value) of virtual addresses" }
    }
}
