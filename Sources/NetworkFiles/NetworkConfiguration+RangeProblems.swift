public import Addresses
public import Diagnostics

extension NetworkConfiguration {
    /// What speaks against a range of virtual addresses beside what makes the files wrong: for whoever adds one, and for
    /// whoever looks after those that are there.
    ///
    /// An error is a range that takes somebody's address away; a warning one that works only if something else is done.
    public func problems(ofRange range: AddressRange) -> [Diagnostic] {
        takenAddresses(range) + takenNetworks(range) + reservedAddresses(range) + unconnected(range)
    }

    private func takenAddresses(_ range: AddressRange) -> [Diagnostic] {
        appliance.system.nameservers.map { $0.value }.filter { range.contains($0) }.map {
            Diagnostic(
                .error,
                "range \(range) contains the name server \($0)",
                remedy: "choose a range without it, or split the range around it"
            )
        }
    }

    private func takenNetworks(_ range: AddressRange) -> [Diagnostic] {
        let management = appliance[.management]?.addresses.map { $0.value.network } ?? []
        let place = appliance[.frontend] == nil ? "workload" : "frontend"
        return management.filter { range.overlaps(AddressRange($0)) }.map {
            Diagnostic(
                .error,
                "range \(range) overlaps \($0), the network of [interface.management]",
                remedy: "choose a range inside the \(place) network, or one that is routed to it"
            )
        }
            + workloadNetworks.networks.map { $0.value }.filter { range.overlaps(AddressRange($0)) }.map {
                Diagnostic(
                    .error,
                    "range \(range) overlaps \($0), an additional workload network",
                    remedy: "choose a range inside the \(place) network, or one that is routed to it"
                )
            }
    }

    /// The kernel has these for itself, more precisely than any range.
    private func reservedAddresses(_ range: AddressRange) -> [Diagnostic] {
        connectedNetworks.flatMap { network -> [Diagnostic] in
            guard let broadcast = network.broadcast else { return [] }
            return [(network.first, "network"), (broadcast, "broadcast")].filter { range.contains($0.0) }.map {
                Diagnostic(
                    .warning,
                    "range \(range) contains \($0.0), the \($0.1) address of \(network)",
                    remedy: "no service can be on it: leave it out of what the control plane gives away"
                )
            }
        }
    }

    private func unconnected(_ range: AddressRange) -> [Diagnostic] {
        let networks = connectedNetworks
        guard !networks.contains(where: { AddressRange($0).overlaps(range) }), !networks.isEmpty else { return [] }
        let candidates = routeTables.entries.filter {
            $0.gateway != nil && $0.network.value.address.family == range.family
        }
        let own = candidates.first { $0.isFrontend } ?? candidates.first { $0.isWorkload }
        let target = own?.ownAddress.map { " to \($0)" } ?? " to the appliance"
        return [
            Diagnostic(
                .warning,
                "range \(range) is in no network that the appliance is connected to",
                remedy: "have the router route it\(target)"
            )
        ]
    }

    /// The networks that clients come by: all but management's.
    private var connectedNetworks: [IPNetwork] {
        var seen: Set<IPNetwork> = []
        let ofInterfaces = appliance.interfaces.filter { $0.role != .management }
            .flatMap { $0.addresses.map { $0.value.network } }
        let ofTables = routeTables.entries.map { $0.network.value.network }
        return (ofInterfaces + ofTables).filter { seen.insert($0).inserted }
    }
}
