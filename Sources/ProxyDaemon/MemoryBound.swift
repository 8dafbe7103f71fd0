internal import ProxyEngine

/// How much memory the configuration can come to need: the sum is known at start, because each connection takes a slot of
/// fixed size, and at most one block for each direction whose reader is slow, and a stick table its size.
struct MemoryBound: Hashable {
    /// A slot of the table of connections, and where it waits for a place at a server.
    static let slot = 256 + 80
    /// What a reader that is slow can leave behind, in each direction.
    static let block = 65536

    var connections: Int
    var threads: Int
    /// Bytes of stick tables that are full.
    var tables: Int

    init(_ settings: EngineSettings, _ tables: [StickTable] = []) {
        connections = settings.maxConnections
        threads = settings.threads
        self.tables = tables.reduce(0) { $0 + $1.mostBytes }
    }

    /// Bytes for connections whose peers read what they are sent.
    var ordinary: Int { connections * Self.slot + threads * (64 * Self.block + Self.block) + tables }

    /// Bytes if every peer stops reading.
    var worst: Int { ordinary + connections * 2 * Self.block }

    var words: String {
        "memory : at most \(Self.megabytes(ordinary)) MB for \(connections) connections and \(threads) thread(s), and "
            + "\(Self.megabytes(worst)) MB if no peer reads what it is sent"
            + (tables > 0 ? ", \(Self.megabytes(tables)) MB of it for stick tables" : "")
    }

    private static func megabytes(_ bytes: Int) -> Int { (bytes + (1 << 20) - 1) >> 20 }
}
