/// What one kind of check says about a server: HAProxy's rise and fall counter, as a value.
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

    // Small: there is one for each of thousands of servers.
    private(set) var counter: Int32
    private(set) var rise: Int32
    private(set) var fall: Int32

    public init(_ settings: CheckSettings) { self.init(rise: settings.rise, fall: settings.fall) }

    init(rise: UInt32, fall: UInt32) {
        self.rise = Self.clamped(rise)
        self.fall = Self.clamped(fall)
        counter = self.rise
    }

    private static func clamped(_ count: UInt32) -> Int32 { Int32(max(1, min(count, CheckSettings.mostInARow))) }

    public var isUp: Bool { counter >= rise }
    /// Neither fully up nor fully down: `fastinter` applies.
    public var isChanging: Bool { counter != 0 && counter != rise + fall - 1 }

    /// `2/3 UP`: of the failures that would take it down, or the successes that would bring it up.
    func fraction(isDraining: Bool = false) -> String {
        isUp ? "\(counter - rise + 1)/\(fall) \(isDraining ? "DRAIN" : "UP")" : "\(counter)/\(rise) DOWN"
    }

    /// Takes new rise and fall values and keeps the state: fully up or fully down under the new ones.
    public mutating func adopt(_ settings: CheckSettings) { adopt(rise: settings.rise, fall: settings.fall) }

    mutating func adopt(rise newRise: UInt32, fall newFall: UInt32) {
        let (newRise, newFall) = (Self.clamped(newRise), Self.clamped(newFall))
        guard newRise != rise || newFall != fall else { return }
        let wasUp = isUp
        (rise, fall) = (newRise, newFall)
        counter = wasUp ? rise + fall - 1 : 0
    }

    public mutating func passed() -> Action {
        guard counter < rise + fall - 1 else { return .none }
        let wasUp = isUp
        counter += 1
        if isUp { counter = rise + fall - 1 }
        return !wasUp && isUp ? .markUp : .none
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

    /// An agent's word is final: all the way up, or all the way down.
    mutating func jump(isUp: Bool) { counter = isUp ? rise + fall - 1 : 0 }

    /// At a counter that is known already, or ``CheckCells/risen``.
    mutating func stand(at counter: Int32) {
        self.counter = counter == CheckCells.risen ? rise : max(0, min(counter, rise + fall - 1))
    }

    /// One more failure takes the server down (`on-error sudden-death`).
    mutating func weaken() { if counter > rise { counter = rise + 1 } }

    /// The next failure takes the server down.
    mutating func exhaust() { counter = rise }

    /// Milliseconds until the next check.
    public func interval(_ settings: CheckSettings) -> UInt32 {
        if isChanging, let fast = settings.fastInterval { return fast }
        if counter == 0, let down = settings.downInterval { return down }
        return settings.interval
    }
}
