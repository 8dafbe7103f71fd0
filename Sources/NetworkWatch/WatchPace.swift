/// How fast the service reacts, and how it holds itself back.
public struct WatchPace: Sendable, Hashable {
    /// From the first event to its reconcile: others of the same change come in between.
    public var settle = Duration.milliseconds(50)
    /// From the beginning of one reconcile to that of the next.
    public var spacing = Duration.milliseconds(500)
    /// From one reconcile to the next where nothing is heard: the kernel's host name and some settings change without an
    /// event.
    public var check = Duration.seconds(300)
    /// After the first failure; doubled with each further one.
    public var firstRetry = Duration.seconds(1)
    /// Longest time between two attempts, and between two repairs of what somebody keeps undoing.
    public var longestRetry = Duration.seconds(30)
    /// How long to wait for somebody who has written a part of a file to close it.
    public var writing = Duration.seconds(2)
    /// How long to wait for a file that was deleted to be made again.
    public var removed = Duration.seconds(1)
    /// So many repairs within ``fightWindow`` are a fight: from then on each makes us slower.
    public var fightLimit = 10
    public var fightWindow = Duration.seconds(60)
    /// The service manager is told "ready" so long after the start at the latest, or with the first failure after that,
    /// though nothing works or no lease has come: units that wait for the network must not wait for ever.
    public var latestReady = Duration.seconds(15)

    public init() {}

    /// The wait after so many failures in a row.
    func retry(after failures: Int) -> Duration {
        Self.doubled(firstRetry, failures - 1, limit: longestRetry)
    }

    /// The spacing of reconciles that nobody but the kernel asked for, after so many repairs.
    func networkSpacing(afterRepairs repairs: Int) -> Duration {
        Self.doubled(spacing, repairs - fightLimit, limit: longestRetry)
    }

    private static func doubled(_ base: Duration, _ times: Int, limit: Duration) -> Duration {
        var result = base
        for _ in 0..<max(0, min(times, 30)) where result < limit { result = result * 2 }
        return min(result, limit)
    }
}
