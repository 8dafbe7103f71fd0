public import NetworkState

/// Everything that is needed to go back, on disk before the first operation: `/var/lib/appliance-net/try.json`. While it
/// is there, a change waits for its end; it is removed last, so whoever finds it can finish what was begun.
public struct Checkpoint: Sendable, Hashable, Codable {
    public static let path = "/var/lib/appliance-net/try.json"

    public enum Phase: String, Sendable, Hashable, Codable {
        /// Operations are being run. If its process died, the network may be half changed.
        case applying
        /// All done and read back; it waits for its confirmation.
        case waiting
        /// It stays; only the bookkeeping is left.
        case confirmed
    }

    /// What is tried. Its id is the try's.
    public var generation: Generation
    public var phase: Phase
    /// ``HistoryClock/boot`` at which it is taken back.
    public var deadline: Int64
    /// Seconds from the start of the try to its deadline.
    public var timeout: Int
    /// Whose state ``formerKernel`` is.
    public var kernel: KernelIdentity
    public var formerFiles: ConfigurationFiles
    public var formerKernel: ActualState
    /// Whether ``StandbyMarker`` was set: the service must not repair what going back takes away.
    public var wasStandingBy: Bool
    /// This one's own: a guardian that was left behind by another change, even one of the same id, takes it for none of
    /// its business.
    public var token: UInt64
    /// What the change made of it: what is different from this was done by others since. nil while it is ``Phase/applying``.
    public var madeKernel: ActualState?

    public init(
        generation: Generation,
        phase: Phase = .applying,
        deadline: Int64,
        timeout: Int,
        kernel: KernelIdentity,
        formerFiles: ConfigurationFiles,
        formerKernel: ActualState,
        wasStandingBy: Bool = false,
        token: UInt64 = .random(in: .min ... .max)
    ) {
        self.generation = generation
        self.phase = phase
        self.deadline = deadline
        self.timeout = timeout
        self.kernel = kernel
        self.formerFiles = formerFiles
        self.formerKernel = formerKernel
        self.wasStandingBy = wasStandingBy
        self.token = token
    }

    /// What is to be done about a checkpoint that somebody finds.
    public enum Verdict: Sendable, Hashable {
        /// It waits, guarded, for so many milliseconds more.
        case running(milliseconds: Int64)
        /// It is to be taken back, for this reason.
        case restore(String)
        /// It was confirmed; only the bookkeeping is left.
        case finish
    }

    /// - Parameters:
    ///   - now: ``HistoryClock/boot``.
    ///   - kernel: That of whoever asks.
    ///   - isGuarded: Whether a process lives that will take it back at the deadline.
    public func verdict(now: Int64, kernel: KernelIdentity, isGuarded: Bool) -> Verdict {
        if phase == .confirmed { return .finish }
        if kernel != self.kernel { return .restore("the machine was restarted before it was confirmed") }
        if phase == .applying, !isGuarded { return .restore("its process ended in the middle of it") }
        if now >= deadline { return .restore("it was not confirmed within \(timeout) s") }
        if !isGuarded { return .restore("its guardian is gone") }
        return .running(milliseconds: deadline - now)
    }
}
