/// A `stick-table`: what is known of keys, such as which server they were sent to (HAProxy's manual, 4.2).
public struct StickTable: Hashable, Sendable {
    /// `type`: what keys are made into.
    public enum Kind: UInt8, Hashable, Sendable {
        case v4 = 0
        case v6 = 1
        case integer = 2
        case string = 3
        case binary = 4
    }

    /// The name of its section.
    public var name: String
    public var kind: Kind
    /// `len`: most bytes of a key that is a string or binary.
    public var length: UInt16
    /// `size`: most entries.
    public var size: UInt32
    /// `expire`, milliseconds since an entry was last stored or matched; nil: for ever.
    public var expiry: UInt32?
    /// False with `nopurge`: when it is full, nothing is stored instead of the oldest entry removed.
    public var purges: Bool
    /// `srvkey addr`: servers are known by their address and not by their name.
    public var knowsServersByAddress: Bool
    /// `store`: what it keeps of each key, and what `stick` rules need.
    public var data: [StickData]
    /// `peers`: the section of those who are told of every change.
    public var peers: String?

    /// Bytes that it takes when it is full.
    public var mostBytes: Int { StickMemory.bytes(of: self) }

    public init(
        name: String,
        kind: Kind = .v4,
        length: UInt16 = 32,
        size: UInt32,
        expiry: UInt32? = nil,
        purges: Bool = true,
        knowsServersByAddress: Bool = false,
        data: [StickData] = StickData.servers,
        peers: String? = nil
    ) {
        self.name = name
        self.kind = kind
        self.length = length
        self.size = size
        self.expiry = expiry
        self.purges = purges
        self.knowsServersByAddress = knowsServersByAddress
        self.data = data
        self.peers = peers
    }
}

/// `stick on`, `stick match`, `stick store-request`, `stick store-response`.
public struct StickRule: Hashable, Sendable {
    /// What of a connection is the key.
    public enum Pattern: Hashable, Sendable {
        /// `src` and `dst`, cut to a network (`ipmask`): bits that count of IPv4 and of IPv6. nil: such an address
        /// is no key.
        case source(bitsV4: UInt8, bitsV6: UInt8?)
        case destination(bitsV4: UInt8, bitsV6: UInt8?)
        case sourcePort
        case destinationPort
        case integer(UInt32)
        case text(String)
        /// What a connection says of itself otherwise.
        case expression(SampleExpression)
    }

    /// The connection goes to the server that the table names.
    public var matches: Bool
    /// The server that it went to is stored when it is reached.
    public var stores: Bool
    /// `store-response`: the key is what is known when the server has answered, and rules have judged what it says.
    public var isOfResponse = false
    /// Name of the table.
    public var table: String
    public var pattern: Pattern
    /// As ``SwitchingRule/alternatives``.
    public var alternatives: [[Condition]]
    /// `unless`
    public var isInverted = false

    public init(
        matches: Bool = true,
        stores: Bool = true,
        table: String,
        pattern: Pattern,
        alternatives: [[Condition]] = []
    ) {
        self.matches = matches
        self.stores = stores
        self.table = table
        self.pattern = pattern
        self.alternatives = alternatives
    }
}
