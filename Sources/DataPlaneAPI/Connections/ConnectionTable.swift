internal import NIOCore
internal import Synchronization

/// The connections of one listener, so that idle ones do not keep others out.
final class ConnectionTable: Sendable {
    private struct Entry {
        var channel: any Channel
        /// Since when it waits for a request; nil while one is read or answered.
        var idleSince: ContinuousClock.Instant?
    }

    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var count: Int { entries.withLock { $0.count } }

    /// Takes a new connection in. Beyond the limit the one that has been idle for the longest is closed.
    ///
    /// - Returns: Whether there is room; not when every connection is at work.
    func opened(_ channel: any Channel, now: ContinuousClock.Instant) -> Bool {
        let key = ObjectIdentifier(channel)
        let (isRoom, victim) = entries.withLock { entries -> (Bool, (any Channel)?) in
            var victim: (any Channel)?
            if entries.count >= limit {
                let longest = entries.compactMap { key, entry in entry.idleSince.map { (key, $0) } }
                    .min { $0.1 < $1.1 }
                guard let longest else { return (false, nil) }
                victim = entries.removeValue(forKey: longest.0)?.channel
            }
            entries[key] = Entry(channel: channel, idleSince: now)
            return (true, victim)
        }
        victim?.close(promise: nil)
        guard isRoom else { return false }
        channel.closeFuture.whenComplete { _ in self.entries.withLock { _ = $0.removeValue(forKey: key) } }
        return true
    }

    func changed(_ channel: any Channel, idleSince: ContinuousClock.Instant?) {
        entries.withLock { $0[ObjectIdentifier(channel)]?.idleSince = idleSince }
    }
}
