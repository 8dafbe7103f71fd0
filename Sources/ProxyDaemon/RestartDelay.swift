/// When a worker that died is started again: at once the first time, then after 100 ms, doubling to 10 s, for one that
/// keeps dying young. A pure value; milliseconds of a monotonic clock.
struct RestartDelay: Hashable {
    static let first: UInt64 = 100
    static let longest: UInt64 = 10000
    /// A worker that lived so long starts afresh.
    static let young: UInt64 = 30000

    private var due: UInt64?
    private var delay: UInt64 = 0
    private var startedAt: UInt64 = 0

    /// - Parameter pause: Milliseconds before the first new start.
    init(pause: UInt64 = 0) { delay = pause }

    var isWaiting: Bool { due != nil }

    mutating func died(at now: UInt64) {
        if now - startedAt > Self.young { delay = 0 }
        due = now + delay
        delay = delay == 0 ? Self.first : min(delay * 2, Self.longest)
    }

    mutating func started(at now: UInt64) {
        due = nil
        startedAt = now
    }

    func isDue(_ now: UInt64) -> Bool { due.map { $0 <= now } ?? false }

    func wait(_ now: UInt64) -> Int32 { due.map { $0 <= now ? 0 : Int32(clamping: $0 - now) } ?? -1 }
}
