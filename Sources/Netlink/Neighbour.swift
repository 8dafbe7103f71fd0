public import Addresses
internal import CMnl

/// An entry of the neighbour table: who on a link has an address (ip-neighbour(8)); for IPv4 the ARP table.
public struct Neighbour: Hashable, Sendable {
    public var interface: Int
    public var address: IPAddress
    /// nil while nobody has answered.
    public var mac: MACAddress?
    public var state: NeighbourState
    /// We answer for it on behalf of somebody else (`ip neighbour add proxy`).
    public var isProxy: Bool

    public init(
        interface: Int,
        address: IPAddress,
        mac: MACAddress? = nil,
        state: NeighbourState = .permanent,
        isProxy: Bool = false
    ) {
        self.interface = interface
        self.address = address
        self.mac = mac
        self.state = state
        self.isProxy = isProxy
    }

    init?(_ reply: NetlinkReply) {
        let payload = reply.payload
        let attributes = payload.attributes(from: 12)
        guard reply.type == UInt16(RTM_NEWNEIGH), let family = IPAddress.Family(rawValue: payload.number(0)),
            let address = attributes[NDA_DST].flatMap({ IPAddress(bytes: $0.bytes) }), address.family == family
        else { return nil }
        self.address = address
        interface = Int(payload.number(4, as: Int32.self))
        mac = attributes[NDA_LLADDR].flatMap { MACAddress(bytes: $0.bytes) }
        state = NeighbourState(rawValue: payload.number(8))
        isProxy = payload.number(10, as: UInt8.self) & UInt8(NTF_PROXY) != 0
    }

    /// In the words of `ip neighbour`: `10.13.201.1 dev workload lladdr 00:50:56:00:00:02`.
    public func text(_ names: InterfaceNames) -> String {
        (isProxy ? "proxy " : "") + "\(address) dev \(names[interface])" + (mac.map { " lladdr \($0)" } ?? "")
    }
}

/// What the kernel knows of a neighbour: `NUD_*`.
public struct NeighbourState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public var rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let incomplete = NeighbourState(rawValue: 0x01)
    public static let reachable = NeighbourState(rawValue: 0x02)
    public static let stale = NeighbourState(rawValue: 0x04)
    public static let delay = NeighbourState(rawValue: 0x08)
    public static let probe = NeighbourState(rawValue: 0x10)
    public static let failed = NeighbourState(rawValue: 0x20)
    /// A link that needs no addresses, such as the loopback.
    public static let noARP = NeighbourState(rawValue: 0x40)
    /// Set by hand; never asked for.
    public static let permanent = NeighbourState(rawValue: 0x80)

    /// As `ip` prints it.
    public var description: String {
        let names = ["INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "NOARP", "PERMANENT"]
        let bit = rawValue.trailingZeroBitCount
        return rawValue.nonzeroBitCount == 1 && names.indices.contains(bit) ? names[bit] : String(rawValue)
    }
}

extension NetlinkRequest {
    /// `ip neighbour show`
    public static func listNeighbours(_ family: IPAddress.Family) -> NetlinkRequest {
        var message = NetlinkMessage(RTM_GETNEIGH, flags: NLM_F_DUMP)
        message.put(family.rawValue)
        for _ in 0..<11 { message.put(UInt8(0)) }
        return NetlinkRequest("listing", "neighbours", message)
    }

    /// `ip neighbour add ADDRESS lladdr MAC dev NAME nud STATE`. EEXIST: the address has an entry.
    public static func add(_ neighbour: Neighbour, _ names: InterfaceNames = InterfaceNames()) -> NetlinkRequest {
        change(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, "adding", neighbour, names)
    }

    /// `ip neighbour replace …`
    public static func replace(_ neighbour: Neighbour, _ names: InterfaceNames = InterfaceNames()) -> NetlinkRequest {
        change(RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_REPLACE, "replacing", neighbour, names)
    }

    /// `ip neighbour delete ADDRESS dev NAME`. ENOENT: already gone.
    public static func delete(_ neighbour: Neighbour, _ names: InterfaceNames = InterfaceNames()) -> NetlinkRequest {
        change(RTM_DELNEIGH, 0, "deleting", neighbour, names)
    }

    /// `struct ndmsg`
    private static func change(
        _ type: Int,
        _ flags: Int32,
        _ action: String,
        _ neighbour: Neighbour,
        _ names: InterfaceNames
    ) -> NetlinkRequest {
        var message = NetlinkMessage(type, flags: flags | NLM_F_ACK)
        message.put(neighbour.address.family.rawValue)
        message.put(UInt8(0))
        message.put(UInt16(0))
        message.put(Int32(neighbour.interface))
        message.put(neighbour.state.rawValue)
        message.put(neighbour.isProxy ? UInt8(NTF_PROXY) : 0)
        message.put(UInt8(0))
        message.attribute(NDA_DST, neighbour.address)
        if type == RTM_NEWNEIGH, let mac = neighbour.mac { message.attribute(NDA_LLADDR, mac.bytes) }
        return NetlinkRequest(action, "neighbour \(neighbour.text(names))", message)
    }
}

extension NetlinkSocket {
    /// All neighbours of the namespace, IPv4 first, without the proxy entries: `ip neighbour show nud all`.
    public func neighbours() throws(NetlinkError) -> [Neighbour] {
        var result: [Neighbour] = []
        for family in IPAddress.Family.allCases {
            result += try dump(.listNeighbours(family)) { reply in
                Neighbour(reply).flatMap { $0.address.family == family ? $0 : nil }
            }
        }
        return result
    }
}
