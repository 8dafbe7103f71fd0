internal import Addresses
internal import Synchronization

/// The last addresses that the C library gave for names, as long as the process lives.
final class FormerAddresses: Sendable {
    static let shared = FormerAddresses()

    private let table = Mutex<[String: IPAddress]>([:])

    subscript(name: String) -> IPAddress? {
        get { table.withLock { $0[name] } }
        set { table.withLock { $0[name] = newValue } }
    }
}
