public import Addresses
internal import CMnl
internal import Glibc

/// A network interface.
public struct Link: Hashable, Sendable, Codable {
    /// The kernel's number for it; stays through a rename.
    public var index: Int
    /// At most 15 bytes.
    public var name: String
    /// nil for interfaces that are not Ethernet.
    public var mac: MACAddress?
    /// The address the hardware was made with, where the driver tells it.
    public var permanentMAC: MACAddress?
    /// Bytes.
    public var mtu: Int
    /// Whether an admin (or we) set it up: IFF_UP.
    public var isUp: Bool
    /// Whether it has carrier: IFF_RUNNING.
    public var isRunning: Bool
    public var isLoopback: Bool
    /// The driver's kind of a virtual interface: `veth`, `bridge`, `vlan`; nil for a network card.
    public var kind: String?
    /// The bridge or bond it belongs to.
    public var master: Int?

    public init(
        index: Int,
        name: String,
        mac: MACAddress? = nil,
        mtu: Int = 1500,
        isUp: Bool = false,
        isRunning: Bool = false,
        isLoopback: Bool = false,
        kind: String? = nil
    ) {
        self.index = index
        self.name = name
        self.mac = mac
        self.mtu = mtu
        self.isUp = isUp
        self.isRunning = isRunning
        self.isLoopback = isLoopback
        self.kind = kind
    }

    init?(_ reply: NetlinkReply) {
        guard reply.type == UInt16(RTM_NEWLINK) else { return nil }
        let flags = reply.payload.number(8, as: UInt32.self)
        let attributes = reply.payload.attributes(from: 16)
        index = Int(reply.payload.number(4, as: Int32.self))
        name = attributes[IFLA_IFNAME]?.text ?? ""
        isLoopback = flags & UInt32(IFF_LOOPBACK) != 0
        // The loopback's address is six zero bytes, which names nothing.
        mac = isLoopback ? nil : attributes[IFLA_ADDRESS].flatMap { MACAddress(bytes: $0.bytes) }
        permanentMAC = attributes[IFLA_PERM_ADDRESS].flatMap { MACAddress(bytes: $0.bytes) }
        mtu = Int(attributes[IFLA_MTU]?.number(as: UInt32.self) ?? 0)
        isUp = flags & UInt32(IFF_UP) != 0
        isRunning = flags & UInt32(IFF_RUNNING) != 0
        kind = attributes[IFLA_LINKINFO]?.attributes(from: 0)[IFLA_INFO_KIND]?.text
        master = attributes[IFLA_MASTER].map { Int($0.number(as: UInt32.self)) }
    }
}

extension NetlinkRequest {
    /// `ip link show`
    public static func listLinks() -> NetlinkRequest {
        NetlinkRequest("listing", "links", linkMessage(RTM_GETLINK, flags: NLM_F_DUMP, index: 0))
    }

    /// `ip link set NAME up`, `ip link set NAME down`
    public static func setLink(_ index: Int, named name: String, up: Bool) -> NetlinkRequest {
        let flag = UInt32(IFF_UP)
        return NetlinkRequest(
            "setting \(up ? "up" : "down")",
            "link \(name)",
            linkMessage(RTM_NEWLINK, flags: NLM_F_ACK, index: index, set: up ? flag : 0, change: flag)
        )
    }

    /// `ip link set OLD name NEW`. Kernels before 6.2 refuse with EBUSY while the link is up.
    public static func renameLink(_ index: Int, named name: String, to newName: String) -> NetlinkRequest {
        var message = linkMessage(RTM_NEWLINK, flags: NLM_F_ACK, index: index)
        message.attribute(IFLA_IFNAME, newName)
        return NetlinkRequest("renaming to \(newName)", "link \(name)", message)
    }

    /// `ip link set NAME mtu BYTES`
    public static func setLink(_ index: Int, named name: String, mtu: Int) -> NetlinkRequest {
        var message = linkMessage(RTM_NEWLINK, flags: NLM_F_ACK, index: index)
        message.attribute(IFLA_MTU, UInt32(mtu))
        return NetlinkRequest("setting MTU \(mtu) of", "link \(name)", message)
    }

    /// `ip link set NAME address MAC`. Some drivers refuse with EBUSY while the link is up.
    public static func setLink(_ index: Int, named name: String, mac: MACAddress) -> NetlinkRequest {
        var message = linkMessage(RTM_NEWLINK, flags: NLM_F_ACK, index: index)
        message.attribute(IFLA_ADDRESS, mac.bytes)
        return NetlinkRequest("setting address \(mac) of", "link \(name)", message)
    }

    /// `struct ifinfomsg`
    private static func linkMessage(
        _ type: Int,
        flags: Int32,
        index: Int,
        set: UInt32 = 0,
        change: UInt32 = 0
    ) -> NetlinkMessage {
        var message = NetlinkMessage(type, flags: flags)
        message.put(UInt16(AF_UNSPEC))
        message.put(UInt16(0))
        message.put(Int32(index))
        message.put(set)
        message.put(change)
        return message
    }
}

extension NetlinkSocket {
    /// All interfaces of the namespace: `ip link show`.
    public func links() throws(NetlinkError) -> [Link] {
        try dump(.listLinks()) { Link($0) }
    }
}
