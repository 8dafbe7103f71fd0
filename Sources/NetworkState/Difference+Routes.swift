import Addresses
import Netlink

extension Difference {
    mutating func compareRoutes() {
        let wanted = Set(desired.routes.map { $0.route.key })
        // Those that are ours or in the place of a wanted one; the kernel's own are many, and none of our business.
        var known: [Route.Key: Int] = [:]
        known.reserveCapacity(wanted.count)
        // Several with one key (IPv6) are rare, and an array for each of thousands would cost more than all the rest.
        var others: [Route.Key: [Int]] = [:]
        for index in actual.routes.indices {
            let key = actual.routes[index].key
            guard wanted.contains(key) else { continue }
            if known[key] == nil { known[key] = index } else { others[key, default: []].append(index) }
        }
        for item in desired.routes {
            // Kept even where it cannot be made just now: what still works of it is not taken away.
            var route = item.route
            guard let link = resolved[item.interface] else {
                note(.route, route.text(names), .blocked, "its interface is not there")
                continue
            }
            route.interface = link.index
            guard isPossible(route, on: link) else { continue }
            let key = route.key
            let detail = item.range.map { "part of \($0)" }
            if let first = known[key], others[key] == nil, actual.routes[first].isEquivalent(to: route) {
                note(.route, route.text(names), .inSync, detail)
                continue
            }
            let present = (known[key].map { [$0] } ?? []) + (others[key] ?? [])
            compare(route, present.map { actual.routes[$0] }, detail)
        }
        for route in actual.routes where !wanted.contains(route.key) {
            if route.origin == .applianceBase, desired.keptBase.contains(route.family) { continue }
            if route.isOurs {
                note(.route, route.text(names), .surplus)
                run(.deleteRoute, .deleteRoute(route))
            } else if let detail = influence(of: route) {
                note(.route, route.text(names), .foreign, detail)
            }
        }
    }

    private mutating func compare(_ route: Route, _ present: [Route], _ detail: String?) {
        let text = route.text(names)
        if let match = present.first(where: { $0.isEquivalent(to: route) }) {
            note(.route, text, .inSync, detail)
            // IPv6 lets several routes with one key stand side by side.
            for extra in present where extra.isOurs && extra != match {
                note(.route, extra.text(names), .surplus)
                run(.deleteRoute, .deleteRoute(extra))
            }
        } else if let foreign = present.first(where: { !$0.isOurs }) {
            // Also where one of ours stands beside it: a replacement takes the place of whichever is first.
            block(
                .route,
                text,
                "another route is in its place: \(foreign.text(names)) proto \(foreign.origin)",
                remedy: "remove that route, or the service that makes it"
            )
        } else if let ours = present.first {
            note(.route, text, .different, "is \(ours.text(names))")
            run(phase(of: route), .replaceRoute(route), words: text)
        } else {
            note(.route, text, .missing, detail)
            run(phase(of: route), .addRoute(route), words: text)
        }
    }

    /// A gateway must be reachable before a route can go through it.
    private func phase(of route: Route) -> Phase { route.gateway == nil ? .connectedRoute : .route }

    /// Whether the kernel can take the route once the addresses are there; else says why not.
    private mutating func isPossible(_ route: Route, on link: Link) -> Bool {
        if route.preferredSource == nil, route.gateway == nil { return true }
        let addresses = addresses(of: link)
        if let source = route.preferredSource, !addresses.contains(where: { $0.address == source }) {
            block(
                .route,
                route.text(names),
                "\(names[link.index]) does not have the address \(source)",
                remedy: "set address in [interface.\(names[link.index])], or correct route-tables.cfg"
            )
            return false
        }
        let isTentative = actual.addresses.contains {
            $0.isTentative && $0.interface == link.index && $0.address.address == route.preferredSource
        }
        if isTentative {
            block(
                .route,
                route.text(names),
                "its source address is still being probed for duplicates, or is one",
                remedy: "apply again in a few seconds; if it stays, look for another machine with that address"
            )
            return false
        }
        if let gateway = route.gateway, !(gateway.family == .v6 && gateway.isLinkLocal),
            !addresses.contains(where: { $0.network.contains(gateway) })
        {
            block(
                .route,
                route.text(names),
                "\(names[link.index]) has no address in the gateway's network",
                remedy: "set address in [interface.\(names[link.index])], or correct the gateway"
            )
            return false
        }
        return true
    }
}
