/// A question to a time server, and what its answer says of our clock (RFC 4330: SNTP).
struct SNTPQuery {
    /// Our time when it is sent, as NTP has it; the server gives it back.
    private let cookie: UInt64

    /// - Parameter now: Seconds since 1970.
    init(now: Double) { cookie = Self.stamp(now) }

    var bytes: [UInt8] {
        // Version 4, client.
        [0x23] + [UInt8](repeating: 0, count: 39)
            + (0..<8).map { UInt8(truncatingIfNeeded: cookie >> UInt64(56 - 8 * $0)) }
    }

    /// Whether a datagram is an answer of a server to this question.
    func isAnswered(by datagram: [UInt8]) -> Bool {
        datagram.count >= 48 && datagram[0] & 7 == 4 && Self.number(datagram, 24) == cookie
    }

    /// Whether the server itself knows the time: stratum 1 to 15, and no alarm.
    static func isSynchronised(_ answer: [UInt8]) -> Bool { (1...15).contains(answer[1]) && answer[0] >> 6 != 3 }

    /// How many seconds our clock is behind the server's; negative: ahead.
    static func offset(_ answer: [UInt8], sent: Double, received: Double) -> Double {
        let arrival = time(number(answer, 32))
        let departure = time(number(answer, 40))
        return ((arrival - sent) + (departure - received)) / 2
    }

    /// Between 1900 and 1970.
    private static let epoch = 2_208_988_800.0

    static func stamp(_ time: Double) -> UInt64 {
        let seconds = (time + epoch).rounded(.down)
        let fraction = (time + epoch - seconds) * 4_294_967_296
        return UInt64(seconds).truncated << 32 | UInt64(fraction)
    }

    static func time(_ stamp: UInt64) -> Double {
        // The 32 bits of seconds begin anew in 2036.
        let seconds = Double(stamp >> 32) + (stamp >> 63 == 0 ? 4_294_967_296 : 0)
        return seconds - epoch + Double(stamp & 0xFFFF_FFFF) / 4_294_967_296
    }

    private static func number(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
        bytes[offset..<offset + 8].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension UInt64 {
    fileprivate var truncated: UInt64 { self & 0xFFFF_FFFF }
}
