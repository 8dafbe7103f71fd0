/// A table and all that is in it, as a value. Read back from the kernel it is equal to what was written.
public struct Table: Hashable, Sendable, Codable {
    /// What keeps others from changing it.
    public enum Protection: Hashable, Sendable, Codable {
        /// Nothing.
        case none
        /// `flags persist` (Linux 6.9): stays when its owner goes, and can be adopted by another.
        case persistent
        /// `flags owner,persist`: only the socket that made or adopted it may change it; `nft flush ruleset` of others
        /// passes it over.
        case owned
    }

    /// Which table it is.
    public struct Identity: Hashable, Sendable, Codable, CustomStringConvertible {
        public var family: TableFamily
        public var name: String

        public init(_ family: TableFamily, _ name: String) {
            self.family = family
            self.name = name
        }

        /// `inet appliance_net`
        public var description: String { "\(family.word) \(name)" }
    }

    public var identity: Identity
    /// In any order: they are told apart by their names.
    public var chains: [String: Chain] = [:]
    public var sets: [String: NamedSet] = [:]
    /// The names of counters that rules share and that outlive them.
    public var counters: Set<String> = []

    public init(_ family: TableFamily, _ name: String) { identity = Identity(family, name) }

    public init(
        _ family: TableFamily,
        _ name: String,
        chains: [Chain],
        sets: [NamedSet] = [],
        counters: Set<String> = []
    ) {
        identity = Identity(family, name)
        for chain in chains { self.chains[chain.name] = chain }
        for set in sets { self.sets[set.name] = set }
        self.counters = counters
    }
}
