internal import Explanation
internal import Netlink

/// The way of packets, for people.
enum RouteText {
    static func lines(_ explanation: RouteExplanation) -> [String] {
        var lines = explanation.legs.flatMap { leg in [title(leg, explanation)] + Self.lines(leg, explanation) }
        if !explanation.legs.isEmpty, explanation.isAsConfigured, explanation.legs.allSatisfy({ $0.configured != nil })
        {
            lines.append("as the configuration says")
        }
        return lines
    }

    /// `10.13.200.34 to 10.13.50.20, the reply`
    private static func title(_ leg: RouteExplanation.Leg, _ explanation: RouteExplanation) -> String {
        let ends = "\(leg.lookup.source.map { "\($0)" } ?? "any") to \(leg.lookup.destination)"
        switch leg.kind {
        case .outgoing: return ends
        case .incoming: return ends + ", in by " + (leg.lookup.input.map { explanation.names[$0] } ?? "any interface")
        case .reply: return ends + ", the reply"
        }
    }

    private static func lines(_ leg: RouteExplanation.Leg, _ explanation: RouteExplanation) -> [String] {
        let path = leg.actual
        var lines: [String] = []
        func add(_ name: String, _ value: String?) {
            guard let value else { return }
            lines.append("    " + name + String(repeating: " ", count: 12 - name.utf8.count) + value)
        }
        add("rule", path.rule.map { "\($0.priority): \($0.text)" })
        if let route = path.route {
            add("table", explanation.name(of: route.table))
            add("route", route.text(explanation.names))
            add(
                "gateway",
                route.gateway.map { "\($0)" } ?? (route.type == .local ? "none: it is for us" : "none: on the link")
            )
            add("interface", route.interface.map { explanation.names[$0] })
            for hop in route.nextHops {
                add("next hop", (hop.gateway.map { "via \($0) " } ?? "") + "dev \(explanation.names[hop.interface])")
            }
        }
        add("no way", path.failure)
        for rule in path.passed { add("before", "\(rule.priority): \(rule.text), which has no route for it") }
        for rule in path.undecided {
            add("before", "\(rule.priority): \(rule.text), with more conditions than addresses: not judged")
        }
        if let difference = leg.difference {
            add("differs", difference.message)
            add("remedy", difference.remedy)
        }
        return lines
    }
}
