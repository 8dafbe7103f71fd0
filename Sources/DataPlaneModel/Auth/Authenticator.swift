internal import Passwords
internal import Synchronization

/// Checks names and passwords. A hash that takes long by design is computed once for a password, not at each request.
final class Authenticator: Sendable {
    /// Passwords that were right, by their hash in the userlist; gone with the hash, never written anywhere.
    private let known = Mutex<[String: String]>([:])
    private let limiter = Mutex(LoginLimiter())
    /// Most passwords that are remembered.
    private static let capacity = 64

    /// - Parameters:
    ///   - mayHash: Whether there is time to compute a hash.
    ///   - now: Milliseconds of a clock that only goes forward.
    /// - Returns: nil where a hash must be computed and there is no time.
    func admit(
        _ client: Client,
        users: UserList,
        certificateSuffices: Bool,
        mayHash: Bool,
        now: Int
    ) -> Admission? {
        if certificateSuffices, let subject = client.certificate { return .accepted(user: subject) }
        // A client that asks what is wanted has guessed nothing yet.
        guard let authorization = client.authorization else { return .refused(.unauthenticated, delayMilliseconds: 0) }
        let source = LoginLimiter.source(client.address)
        let wait = limiter.withLock { $0.refusalSeconds(source, now: now) }
        guard wait == 0 else { return .refused(.tooManyLogins(seconds: wait), delayMilliseconds: 0) }
        if let credentials = BasicCredentials(authorization) {
            guard let isRight = accepts(credentials, users: users, mayHash: mayHash) else { return nil }
            if isRight { return .accepted(user: credentials.name) }
        }
        let delay = limiter.withLock { $0.failed(source, now: now) }
        return .refused(.unauthenticated, delayMilliseconds: delay)
    }

    private func accepts(_ credentials: BasicCredentials, users: UserList, mayHash: Bool) -> Bool? {
        switch users.secrets[credentials.name] {
        case .plain(let password): return constantTimeEquals(password, credentials.password)
        case .hash(let hash): return matches(credentials.password, hash, mayHash)
        case nil:
            // As long as for a name that exists: the answer's delay does not tell which names there are.
            guard case .hash(let hash)? = users.secrets.values.first else { return false }
            return matches(credentials.password, hash, mayHash).map { _ in false }
        }
    }

    private func matches(_ password: String, _ hash: String, _ mayHash: Bool) -> Bool? {
        if let right = known.withLock({ $0[hash] }), constantTimeEquals(right, password) { return true }
        guard mayHash else { return nil }
        guard PasswordHash(hash).matches(password) else { return false }
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll() }
            known[hash] = password
        }
        return true
    }
}
