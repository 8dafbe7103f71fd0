import Addresses
import NetworkFiles
import Nftables

extension GuardRuleset {
    /// Where every packet for us comes by. What begins no connection is let through with three comparisons.
    static func input(_ state: GuardState) -> Chain {
        // Rules match indexes: lo is the first link of every namespace.
        var rules = [
            FilterRule(Match.input(1), .accept, comment: "loopback"),
            FilterRule(Match.established, .accept, comment: "begins no connection"),
        ]
        let virtual = IPAddress.Family.allCases.map { family in
            FilterRule(
                Match.destination(family, in: (family == .v4 ? GuardSet.ranges4 : .ranges6).name),
                .goto("vip"),
                comment: "virtual addresses"
            )
        }
        // Without a management interface that is known, only what is known not to be it is closed.
        let management =
            state.management.isEmpty
            ? FilterRule(
                [.meta(.inputInterface), .lookup(set: "others", isInverted: true)],
                .accept,
                comment: "management is not known"
            ) : FilterRule(Match.input(in: "management"), .accept, comment: "management")
        // A range by mistake must not shut the admin out.
        rules += state.isShadowed ? [management] + virtual : virtual + [management]
        rules.append(FilterRule([], .goto("appliance")))
        return Chain("input", hook: Chain.Hook(Chain.Hook.input), rules: rules)
    }

    /// Virtual addresses: what the proxy is bound to, the messages that connections need, and a ping by policy.
    static func virtual(_ state: GuardState) -> Chain {
        var rules = [
            FilterRule(Match.input(in: "management") + [.namedCounter("vip_management")], .drop)
        ]
        for (family, set) in [(IPAddress.Family.v4, GuardSet.held4), (.v6, .held6)] {
            rules.append(FilterRule(Match.destination(family, in: set.name) + [.namedCounter("vip_held")], .drop))
        }
        rules += bound
        // Destination unreachable, time exceeded, parameter problem; of IPv6 also packet too big and neighbour discovery.
        rules += icmp(.v4, [3, 11, 12]) + icmp(.v6, [1, 2, 3, 4, 135, 136])
        for (family, type, set) in [(IPAddress.Family.v4, UInt8(8), GuardSet.vips4), (.v6, 128, .vips6)] {
            let ping = Match.icmp(family, type: type)
            switch state.policy.ping {
            case .bound:
                let match = ping + [Match.destination(family), .lookup(set: set.name)]
                rules.append(FilterRule(match, .accept, comment: "ping"))
            case .range: rules.append(FilterRule(ping, .accept, comment: "ping"))
            case .never: break
            }
            rules.append(FilterRule(ping + [.namedCounter("vip_ping")], .drop))
        }
        rules.append(FilterRule([.namedCounter("vip_closed")], .drop))
        return Chain("vip", rules: rules)
    }

    /// The appliance's own addresses on other interfaces than management.
    static func appliance(_ state: GuardState) -> Chain {
        var rules = bound
        rules.append(FilterRule(Match.family(.v4) + Match.transport(1), .accept, comment: "ICMP"))
        rules.append(FilterRule(Match.family(.v6) + Match.transport(58), .accept, comment: "ICMP"))
        func datagram(from source: [Expression], to target: [Expression], _ comment: String) -> FilterRule {
            let match = Match.transport(17) + [Match.sourcePort()] + source + [Match.destinationPort()] + target
            return FilterRule(match, .accept, comment: comment)
        }
        rules.append(
            datagram(
                from: [.lookup(set: "answers")],
                to: [.compare(Match.port(1024), is: .greaterOrEqual)],
                "answers to what we ask"
            )
        )
        rules.append(datagram(from: [.compare(Match.port(67))], to: [.compare(Match.port(68))], "DHCP"))
        rules.append(datagram(from: [.compare(Match.port(547))], to: [.compare(Match.port(546))], "DHCPv6"))
        for service in state.policy.allowed {
            var match = Match.transport(service.protocolNumber)
            if let port = service.port { match += [Match.destinationPort(), .compare(Match.port(port))] }
            rules.append(FilterRule(match, .accept, comment: "policy: \(service)"))
        }
        // What is for everybody on the link is no attempt on us.
        rules.append(
            FilterRule([.meta(.packetType), .compare([0], is: .notEqual)], .drop, comment: "broadcast, multicast")
        )
        rules.append(FilterRule([.namedCounter("service_closed")], .drop))
        return Chain("appliance", rules: rules)
    }

    private static var bound: [FilterRule] {
        [
            FilterRule(Match.destinationAndPort(.v4, in: GuardSet.bound4.name), .accept),
            FilterRule(Match.destinationAndPort(.v6, in: GuardSet.bound6.name), .accept),
            FilterRule(Match.transport(6) + [Match.destinationPort(), .lookup(set: "bound_any")], .accept),
        ]
    }

    private static func icmp(_ family: IPAddress.Family, _ types: [UInt8]) -> [FilterRule] {
        types.map { FilterRule(Match.icmp(family, type: $0), .accept) }
    }
}
