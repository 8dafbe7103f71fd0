import Glibc

/// CLOCK_MONOTONIC
public enum MonotonicTime {
    public static var now: Duration {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// ``now`` in whole milliseconds, for those who count in them.
    public static var nowInMilliseconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
    }

    /// Waits that long, whatever interrupts it.
    public static func wait(_ time: Duration) {
        let end = now + time
        while case let left = milliseconds(end - now), left > 0 { poll(nil, 0, left) }
    }

    /// For poll(2) and epoll_wait(2): never negative, which would wait for ever, at most a day, and rounded up: a wait that
    /// ends too early would be waited again.
    public static func milliseconds(_ time: Duration) -> CInt {
        if time <= .zero { return 0 }
        let (seconds, attoseconds) = time.components
        if seconds > 86400 { return 86_400_000 }
        return CInt(seconds) * 1000 + CInt((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
