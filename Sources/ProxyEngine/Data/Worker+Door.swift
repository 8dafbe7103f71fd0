internal import CLinux
internal import Glibc

// How many connections may come in: the limits of the process, of a frontend and of a bind line, and a frontend's rate.
// Whoever must wait does so in the kernel's queue.
extension Worker {
    /// Counts one more connection in if every limit allows it; otherwise the listener rests until one does.
    @inline(__always)
    mutating func enterDoor(_ slot: Int, _ entry: UnsafePointer<ListenerEntry>) -> Bool {
        let frontend = entry.pointee.frontend
        let process = shared
        if process.pointee.connectionRateLimit | process.pointee.sessionRateLimit != 0, !isEmptying,
            !enterSlowly(slot)
        {
            return false
        }
        guard
            Self.take(&process.pointee.connections, clinux_atomic_load(&process.pointee.maxConnections))
                || overrun(&process.pointee.connections)
        else {
            pauseAccepting(for: 0)
            return false
        }
        let most = frontend.pointee.maxConnections
        guard
            Self.take(&frontend.pointee.cells.pointee.connections, most == 0 ? .max : most)
                || overrun(&frontend.pointee.cells.pointee.connections)
        else {
            give(&process.pointee.connections, &process.pointee.sleepers)
            pause(slot)
            return false
        }
        if entry.pointee.cells == nil, frontend.pointee.maxSessionRate == 0 { return true }
        return enterNarrowDoor(slot, entry)
    }

    /// The process takes so many a second.
    private mutating func enterSlowly(_ slot: Int) -> Bool {
        let limit = shared.pointee.rateLimit
        clinux_lock(&shared.pointee.lock)
        let delay = limit == 0 ? 0 : shared.pointee.rate.delay(limit: limit, now: now)
        clinux_unlock(&shared.pointee.lock)
        if delay == 0 { return true }
        pause(slot, until: now + delay)
        return false
    }

    private mutating func enterNarrowDoor(_ slot: Int, _ entry: UnsafePointer<ListenerEntry>) -> Bool {
        let frontend = entry.pointee.frontend
        if let cells = entry.pointee.cells,
            !Self.take(&cells.pointee.connections, entry.pointee.mostConnections),
            !overrun(&cells.pointee.connections)
        {
            leaveDoor(frontend, nil)
            pause(slot)
            return false
        }
        let rate = frontend.pointee.maxSessionRate
        if rate == 0 || isEmptying { return true }
        let cells = frontend.pointee.cells
        clinux_lock(&cells.pointee.lock)
        let delay = cells.pointee.rate.delay(limit: rate, now: now)
        clinux_unlock(&cells.pointee.lock)
        if delay == 0 { return true }
        leaveDoor(frontend, entry.pointee.cells)
        pause(slot, until: now + delay)
        return false
    }

    func countSession(_ frontend: UnsafePointer<FrontendEntry>) {
        let cells = frontend.pointee.cells
        clinux_lock(&cells.pointee.lock)
        cells.pointee.rate.count(now: now)
        clinux_unlock(&cells.pointee.lock)
    }

    /// Counts a connection out again, and wakes who waits for that.
    @inline(__always)
    mutating func leaveDoor(_ frontend: UnsafePointer<FrontendEntry>, _ listener: UnsafeMutablePointer<ListenerCells>?)
    {
        give(&frontend.pointee.cells.pointee.connections, &frontend.pointee.cells.pointee.sleepers)
        let process = shared
        give(&process.pointee.connections, &process.pointee.sleepers)
        if let listener { give(&listener.pointee.connections, &listener.pointee.sleepers) }
    }

    @inline(__always)
    private static func take(_ count: UnsafeMutablePointer<UInt32>, _ most: UInt32) -> Bool {
        // Who cannot come in is not counted for a moment either.
        if clinux_ordered_load(count) >= most { return false }
        if clinux_ordered_add(count, 1) < most { return true }
        _ = clinux_ordered_subtract(count, 1)
        return false
    }

    private func overrun(_ count: UnsafeMutablePointer<UInt32>) -> Bool {
        if !isEmptying { return false }
        _ = clinux_ordered_add(count, 1)
        return true
    }

    @inline(__always)
    private mutating func give(_ count: UnsafeMutablePointer<UInt32>, _ sleepers: UnsafeMutablePointer<UInt64>) {
        _ = clinux_ordered_subtract(count, 1)
        if clinux_ordered_load_mask(sleepers) != 0 { wake(sleepers) }
    }

