internal import Synchronization

/// Whether the proxy answers, asked once for all who want to know at the same time: it may be slow, and anybody may ask.
final class HealthProbe: Sendable {
    private struct Outcome {
        var begun: ContinuousClock.Instant
        var isUp: Bool?
    }

    private let last = Mutex<Outcome?>(nil)

    /// - Parameters:
    ///   - arrival: Since when somebody wants to know. An answer that was asked for later is theirs too.
    ///   - ask: Asks the proxy; others wait meanwhile.
    func isUp(asOf arrival: ContinuousClock.Instant, _ ask: () -> Bool?) -> Bool? {
        last.withLock { last in
            if let last, last.begun >= arrival { return last.isUp }
            let begun = ContinuousClock.now
            let isUp = ask()
            last = Outcome(begun: begun, isUp: isUp)
            return isUp
        }
    }
}
