internal import Passwords
internal import Synchronization

/// Checks names and passwords. A hash that takes long by design is computed once for a password, not at each request.
final class Authenticator: Sendable {
    /// Passwords that were right, by their hash in the userlist; gone with the hash, never written anywhere.
    private let known = Mutex<[String: String]>([:])
    private let limiter = Mutex(LoginLimiter())
    /// A hash is computed for one login at a time: whoever guesses from many addresses takes one core, not all.
    private let hashing = Mutex(())

    /// Most passwords that are remembered.
    private static let capacity = 64

    /// - Parameter now: Milliseconds of a clock that only goes forward.
    func admit(_ client: Client, users: UserList, certificateSuffices: Bool, now: Int) -> Admission {
        if certificateSuffices, let subject = client.certificate { return .accepted(user: subject) }
        // A client that asks what is wanted has guessed nothing yet.
        guard let authorization = client.authorization else { return .refused(.unauthenticated, delayMilliseconds: 0) }
        let source = LoginLimiter.source(client.address)
        let wait = limiter.withLock { $0.refusalSeconds(source, now: now) }
        guard wait == 0 else { return .refused(.tooManyLogins(seconds: wait), delayMilliseconds: 0) }
        if let credentials = BasicCredentials(authorization), accepts(credentials, users: users) {
            return .accepted(user: credentials.name)
        }
        let delay = limiter.withLock { $0.failed(source, now: now) }
        return .refused(.unauthenticated, delayMilliseconds: delay)
    }

    private func accepts(_ credentials: BasicCredentials, users: UserList) -> Bool {
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
        guard hashing.withLock({ _ in PasswordHash(hash).matches(password) }) else { return false }
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll() }
            known[hash] = password
        }
        return true
    }
}
