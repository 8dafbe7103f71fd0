internal import CLinux

extension Engine {
    /// `clear counters`: what was highest begins anew; with `all` what was counted does, too.
    public func clearCounters(all: Bool) {
        for frontend in plan.frontends {
            frontend.cells.cells.seen?.clear(all: all)
            for listener in frontend.listeners { listener.cells?.cells.seen?.clear(all: all) }
        }
        for backend in plan.backends {
            let cells = backend.cells.cells
            cells.seen?.clear(all: all)
            for server in backend.servers { server.cells.seen?.clear(all: all) }
            guard all else { continue }
            clinux_lock(&cells.pointee.lock)
            defer { clinux_unlock(&cells.pointee.lock) }
            cells.pointee.history.clear()
            for server in backend.servers { server.cells.pointee.history.clear() }
        }
        RateCells.clearMost(&process.pointee.connectionRate)
        RateCells.clearMost(&process.pointee.sessionRate)
    }
}

extension BackendHistory {
    fileprivate mutating func clear() { (downs, downFor) = (0, 0) }
}

extension ServerHistory {
    fileprivate mutating func clear() { (downs, downFor, failedChecks) = (0, 0, 0) }
}

extension UnsafeMutablePointer<TrafficCells> {
    /// What threads count at the same moment may survive.
    fileprivate func clear(all: Bool) {
        if all {
            let (connectionRate, sessionRate) = (pointee.connectionRate, pointee.sessionRate)
            initialize(to: TrafficCells())
            (pointee.connectionRate, pointee.sessionRate) = (connectionRate, sessionRate)
        }
        RateCells.clearMost(&pointee.connectionRate)
        RateCells.clearMost(&pointee.sessionRate)
        for most in [\TrafficCells.most, \.queueMost, \.times.queueMost, \.times.connectMost, \.times.totalMost] {
            pointee[keyPath: most] = 0
        }
    }
}
