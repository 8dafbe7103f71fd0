internal import Syscalls

/// Milliseconds of CLOCK_MONOTONIC.
enum Clocks {
    static func monotonic() -> UInt64 { UInt64(MonotonicTime.nowInMilliseconds) }
}
