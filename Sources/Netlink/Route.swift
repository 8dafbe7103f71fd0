public import Addresses

/// A route of one table.
public struct Route: Hashable, Sendable, Codable {
    /// `0.0.0.0/0` and `::/0` are the default route.
    public var destination: IPNetwork
    public var table: RouteTable
    public var type: RouteType
    /// Always universe for IPv6.
    public var scope: RouteScope
    public var origin: RouteProtocol
    public var gateway: IPAddress?
    /// The output interface's index.
    public var interface: Int?
    public var preferredSource: IPAddress?
    /// 0 for none; IPv6 routes have at least 1 (1024 unless told).
    public var metric: UInt32
    /// Several next hops; then there is neither gateway nor interface.
    public var nextHops: [NextHop] = []
    /// `mtu 1400 advmss 1360`: what is known of the path.
    public var pathMetrics: [RouteMetric: UInt32] = [:]
    /// It has a kind of next hop that this type does not hold; never one of ours.
    public var isComplex = false

    public init(
        _ destination: IPNetwork,
        table: RouteTable = .main,
        type: RouteType = .unicast,
        scope: RouteScope = .universe,
        origin: RouteProtocol = .applianceNet,
        gateway: IPAddress? = nil,
        interface: Int? = nil,
        preferredSource: IPAddress? = nil,
        metric: UInt32 = 0
    ) {
        self.destination = destination
        self.table = table
        self.type = type
        self.scope = destination.family == .v6 ? .universe : scope
        self.origin = origin
        self.gateway = gateway
        self.interface = interface
        self.preferredSource = preferredSource
        self.metric = destination.family == .v6 && metric == 0 ? 1024 : metric
    }

    public var family: IPAddress.Family { destination.family }

    /// What the kernel tells routes apart by: two routes with the same key cannot be in one table side by side.
    public struct Key: Hashable, Sendable {
        public var table: RouteTable
        public var destination: IPNetwork
        public var metric: UInt32

        /// Two words: the keys of thousands of routes are looked up several times each.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(destination.address)
            hasher.combine(UInt64(table.rawValue) << 40 ^ UInt64(destination.prefixLength) << 32 ^ UInt64(metric))
        }
    }

    public var key: Key { Key(table: table, destination: destination, metric: metric) }

    /// In the words of `ip route`: `default via 10.13.201.1 dev workload table 2`.
    public func text(_ names: InterfaceNames) -> String {
        var text = family == .v6 && destination.prefixLength == 0 ? "-6 " : ""
        if type != .unicast { text += type.description + " " }
        text += destination.prefixLength == 0 ? "default" : destination.description
        func add(_ word: String, _ value: String) {
            text += " "
            text += word
            text += " "
            text += value
        }
        if let gateway { add("via", gateway.description) }
        if let interface { add("dev", names[interface]) }
        if table != .main { add("table", table.description) }
        if type == .unicast, scope != .universe { add("scope", scope.description) }
        if let preferredSource { add("src", preferredSource.description) }
        if metric != (family == .v6 ? 1024 : 0) { add("metric", String(metric)) }
        for (metric, value) in pathMetrics.sorted(by: { $0.key < $1.key }) { add(metric.description, String(value)) }
        for hop in nextHops { text += " " + hop.text(names) }
        return text
    }
}
