internal import Synchronization

/// Gives the same ``Overview`` to everybody who asks at about the same time: reading one asks the kernel, every service
/// and the API.
final class OverviewSource: Sendable {
    private let pace: Duration
    private let read: @Sendable () -> Overview
    private let latest = Mutex<(overview: Overview, time: ContinuousClock.Instant)?>(nil)

    /// - Parameter pace: How old it may be.
    init(pace: Duration, _ read: @escaping @Sendable () -> Overview) {
        self.pace = pace
        self.read = read
    }

    /// Whoever finds it too old reads it; who asks meanwhile waits for that.
    func overview() -> Overview {
        latest.withLock { latest in
            let now = ContinuousClock.now
            if let latest, now - latest.time < pace { return latest.overview }
            let overview = read()
            latest = (overview, now)
            return overview
        }
    }
}
