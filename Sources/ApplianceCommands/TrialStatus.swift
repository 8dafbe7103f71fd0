internal import Diagnostics
internal import NetworkHistory

/// A try that waits for its confirmation, or is to be taken back; the names are those of `status --json`.
struct TrialStatus: Encodable {
    var generation: Int
    /// RFC 3339, UTC.
    var deadline: String
    /// Until it is taken back by itself.
    var secondsLeft: Int
    /// Why it is not waited for any more; the next command that changes the network takes it back.
    var reason: String?

    enum CodingKeys: String, CodingKey {
        case generation
        case deadline
        case secondsLeft = "seconds_left"
        case reason
    }

    /// nil where no try is open.
    init?(_ applier: Applier) throws {
        guard let (checkpoint, verdict) = try applier.outlook(), checkpoint.generation.origin == .try else {
            return nil
        }
        switch verdict {
        case .running: reason = nil
        case .restore(let why): reason = why
        case .finish: return nil
        }
        generation = checkpoint.generation.id
        let left = max(0, checkpoint.deadline - applier.clock.boot())
        secondsLeft = Int((left + 999) / 1000)
        deadline = UTCTime(applier.clock.wall() + (left + 500) / 1000).rfc3339
    }

    /// `try: generation 7 is taken back in 42 s, at 2026-11-21T12:41:30Z: appliance-net confirm keeps it, …`
    var line: String {
        if let reason {
            return "try: generation \(generation) is to be taken back, because \(reason): appliance-net resume does it"
        }
        return "try: generation \(generation) is taken back in \(secondsLeft) s, at \(deadline): appliance-net confirm "
            + "keeps it, appliance-net rollback takes it back at once"
    }
}
