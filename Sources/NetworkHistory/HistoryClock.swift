internal import Glibc

/// What time it is. Passed in, so that tests need not wait.
public struct HistoryClock: Sendable {
    /// Seconds since 1970, for people.
    public var wall: @Sendable () -> Int64
    /// Milliseconds since the machine started, time asleep included; for deadlines, which nobody may set back.
    public var boot: @Sendable () -> Int64

    public init(wall: @escaping @Sendable () -> Int64, boot: @escaping @Sendable () -> Int64) {
        self.wall = wall
        self.boot = boot
    }

    /// The system's: CLOCK_REALTIME and CLOCK_BOOTTIME.
    public static let system = HistoryClock(
        wall: { Int64(time(nil)) },
        boot: {
            var now = timespec()
            clock_gettime(CLOCK_BOOTTIME, &now)
            return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
        }
    )
}
