import Addresses
import Diagnostics

/// Checks of what the addresses mean together.
struct NetworkChecks {
    private let network: NetworkSettings
    private let ranges: [IPNetwork]
    /// Every address with its role and property; those of one interface stand together.
    private let addressed: [(role: InterfaceRole, key: PropertyKey, address: InterfaceAddress)]

    static func check(_ network: NetworkSettings, ranges: [IPNetwork], _ values: inout PropertyValues) {
        let checks = NetworkChecks(
            network: network,
            ranges: ranges,
            addressed: network.interfaces.flatMap { role, settings in
                [(role.addressKey, settings.address), (role.address6Key, settings.address6)].compactMap {
                    key,
                    address in
                    address.map { (role, key, $0) }
                }
            }
        )
        for (role, settings) in network.interfaces { checks.checkInterface(role, settings, &values) }
        for role in InterfaceRole.allCases { checks.checkLoneGateway(role, &values) }
        checks.checkInterfacesAgainstEachOther(&values)
        for (index, range) in ranges.enumerated() { checks.checkRange(range, index, &values) }
        checks.checkAdditionalNetworks(&values)
    }

    // MARK: Interfaces

    private func checkInterface(_ role: InterfaceRole, _ interface: InterfaceSettings, _ values: inout PropertyValues) {
        if let address = interface.address {
            checkAddress(address, role.addressKey, role.exampleAddress, &values)
            checkGateway(interface.gateway, role.gatewayKey, of: address, role.addressKey, &values)
        } else if !values.isSet(role.addressKey), !values.isSet(role.address6Key), interface.mac == nil {
            values.report(
                role.addressKey,
                "it is not set, so \(role.rawValue) is to use DHCP, and no network adapter is given for it",
                remedy: "give an address such as \(role.exampleAddress), or connect the adapter",
                severity: .warning
            )
        }
        checkSixth(role, interface, &values)
    }

    private func checkSixth(_ role: InterfaceRole, _ interface: InterfaceSettings, _ values: inout PropertyValues) {
        if let address = interface.address6 {
            checkAddress(address, role.address6Key, "fd00:10::199/64", &values)
            checkGateway(interface.gateway6, role.gateway6Key, of: address, role.address6Key, &values)
            if interface.address?.address.family == .v6 {
                values.report(
                    role.address6Key,
                    "\(role.addressKey.rawValue) is an IPv6 address already",
                    remedy: "give the IPv4 address there, or leave one of the two empty"
                )
            }
        } else if values.isSet(role.gateway6Key), !values.isSet(role.address6Key) {
            values.report(
                role.gateway6Key,
                "it is set, but \(role.address6Key.rawValue) is not",
                remedy: "give \(role.address6Key.rawValue) too, or leave both empty"
            )
        }
        if let mtu = interface.mtu, mtu < MTU.leastForIPv6,
            interface.addresses.contains(where: { $0.address.address.family == .v6 })
        {
            values.report(
                role.mtuKey,
                "it is too small for the IPv6 address",
                remedy: "give at least \(MTU.leastForIPv6)"
            )
        }
    }

    private func checkGateway(
        _ gateway: IPAddress?,
        _ key: PropertyKey,
        of address: InterfaceAddress,
        _ addressKey: PropertyKey,
        _ values: inout PropertyValues
    ) {
        guard let gateway else {
            guard !values.isSet(key) else { return }
            return values.report(
                key,
                "it is missing although \(addressKey.rawValue) is set",
                remedy: "give a gateway in \(address.network)"
            )
        }
        // An IPv6 router is usually known by its link-local address.
        if gateway.family == .v6, gateway.isLinkLocal, address.address.family == .v6 { return }
        let remedy = "give the address of the router in \(address.network)"
        if gateway == address.address {
            values.report(key, "it is the appliance's own address \(addressKey.rawValue)", remedy: remedy)
        } else if !address.network.contains(gateway) {
            values.report(
                key,
                "it is outside \(address.network), the network of \(addressKey.rawValue)",
                remedy: remedy
            )
        } else if address.network.isReserved(gateway) {
            values.report(key, "it is the network or the broadcast address of \(address.network)", remedy: remedy)
        }
    }

    private func checkAddress(
        _ address: InterfaceAddress,
        _ key: PropertyKey,
        _ example: String,
        _ values: inout PropertyValues
    ) {
        let host = address.address
        if host.isUnspecified || host.isLoopback || host.isMulticast || address.prefixLength == 0 {
            values.report(
                key,
                "an interface cannot have this address",
                remedy: "give a host's address with its prefix length, such as \(example)"
            )
        } else if address.network.isReserved(host) {
            let isFirst = host == address.network.first
            values.report(
                key,
                "it is the \(isFirst ? "network" : "broadcast") address of \(address.network)",
                remedy: "give an address between the first and the last of \(address.network)"
            )
        }
    }

