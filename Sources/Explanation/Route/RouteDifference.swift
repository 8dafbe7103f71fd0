internal import Addresses
internal import Netlink

/// Where the kernel does other than the configuration says, and why.
public struct RouteDifference: Sendable, Hashable {
    public var message: String
    public var remedy: String

    /// Compares one packet's way in the kernel with that which the configuration gives it; nil if they agree.
    ///
    /// - Parameters:
    ///   - actual: The kernel's way.
    ///   - tables: All that the kernel has.
    ///   - configured: The configuration's way.
    ///   - names: Of the interfaces.
    init?(_ actual: RoutePath, of tables: RoutingTables, configured: RoutePath, _ names: InterfaceNames) {
        if actual.agrees(with: configured) { return nil }
        let head = "the configuration says \(configured.text(names)); the kernel: \(actual.text(names))"
        let cause = Self.cause(actual, tables, configured, names)
        message = cause.map { "\(head), because \($0.words)" } ?? head
        remedy = cause?.remedy ?? Self.apply
    }

    private static let apply = "appliance-net apply; appliance-net plan shows what it does"

    private static func cause(
        _ actual: RoutePath,
        _ tables: RoutingTables,
        _ configured: RoutePath,
        _ names: InterfaceNames
    ) -> (words: String, remedy: String)? {
        if let rule = configured.rule, !tables.holds(rule) {
            return ("rule \(rule.priority): \(rule.text) is not there", apply)
        }
        if let rule = actual.rule, let wanted = configured.rule, rule.key != wanted.key,
            rule.priority <= wanted.priority
        {
            let isOurs = rule.origin == .applianceNet
            return (
                "rule \(rule.priority): \(rule.text) (proto \(rule.origin)) is asked before \(wanted.priority): "
                    + wanted.text,
                isOurs
                    ? apply
                    : "remove it, or what makes it, if nobody needs it: ip rule delete priority \(rule.priority)"
            )
        }
        if let route = configured.route, !tables.holds(route) {
            return ("route \(route.text(names)) is not there", apply)
        }
        if let route = actual.route, !route.origin.isOurs {
            return (
                "route \(route.text(names)) (proto \(route.origin)) takes it",
                "remove that route, or what makes it, if nobody needs it"
            )
        }
        return nil
    }
}

extension RouteProtocol {
    fileprivate var isOurs: Bool { self == .applianceNet || self == .applianceBase }
}
