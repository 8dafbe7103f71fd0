internal import Passwords
internal import Synchronization

/// Checks names and passwords. A hash that takes long by design is computed once for a password, not at each request.
final class Authenticator: Sendable {
    /// Passwords that were right, by their hash in the userlist; gone with the hash, never written anywhere.
    private let known = Mutex<[String: String]>([:])

    /// Most passwords that are remembered.
    private static let capacity = 64

    func accepts(_ credentials: BasicCredentials, users: UserList) -> Bool {
        switch users.secrets[credentials.name] {
        case .plain(let password): return constantTimeEquals(password, credentials.password)
        case .hash(let hash): return matches(credentials.password, hash)
        case nil:
            // As long as for a name that exists: the answer's delay does not tell which names there are.
            if case .hash(let hash)? = users.secrets.values.first { _ = matches(credentials.password, hash) }
            return false
        }
    }

    private func matches(_ password: String, _ hash: String) -> Bool {
        if let right = known.withLock({ $0[hash] }), constantTimeEquals(right, password) { return true }
        guard PasswordHash(hash).matches(password) else { return false }
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll() }
            known[hash] = password
        }
        return true
    }
}
