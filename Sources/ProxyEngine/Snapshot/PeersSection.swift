public import Addresses

/// A `peers` section: who tells whom of the changes of stick tables (HAProxy's manual, 3.5).
public struct PeersSection: Hashable, Sendable {
    public struct Peer: Hashable, Sendable {
        public var name: String
        public var endpoint: Endpoint

        public init(_ name: String, _ endpoint: Endpoint) {
            self.name = name
            self.endpoint = endpoint
        }
    }

    public var name: String
    /// This process, and where it listens; nil: the section does not name it, and nothing is told to anybody.
    public var own: Peer?
    public var others: [Peer]
    /// So many of the others stand before this process's own line.
    public var ownPlace = 0

    public init(name: String, own: Peer? = nil, others: [Peer] = []) {
        self.name = name
        self.own = own
        self.others = others
    }
}

extension ByteWriter {
    mutating func write(_ section: PeersSection) {
        string(section.name)
        optional(section.own) { $0.write($1) }
        list(section.others) { $0.write($1) }
        number(UInt32(clamping: section.ownPlace))
    }

    private mutating func write(_ peer: PeersSection.Peer) {
        string(peer.name)
        endpoint(peer.endpoint)
    }
}

extension ByteReader {
    mutating func peersSection() throws(MalformedSnapshot) -> PeersSection {
        var section = PeersSection(
            name: try string(),
            own: try flag() ? try peer() : nil,
            others: try list { (reader) throws(MalformedSnapshot) in try reader.peer() }
        )
        section.ownPlace = Int(try number(UInt32.self))
        return section
    }

    private mutating func peer() throws(MalformedSnapshot) -> PeersSection.Peer {
        PeersSection.Peer(try string(), try endpoint())
    }
}
