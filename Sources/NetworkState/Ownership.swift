import Netlink

// Only what carries one of our protocol numbers is ever changed or removed; a rule must stand in our priorities too.
// What we cannot put into words we did not make, whatever number it carries: it could not be removed by its words, and
// would not come back by them.

extension RouteProtocol {
    var isOurs: Bool { self == .applianceNet || self == .applianceBase }
}

extension Route {
    var isOurs: Bool { origin.isOurs && !isComplex }

    /// Whether it does the same, whoever made it.
    func isEquivalent(to other: Route) -> Bool {
        key == other.key && type == other.type && scope == other.scope && gateway == other.gateway
            && interface == other.interface && preferredSource == other.preferredSource
            && nextHops == other.nextHops && !isComplex && !other.isComplex
    }
}

extension Rule {
    var isOurs: Bool { origin == .applianceNet && RulePriority.band.contains(priority) && !isComplex }
}

extension LinkAddress {
    var isOurs: Bool { origin.isOurs }
}
