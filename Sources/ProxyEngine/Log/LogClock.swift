internal import Glibc

/// A moment in the forms that logs have, local time; what stands for its second is made once a second.
struct LogClock: ~Copyable {
    private var second = -1
    /// `21/Nov/2026:11:24:17`
    private var date = LineWriter(capacity: 32)
    /// `Nov 21 11:24:17`
    private var stamp = LineWriter(capacity: 32)
    /// `2026-11-21T11:24:17`
    private var iso = LineWriter(capacity: 32)
    /// `+01:00`
    private var zone = LineWriter(capacity: 16)

    /// `21/Nov/2026:11:24:17.123`, as HAProxy writes when a connection came.
    mutating func writeDate(_ milliseconds: UInt64, to line: inout LineWriter) {
        take(Int(milliseconds / 1000))
        line.copy(date.bytes, date.count)
        line.byte(UInt8(ascii: "."))
        line.padded(Int(milliseconds % 1000), digits: 3)
    }

    /// `21/Nov/2026:11:24:17 +0100`, as web servers write it.
    mutating func writeCommon(_ milliseconds: UInt64, isLocal: Bool, to line: inout LineWriter) {
        guard isLocal else {
            var clock = time_t(milliseconds / 1000)
            var parts = tm()
            gmtime_r(&clock, &parts)
            line.date(parts)
            return line.text(" +0000")
        }
        take(Int(milliseconds / 1000))
        line.copy(date.bytes, date.count)
        line.byte(UInt8(ascii: " "))
        line.copy(zone.bytes, 3)
        line.copy(zone.bytes + 4, 2)
    }

    /// `Nov 21 11:24:17` (RFC 3164, section 4.1.2).
    mutating func writeStamp(_ microseconds: UInt64, to line: inout LineWriter) {
        take(Int(microseconds / 1_000_000))
        line.copy(stamp.bytes, stamp.count)
    }

    /// `2026-11-21T11:24:17.123456+01:00` (RFC 3339).
    mutating func writeISO(_ microseconds: UInt64, to line: inout LineWriter) {
        take(Int(microseconds / 1_000_000))
        line.copy(iso.bytes, iso.count)
        line.byte(UInt8(ascii: "."))
        line.padded(Int(microseconds % 1_000_000), digits: 6)
        line.copy(zone.bytes, zone.count)
    }

    private mutating func take(_ second: Int) {
        if second == self.second { return }
        self.second = second
        var clock = time_t(second)
        var parts = tm()
        localtime_r(&clock, &parts)
        date.clear()
        date.date(parts)
        stamp.clear()
        stamp.month(parts)
        stamp.text(parts.tm_mday < 10 ? "  " : " ")
        stamp.number(Int64(parts.tm_mday))
        stamp.byte(UInt8(ascii: " "))
        stamp.clock(parts)
        iso.clear()
        iso.padded(Int(parts.tm_year) + 1900, digits: 4)
        iso.byte(UInt8(ascii: "-"))
        iso.padded(Int(parts.tm_mon) + 1, digits: 2)
        iso.byte(UInt8(ascii: "-"))
        iso.padded(Int(parts.tm_mday), digits: 2)
        iso.byte(UInt8(ascii: "T"))
        iso.clock(parts)
        zone.clear()
        let minutes = abs(parts.tm_gmtoff) / 60
        zone.byte(parts.tm_gmtoff < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
        zone.padded(minutes / 60, digits: 2)
        zone.byte(UInt8(ascii: ":"))
        zone.padded(minutes % 60, digits: 2)
    }
}
