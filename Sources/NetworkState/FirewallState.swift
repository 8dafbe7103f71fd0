public import Nftables

/// The guard's tables as the kernel has them.
public struct FirewallState: Sendable, Hashable, Codable {
    /// Empty: there is no guard. Nothing but the service makes one.
    public var tables: [Table]
    /// The service owns them: nobody else can change them.
    public var isHeld: Bool

    public init(tables: [Table] = [], isHeld: Bool = false) {
        self.tables = tables
        self.isHeld = isHeld
    }

    /// `appliance_net`, as both tables are called.
    static let name = "appliance_net"
}
