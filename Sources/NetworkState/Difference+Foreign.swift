import Addresses
import Netlink

// Which of the objects that are not ours are worth showing: those in a place of ours, and those that a packet meets
// before it meets ours. The rest of the machine's network is none of our business.

extension Difference {
    /// What a rule of somebody else does to ours; nil if nothing.
    func influence(of rule: Rule) -> String? {
        let place = "priority \(rule.priority) proto \(rule.origin)" + conditions(of: rule)
        if desired.tables.contains(rule.table) { return place }
        if RulePriority.band.contains(rule.priority) { return place + ", among our priorities" }
        // Priority 0 is the kernel's own, for its table local.
        let last = desired.rules.lazy.filter { $0.family == rule.family }.map { $0.priority }.max()
        guard let last, rule.priority > 0, rule.priority < last else { return nil }
        return place + ", asked before ours"
    }

    /// What ``Netlink/Rule/text`` does not say. Numbers are FR_ACT_*.
    private func conditions(of rule: Rule) -> String {
        let action =
            switch rule.action {
            case 1, 6, 7, 8: ""
            case 2: ", goes to another rule"
            default: ", does nothing"
            }
        return action + (rule.isComplex ? ", with more conditions" : "")
    }

    /// What a route of somebody else does to ours; nil if nothing.
    func influence(of route: Route) -> String? {
        if desired.tables.contains(route.table) { return "proto \(route.origin)" }
        switch route.table {
        case .local:
            // The kernel's broadcast addresses come with every interface.
            guard route.type == .local || route.origin != .kernel else { return nil }
            let range = desired.routes.first {
                $0.route.table == .local && $0.route.destination.contains(route.destination)
            }
            return range.map {
                "proto \(route.origin), inside the range \($0.range?.description ?? "\($0.route.destination)")"
            }
        case .main where route.destination.prefixLength <= 1:
            let ours = desired.routes.first {
                $0.route.table == .main && $0.route.family == route.family && $0.route.destination.prefixLength == 0
            }
            guard let ours, route.destination.prefixLength == 1 || route.metric < ours.route.metric else { return nil }
            return "proto \(route.origin), preferred to our default route"
        default: return nil
        }
    }
}
