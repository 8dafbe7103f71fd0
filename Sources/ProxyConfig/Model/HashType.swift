/// `hash-type`: how a hash becomes a server.
public struct HashType: Sendable, Hashable {
    /// What hashes a text. An address is hashed the same way whatever this says.
    public enum Function: String, Sendable, Hashable, CaseIterable {
        case sdbm, djb2, wt6, crc32
    }

    /// Servers come and go without moving more than their own share; otherwise the hash is a place in a table.
    public var isConsistent = false
    public var function = Function.sdbm
    /// The hash is mixed once more.
    public var hasAvalanche = false

    public init() {}
}
