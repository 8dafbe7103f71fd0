internal import Glibc

/// The clock of leases: it is never set, and goes on while the machine sleeps; a lease does not outlive a reboot.
public enum LeaseClock {
    /// Seconds of CLOCK_BOOTTIME.
    public static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return Int64(time.tv_sec)
    }

    /// Seconds since 1970 of a time of this clock.
    public static func unixTime(_ time: Int64) -> Int64 { Int64(Glibc.time(nil)) + time - now }
}
