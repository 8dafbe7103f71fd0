internal import Diagnostics
internal import Explanation
internal import Netlink
internal import NetworkFiles

/// Every interface is up and has carrier.
struct LinksCheck: DoctorCheck {
    static let name = "links"

    func findings(_ context: DoctorContext) throws -> [Finding] {
        guard let configuration = context.configuration else { return DoctorContext.unreadable(Self.name) }
        return configuration.appliance.interfaces.compactMap { interface in
            guard let link = context.link(interface.mac.value) else { return nil }
            if !link.isUp {
                return Finding(.failed, link.name, "it is set down", remedy: "appliance-net apply sets it up")
            }
            if !link.isRunning {
                return Finding(
                    .failed,
                    link.name,
                    "it has no carrier",
                    remedy: "connect the adapter: in vSphere tick Connected in the virtual machine's settings"
                )
            }
            return .ok(link.name, "up, MTU \(link.mtu)")
        }
    }
}
