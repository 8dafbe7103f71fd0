/// How the service stands; times are those of the clock that the events were given.
public struct WatchReport: Sendable, Hashable {
    public enum State: String, Sendable, Hashable {
        /// Nothing has been applied yet.
        case starting
        /// The network is as the files want it.
        case inSync = "in-sync"
        /// A file is bad, or something wanted cannot be had; the rest is right.
        case degraded
        /// The last attempt failed; it is tried again.
        case failing
        /// `down` was said.
        case standby
    }

    public struct Reconcile: Sendable, Hashable {
        public var at: Duration
        public var took: Duration
        /// How many objects it changed.
        public var changes: Int
    }

    public var state = State.starting
    public var since = Duration.zero
    /// The last one that ended well.
    public var lastReconcile: Reconcile?
    public var reconcileCount = 0
    /// How many objects of ours others have changed, and we have put right.
    public var driftCount = 0
    public var problems: [String] = []

    public init() {}

    /// What `systemctl status` shows.
    var statusText: String {
        switch state {
        case .starting: "Starting."
        case .inSync: "The network is as the files want it."
        case .degraded: "Degraded: \(problems.first?.firstLine ?? "")"
        case .failing: "Failing, will try again: \(problems.first?.firstLine ?? "")"
        case .standby: "Standing by after down."
        }
    }
}

extension String {
    /// Up to the first newline.
    var firstLine: Substring { prefix { !$0.isNewline } }
}
