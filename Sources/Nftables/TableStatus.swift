/// A table that is there, and whose it is.
public struct TableStatus: Hashable, Sendable {
    public var identity: Table.Identity
    public var protection: Table.Protection
    /// The netlink port of the socket that owns it; nil: nobody does.
    public var owner: UInt32?
    /// `flags dormant`: its chains see no packets.
    public var isDormant: Bool
}
