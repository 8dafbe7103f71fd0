public import Files

/// What the service hears.
public enum WatchEvent: Sendable, Hashable {
    case start
    /// Files of the configuration, by path.
    case files([String: FileWatcher.Change])
    /// Something about links, addresses, routes or rules; our own changes are heard too.
    case network
    /// A part has news that the network depends on.
    case asked
    /// What is wrong with the parts; all of it.
    case partProblems([String])
    /// Whether a part still waits for something without which the network is not what it is to be.
    case partsPending(Bool)
    /// SIGHUP
    case hangUp
    /// SIGTERM
    case terminate
    /// `down` was said (true), or `up` (false).
    case standBy(Bool)
    case request(ControlRequest, client: Int)
    /// The time that was armed has come, or any other: early ones do no harm.
    case timer
    case reconciled(ReconcileOutcome)
}

/// What the service is to do.
public enum WatchAction: Sendable, Hashable {
    /// Make the network so, and say ``WatchEvent/reconciled(_:)``. Without reading the files: with what they said last.
    case reconcile(readingFiles: Bool)
    /// Say ``WatchEvent/timer`` at this time, and at no other; nil: never.
    case arm(Duration?)
    /// Tell the service manager (sd_notify(3)).
    case notify(String)
    case answer(client: Int, ControlAnswer)
    case log(LogLevel, String)
    /// Leave the network as it is and end.
    case end
}

/// How much a line of the log matters: the numbers of syslog(3).
public enum LogLevel: Int, Sendable, Hashable {
    case error = 3
    case warning = 4
    case info = 6
}

/// What came of one ``WatchAction/reconcile(readingFiles:)``.
public struct ReconcileOutcome: Sendable, Hashable {
    public enum Result: Sendable, Hashable {
        /// The network is as wanted.
        case applied
        /// It could not be made so; what was done is undone.
        case failed(String)
        /// Somebody else is changing the network just now.
        case busy
        /// `down` was said: nothing was touched.
        case standingBy
    }

    public var result: Result
    /// What was done, a line each.
    public var changes: [String]
    /// The files have not changed since it was right: somebody changed the network behind our back.
    public var isDrift: Bool
    /// What is wanted and cannot be had.
    public var problems: [String]
    /// What is wrong with the files; what they said last is in force.
    public var badFiles: [String]

    public init(
        _ result: Result,
        changes: [String] = [],
        isDrift: Bool = false,
        problems: [String] = [],
        badFiles: [String] = []
    ) {
        self.result = result
        self.changes = changes
        self.isDrift = isDrift
        self.problems = problems
        self.badFiles = badFiles
    }
}