    private mutating func wake(_ sleepers: UnsafeMutablePointer<UInt64>) {
        let bits = clinux_ordered_take_mask(sleepers)
        for worker in 0..<Int(clinux_atomic_load(&shared.pointee.workerCount)) where bits & Self.bit(worker) != 0 {
            if worker == index {
                mayResume = true
            } else {
                var one: UInt64 = 1
                _ = Glibc.write(shared.pointee.wakes[worker], &one, 8)
            }
        }
    }

    private static func bit(_ worker: Int) -> UInt64 { 1 << UInt64(worker & 63) }

    // MARK: - Resting

    /// Takes a listener out of epoll: while nothing may be accepted, it would wake us without end.
    ///
    /// - Parameter time: When to try again; 0: when a connection of the frontend ends.
    private mutating func pause(_ slot: Int, until time: UInt64 = 0) {
        listeners[slot].isPaused = true
        listeners[slot].pausedUntil = time
        pausedCount += 1
        _ = clinux_epoll_remove(epoll, listeners[slot].descriptor)
        if time > 0 {
            resumeListenersAt = resumeListenersAt == 0 ? time : min(resumeListenersAt, time)
        } else {
            sleep(slot)
            // A connection that ended before it could see us sleep.
            if hasRoom(slot) { mayResume = true }
        }
    }

    private func sleep(_ slot: Int) {
        guard let entry = listeners[slot].entry else { return }
        clinux_ordered_set_bits(&entry.pointee.frontend.pointee.cells.pointee.sleepers, Self.bit(index))
        if let cells = entry.pointee.cells { clinux_ordered_set_bits(&cells.pointee.sleepers, Self.bit(index)) }
    }

    private func hasRoom(_ slot: Int) -> Bool {
        guard let entry = listeners[slot].entry else { return false }
        let frontend = entry.pointee.frontend
        let most = frontend.pointee.maxConnections
        if most > 0, clinux_ordered_load(&frontend.pointee.cells.pointee.connections) >= most { return false }
        guard let cells = entry.pointee.cells else { return true }
        return clinux_ordered_load(&cells.pointee.connections) < entry.pointee.mostConnections
    }

    /// Puts those listeners back whose limit allows more.
    mutating func resumeListeners() {
        let isTime = resumeListenersAt != 0 && now >= resumeListenersAt
        guard mayResume || isTime else { return }
        mayResume = false
        resumeListenersAt = 0
        for slot in 0..<listenerHigh where listeners[slot].isPaused {
            let time = listeners[slot].pausedUntil
            if time > now {
                resumeListenersAt = resumeListenersAt == 0 ? time : min(resumeListenersAt, time)
                continue
            }
            if !hasRoom(slot) {
                sleep(slot)
                guard hasRoom(slot) else { continue }
            }
            listeners[slot].isPaused = false
            pausedCount -= 1
            if accepting { watch(slot) }
        }
    }

    /// Takes all listeners out of epoll.
    ///
    /// - Parameter milliseconds: When to try again; 0: when a connection has ended.
    mutating func pauseAccepting(for milliseconds: UInt64) {
        guard accepting else { return }
        accepting = false
        pausedByLimit = milliseconds == 0
        resumeAt = now + (milliseconds == 0 ? 50 : milliseconds)
        clinux_ordered_set_bits(&shared.pointee.sleepers, Self.bit(index))
        for slot in 0..<listenerHigh where listeners[slot].entry != nil && !listeners[slot].isPaused {
            _ = clinux_epoll_remove(epoll, listeners[slot].descriptor)
        }
    }

    mutating func resumeAccepting() {
        let full =
            clinux_ordered_load(&shared.pointee.connections) >= clinux_atomic_load(&shared.pointee.maxConnections)
        guard !full, now >= resumeAt || pausedByLimit else {
            clinux_ordered_set_bits(&shared.pointee.sleepers, Self.bit(index))
            if now >= resumeAt { resumeAt = now + 50 }
            return
        }
        accepting = true
        resumeAt = 0
        for slot in 0..<listenerHigh where listeners[slot].entry != nil && !listeners[slot].isPaused { watch(slot) }
    }

    func watch(_ slot: Int) {
        let events = UInt32(CLINUX_EPOLL_IN) | UInt32(CLINUX_EPOLL_EXCLUSIVE)
        _ = clinux_epoll_add(epoll, listeners[slot].descriptor, events, UInt64(slot) << 2 | Side.listener.rawValue)
    }
}
