public import Addresses
internal import CMnl
internal import Glibc

/// An address on an interface.
public struct LinkAddress: Hashable, Sendable, Codable {
    public var interface: Int
    public var address: InterfaceAddress
    /// Who added it (IFA_PROTO, Linux 5.18); unspecified for what `ip` adds.
    public var origin: RouteProtocol
    public var scope: RouteScope
    /// Beside another address of the same network (IFA_F_SECONDARY).
    public var isSecondary: Bool
    /// Still being probed for duplicates, or found to be one (IFA_F_TENTATIVE, IFA_F_DADFAILED): no route can have it
    /// as its source.
    public var isTentative = false

    public init(
        interface: Int,
        address: InterfaceAddress,
        origin: RouteProtocol = .applianceNet,
        scope: RouteScope = .universe,
        isSecondary: Bool = false
    ) {
        self.interface = interface
        self.address = address
        self.origin = origin
        self.scope = scope
        self.isSecondary = isSecondary
    }

    init?(_ reply: NetlinkReply) {
        guard reply.type == UInt16(RTM_NEWADDR) else { return nil }
        let attributes = reply.payload.attributes(from: 8)
        // IFA_ADDRESS is the other end on a point-to-point link; IFA_LOCAL, where there is one, is always ours.
        guard let bytes = attributes[IFA_LOCAL] ?? attributes[IFA_ADDRESS],
            let ip = IPAddress(bytes: bytes.bytes),
            let address = InterfaceAddress(ip, prefixLength: Int(reply.payload.number(1, as: UInt8.self)))
        else { return nil }
        self.address = address
        interface = Int(reply.payload.number(4, as: UInt32.self))
        origin = RouteProtocol(rawValue: attributes[IFA_PROTO]?.number(as: UInt8.self) ?? 0)
        scope = RouteScope(rawValue: reply.payload.number(3, as: UInt8.self))
        let flags = attributes[IFA_FLAGS]?.number(as: UInt32.self) ?? UInt32(reply.payload.number(2, as: UInt8.self))
        // The same bit means "temporary" in IPv6, which has no secondary addresses.
        isSecondary = ip.family == .v4 && flags & UInt32(IFA_F_SECONDARY) != 0
        isTentative = flags & UInt32(IFA_F_TENTATIVE | IFA_F_DADFAILED) != 0
    }

    /// In the words of `ip address`: `10.13.201.10/24 dev workload`.
    public func text(_ names: InterfaceNames) -> String { "\(address) dev \(names[interface])" }
}

extension NetlinkRequest {
    /// `ip address show`
    public static func listAddresses(_ family: IPAddress.Family) -> NetlinkRequest {
        var message = NetlinkMessage(RTM_GETADDR, flags: NLM_F_DUMP)
        message.put(family.rawValue)
        message.put(UInt8(0))
        message.put(UInt16(0))
        message.put(UInt32(0))
        return NetlinkRequest("listing", "addresses", message)
    }

    /// `ip address add ADDRESS broadcast + dev NAME proto PROTOCOL` (IPv6: `nodad`, because duplicates are probed for
    /// before, and a tentative address can be no route's source). EEXIST: already there.
    public static func add(_ address: LinkAddress, _ names: InterfaceNames = InterfaceNames()) -> NetlinkRequest {
        change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, "adding", address, names)
    }

    /// `ip address replace …`: adds, or changes what is there.
    public static func replace(_ address: LinkAddress, _ names: InterfaceNames = InterfaceNames()) -> NetlinkRequest {
        change(RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, "replacing", address, names)
    }

    /// `ip address delete ADDRESS dev NAME`. EADDRNOTAVAIL: already gone.
    public static func delete(_ address: LinkAddress, _ names: InterfaceNames = InterfaceNames()) -> NetlinkRequest {
        change(RTM_DELADDR, 0, "deleting", address, names)
    }

    /// `struct ifaddrmsg`
    private static func change(
        _ type: Int,
        _ flags: Int32,
        _ action: String,
        _ address: LinkAddress,
        _ names: InterfaceNames
    ) -> NetlinkRequest {
        let ip = address.address.address
        let isNew = type == RTM_NEWADDR
        var message = NetlinkMessage(type, flags: flags | NLM_F_ACK)
        message.put(ip.family.rawValue)
        message.put(UInt8(address.address.prefixLength))
        message.put(isNew && ip.family == .v6 ? UInt8(IFA_F_NODAD) : 0)
        message.put(address.scope.rawValue)
        message.put(UInt32(address.interface))
        message.attribute(IFA_LOCAL, ip)
        message.attribute(IFA_ADDRESS, ip)
        if isNew, let broadcast = address.address.network.broadcast {
            message.attribute(IFA_BROADCAST, broadcast)
        }
        if isNew, address.origin != .unspecified { message.attribute(IFA_PROTO, [address.origin.rawValue]) }
        return NetlinkRequest(action, "address \(address.text(names))", message)
    }
}

extension NetlinkSocket {
    /// All addresses of the namespace, IPv4 first: `ip address show`.
    public func addresses() throws(NetlinkError) -> [LinkAddress] {
        var result: [LinkAddress] = []
        for family in IPAddress.Family.allCases {
            // A kernel without IPv6 answers with all families.
            result += try dump(.listAddresses(family)) { reply in
                LinkAddress(reply).flatMap { $0.address.address.family == family ? $0 : nil }
            }
        }
        return result
    }
}
