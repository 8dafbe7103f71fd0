public import Addresses
internal import CMnl

/// A rule of the routing policy database: which table a packet is looked up in (ip-rule(8)).
public struct Rule: Hashable, Sendable, Codable {
    public var family: IPAddress.Family
    /// Lower numbers are asked first.
    public var priority: UInt32
    /// nil: any.
    public var from: IPNetwork?
    /// nil: any.
    public var to: IPNetwork?
    public var table: RouteTable
    public var origin: RouteProtocol
    /// FR_ACT_*: 1 is "look up in the table".
    public var action: UInt8
    /// It selects by something this type does not hold (mark, interface, ports, inversion); never one of ours.
    public var isComplex = false

    public init(
        family: IPAddress.Family,
        priority: UInt32,
        from: IPNetwork? = nil,
        to: IPNetwork? = nil,
        table: RouteTable,
        origin: RouteProtocol = .applianceNet
    ) {
        self.init(family, priority, from, to, table, origin, FR_ACT_TO_TBL)
    }

    /// A rule that leaves packets from a network no way: `ip rule add from NETWORK unreachable`.
    public init(unreachable from: IPNetwork, priority: UInt32, origin: RouteProtocol = .applianceNet) {
        self.init(from.family, priority, from, nil, RouteTable(0), origin, FR_ACT_UNREACHABLE)
    }

    private init(
        _ family: IPAddress.Family,
        _ priority: UInt32,
        _ from: IPNetwork?,
        _ to: IPNetwork?,
        _ table: RouteTable,
        _ origin: RouteProtocol,
        _ action: Int
    ) {
        self.family = family
        self.priority = priority
        // The kernel keeps no prefix of length 0: it is "any".
        self.from = from.flatMap { $0.prefixLength > 0 ? $0 : nil }
        self.to = to.flatMap { $0.prefixLength > 0 ? $0 : nil }
        self.table = table
        self.origin = origin
        self.action = UInt8(action)
    }

    init?(_ reply: NetlinkReply) {
        let payload = reply.payload
        guard reply.type == UInt16(RTM_NEWRULE), let family = IPAddress.Family(rawValue: payload.number(0))
        else { return nil }
        let attributes = payload.attributes(from: 12)
        func network(_ type: Int, _ length: UInt8) -> IPNetwork? {
            attributes[type].flatMap { IPAddress(bytes: $0.bytes) }
                .flatMap { IPNetwork(containing: $0, prefixLength: Int(length)) }
        }
        self.family = family
        priority = attributes[FRA_PRIORITY]?.number(as: UInt32.self) ?? 0
        from = network(FRA_SRC, payload.number(2))
        to = network(FRA_DST, payload.number(1))
        table = RouteTable(
            attributes[FRA_TABLE]?.number(as: UInt32.self) ?? UInt32(payload.number(4, as: UInt8.self))
        )
        origin = RouteProtocol(rawValue: attributes[FRA_PROTOCOL]?.number(as: UInt8.self) ?? 0)
        action = payload.number(7)
        // What the kernel adds to every rule: no suppression, no goto.
        let plain = [FRA_PRIORITY, FRA_SRC, FRA_DST, FRA_TABLE, FRA_PROTOCOL, FRA_SUPPRESS_PREFIXLEN].map { UInt16($0) }
        let suppresses = attributes[FRA_SUPPRESS_PREFIXLEN].map { $0.number(as: Int32.self) != -1 } ?? false
        let inverts = payload.number(8, as: UInt32.self) & UInt32(FIB_RULE_INVERT) != 0
        isComplex =
            inverts || suppresses || payload.number(3, as: UInt8.self) != 0
            || attributes.contains { !plain.contains($0.type) }
    }

    /// What the kernel tells rules apart by. Of two rules with one key the second does nothing.
    public struct Key: Hashable, Sendable {
        public var family: IPAddress.Family
        public var priority: UInt32
        public var from: IPNetwork?
        public var to: IPNetwork?
        public var table: RouteTable
        public var action: UInt8
    }

    public var key: Key {
        Key(family: family, priority: priority, from: from, to: to, table: table, action: action)
    }

    /// In the words of `ip rule`: `from 10.13.201.0/24 lookup 2`.
    public var text: String {
        let names = [FR_ACT_BLACKHOLE: "blackhole", FR_ACT_UNREACHABLE: "unreachable", FR_ACT_PROHIBIT: "prohibit"]
        return "from \(from.map { $0.description } ?? "all")" + (to.map { " to \($0)" } ?? "") + " "
            + (names[Int(action)] ?? "lookup \(table)")
    }
}

extension NetlinkRequest {
    /// `ip rule show`
    public static func listRules(_ family: IPAddress.Family) -> NetlinkRequest {
        var message = NetlinkMessage(RTM_GETRULE, flags: NLM_F_DUMP)
        message.put(family.rawValue)
        for _ in 0..<11 { message.put(UInt8(0)) }
        return NetlinkRequest("listing", "rules", message)
    }

    /// `ip rule add from NETWORK to NETWORK lookup TABLE priority N protocol N`. EEXIST: already there.
    public static func add(_ rule: Rule) -> NetlinkRequest {
        change(RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, "adding", rule)
    }

    /// `ip rule delete …` of exactly this rule, its protocol included. ENOENT: already gone.
    public static func delete(_ rule: Rule) -> NetlinkRequest {
        change(RTM_DELRULE, 0, "deleting", rule)
    }

    /// `struct fib_rule_hdr`
    private static func change(_ type: Int, _ flags: Int32, _ action: String, _ rule: Rule) -> NetlinkRequest {
        var message = NetlinkMessage(type, flags: flags | NLM_F_ACK)
        let table = rule.table.rawValue
        message.put(rule.family.rawValue)
        message.put(UInt8(rule.to?.prefixLength ?? 0))
        message.put(UInt8(rule.from?.prefixLength ?? 0))
        message.put(UInt8(0))
        message.put(table < 256 ? UInt8(table) : 0)
        message.put(UInt16(0))
        message.put(rule.action)
        message.put(UInt32(0))
        if let to = rule.to { message.attribute(FRA_DST, to.address) }
        if let from = rule.from { message.attribute(FRA_SRC, from.address) }
        message.attribute(FRA_PRIORITY, rule.priority)
        message.attribute(FRA_TABLE, table)
        message.attribute(FRA_PROTOCOL, [rule.origin.rawValue])
        return NetlinkRequest(action, rule, message)
    }
}

extension NetlinkSocket {
    /// All rules, IPv4 first, in order of priority: `ip rule show`, `ip -6 rule show`.
    public func rules() throws(NetlinkError) -> [Rule] {
        var result: [Rule] = []
        for family in IPAddress.Family.allCases {
            // A kernel without IPv6 answers with all families.
            result += try dump(.listRules(family)) { reply in Rule(reply).flatMap { $0.family == family ? $0 : nil } }
        }
        return result
    }
}
