import Files

/// The service's mind: events in, actions out, the time as an argument; it touches nothing.
///
/// Never two reconciles at once; always one that begins after the last event; never more than the pace allows. Events
/// only say that something may be different: what is, the reconcile finds out.
public struct WatchMachine: Sendable {
    let pace: WatchPace
    /// Half of what the service manager allows; nil without a watchdog.
    private let watchdogPeriod: Duration?
    public internal(set) var report = WatchReport()

    var isStandingBy = false
    private var isRunning = false
    private var isEnding = false
    private var hasEnded = false
    var isReady = false
    /// A part waits for something that the network depends on.
    var isPending = false
    /// It would be ready but for that; said at the latest then.
    var readyDue: Duration?
    var isReloading = false

    /// The first network event that no reconcile has answered.
    var networkSince: Duration?
    /// The first file event that no reconcile has answered.
    private var filesSince: Duration?
    /// Files that somebody is at, and until when they are left alone.
    private var holds: [String: Duration] = [:]
    /// Somebody asked: no need to wait for things to settle.
    var isUrgent = false
    /// The next attempt after a failure.
    var retryAt: Duration?
    var failures = 0
    /// When drift was repaired lately.
    var repairs: [Duration] = []
    var startedAt = Duration.zero
    var lastStart: Duration?
    private var nextWatchdog: Duration?
    private var armed: Duration?
    /// Clients that wait for the next reconcile, and for the one under way.
    var waiting: [Int] = []
    private var served: [Int] = []
    /// What is wrong with the network, and what with the parts.
    var ownProblems: [String] = []
    var partProblems: [String] = []
    var lastStatus = ""
    /// What was logged last about problems: nothing is told twice.
    var told: [String] = []
    var toldBusy = false
    var toldFight = false

    /// - Parameter watchdog: `WATCHDOG_USEC`; nil without a watchdog.
    public init(pace: WatchPace = WatchPace(), watchdog: Duration? = nil) {
        self.pace = pace
        watchdogPeriod = watchdog.map { $0 / 2 }
    }

    /// Takes an event and says what is to be done, in order.
    public mutating func handle(_ event: WatchEvent, at now: Duration) -> [WatchAction] {
        if hasEnded { return [] }
        var actions: [WatchAction] = []
        switch event {
        case .start:
            (startedAt, report.since, isUrgent) = (now, now, true)
            nextWatchdog = watchdogPeriod.map { now + $0 }
            if isStandingBy { becomeReady(&actions) }
        case .files(let changes): note(changes, now)
        case .network: if !isStandingBy, networkSince == nil { networkSince = now }
        case .asked: if !isStandingBy { isUrgent = true }
        case .partProblems(let problems): note(problems, now, &actions)
        case .partsPending(let isPending): self.isPending = isPending
        case .hangUp: hangUp(&actions)
        case .terminate: isEnding = true
        case .standBy(let isWanted): standBy(isWanted, now, &actions)
        case .request(let request, let client): take(request, client, &actions)
        case .timer: break
        case .reconciled(let outcome):
            isRunning = false
            settle(outcome, now, served, &actions)
            served = []
        }
        advance(now, &actions)
        return actions
    }

    private mutating func note(_ changes: [String: FileWatcher.Change], _ now: Duration) {
        if changes.isEmpty { return }
        if filesSince == nil { filesSince = now }
        for (path, change) in changes {
            switch change {
            case .written: holds[path] = nil
            // Who writes on and on, or never closes, is not waited for longer than this.
            case .writing: holds[path] = min(holds[path] ?? now + pace.writing, now + pace.writing)
            case .removed: holds[path] = now + pace.removed
            }
        }
    }

    /// Whatever is due now; then the time of what is due next.
    private mutating func advance(_ now: Duration, _ actions: inout [WatchAction]) {
        if isEnding, !isRunning { return end(&actions) }
        if let due = nextWatchdog, due <= now, let watchdogPeriod {
            actions.append(.notify("WATCHDOG=1"))
            nextWatchdog = now + watchdogPeriod
        }
        repairs.removeAll { $0 + pace.fightWindow < now }
        if !isRunning, let due, due <= now { begin(now, &actions) }
        // What a part waited for is in force once no reconcile is wanted any more.
        if let last = readyDue, last <= now || !(isPending || isRunning || isUrgent) { becomeReady(&actions) }
        let next = [nextWatchdog, readyDue, isRunning ? nil : due].compactMap { $0 }.min()
        if next != armed {
            armed = next
            actions.append(.arm(next))
        }
    }

    private mutating func begin(_ now: Duration, _ actions: inout [WatchAction]) {
        let isReading = isUrgent || filesDue.map { $0 <= now } ?? false
        if isReading {
            filesSince = nil
            holds = [:]
        }
        (isRunning, isUrgent, networkSince, retryAt, lastStart) = (true, false, nil, nil, now)
        served = waiting
        waiting = []
        actions.append(.reconcile(readingFiles: isReading))
    }

    private var filesDue: Duration? {
        filesSince.map { max($0 + pace.settle, holds.values.max() ?? .zero) }
    }

    /// When the next reconcile begins; nil if there is no reason for one.
    private var due: Duration? {
        if isStandingBy || isEnding { return nil }
        // Somebody asked, or a file has changed: the cause of a failure may be gone.
        let asked = [isUrgent ? startedAt : nil, filesDue].compactMap { $0 }.min()
        // Our own attempts make events too: after a failure they must not bring the next one nearer.
        let heard = networkSince.map { max($0 + pace.settle, retryAt ?? .zero) }
        let unasked = [heard, retryAt].compactMap { $0 }.min()
        guard let lastStart else { return [asked, unasked].compactMap { $0 }.min() }
        let quiet = pace.networkSpacing(afterRepairs: repairs.count)
        return [
            asked.map { max($0, lastStart + pace.spacing) }, unasked.map { max($0, lastStart + quiet) },
            lastStart + pace.check,
        ].compactMap { $0 }.min()
    }

    private mutating func end(_ actions: inout [WatchAction]) {
        hasEnded = true
        actions += waiting.map { .answer(client: $0, .refused("the service ends")) }
        actions += [.log(.info, "ended; the network stays as it is"), .notify("STOPPING=1"), .end]
    }
}
