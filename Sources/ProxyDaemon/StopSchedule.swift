internal import ProxyEngine

/// The graceful stop: listening goes on for `grace`, then connections have `hard-stop-after` to end by themselves. A pure
/// value; milliseconds of a monotonic clock.
struct StopSchedule: Hashable {
    enum Step: Hashable {
        case wait
        case stopListening
        case stopAll
    }

    private let listenUntil: UInt64
    private let endAt: UInt64?
    private(set) var isListening = true

    init(now: UInt64, grace: UInt32?, hardStopAfter: UInt32?) {
        listenUntil = now + UInt64(grace ?? 0)
        let start = listenUntil
        endAt = hardStopAfter.map { start + UInt64($0) }
    }

    init(now: UInt64, _ settings: EngineSettings) {
        self.init(now: now, grace: settings.grace, hardStopAfter: settings.hardStopAfter)
    }

    mutating func step(_ now: UInt64) -> Step {
        if isListening, now >= listenUntil {
            isListening = false
            return .stopListening
        }
        if let endAt, now >= endAt { return .stopAll }
        return .wait
    }

    /// Milliseconds until ``step(_:)`` has something to do; -1 for never.
    func wait(_ now: UInt64) -> Int32 {
        guard let next = isListening ? listenUntil : endAt else { return -1 }
        return next <= now ? 0 : Int32(clamping: next - now)
    }
}
