/// Events in a period that slides, counted as HAProxy does (freq_ctr): those of this period, and of the one before as many as
/// would still be in it if they came evenly. Time is the low half of a clock in milliseconds.
struct PeriodCounter: Equatable {
    /// When the period began.
    var tick: UInt32 = 0
    var current: UInt32 = 0
    var former: UInt32 = 0

    /// Another thread has begun the period with a clock that is newer than ours: never as far as a minute. (What was last used
    /// 49 days ago looks the same.)
    private func isAhead(of now: UInt32) -> Bool { tick != 0 && now &- tick > 0 &- 60000 }

    mutating func add(_ count: UInt32, period: UInt32, now: UInt32) {
        let period = max(1, period)
        if now &- tick < period || isAhead(of: now) {
            current &+= count
            return
        }
        former = current
        current = count
        tick &+= period
        if now &- tick >= period {
            former = 0
            tick = now
        }
        // HAProxy's lock is in this bit.
        tick &= ~1
    }

    func events(period: UInt32, now: UInt32) -> UInt32 {
        let period = max(1, period)
        var (current, former) = (UInt64(current), UInt64(former))
        var rest = Int32(bitPattern: tick &+ period &- now)
        if isAhead(of: now) { rest = Int32(clamping: period) }
        if rest < 0 {
            rest = Int32(truncatingIfNeeded: Int64(rest) + Int64(period))
            former = rest >= 0 ? current : 0
            current = 0
        }
        // Does not go up and down where little comes.
        if current == 0, former <= 1 { return UInt32(former) }
        let total = former &* UInt64(max(0, rest)) &+ current &* UInt64(period)
        return UInt32(truncatingIfNeeded: total / UInt64(period))
    }
}
