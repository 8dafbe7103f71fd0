import Glibc
import Guard
import Netlink
import Nftables

extension NetworkReconciler {
    /// How often, a hundredth of a second apart, it is looked whether the service has done its part.
    static let mostLooks = 300

    /// nil where the kernel has no packet filter, or does not let us look at it.
    func readFirewall() -> FirewallState? {
        guard let firewall = openFirewall() else { return nil }
        do {
            return FirewallState(tables: try firewall.tables(), isHeld: try firewall.holder() != nil)
        } catch {
            return nil
        }
    }

    func setFirewall(_ tables: [Table]) throws {
        guard let firewall = openFirewall() else { return }
        try firewall.set(tables)
    }

    /// Plans again until the service has changed its guard as the files say; it hears of them by itself.
    func awaitService(_ plan: Plan, _ makePlan: () throws -> Plan) rethrows -> Plan {
        var plan = plan
        for _ in 0..<Self.mostLooks where plan.operations.contains(where: { $0.isServices }) {
            poll(nil, 0, 10)
            plan = try makePlan()
        }
        return plan
    }
}

extension Operation {
    /// Done by the service.
    var isServices: Bool { if case .awaitFirewall = action { true } else { false } }
}
