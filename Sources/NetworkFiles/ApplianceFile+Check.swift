import Addresses
import Diagnostics

extension ApplianceFile {
    /// Checks an interface by itself and against those before it.
    static func check(_ interface: Interface, _ parsed: inout ParsedFile<Self>) {
        for address in interface.addresses {
            guard let problem = addressProblem(address.value) else { continue }
            parsed.report(at: address.position, problem, remedy: "give a host's address and its prefix length")
        }
        for other in parsed.value.interfaces {
            if other.mac.value == interface.mac.value {
                parsed.report(
                    at: interface.mac.position,
                    "\(interface.mac.value) is the MAC address of [interface.\(other.role.rawValue)] already",
                    remedy: "give each interface its own"
                )
            }
            for a in interface.addresses {
                for b in other.addresses where a.value.network.overlaps(b.value.network) {
                    parsed.report(
                        at: a.position,
                        "network \(a.value.network) overlaps \(b.value.network) of [interface.\(other.role.rawValue)]",
                        remedy: "give each interface a network of its own"
                    )
                }
            }
        }
        if let address = interface.address, address.value.address.family == .v6, let second = interface.address6 {
            parsed.report(
                at: second.position,
                "address is an IPv6 address already",
                remedy: "write the IPv4 address as address, or leave one of the two away"
            )
        }
        if let mtu = interface.mtu, mtu.value < MTU.leastForIPv6,
            interface.addresses.contains(where: { $0.value.address.family == .v6 })
        {
            parsed.report(
                at: mtu.position,
                "mtu \(mtu.value) is too small for the IPv6 address",
                remedy: "give at least \(MTU.leastForIPv6)"
            )
        }
        check(interface.gateway, of: interface.address, "", on: interface.role, &parsed)
        check(interface.gateway6, of: interface.address6, "6", on: interface.role, &parsed)
    }

    /// Why an interface cannot have an address; nil if it can.
    static func addressProblem(_ address: InterfaceAddress) -> String? {
        let network = address.network
        if address.prefixLength == 0 || !IPNetwork(address.address).isUnicast {
            return "no interface can have the address \(address)"
        }
        guard let broadcast = network.broadcast else { return nil }
        if address.address == network.first { return "\(address) is the network's own address" }
        return address.address == broadcast ? "\(address) is the broadcast address" : nil
    }

    private static func check(
        _ gateway: Located<IPAddress>?,
        of address: Located<InterfaceAddress>?,
        _ suffix: String,
        on role: InterfaceRole,
        _ parsed: inout ParsedFile<Self>
    ) {
        guard let gateway else { return }
        if role != .management {
            parsed.report(
                at: gateway.position,
                "gateway\(suffix) is for [interface.management] only",
                remedy: "the gateway of \(role.rawValue) stands in \(RouteTablesFile.path)"
            )
        } else if let address {
            if let problem = gatewayProblem(gateway.value, of: address.value) {
                parsed.report(at: gateway.position, problem.message, remedy: problem.remedy)
            }
        } else {
            parsed.report(
                at: gateway.position,
                "gateway\(suffix) without an address",
                remedy: suffix.isEmpty
                    ? "add address, or remove gateway: DHCP gives both" : "add address6, or remove gateway6"
            )
        }
    }
}
