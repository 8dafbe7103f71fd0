/// Something that only a worker can do, because it is about its connections: it does it between two turns.
final class Errand: @unchecked Sendable {
    // The worker writes the results, and whoever asked waits until it has.
    enum Kind {
        /// Tells of every session; of one, if there is a number.
        case list(only: UInt64?)
        /// Ends the session with this number.
        case shut(UInt64)
        /// Ends the sessions of a server.
        case shutServer(UnsafeMutablePointer<ServerCells>)
        /// Counts what has moved so far, of frontends that ask for it (`option contstats`).
        case count
        /// Carries out rules that set variables of the process.
        case assign(ConnectionRuleList)
    }

    let kind: Kind
    var sessions: [SessionReport] = []
    /// How many it ended.
    var ended = 0

    init(_ kind: Kind) { self.kind = kind }
}
