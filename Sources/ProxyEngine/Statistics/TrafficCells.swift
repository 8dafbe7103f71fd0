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
    /// Most that waited at a time.
    var queueMost: UInt32 = 0
    /// Connections that the balance gave it, not a rule.
    var chosen: UInt32 = 0
    /// Attempts to reach a server, retries included; for a server those that came to no connection at all, which are not
    /// among its ``sessions``.
    var attempts: UInt32 = 0
    var connectErrors: UInt32 = 0
    var responseErrors: UInt32 = 0
    var retries: UInt32 = 0
    var redispatches: UInt32 = 0
    var clientAborts: UInt32 = 0
    var serverAborts: UInt32 = 0
    /// Second of the monotonic clock of the last connection, plus 1; 0: there was none.
    var lastSession: UInt32 = 0
    /// What rules refused: before a connection is a session (`tcp-request connection`), before it has sent anything
    /// (`tcp-request session`), by what it sent or got (`tcp-request content`, `tcp-response content`).
    var deniedConnections: UInt32 = 0
    var deniedSessions: UInt32 = 0
    var deniedRequests: UInt32 = 0
    var deniedResponses: UInt32 = 0
    /// Connections that came to no session without being refused: dropped by a rule, or with a PROXY header that is none.
    var lost: UInt32 = 0
    /// What a client sent that is not as it must be, such as its PROXY header; clients that were gone before they said all.
    var requestErrors: UInt32 = 0
    /// Of connections, and of the sessions that came of them; a backend and a server have sessions only.
    var connectionRate = RateCells()
    var sessionRate = RateCells()
    var times = TimeCells()
}

/// How long connections took, in milliseconds: HAProxy's averages over the last ones (swrate), and the longest. Threads that
/// write at the same time may lose one of them: of an average over hundreds nobody sees that, and it costs no bus lock.
struct TimeCells {
    /// Connections that the average goes over at most (HAProxy's TIME_STATS_SAMPLES).
    static let window: UInt32 = 512

    /// Sums; ``average(_:of:)`` makes averages of them.
    var queue: UInt32 = 0
    var connect: UInt32 = 0
    var total: UInt32 = 0
    var queueMost: UInt32 = 0
    var connectMost: UInt32 = 0
    var totalMost: UInt32 = 0

    static func average(_ sum: UInt32, of samples: UInt32) -> UInt32 {
        let samples = samples == 0 || samples > window ? window : samples
        return UInt32(truncatingIfNeeded: (UInt64(sum) + UInt64(samples) - 1) / UInt64(samples))
    }

    @inline(__always)
    static func add(
        _ value: UInt32,
        to sum: UnsafeMutablePointer<UInt32>,
        most: UnsafeMutablePointer<UInt32>,
        _ samples: UInt32
    ) {
        let before = clinux_atomic_load(sum)
        let share =
            samples == 0 ? 0 : UInt32(truncatingIfNeeded: (UInt64(before) + UInt64(samples) - 1) / UInt64(samples))
        clinux_atomic_store(sum, before &+ value &- share)
        if value > clinux_atomic_load(most) { clinux_atomic_store(most, value) }
    }
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

    /// It is used again, or no longer, or otherwise than before.
    mutating func turn(wasStopped: Bool, isStopped: Bool, second: UInt32) {
        if wasStopped, !isStopped { downFor &+= Clock.seconds(since: changedAt, at: second) }
        if isStopped, !wasStopped { downs &+= 1 }
        changedAt = second
    }
}

/// When a backend had servers, and when it had none. Belongs to the lock of the backend.
struct BackendHistory {
    var changedAt = Clock.second()
    var downs: UInt32 = 0
    var downFor: UInt32 = 0
    var isUp = true
    /// Somebody has looked before: one that begins without servers has not gone down.
    private var hasBegun = false

    /// Looks at whether there are servers that may be used.
    mutating func look(hasServers: Bool, second: UInt32) {
        if !hasBegun {
            hasBegun = true
            isUp = hasServers
            return
        }
        guard hasServers != isUp else { return }
        if hasServers { downFor &+= Clock.seconds(since: changedAt, at: second) } else { downs &+= 1 }
        isUp = hasServers
        changedAt = second
    }
}

/// What a server's last check and agent said, in words. Few servers have anything to say.
final class CheckWords: Sendable {
    let check: String
    let agent: String

    init(check: String, agent: String) {
        self.check = check
        self.agent = agent
    }
}

/// The last result of one kind of check.
struct CheckCells {
    /// HAProxy's rise and fall counter, or ``risen``.
    var health = CheckCells.risen
    /// Milliseconds; `max` for none.
    var duration: UInt32 = .max
    var code: UInt16 = 0
    /// Place in `CheckStatus.allCases`.
    var status: UInt8 = 0
    /// One is under way.
    var isUnderWay = false
    /// There are none, as nobody has enabled them or a command says so (`disable health`).
    var isOff = false
    /// There are none while the server is in maintenance.
    var isPaused = false

    /// As high as `rise`: the first check that fails takes the server down. No counter is that.
    static let risen: Int32 = -1

    /// The counter; what ``risen`` stands for is `rise`.
    func health(rise: Int) -> Int { health == Self.risen ? rise : Int(health) }

    /// As `disabled` in the configuration.
    mutating func pause() {
        isPaused = true
        health = 0
    }
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
    ///
    /// - Parameter time: Milliseconds of the monotonic clock.
    @inline(__always)
    func begin(_ now: UInt32, at time: UInt64) {
        clinux_atomic_add_wide(&pointee.sessions, 1)
        clinux_atomic_store(&pointee.lastSession, UInt32(truncatingIfNeeded: time / 1000) &+ 1)
        RateCells.count(&pointee.sessionRate, now: time)
        raise(now)
    }

    /// HAProxy's `smax`. Two threads at once may lose one that is as high; the next one mends it.
    @inline(__always)
    func raise(_ now: UInt32) {
        if now > clinux_atomic_load(&pointee.most) { clinux_atomic_store(&pointee.most, now) }
    }

    /// Another one waits, of `now` that do.
    @inline(__always)
    func raiseQueue(_ now: UInt32) {
        if now > clinux_atomic_load(&pointee.queueMost) { clinux_atomic_store(&pointee.queueMost, now) }
    }

    /// A connection that reached its server has ended.
    ///
    /// - Parameter samples: Those that the averages go over so far.
    @inline(__always)
    func time(queue: UInt32, connect: UInt32, total: UInt32, samples: UInt32) {
        let samples = min(samples, TimeCells.window)
        TimeCells.add(queue, to: &pointee.times.queue, most: &pointee.times.queueMost, samples)
        TimeCells.add(connect, to: &pointee.times.connect, most: &pointee.times.connectMost, samples)
        TimeCells.add(total, to: &pointee.times.total, most: &pointee.times.totalMost, samples)
    }

    @inline(__always)
    func end(_ bytesIn: UInt64, _ bytesOut: UInt64) {
        clinux_atomic_add_wide(&pointee.bytesIn, bytesIn)
        clinux_atomic_add_wide(&pointee.bytesOut, bytesOut)
    }
}