    private func checkInterfacesAgainstEachOther(_ values: inout PropertyValues) {
        for (index, later) in addressed.enumerated() {
            for earlier in addressed[..<index]
            where later.role != earlier.role && later.address.network.overlaps(earlier.address.network) {
                values.report(
                    later.key,
                    "its network \(later.address.network) overlaps \(earlier.address.network), the network of "
                        + earlier.key.rawValue,
                    remedy: "give each interface a network of its own"
                )
            }
        }
    }

    /// A gateway without an address is not used: a lease brings both.
    private func checkLoneGateway(_ role: InterfaceRole, _ values: inout PropertyValues) {
        guard values.isSet(role.gatewayKey), !values.isSet(role.addressKey) else { return }
        values.report(
            role.gatewayKey,
            "it is set, but \(role.addressKey.rawValue) is not",
            remedy: "give \(role.addressKey.rawValue) too, or leave both empty",
            severity: .warning
        )
    }

    // MARK: Ranges and networks

    private func checkRange(_ range: IPNetwork, _ index: Int, _ values: inout PropertyValues) {
        func report(_ reason: String, _ remedy: String) {
            values.report(.serviceRanges, value: range.description, reason, remedy: remedy)
        }
        if !range.isUnicast {
            report("it holds addresses that no host can have", "give a range of unicast addresses")
        }
        for (_, key, address) in addressed where range.contains(address.address) {
            report(
                "it contains \(address.address), the appliance's own \(key.rawValue)",
                "give a range that leaves out \(address.address)"
            )
        }
        for (role, settings) in network.interfaces {
            for (key, gateway) in [(role.gatewayKey, settings.gateway), (role.gateway6Key, settings.gateway6)] {
                guard let gateway, range.contains(gateway) else { continue }
                report(
                    "it contains \(gateway), the gateway \(key.rawValue)",
                    "give a range that leaves out \(gateway)"
                )
            }
        }
        for server in network.nameservers where range.contains(server) {
            report("it contains the name server \(server)", "give a range that leaves out \(server)")
        }
        for (role, key, address) in addressed where role == .management && range.overlaps(address.network) {
            report(
                "it overlaps \(address.network), the network of \(key.rawValue)",
                "give a range inside the \(network.topology == .frontend ? "frontend" : "workload") network"
            )
        }
        for other in ranges[..<index] where range.overlaps(other) {
            report("it overlaps \(other) of the same list", "keep one of them, or give ranges beside each other")
        }
    }

    private func checkAdditionalNetworks(_ values: inout PropertyValues) {
        let networks = network.additionalWorkloadNetworks
        let hasAddress = values.isSet(.workloadAddress) || values.isSet(.workloadAddress6)
        if !networks.isEmpty, !hasAddress, network.workload.mac == nil {
            values.report(
                .additionalWorkloadNetworks,
                "they are routed by the table of the workload network, and there is none without "
                    + PropertyKey.workloadAddress.rawValue + " or an adapter that uses DHCP",
                remedy: "give \(PropertyKey.workloadAddress.rawValue) and its gateway, or leave this empty"
            )
        }
        for (index, additional) in networks.enumerated() {
            if !additional.isUnicast {
                values.report(
                    .additionalWorkloadNetworks,
                    value: additional.description,
                    "it holds addresses that no host can have",
                    remedy: "give networks of unicast addresses"
                )
                continue
            }
            for (_, key, address) in addressed where additional.overlaps(address.network) {
                values.report(
                    .additionalWorkloadNetworks,
                    value: additional.description,
                    "it overlaps \(address.network), the network of \(key.rawValue)",
                    remedy: "give only networks that lie behind the workload gateway"
                )
            }
            for other in networks[..<index] where additional.overlaps(other) {
                values.report(
                    .additionalWorkloadNetworks,
                    value: additional.description,
                    "it overlaps \(other) of the same list",
                    remedy: "keep one of them",
                    severity: .warning
                )
            }
        }
    }
}

extension IPNetwork {
    /// Whether `host` is the network's own or its broadcast address, which no host can have. IPv6 and /31 have none.
    fileprivate func isReserved(_ host: IPAddress) -> Bool {
        broadcast.map { host == first || host == $0 } ?? false
    }
}
