import Netlink

// Only what carries one of our protocol numbers is ever changed or removed; a rule must stand in our priorities too.

extension RouteProtocol {
    var isOurs: Bool { self == .applianceNet || self == .applianceBase }
}

extension Route {
    var isOurs: Bool { origin.isOurs }

    /// Whether it does the same, whoever made it.
    func isEquivalent(to other: Route) -> Bool {
        key == other.key && type == other.type && scope == other.scope && gateway == other.gateway
            && interface == other.interface && preferredSource == other.preferredSource
            && nextHops == other.nextHops && !isComplex && !other.isComplex
    }
}

extension Rule {
    var isOurs: Bool { origin == .applianceNet && RulePriority.band.contains(priority) }
}

extension LinkAddress {
    var isOurs: Bool { origin.isOurs }
}
