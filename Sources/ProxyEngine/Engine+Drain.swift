internal import CLinux
internal import Glibc

/// Connections that outlive what they use, and threads that no longer turn.
extension Engine {
    /// At `due`, connections whose server or frontend went at `goneAt` or before are ended.
    struct Sweep: Hashable {
        var due: UInt64
        var goneAt: UInt64
    }

    /// When ``endOverdue(now:)`` has something to do, in milliseconds of CLOCK_MONOTONIC; nil if never.
    public var nextDeadline: UInt64? { sweeps.first?.due }

    /// Ends connections to servers and frontends that a change took away `hard-stop-after` ago.
    public func endOverdue(now: UInt64) {
        guard let goneAt = sweeps.filter({ $0.due <= now }).map({ $0.goneAt }).max() else { return }
        sweeps.removeAll { $0.due <= now }
        for worker in workers { worker.mailbox.postSweep(goneBefore: Self.stamp(goneAt)) }
    }

    /// Whether every thread turns; each has `milliseconds` to show it. An engine for which this is false can only be
    /// ended with its process.
    public func isAlive(within milliseconds: CInt) -> Bool {
        workers.allSatisfy { $0.mailbox.isAlive(within: milliseconds) }
    }

    /// Notes when what a change took away went.
    func markGone(_ step: PlanStep) {
        guard let hardStopAfter = step.settings.hardStopAfter else { return }
        let (servers, frontends) = (step.goneServers, step.goneFrontendCells)
        if servers.isEmpty, frontends.isEmpty { return }
        let now = Clock.monotonic()
        for server in servers { clinux_atomic_store(&server.cells.pointee.goneAt, Self.stamp(now)) }
        for frontend in frontends { clinux_atomic_store(&frontend.cells.pointee.goneAt, Self.stamp(now)) }
        sweeps.append(Sweep(due: now + UInt64(hardStopAfter), goneAt: now))
        sweeps.sort { $0.due < $1.due }
    }

    /// Never 0, which means that nothing has gone.
    private static func stamp(_ time: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: time) | 1 }
}
