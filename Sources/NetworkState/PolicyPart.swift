internal import Netlink

/// A part of our policy that can be taken down by itself, as the appliance we succeed had a service for each.
public enum PolicyPart: String, Sendable, Hashable, CaseIterable {
    /// The AnyIP routes: what its `anyiproutectl down` removed.
    case ranges
    /// The tables' routes and all rules: what its `routetablectl down` removed.
    case tables

    func holds(_ route: Route) -> Bool { (route.type == .local) == (self == .ranges) }
}
