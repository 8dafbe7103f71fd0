internal import CLinux

/// Events a second, as several threads count them: those of a second that began with the first, and the part of the second
/// before it that is still in the window (HAProxy's freq_ctr, which ends up with the same numbers).
struct RateCells {
    static let period: UInt32 = 1000

    /// When this second began: milliseconds of the monotonic clock, which wrap around.
    private var start: UInt32 = 0
    private var current: UInt32 = 0
    private var former: UInt32 = 0
    private(set) var most: UInt32 = 0
    /// Guards the turn from one second to the next.
    private var lock: UInt32 = 0

    /// - Parameter now: Milliseconds of the monotonic clock.
    @inline(__always)
    static func count(_ cells: UnsafeMutablePointer<RateCells>, now: UInt64) {
        let time = UInt32(truncatingIfNeeded: now)
        if time &- clinux_atomic_load(&cells.pointee.start) >= period { turn(cells, time) }
        let count = clinux_atomic_add(&cells.pointee.current, 1) &+ 1
        if count > clinux_atomic_load(&cells.pointee.most) { clinux_atomic_store(&cells.pointee.most, count) }
    }

    private static func turn(_ cells: UnsafeMutablePointer<RateCells>, _ now: UInt32) {
        clinux_lock(&cells.pointee.lock)
        defer { clinux_unlock(&cells.pointee.lock) }
        let start = clinux_atomic_load(&cells.pointee.start)
        let elapsed = now &- start
        // Another thread was faster, or its clock was read a moment later.
        if elapsed < period || elapsed > UInt32.max / 2 { return }
        let count = clinux_atomic_exchange(&cells.pointee.current, 0)
        let isNext = elapsed < 2 * period
        clinux_atomic_store(&cells.pointee.former, isNext ? count : 0)
        clinux_atomic_store(&cells.pointee.start, isNext ? start &+ period : now)
    }

    /// Events in the last second.
    static func read(_ cells: UnsafeMutablePointer<RateCells>, now: UInt64) -> UInt32 {
        let elapsed = UInt32(truncatingIfNeeded: now) &- clinux_atomic_load(&cells.pointee.start)
        var current = clinux_atomic_load(&cells.pointee.current)
        var former = clinux_atomic_load(&cells.pointee.former)
        // A thread may count with a clock that is newer than ours.
        if elapsed > UInt32.max / 2 { return current }
        var left = Int64(period) - Int64(elapsed)
        if left < 0 {
            left += Int64(period)
            former = left >= 0 ? current : 0
            current = 0
            left = max(0, left)
        }
        // HAProxy: a single event does not fade from second to second.
        if current == 0, former <= 1 { return former }
        return UInt32(truncatingIfNeeded: (UInt64(former) * UInt64(left)) / UInt64(period)) &+ current
    }

    static func clearMost(_ cells: UnsafeMutablePointer<RateCells>) { clinux_atomic_store(&cells.pointee.most, 0) }
}
