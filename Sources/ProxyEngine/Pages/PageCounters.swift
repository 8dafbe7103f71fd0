internal import CLinux
internal import ProxyPages
internal import ProxyStatistics

/// What was counted of the requests that a frontend answers itself, beyond what is counted of every frontend. It goes from
/// one configuration to the next.
final class PageCounters: @unchecked Sendable {
    // Every access to the cells is an atomic operation, and what is kept is behind their lock.
    private struct Cells {
        var requests: UInt64 = 0
        var intercepted: UInt64 = 0
        /// 1xx to 5xx, and others.
        var answers = (UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0))
        var rate = RateCells()
        /// Of ``kept``.
        var lock: UInt32 = 0
    }

    private let cells: UnsafeMutablePointer<Cells>
    private var kept: PageFault?

    init() {
        cells = .allocate(capacity: 1)
        cells.initialize(to: Cells())
    }

    deinit { cells.deallocate() }

    /// - Parameter isIntercepted: It was not for a server, had there been one.
    func count(status: Int, isIntercepted: Bool, now: UInt64) {
        clinux_atomic_add_wide(&cells.pointee.requests, 1)
        if isIntercepted { clinux_atomic_add_wide(&cells.pointee.intercepted, 1) }
        RateCells.count(&cells.pointee.rate, now: now)
        switch status / 100 {
        case 1: clinux_atomic_add_wide(&cells.pointee.answers.0, 1)
        case 2: clinux_atomic_add_wide(&cells.pointee.answers.1, 1)
        case 3: clinux_atomic_add_wide(&cells.pointee.answers.2, 1)
        case 4: clinux_atomic_add_wide(&cells.pointee.answers.3, 1)
        case 5: clinux_atomic_add_wide(&cells.pointee.answers.4, 1)
        default: clinux_atomic_add_wide(&cells.pointee.answers.5, 1)
        }
    }

    /// Keeps what was wrong last, in place of what was before.
    func keep(_ fault: PageFault) {
        clinux_lock(&cells.pointee.lock)
        kept = fault
        clinux_unlock(&cells.pointee.lock)
    }

    var fault: PageFault? {
        clinux_lock(&cells.pointee.lock)
        defer { clinux_unlock(&cells.pointee.lock) }
        return kept
    }

    private var requests: UInt64 { clinux_atomic_load_wide(&cells.pointee.requests) }

    func fill(_ row: inout StatisticsRow, now: UInt64) {
        row.set(.reqTot, requests)
        row.set(.reqRate, RateCells.read(&cells.pointee.rate, now: now))
        row.set(.reqRateMax, cells.pointee.rate.most)
        row.set(.intercepted, clinux_atomic_load_wide(&cells.pointee.intercepted))
        row.set(.hrsp1xx, clinux_atomic_load_wide(&cells.pointee.answers.0))
        row.set(.hrsp2xx, clinux_atomic_load_wide(&cells.pointee.answers.1))
        row.set(.hrsp3xx, clinux_atomic_load_wide(&cells.pointee.answers.2))
        row.set(.hrsp4xx, clinux_atomic_load_wide(&cells.pointee.answers.3))
        row.set(.hrsp5xx, clinux_atomic_load_wide(&cells.pointee.answers.4))
        row.set(.hrspOther, clinux_atomic_load_wide(&cells.pointee.answers.5))
        // There is no cache.
        row.set(.cacheLookups, UInt32(0))
        row.set(.cacheHits, UInt32(0))
    }
}

extension StatisticsRow {
    /// What a backend of `mode http` has: none has a server that answers.
    mutating func fillHTTPBackend() {
        for field in [StatisticsField.hrsp1xx, .hrsp2xx, .hrsp3xx, .hrsp4xx, .hrsp5xx, .hrspOther, .reqTot] {
            set(field, UInt32(0))
        }
        set(.cacheLookups, UInt32(0))
        set(.cacheHits, UInt32(0))
    }
}
