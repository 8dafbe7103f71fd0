import Addresses
import Netlink

/// The way from what is to what should be: what is new comes before what it replaces goes, so that nothing that works
/// stops working in between.
public struct Plan: Sendable, Hashable {
    /// In the order they are run.
    public var operations: [Operation] = []
    public var problems: [Problem] = []
    /// Every object that is wanted, ours or in our way.
    public var objects: [ObjectStatus] = []

    /// The interfaces' names once the plan is run.
    var names = InterfaceNames()

    /// Nothing to do.
    public var isEmpty: Bool { operations.isEmpty }

    /// The operations that turn `actual` into `desired`.
    public static func diff(desired: DesiredState, actual: ActualState) -> Plan {
        diff(desired: desired, actual: actual, held: [:])
    }

    /// - Parameter held: Addresses that other hosts were found to have.
    static func diff(
        desired: DesiredState,
        actual: ActualState,
        held: [LinkAddress.Key: MACAddress]
    ) -> Plan {
        var difference = Difference(desired: desired, actual: actual, held: held)
        difference.compareLinks()
        difference.compareAddresses()
        difference.compareRoutes()
        difference.compareRules()
        difference.compareFirewall()
        difference.compareHostName()
        difference.compareFiles()
        return difference.plan
    }

    /// The operations that take our policy away: our rules, our tables' routes and the AnyIP routes. Links, addresses
    /// and the main default route stay, so that management stays reachable.
    ///
    /// - Parameters:
    ///   - actual: What is there.
    ///   - part: What to take away; nil for all.
    public static func down(_ actual: ActualState, _ part: PolicyPart? = nil) -> Plan {
        let names = actual.names
        let rules = part == .ranges ? [] : actual.rules.filter { $0.isOurs }.map { Operation(.deleteRule($0), names) }
        let routes = actual.routes.filter { $0.isOurs && $0.origin == .applianceNet && part?.holds($0) != false }
            .map { Operation(.deleteRoute($0), names) }
        var all = rules + routes
        // The service takes its own away: it stands by from now on.
        if part == nil, let firewall = actual.firewall, !firewall.isHeld, !firewall.tables.isEmpty {
            all.append(Operation(.setFirewall(from: firewall.tables, to: []), names))
        }
        return Plan(
            operations: all,
            objects: all.map { ObjectStatus($0.object, $0.text, .surplus) },
            names: names
        )
    }
}
