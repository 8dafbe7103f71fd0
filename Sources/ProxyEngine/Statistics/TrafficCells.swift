internal import CLinux

/// What went through a frontend, a backend or a server: HAProxy's counters (management guide, 9.1). Several threads count;
/// every access is an atomic operation.
struct TrafficCells {
    /// Connections so far; for a server attempts, retries included.
    var sessions: UInt64 = 0
    var bytesIn: UInt64 = 0
    var bytesOut: UInt64 = 0
    /// Most at a time.
    var most: UInt32 = 0
    /// Connections that the balance gave it, not a rule.
    var chosen: UInt32 = 0
    var connectErrors: UInt32 = 0
    var responseErrors: UInt32 = 0
    var retries: UInt32 = 0
    var redispatches: UInt32 = 0
    var clientAborts: UInt32 = 0
    var serverAborts: UInt32 = 0
    /// Second of the monotonic clock of the last connection, plus 1; 0: there was none.
    var lastSession: UInt32 = 0
}

/// When a server's state changed, and what its checks have said. Belongs to the lock of the backend.
struct ServerHistory {
    /// Seconds of the monotonic clock.
    var changedAt = Clock.second()
    var downs: UInt32 = 0
    /// Seconds of the times that it was down before.
    var downFor: UInt32 = 0
    var failedChecks: UInt32 = 0
    var check = CheckCells()
    var agent = CheckCells()

    /// It came up, or went down.
    mutating func turn(isUp: Bool, second: UInt32) {
        if isUp { downFor &+= second &- changedAt } else { downs &+= 1 }
        changedAt = second
    }
}

/// The last result of one kind of check.
struct CheckCells {
    /// Place in `CheckStatus.allCases`.
    var status: UInt8 = 0
    /// HAProxy's rise and fall counter.
    var health: UInt16 = 0
    var code: UInt16 = 0
    /// Milliseconds; `max` for none.
    var duration: UInt32 = .max
}

/// Cells that have counters. Made when there is something to count: of thousands of services most are idle for long.
protocol Counted: SharedCells {
    var counters: UnsafeMutableRawPointer? { get set }
}

extension Counted {
    func free() { counters?.deallocate() }
}

extension UnsafeMutablePointer where Pointee: Counted {
    /// The counters; nil if there was nothing to count yet.
    @inline(__always)
    var seen: UnsafeMutablePointer<TrafficCells>? {
        clinux_atomic_load_pointer(&pointee.counters)?.assumingMemoryBound(to: TrafficCells.self)
    }

    @inline(__always)
    var traffic: UnsafeMutablePointer<TrafficCells> { seen ?? made() }

    private func made() -> UnsafeMutablePointer<TrafficCells> {
        let new = UnsafeMutablePointer<TrafficCells>.allocate(capacity: 1)
        new.initialize(to: TrafficCells())
        if clinux_atomic_replace_pointer(&pointee.counters, nil, new) != 0 { return new }
        // Another thread was faster.
        new.deallocate()
        return seen ?? made()
    }
}

extension UnsafeMutablePointer<TrafficCells> {
    /// One more connection, of `now` that exist at the same time.
    @inline(__always)
    func begin(_ now: UInt32, second: UInt32) {
        clinux_atomic_add_wide(&pointee.sessions, 1)
        clinux_atomic_store(&pointee.lastSession, second &+ 1)
        raise(now)
    }

    /// HAProxy's `smax`. Two threads at once may lose one that is as high; the next one mends it.
    @inline(__always)
    func raise(_ now: UInt32) {
        if now > clinux_atomic_load(&pointee.most) { clinux_atomic_store(&pointee.most, now) }
    }

    @inline(__always)
    func end(_ bytesIn: UInt64, _ bytesOut: UInt64) {
        clinux_atomic_add_wide(&pointee.bytesIn, bytesIn)
        clinux_atomic_add_wide(&pointee.bytesOut, bytesOut)
    }
}
