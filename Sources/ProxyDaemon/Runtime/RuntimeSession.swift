internal import ProxyConfig

/// What a client of a runtime socket has said of its connection so far.
final class RuntimeSession {
    /// What it may say; it can give rights up, and never gets more.
    var level: StatsSocket.Level
    /// `prompt`: the connection stays, and each answer ends with a prompt.
    var isPrompting = false
    /// `quit`
    var isEnding = false
    /// `set timeout cli`: milliseconds that it may be silent; nil: as long as the socket says.
    var patience: UInt64?

    /// `set severity-output`
    var severities = RuntimeSeverity.Output.none
    /// `expert-mode on` and its like.
    var modes: Set<RuntimeMode> = []

    /// What ends an answer while it is prompted.
    var prompt = "> "
    /// A session of the master socket speaks to the worker until it says otherwise (`@1`).
    var isWithWorker = false

    /// It is the thread for pages that asks.
    let isOfPages: Bool

    init(_ level: StatsSocket.Level, isOfPages: Bool = false) {
        self.level = level
        self.isOfPages = isOfPages
    }
}

extension StatsSocket.Level {
    private var rank: Int {
        switch self {
        case .user: 0
        case .operator: 1
        case .admin: 2
        }
    }

    /// Whoever has this one may say what asks for `other`.
    func allows(_ other: StatsSocket.Level) -> Bool { rank >= other.rank }
}
