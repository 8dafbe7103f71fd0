/// Who made a route, rule or address: `RTPROT_*`, the number that `ip` shows as `proto`.
public struct RouteProtocol: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let unspecified = RouteProtocol(rawValue: 0)
    /// Made by the kernel itself.
    public static let kernel = RouteProtocol(rawValue: 2)
    /// What `ip` sets when told nothing else.
    public static let boot = RouteProtocol(rawValue: 3)
    public static let `static` = RouteProtocol(rawValue: 4)
    /// Our own mark: policy routing and virtual-IP ranges. Only objects that carry it, or ``applianceBase``, are ever
    /// changed or removed.
    public static let applianceNet = RouteProtocol(rawValue: 201)
    /// Our mark on what management needs: interface addresses and the machine's default route. They stay when the
    /// rest is taken down.
    public static let applianceBase = RouteProtocol(rawValue: 202)

    public var description: String {
        switch self {
        case .unspecified: "unspec"
        case .kernel: "kernel"
        case .boot: "boot"
        case .static: "static"
        case .applianceNet: "appliance-net"
        case .applianceBase: "appliance-base"
        default: String(rawValue)
        }
    }
}

/// A routing table by number: `RT_TABLE_*`.
public struct RouteTable: RawRepresentable, Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
    public var rawValue: UInt32

    public init(rawValue: UInt32) { self.rawValue = rawValue }
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }

    public static let `default` = RouteTable(253)
    public static let main = RouteTable(254)
    public static let local = RouteTable(255)

    public static func < (a: RouteTable, b: RouteTable) -> Bool { a.rawValue < b.rawValue }

    public var description: String {
        switch self {
        case .default: "default"
        case .main: "main"
        case .local: "local"
        default: String(rawValue)
        }
    }
}

/// How far a destination is: `RT_SCOPE_*`.
public struct RouteScope: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let universe = RouteScope(rawValue: 0)
    public static let link = RouteScope(rawValue: 253)
    public static let host = RouteScope(rawValue: 254)

    public var description: String {
        switch self {
        case .universe: "global"
        case .link: "link"
        case .host: "host"
        default: String(rawValue)
        }
    }
}

/// What happens to a packet that a route matches: `RTN_*`.
public struct RouteType: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let unicast = RouteType(rawValue: 1)
    /// The destination is this machine: AnyIP.
    public static let local = RouteType(rawValue: 2)
    public static let broadcast = RouteType(rawValue: 3)
    public static let anycast = RouteType(rawValue: 4)
    public static let multicast = RouteType(rawValue: 5)
    public static let blackhole = RouteType(rawValue: 6)
    public static let unreachable = RouteType(rawValue: 7)
    public static let prohibit = RouteType(rawValue: 8)
    public static let `throw` = RouteType(rawValue: 9)

    public var description: String {
        let names = [
            "unspec", "unicast", "local", "broadcast", "anycast", "multicast", "blackhole", "unreachable", "prohibit",
            "throw",
        ]
        return names.indices.contains(Int(rawValue)) ? names[Int(rawValue)] : String(rawValue)
    }
}

/// Names of interfaces by index, for texts; an index without a name prints as `if7`.
public struct InterfaceNames: Sendable, Hashable {
    public var names: [Int: String]

    public init(_ names: [Int: String] = [:]) { self.names = names }

    public subscript(_ index: Int) -> String { names[index] ?? "if\(index)" }
}
