internal import Glibc
internal import Syscalls

enum Clocks {
    /// Milliseconds of CLOCK_MONOTONIC.
    static func monotonic() -> UInt64 { UInt64(MonotonicTime.nowInMilliseconds) }

    /// Microseconds since 1970.
    static func microseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) * 1_000_000 + UInt64(time.tv_nsec) / 1000
    }
}
