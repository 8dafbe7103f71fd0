public import Netlink

/// The way of one packet: the rule that decided, the route that its table gave, and what was asked before.
public struct RoutePath: Sendable, Hashable {
    /// The rule whose table had the route, or that rejects the packet; nil if no rule did.
    public var rule: Rule?
    /// nil where there is no way.
    public var route: Route?
    /// Rules that the packet met before; their tables had no route for it.
    public var passed: [Rule] = []
    /// Rules asked before that select by more than addresses (a mark, an interface, ports): whether they would take the
    /// packet is not known.
    public var undecided: [Rule] = []
    /// Why there is no way, in words.
    public var failure: String?

    public init(rule: Rule? = nil, route: Route? = nil, failure: String? = nil) {
        self.rule = rule
        self.route = route
        self.failure = failure
    }

    /// Whether both send the packet the same way, whatever rule they found it by.
    func agrees(with other: RoutePath) -> Bool {
        guard let route, let theirs = other.route else { return route == nil && other.route == nil }
        return route.table == theirs.table && route.type == theirs.type && route.gateway == theirs.gateway
            && route.interface == theirs.interface && route.nextHops == theirs.nextHops
    }

    /// `table 3, via 10.13.200.1 dev frontend`
    public func text(_ names: InterfaceNames) -> String {
        guard let route else { return failure ?? "there is no route" }
        var words = "table \(route.table)"
        if route.type != .unicast { words += ", \(route.type)" }
        if let gateway = route.gateway { words += ", via \(gateway)" }
        if let interface = route.interface { words += (route.gateway == nil ? ", dev " : " dev ") + names[interface] }
        for hop in route.nextHops {
            words += ", " + (hop.gateway.map { "via \($0) " } ?? "") + "dev \(names[hop.interface])"
        }
        return words
    }
}
