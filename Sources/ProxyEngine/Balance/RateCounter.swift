/// Events a second, over a window that slides: those of this second, and the part of the last one that is still in it.
/// (HAProxy's freq_ctr.)
struct RateCounter {
    static let period: UInt64 = 1000
    private var second: UInt64 = 0
    private var current: UInt32 = 0
    private var former: UInt32 = 0

    mutating func count(now: UInt64) {
        turn(now)
        current &+= 1
    }

    /// 0 if one more event is within `limit`, else the milliseconds after which it is worth asking again.
    ///
    /// - Parameter now: Milliseconds.
    mutating func delay(limit: UInt32, now: UInt64) -> UInt64 {
        turn(now)
        let left = Self.period - now % Self.period
        let past = UInt64(former) * left / Self.period
        if UInt64(current) + past < UInt64(limit) { return 0 }
        return max(1, min(left, Self.period / UInt64(max(1, limit))))
    }

    private mutating func turn(_ now: UInt64) {
        let second = now / Self.period
        if second == self.second { return }
        former = second == self.second + 1 ? current : 0
        current = 0
        self.second = second
    }
}
