/// The health of one checked server: HAProxy's rise and fall counters, as a value that returns what to do.
///
/// Below `rise` the server is down, at or above it up; the counter never leaves 0 ..< rise + fall. A server starts up
/// with the counter at `rise`: its first failed check takes it down.
public struct HealthState: Hashable, Sendable {
    /// What the caller does about a result.
    public enum Action: Hashable, Sendable {
        case none
        case markUp
        case markDown
    }

    private var counter: Int
    private var rise: Int
    private var fall: Int

    public init(_ settings: CheckSettings) {
        rise = max(1, Int(settings.rise))
        fall = max(1, Int(settings.fall))
        counter = rise
    }

    public var isUp: Bool { counter >= rise }
    /// Neither fully up nor fully down: `fastinter` applies.
    public var isChanging: Bool { counter != 0 && counter != rise + fall - 1 }

    /// Takes new rise and fall values and keeps the state: fully up or fully down under the new ones.
    public mutating func adopt(_ settings: CheckSettings) {
        let wasUp = isUp
        rise = max(1, Int(settings.rise))
        fall = max(1, Int(settings.fall))
        counter = wasUp ? rise + fall - 1 : 0
    }

    public mutating func passed() -> Action {
        guard counter < rise + fall - 1 else { return .none }
        let wasUp = isUp
        counter += 1
        guard !wasUp, isUp else { return .none }
        counter = rise + fall - 1
        return .markUp
    }

    public mutating func failed() -> Action {
        guard isUp else {
            counter = 0
            return .none
        }
        if counter > rise {
            counter -= 1
            return .none
        }
        counter = 0
        return .markDown
    }

    /// Milliseconds until the next check.
    public func interval(_ settings: CheckSettings) -> UInt32 {
        if isChanging, let fast = settings.fastInterval { return fast }
        if counter == 0, let down = settings.downInterval { return down }
        return settings.interval
    }
}
