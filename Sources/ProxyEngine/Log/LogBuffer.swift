internal import Glibc

/// A thread's log lines until the end of its turn: one buffer, no allocation, one write for all of them.
struct LogBuffer: ~Copyable {
    private static let size = 65536
    /// Room that one line may need: three names of 256 bytes and numbers.
    private static let longestLine = 2048
    private static let atomic = 4096
    private let bytes: UnsafeMutablePointer<UInt8>
    private var count = 0
    private let sink: LogSink
    /// The second that `stamp` was made for.
    private var stampSecond: Int = -1
    private let stamp: UnsafeMutablePointer<UInt8>
    /// Lines that found no room because the sink takes nothing.
    private(set) var dropped = 0

    init(_ sink: LogSink) {
        self.sink = sink
        bytes = .allocate(capacity: Self.size)
        stamp = .allocate(capacity: 32)
    }

    deinit {
        bytes.deallocate()
        stamp.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    /// True if there is room for a line. Writes out what is there if need be; drops the line if that is not possible.
    @inline(__always)
    mutating func begin() -> Bool {
        if Self.size - count >= Self.longestLine { return true }
        flush()
        if Self.size - count >= Self.longestLine { return true }
        dropped += 1
        return false
    }

    @inline(__always)
    mutating func flush() {
        var start = 0
        while start < count {
            let size = wholeLines(from: start)
            let written = sink.write(bytes + start, size)
            if written > 0 { start += written }
            if written < size { break }
        }
        if start > 0, start < count { memmove(bytes, bytes + start, count - start) }
        count -= start
    }

    /// As many bytes of whole lines as a pipe or socket takes in one piece (PIPE_BUF): threads share the sink, and a
    /// larger write could be cut in two by another's.
    @inline(__always)
    private func wholeLines(from start: Int) -> Int {
        let rest = count - start
        if rest <= Self.atomic { return rest }
        var size = Self.atomic
        while size > 0, bytes[start + size - 1] != UInt8(ascii: "\n") { size -= 1 }
        return size > 0 ? size : Self.atomic
    }

    @inline(__always) mutating func byte(_ value: UInt8) {
        bytes[count] = value
        count += 1
    }

    @inline(__always) mutating func text(_ text: StaticString) {
        memcpy(bytes + count, text.utf8Start, text.utf8CodeUnitCount)
        count += text.utf8CodeUnitCount
    }

    @inline(__always) mutating func text(_ text: PlanText) {
        let size = min(text.count, 512)
        memcpy(bytes + count, text.start, size)
        count += size
    }

    mutating func number(_ value: Int64) {
        if value < 0 {
            byte(UInt8(ascii: "-"))
            return number(0 &- value)
        }
        var rest = UInt64(value)
        var divisor: UInt64 = 1
        while rest / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            byte(UInt8(ascii: "0") + UInt8(rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    mutating func padded(_ value: Int, digits: Int) {
        var divisor = 1
        for _ in 1..<digits { divisor *= 10 }
        while divisor > 0 {
            byte(UInt8(ascii: "0") + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    /// `192.0.2.1`, or IPv6 in the form inet_ntop(3) gives.
    mutating func address(_ number: UInt128, family: UInt8) {
        if family == 4 {
            var shift: UInt128 = 32
            while shift > 0 {
                shift -= 8
                self.number(Int64(UInt8(truncatingIfNeeded: number >> shift)))
                if shift > 0 { byte(UInt8(ascii: ".")) }
            }
            return
        }
        var network = number.bigEndian
        let room = UnsafeMutableRawPointer(bytes + count).assumingMemoryBound(to: CChar.self)
        if inet_ntop(AF_INET6, &network, room, 64) != nil { count += strlen(room) }
    }

    /// `21/Nov/2026:11:24:17.123`, local time as HAProxy prints it.
    mutating func time(_ milliseconds: UInt64) {
        let second = Int(milliseconds / 1000)
        if second != stampSecond {
            stampSecond = second
            var clock = time_t(second)
            var parts = tm()
            localtime_r(&clock, &parts)
            let start = count
            padded(Int(parts.tm_mday), digits: 2)
            byte(UInt8(ascii: "/"))
            let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
            for offset in 0..<3 { byte(months.utf8Start[Int(parts.tm_mon) * 3 + offset]) }
            byte(UInt8(ascii: "/"))
            padded(Int(parts.tm_year) + 1900, digits: 4)
            byte(UInt8(ascii: ":"))
            padded(Int(parts.tm_hour), digits: 2)
            byte(UInt8(ascii: ":"))
            padded(Int(parts.tm_min), digits: 2)
            byte(UInt8(ascii: ":"))
            padded(Int(parts.tm_sec), digits: 2)
            memcpy(stamp, bytes + start, 20)
            count = start
        }
        memcpy(bytes + count, stamp, 20)
        count += 20
        byte(UInt8(ascii: "."))
        padded(Int(milliseconds % 1000), digits: 3)
    }
}
