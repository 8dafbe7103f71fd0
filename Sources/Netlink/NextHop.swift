public import Addresses
internal import CMnl

/// One of several ways that a route divides its traffic among: `nexthop via GATEWAY dev NAME weight N`.
public struct NextHop: Hashable, Sendable, Codable {
    public var gateway: IPAddress?
    public var interface: Int
    /// Its share, 1-256.
    public var weight: Int

    public init(gateway: IPAddress?, interface: Int, weight: Int = 1) {
        self.gateway = gateway
        self.interface = interface
        self.weight = weight
    }

    /// The list in an RTA_MULTIPATH attribute; nil if one is of a kind that this type does not hold.
    static func list(_ value: NetlinkReader) -> [NextHop]? {
        var hops: [NextHop] = []
        var rest = value.bytes
        while rest.count >= 8 {
            let header = NetlinkReader(rest)
            let length = Int(header.number(0, as: UInt16.self))
            guard length >= 8, length <= rest.count else { return nil }
            let attributes = NetlinkReader(rest.prefix(length)).attributes(from: 8)
            if attributes[RTA_VIA.rawValue] != nil || attributes[RTA_ENCAP.rawValue] != nil { return nil }
            hops.append(
                NextHop(
                    gateway: attributes[RTA_GATEWAY.rawValue].flatMap { IPAddress(bytes: $0.bytes) },
                    interface: Int(header.number(4, as: Int32.self)),
                    weight: Int(header.number(3, as: UInt8.self)) + 1
                )
            )
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return hops
    }

    /// `struct rtnexthop` and its gateway.
    func put(into message: inout NetlinkMessage) {
        let bytes = gateway?.bytes ?? []
        message.put(UInt16(bytes.isEmpty ? 8 : 12 + bytes.count))
        message.put(UInt8(0))
        message.put(UInt8(clamping: weight - 1))
        message.put(Int32(interface))
        if !bytes.isEmpty { message.attribute(RTA_GATEWAY.rawValue, bytes) }
    }

    func text(_ names: InterfaceNames) -> String {
        "nexthop" + (gateway.map { " via \($0)" } ?? "") + " dev \(names[interface]) weight \(weight)"
    }
}

/// A property of the path that a route has: `RTAX_*`, the words `mtu`, `advmss` and so on of ip-route(8).
public struct RouteMetric: RawRepresentable, Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    public var rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A mask: metric n is locked by bit n.
    public static let lock = RouteMetric(rawValue: 1)
    /// Bytes.
    public static let mtu = RouteMetric(rawValue: 2)
    public static let window = RouteMetric(rawValue: 3)
    /// Bytes.
    public static let advertisedMSS = RouteMetric(rawValue: 8)
    public static let hopLimit = RouteMetric(rawValue: 10)
    /// Packets.
    public static let initialWindow = RouteMetric(rawValue: 11)
    /// The name of a congestion control algorithm, which is no number.
    static let congestion = RouteMetric(rawValue: 16)

    public static func < (a: RouteMetric, b: RouteMetric) -> Bool { a.rawValue < b.rawValue }

    public var description: String {
        switch self {
        case .lock: "lock"
        case .mtu: "mtu"
        case .window: "window"
        case .advertisedMSS: "advmss"
        case .hopLimit: "hoplimit"
        case .initialWindow: "initcwnd"
        default: "metric\(rawValue)"
        }
    }
}
