public import Addresses
import Diagnostics
public import Leases

extension NetworkConfiguration {
    /// With what the interfaces without an address were given. Leases of others are left out, and what cannot be had:
    /// ``leaseProblems`` says why.
    ///
    /// - Parameters:
    ///   - leases: What is known.
    ///   - now: Seconds of `LeaseClock`.
    public func leased(_ leases: Leases, at now: Int64 = LeaseClock.now) -> NetworkConfiguration {
        var result = self
        var check = LeaseCheck(self)
        for index in appliance.interfaces.indices {
            let interface = appliance.interfaces[index]
            result.appliance.interfaces[index].leased = nil
            guard interface.usesDHCP else { continue }
            let given = leases.settings(interface.role, mac: interface.mac.value, at: now)
            guard let given else { continue }
            let families = leases.families(interface.role, mac: interface.mac.value)
            let settings = check.admitted(given, to: interface)
            let former = leases.former(interface.role, mac: interface.mac.value, at: now)
            result.appliance.interfaces[index].leased =
                LeasedNetwork(settings: settings, families: families, former: former)
        }
        result.leaseProblems = check.problems
        return result
    }

    /// The lines of route-tables.cfg, then those that leases stand for: a table for each interface but management that
    /// the file says nothing of.
    public var tables: [RouteTablesFile.Entry] {
        var entries = routeTables.entries
        for interface in appliance.interfaces where interface.role != .management {
            guard let settings = interface.leased?.settings, let table = table(of: interface) else { continue }
            let written = Set(
                routeTables.entries.filter { $0.mac.value == interface.mac.value }
                    .map { $0.network.value.address.family }
            )
            for address in settings.addresses where !written.contains(address.address.family) {
                func entry(_ gateway: IPAddress?) -> RouteTablesFile.Entry {
                    RouteTablesFile.Entry(
                        table: table,
                        name: interface.role.rawValue,
                        mac: interface.mac.value,
                        network: address,
                        gateway: gateway
                    )
                }
                if let gateway = settings.gateways.first(where: { $0.family == address.address.family }) {
                    entries.append(entry(gateway))
                }
                entries.append(entry(nil))
            }
        }
        return entries
    }

    /// The number of an interface's table: the one of its lines in route-tables.cfg, the usual one, or the first that is
    /// free.
    public func table(of interface: ApplianceFile.Interface) -> Int? {
        let entries = routeTables.entries
        if let own = entries.first(where: { $0.mac.value == interface.mac.value }) { return own.table.value }
        let usual: [InterfaceRole: Int] = [.workload: 2, .frontend: 3]
        let taken = Set(entries.map { $0.table.value } + usual.filter { $0.key != interface.role }.map { $0.value })
        return ([usual[interface.role]].compactMap { $0 } + Array(2...250)).first { !taken.contains($0) }
    }

    /// Those of appliance.toml; else those that management was given; else those of the next interface that was given any.
    public var nameservers: [IPAddress] {
        let written = appliance.system.nameservers.map { $0.value }
        // More than three nobody asks (resolv.conf(5)).
        return written.isEmpty ? Array(given(\.nameservers).prefix(3)) : written
    }

    /// As ``nameservers``.
    public var searchDomains: [String] {
        let written = appliance.system.searchDomains.map { $0.value }
        return written.isEmpty ? given(\.searchDomains) : written
    }

    /// As ``nameservers``.
    public var ntpServers: [String] {
        let written = appliance.system.ntpServers.map { $0.value }
        return written.isEmpty ? given(\.ntpServers) : written
    }

    private func given<Value>(_ list: KeyPath<LeasedSettings, [Value]>) -> [Value] {
        appliance.interfaces.lazy.compactMap { $0.leased?.settings[keyPath: list] }.first { !$0.isEmpty } ?? []
    }
}

/// What an interface was given.
public struct LeasedNetwork: Sendable, Hashable {
    public var settings: LeasedSettings
    /// Families of which something is known, if only that nothing is given.
    public var families: Set<IPAddress.Family>
    /// The networks that it was in by leases that have ended.
    public var former: [IPNetwork]

    public init(settings: LeasedSettings, families: Set<IPAddress.Family>, former: [IPNetwork] = []) {
        self.settings = settings
        self.families = families
        self.former = former
    }
}
