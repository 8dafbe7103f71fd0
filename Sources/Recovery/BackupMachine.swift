/// When a backup is taken: some seconds after the last of several changes, and again later if it could not be brought to
/// its target. Takes time as an argument.
public struct BackupMachine: Sendable {
    public struct Pace: Sendable, Hashable {
        /// From the last change.
        public var quiet: Duration = .seconds(5)
        /// From the first change, if they do not end.
        public var longest: Duration = .seconds(60)
        /// To the next try of one that failed, doubled with each.
        public var retry: Duration = .seconds(60)
        public var longestRetry: Duration = .seconds(3600)
        /// Of one that runs, until nothing more is hoped of it. Longer than all that it waits for takes.
        public var longestRun: Duration = .seconds(600)

        public init() {}
    }

    public var pace: Pace
    /// Of the changes that no backup has yet.
    private var first: Duration?
    private var last: Duration = .zero
    private var isRunning = false
    /// When nothing more is hoped of the one that runs.
    private var hopelessAt: Duration?
    private var failures = 0
    private var retryAt: Duration?

    public init(_ pace: Pace = Pace()) { self.pace = pace }

    /// When ``begin(at:)`` or ``isHopeless(at:)`` is to be called; nil if not before something happens.
    public var deadline: Duration? {
        guard !isRunning else { return hopelessAt }
        return [first.map { min($0 + pace.longest, last + pace.quiet) }, retryAt].compactMap { $0 }.min()
    }

    public mutating func changed(at now: Duration) {
        if first == nil { first = now }
        last = now
    }

    /// Whether one is to be taken now; it runs from here on.
    public mutating func begin(at now: Duration) -> Bool {
        guard !isRunning, let deadline, deadline <= now else { return false }
        first = nil
        retryAt = nil
        isRunning = true
        hopelessAt = now + pace.longestRun
        return true
    }

    /// Whether the one that runs is to be ended now; said once. The next begins when it has ended.
    public mutating func isHopeless(at now: Duration) -> Bool {
        guard let due = hopelessAt, due <= now else { return false }
        hopelessAt = nil
        return true
    }

    /// Another one was at it for so long that this one has not begun: that is no failure, and it comes after it.
    public mutating func gaveWay(at now: Duration) {
        isRunning = false
        hopelessAt = nil
        changed(at: now)
    }

    /// - Parameter isWell: Whether there is nothing left to do.
    public mutating func ended(_ isWell: Bool, at now: Duration) {
        isRunning = false
        hopelessAt = nil
        guard !isWell else {
            failures = 0
            return
        }
        retryAt = now + min(pace.retry * (1 << min(failures, 10)), pace.longestRetry)
        failures += 1
    }
}
