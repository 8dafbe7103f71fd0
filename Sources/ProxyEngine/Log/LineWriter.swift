internal import Glibc

/// The text of a line while it is made: memory of a fixed size, no allocation. What does not fit is cut.
struct LineWriter: ~Copyable {
    let bytes: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private(set) var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        bytes = .allocate(capacity: capacity)
    }

    deinit { bytes.deallocate() }

    @inline(__always) mutating func clear() { count = 0 }

    /// Nothing but spaces stand at the end, or nothing at all.
    var endsWithSpace: Bool { count == 0 || bytes[count - 1] == 32 }

    mutating func cut(to size: Int) { count = min(count, size) }

    @inline(__always) mutating func byte(_ value: UInt8) {
        guard count < capacity else { return }
        bytes[count] = value
        count += 1
    }

    @inline(__always) mutating func copy(_ start: UnsafeRawPointer, _ size: Int) {
        let size = min(size, capacity - count)
        memcpy(bytes + count, start, size)
        count += size
    }

    @inline(__always) mutating func text(_ text: StaticString) { copy(text.utf8Start, text.utf8CodeUnitCount) }

    @inline(__always) mutating func text(_ text: PlanText) { copy(text.start, text.count) }

    mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { if let start = $0.baseAddress { copy(start, $0.count) } }
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
        guard capacity - count >= Int(INET6_ADDRSTRLEN) else { return }
        var network = number.bigEndian
        let room = UnsafeMutableRawPointer(bytes + count).assumingMemoryBound(to: CChar.self)
        if inet_ntop(AF_INET6, &network, room, socklen_t(INET6_ADDRSTRLEN)) != nil { count += strlen(room) }
    }

    /// `21/Nov/2026:13:05:09`
    mutating func date(_ parts: tm) {
        padded(Int(parts.tm_mday), digits: 2)
        byte(UInt8(ascii: "/"))
        month(parts)
        byte(UInt8(ascii: "/"))
        padded(Int(parts.tm_year) + 1900, digits: 4)
        byte(UInt8(ascii: ":"))
        clock(parts)
    }

    /// `13:05:09`
    mutating func clock(_ parts: tm) {
        padded(Int(parts.tm_hour), digits: 2)
        byte(UInt8(ascii: ":"))
        padded(Int(parts.tm_min), digits: 2)
        byte(UInt8(ascii: ":"))
        padded(Int(parts.tm_sec), digits: 2)
    }

    /// `Nov`
    mutating func month(_ parts: tm) {
        let months: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
        copy(months.utf8Start + Int(parts.tm_mon) * 3, 3)
    }
}
