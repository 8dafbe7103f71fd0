public import Diagnostics

/// A `stick-table` line (configuration manual, section 4.2), or a `table` of a `peers` section.
public struct StickTable: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case ip
        case ipv6
        case integer
        case string
        case binary
    }

    /// The name of the section; `section/table` in a `peers` section.
    public var name: String
    public var kind = Kind.ip
    /// Most bytes of a string or binary key, as HAProxy counts: a string's NUL included.
    public var length = 32
    public var size = 0
    /// Milliseconds; nil keeps entries until the table is full.
    public var expiry: Int?
    /// False with `nopurge`.
    public var purges = true
    public var peers: String?
    /// What `store` names.
    public var stores: [Stored] = []
    /// `srvkey addr`
    public var knowsServersByAddress = false
    public var position: SourcePosition

    /// A kind of data that is kept for each key: `conn_rate(10s)`, `gpc(3)`.
    public struct Stored: Sendable, Hashable {
        public var name: String
        /// Of an array.
        public var count: Int
        /// Of a rate: milliseconds.
        public var period: Int
    }

    public init(name: String, position: SourcePosition) {
        self.name = name
        self.position = position
    }
}

/// A `stick` line.
public struct StickRule: Sendable, Hashable {
    /// What of a connection is the key.
    public enum Pattern: Sendable, Hashable {
        /// Bits of IPv4 and IPv6 that count; nil: such an address is no key.
        case source(bitsV4: Int, bitsV6: Int?)
        case destination(bitsV4: Int, bitsV6: Int?)
        case sourcePort
        case destinationPort
        case integer(Int)
        case text(String)
        case expression(SampleExpression)
        /// Read from what is said on a connection, or made by converters.
        case other(String)
    }

    public var matches: Bool
    public var stores: Bool
    /// `store-response`: the key is what is known when the server has answered.
    public var isOfResponse = false
    public var pattern: Pattern
    public var table: String
    public var condition = Condition.always
    /// Why the condition cannot be answered.
    public var quarantine: String?
    /// The line counts from the header of the section, which is 0.
    public var position: SourcePosition

    public init(matches: Bool, stores: Bool, pattern: Pattern, table: String, position: SourcePosition) {
        self.matches = matches
        self.stores = stores
        self.pattern = pattern
        self.table = table
        self.position = position
    }
}
