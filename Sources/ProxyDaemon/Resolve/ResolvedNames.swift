internal import Addresses
internal import Synchronization

/// What `resolvers` sections have found out, by section and name. Written by the resolver's thread, read when a
/// configuration is compiled.
final class ResolvedNames: Sendable {
    /// A name that some section resolves.
    struct Key: Hashable, Sendable {
        var section: String
        var name: String
    }

    private struct Tables: Sendable {
        var addresses: [Key: [IPAddress]] = [:]
        var sources: [Key: String] = [:]
        var counters: [Key: NameServerCounters] = [:]
    }

    /// Those of this process.
    static let shared = ResolvedNames()

    private let tables = Mutex(Tables())

    /// The name server that the addresses of a name came from.
    func source(_ key: Key) -> String? { tables.withLock { $0.sources[key] } }

    func set(_ addresses: [IPAddress], _ key: Key, from source: String?) {
        tables.withLock {
            $0.addresses[key] = addresses
            if let source { $0.sources[key] = source }
        }
    }

    /// - Parameter server: By section and name.
    func count(_ server: Key, _ field: NameServerCounters.Field) {
        tables.withLock { $0.counters[server, default: NameServerCounters()].count(field) }
    }

    /// What was counted of a name server, by section and name.
    func counters(_ server: Key) -> NameServerCounters {
        tables.withLock { $0.counters[server] } ?? NameServerCounters()
    }

    /// Empty: it has none any more. nil: nobody has answered yet.
    subscript(key: Key) -> [IPAddress]? {
        get { tables.withLock { $0.addresses[key] } }
        set { tables.withLock { $0.addresses[key] = newValue } }
    }
}
