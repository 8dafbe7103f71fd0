internal import Addresses
internal import Glibc

/// The last addresses that the C library gave for names, as long as the process lives.
final class FormerAddresses: @unchecked Sendable {
    static let shared = FormerAddresses()

    // The lock guards the table.
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var table: [String: IPAddress] = [:]

    init() {
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    subscript(name: String) -> IPAddress? {
        get {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            return table[name]
        }
        set {
            pthread_mutex_lock(lock)
            defer { pthread_mutex_unlock(lock) }
            table[name] = newValue
        }
    }
}
