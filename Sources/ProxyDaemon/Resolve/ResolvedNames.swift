internal import Addresses
internal import Glibc

/// What `resolvers` sections have found out, by section and name. Written by the resolver's thread, read when a
/// configuration is compiled.
final class ResolvedNames: @unchecked Sendable {
    /// A name that some section resolves.
    struct Key: Hashable, Sendable {
        var section: String
        var name: String
    }

    /// Those of this process.
    static let shared = ResolvedNames()

    // The lock guards the table.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var table: [Key: [IPAddress]] = [:]
    private var sources: [Key: String] = [:]

    init() {
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    /// The name server that the addresses of a name came from.
    func source(_ key: Key) -> String? {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return sources[key]
    }

    func set(_ addresses: [IPAddress], _ key: Key, from source: String?) {
        pthread_mutex_lock(lock)
        table[key] = addresses
        if let source { sources[key] = source }
        pthread_mutex_unlock(lock)
    }

    /// Empty: it has none any more. nil: nobody has answered yet.
    subscript(key: Key) -> [IPAddress]? {
        get {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            return table[key]
        }
        set {
            pthread_mutex_lock(lock)
            table[key] = newValue
            pthread_mutex_unlock(lock)
        }
    }
}
