/// When a listener that could not be bound is tried again: after 1 s, then twice as long each time, at most 30 s.
///
/// A pure value; times are milliseconds of a monotonic clock.
public struct RetrySchedule: Hashable, Sendable {
    public static let first: UInt64 = 1000
    public static let longest: UInt64 = 30000

    /// When to try next.
    public private(set) var due: UInt64
    private var delay: UInt64

    /// After a first failure at `now`.
    public init(failedAt now: UInt64) {
        delay = Self.first
        due = now + delay
    }

    /// After another failure.
    public mutating func failed(at now: UInt64) {
        delay = min(delay * 2, Self.longest)
        due = now + delay
    }
}
