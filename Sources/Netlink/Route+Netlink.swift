public import Addresses
internal import CMnl
internal import Glibc

extension Route {
    /// nil for what is no route of a table: cached clones, IPv6 routes with a source prefix, other families.
    init?(_ reply: NetlinkReply) {
        let payload = reply.payload
        guard reply.type == UInt16(RTM_NEWROUTE), let family = IPAddress.Family(rawValue: payload.number(0)),
            payload.number(8, as: UInt32.self) & UInt32(RTM_F_CLONED) == 0
        else { return nil }
        let attributes = payload.attributes(from: 12)
        func address(_ type: rtattr_type_t) -> IPAddress? {
            attributes[type.rawValue].flatMap { IPAddress(bytes: $0.bytes) }
        }
        let any = IPAddress(family: family, number: 0)
        guard
            let destination = IPNetwork(
                containing: address(RTA_DST) ?? any,
                prefixLength: Int(payload.number(1, as: UInt8.self))
            )
        else { return nil }
        self.destination = destination
        table = RouteTable(
            attributes[RTA_TABLE.rawValue]?.number(as: UInt32.self) ?? UInt32(payload.number(4, as: UInt8.self))
        )
        origin = RouteProtocol(rawValue: payload.number(5))
        scope = RouteScope(rawValue: payload.number(6))
        type = RouteType(rawValue: payload.number(7))
        gateway = address(RTA_GATEWAY)
        interface = attributes[RTA_OIF.rawValue].map { Int($0.number(as: UInt32.self)) }
        preferredSource = address(RTA_PREFSRC)
        metric = attributes[RTA_PRIORITY.rawValue]?.number(as: UInt32.self) ?? 0
        for (type, value) in attributes[RTA_METRICS.rawValue]?.attributes(from: 0) ?? NetlinkAttributes([]) {
            pathMetrics[RouteMetric(rawValue: type)] = value.number(as: UInt32.self)
        }
        let hops = attributes[RTA_MULTIPATH.rawValue].map { NextHop.list($0) } ?? []
        nextHops = hops ?? []
        let others = [RTA_VIA, RTA_NH_ID, RTA_ENCAP_TYPE, RTA_SRC]
        isComplex =
            hops == nil || pathMetrics[.congestion] != nil || payload.number(3, as: UInt8.self) != 0
            || attributes.contains { attribute in others.contains { $0.rawValue == attribute.type } }
    }
}

extension NetlinkRequest {
    /// `ip route show table all`
    public static func listRoutes(_ family: IPAddress.Family) -> NetlinkRequest {
        var message = NetlinkMessage(RTM_GETROUTE, flags: NLM_F_DUMP)
        message.put(family.rawValue)
        for _ in 0..<11 { message.put(UInt8(0)) }
        return NetlinkRequest("listing", "routes", message)
    }

    /// `ip route add …`. EEXIST: a route with this table, destination and metric is there.
    public static func add(_ route: Route, _ names: InterfaceNames = InterfaceNames()) -> NetlinkRequest {
        change(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, "adding", route, names)
    }

    /// `ip route replace …`: adds, or puts it in the place of the one with the same key in one step.
    public static func replace(_ route: Route, _ names: InterfaceNames = InterfaceNames()) -> NetlinkRequest {
        change(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, "replacing", route, names)
    }

    /// `ip route delete …` of exactly this route, its protocol included. ESRCH: already gone.
    public static func delete(_ route: Route, _ names: InterfaceNames = InterfaceNames()) -> NetlinkRequest {
        change(RTM_DELROUTE, 0, "deleting", route, names)
    }

    /// `struct rtmsg`
    private static func change(
        _ type: Int,
        _ flags: Int32,
        _ action: String,
        _ route: Route,
        _ names: InterfaceNames
    ) -> NetlinkRequest {
        var message = NetlinkMessage(type, flags: flags | NLM_F_ACK)
        let table = route.table.rawValue
        message.put(route.family.rawValue)
        message.put(UInt8(route.destination.prefixLength))
        message.put(UInt8(0))
        message.put(UInt8(0))
        message.put(table < 256 ? UInt8(table) : 0)
        message.put(route.origin.rawValue)
        message.put(route.scope.rawValue)
        message.put(route.type.rawValue)
        message.put(UInt32(0))
        if route.destination.prefixLength > 0 {
            message.attribute(RTA_DST.rawValue, route.destination.address)
        }
        if let gateway = route.gateway { message.attribute(RTA_GATEWAY.rawValue, gateway) }
        if let interface = route.interface { message.attribute(RTA_OIF.rawValue, UInt32(interface)) }
        if let source = route.preferredSource { message.attribute(RTA_PREFSRC.rawValue, source) }
        if route.metric != 0 { message.attribute(RTA_PRIORITY.rawValue, route.metric) }
        if table > 255 { message.attribute(RTA_TABLE.rawValue, table) }
        if !route.pathMetrics.isEmpty {
            message.nested(RTA_METRICS.rawValue) { inner in
                for (metric, value) in route.pathMetrics.sorted(by: { $0.key < $1.key }) {
                    inner.attribute(metric.rawValue, value)
                }
            }
        }
        if !route.nextHops.isEmpty {
            message.nested(RTA_MULTIPATH.rawValue) { inner in
                for hop in route.nextHops { hop.put(into: &inner) }
            }
        }
        return NetlinkRequest(action, route, names, message)
    }
}

extension NetlinkSocket {
    /// All routes of all tables, IPv4 first: `ip route show table all`.
    public func routes() throws(NetlinkError) -> [Route] {
        var result: [Route] = []
        for family in IPAddress.Family.allCases {
            // A kernel without IPv6 answers with all families.
            result += try dump(.listRoutes(family)) { reply in Route(reply).flatMap { $0.family == family ? $0 : nil } }
        }
        return result
    }
}
