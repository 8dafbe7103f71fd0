public import Addresses
public import Netlink

/// Which way packets from one address to another go, asked from the kernel and compared with the configuration.
public struct RouteExplanation: Sendable, Hashable {
    /// One packet.
    public struct Leg: Sendable, Hashable {
        public enum Kind: String, Sendable, Hashable {
            /// Sent by this machine.
            case outgoing
            /// Comes to this machine.
            case incoming
            /// The answer to what came.
            case reply
        }

        public var kind: Kind
        public var lookup: RouteLookup
        public var actual: RoutePath
        /// nil where the configuration could not be read.
        public var configured: RoutePath?
        public var difference: RouteDifference?
    }

    public var source: IPAddress
    public var destination: IPAddress
    public var legs: [Leg]
    /// What else is to be known, in words.
    public var notes: [String] = []
    /// Of the kernel's interfaces, for texts.
    public var names: InterfaceNames
    /// `rtctl_frontend`, by table.
    public var tableNames: [RouteTable: String]

    public var differences: [RouteDifference] { legs.compactMap { $0.difference } }
    /// Whether every packet has a way, and it is the configured one.
    public var isAsConfigured: Bool { differences.isEmpty && legs.allSatisfy { $0.actual.failure == nil } }

    /// `3 (rtctl_frontend)`
    public func name(of table: RouteTable) -> String {
        tableNames[table].map { "\(table) (\($0))" } ?? table.description
    }
}
