internal import NIOCore
internal import Synchronization

/// The connections of one listener, so that those of which nothing comes keep nobody out.
final class ConnectionTable: Sendable {
    private struct Entry {
        var channel: any Channel
        var phase: RequestTimer.Phase
        /// When the phase began.
        var since: ContinuousClock.Instant
    }

    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var count: Int { entries.withLock { $0.count } }

    /// Takes a new connection in. Beyond the limit the one that has been idle for the longest is closed; where none is,
    /// the one whose request has been coming for the longest.
    ///
    /// - Returns: Whether there is room; not when every connection is at work.
    func opened(_ channel: any Channel, now: ContinuousClock.Instant) -> Bool {
        let key = ObjectIdentifier(channel)
        let (isRoom, victim) = entries.withLock { entries -> (Bool, (any Channel)?) in
            var victim: (any Channel)?
            if entries.count >= limit {
                guard let key = Self.longest(.idle, entries) ?? Self.longest(.reading, entries) else {
                    return (false, nil)
                }
                victim = entries.removeValue(forKey: key)?.channel
            }
            entries[key] = Entry(channel: channel, phase: .idle, since: now)
            return (true, victim)
        }
        victim?.close(promise: nil)
        guard isRoom else { return false }
        channel.closeFuture.whenComplete { _ in self.entries.withLock { _ = $0.removeValue(forKey: key) } }
        return true
    }

    func changed(_ channel: any Channel, _ phase: RequestTimer.Phase, since: ContinuousClock.Instant) {
        entries.withLock {
            $0[ObjectIdentifier(channel)]?.phase = phase
            $0[ObjectIdentifier(channel)]?.since = since
        }
    }

    private static func longest(
        _ phase: RequestTimer.Phase,
        _ entries: [ObjectIdentifier: Entry]
    ) -> ObjectIdentifier? {
        entries.lazy.filter { $0.value.phase == phase }.min { $0.value.since < $1.value.since }?.key
    }
}
