internal import Addresses
internal import Diagnostics
internal import Explanation
internal import Netlink
internal import NetworkFiles
internal import NetworkState

/// Every interface is there, under the name of its role, with its addresses.
struct InterfacesCheck: DoctorCheck {
    static let name = "interfaces"

    func findings(_ context: DoctorContext) throws -> [Finding] {
        guard let configuration = context.configuration else { return DoctorContext.unreadable(Self.name) }
        return configuration.appliance.interfaces.map { interface in
            let role = interface.role.rawValue
            guard let link = context.link(interface.mac.value) else {
                return Finding(
                    .failed,
                    role,
                    "no adapter has the MAC address \(interface.mac.value)",
                    remedy: "connect the adapter, or correct mac in [interface.\(role)] of \(ApplianceFile.path)"
                )
            }
            guard link.name == role else {
                let message = "the adapter \(interface.mac.value) is called \(link.name)"
                return Finding(.failed, role, message, remedy: "appliance-net apply renames it")
            }
            let present = context.state.addresses.filter { $0.interface == link.index }.map { $0.address }
            let wanted = interface.addresses.map { $0.value }
            if let missing = wanted.first(where: { !present.contains($0) }) {
                return Finding(.failed, role, "\(missing) is not there", remedy: "appliance-net apply adds it")
            }
            let global = present.filter { !$0.address.isLinkLocal }
            if global.isEmpty {
                let message = "it has no address, and none is configured: no lease that can be used has come"
                let remedy =
                    "appliance-net status; see whether a DHCP server answers there, or give an address in \(ApplianceFile.path)"
                return Finding(.failed, role, message, remedy: remedy)
            }
            return .ok(role, "\(interface.mac.value), " + global.map { "\($0)" }.joined(separator: ", "))
        }
    }
}
