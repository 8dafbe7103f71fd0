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

        public init() {}
    }

    public var pace: Pace
    /// Of the changes that no backup has yet.
    private var first: Duration?
    private var last: Duration = .zero
    private var isRunning = false
    private var failures = 0
    private var retryAt: Duration?

    public init(_ pace: Pace = Pace()) { self.pace = pace }

    /// When ``begin(at:)`` is to be called; nil if not before something happens.
    public var deadline: Duration? {
        guard !isRunning else { return nil }
        return [first.map { min($0 + pace.longest, last + pace.quiet) }, retryAt].compactMap { $0 }.min()
    }

    public mutating func changed(at now: Duration) {
        if first == nil { first = now }
        last = now
    }

    /// Whether one is to be taken now; it runs from here on.
    public mutating func begin(at now: Duration) -> Bool {
        guard let deadline, deadline <= now else { return false }
        first = nil
        retryAt = nil
        isRunning = true
        return true
    }

    /// - Parameter isWell: Whether there is nothing left to do.
    public mutating func ended(_ isWell: Bool, at now: Duration) {
        isRunning = false
        guard !isWell else {
            failures = 0
            return
        }
        retryAt = now + min(pace.retry * (1 << min(failures, 10)), pace.longestRetry)
        failures += 1
    }
}
