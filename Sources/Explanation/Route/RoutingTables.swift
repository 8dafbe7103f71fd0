public import Addresses
public import Netlink

/// Rules and routes as a value that finds the way of a packet as the kernel does: rules in order of their priorities,
/// in each one's table the longest prefix, of equal ones the smallest metric.
public struct RoutingTables: Sendable {
    /// In order of priority, IPv4 first.
    public let rules: [Rule]
    private let routes: [RouteTable: [Route]]

    public init(rules: [Rule], routes: [Route]) {
        self.rules = rules.enumerated()
            .sorted {
                ($0.element.family.rawValue, $0.element.priority, $0.offset) < (
                    $1.element.family.rawValue, $1.element.priority, $1.offset
                )
            }
            .map { $0.element }
        self.routes = Dictionary(grouping: routes) { $0.table }
    }

    /// The rules that every kernel begins with.
    static var kernelRules: [Rule] {
        IPAddress.Family.allCases.flatMap { family in
            [(UInt32(0), RouteTable.local), (32766, .main), (32767, .default)].map { priority, table in
                Rule(family: family, priority: priority, table: table, origin: .kernel)
            }
        }
    }

    /// The way of a packet.
    public func path(_ lookup: RouteLookup) -> RoutePath {
        var path = RoutePath()
        for rule in rules where rule.family == lookup.destination.family {
            if rule.isComplex {
                path.undecided.append(rule)
                continue
            }
            guard rule.matches(lookup) else { continue }
            guard rule.isLookup else {
                path.rule = rule
                path.failure = "rule \(rule.priority) drops or rejects it"
                return path
            }
            guard let route = route(to: lookup.destination, in: rule.table), route.type != .throw else {
                path.passed.append(rule)
                continue
            }
            path.rule = rule
            if route.isRejecting {
                path.failure = "table \(route.table) has a route of type \(route.type) for it"
            } else {
                path.route = route
            }
            return path
        }
        path.failure = "no table has a route"
        return path
    }

    /// The rules that a packet meets until it comes to the one that looks in `table`, where the kernel found a route.
    func path(_ lookup: RouteLookup, decidedIn table: RouteTable) -> RoutePath {
        var path = RoutePath()
        for rule in rules where rule.family == lookup.destination.family {
            if rule.isComplex {
                path.undecided.append(rule)
            } else if rule.matches(lookup) {
                if rule.isLookup, rule.table == table {
                    path.rule = rule
                    return path
                }
                path.passed.append(rule)
            }
        }
        // Only a rule that is not understood can have led there.
        path.passed = []
        path.rule = path.undecided.first { $0.table == table }
        return path
    }

    /// Whether the machine takes packets to `address` for its own.
    public func isLocal(_ address: IPAddress) -> Bool {
        routes[.local]?.contains { $0.type == .local && $0.destination.contains(address) } ?? false
    }

    /// Whether a route does the same as `other`.
    func holds(_ other: Route) -> Bool {
        routes[other.table]?.contains {
            $0.destination == other.destination && $0.type == other.type && $0.gateway == other.gateway
                && $0.interface == other.interface
        } ?? false
    }

    func holds(_ rule: Rule) -> Bool { rules.contains { $0.key == rule.key } }

    private func route(to destination: IPAddress, in table: RouteTable) -> Route? {
        routes[table]?.filter { $0.destination.contains(destination) }.max { first, second in
            (first.destination.prefixLength, second.metric) < (second.destination.prefixLength, first.metric)
        }
    }
}

extension Rule {
    /// FR_ACT_TO_TBL: it looks in a table.
    fileprivate var isLookup: Bool { action == 1 }

    fileprivate func matches(_ lookup: RouteLookup) -> Bool {
        if let to, !to.contains(lookup.destination) { return false }
        guard let from else { return true }
        return lookup.source.map { from.contains($0) } ?? false
    }
}

extension Route {
    fileprivate var isRejecting: Bool { [.blackhole, .unreachable, .prohibit].contains(type) }
}
