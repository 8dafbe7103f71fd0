/// What a guardian decides, without a clock or a disk: it is told what happened and what it finds, and says what to do.
public struct GuardianMachine: Sendable, Hashable {
    public enum Action: Sendable, Hashable {
        case wait(milliseconds: Int64)
        /// Bring back the former state.
        case takeBack
        /// The try was confirmed, but whoever did so ended before the bookkeeping.
        case settle
        /// There is nothing to guard any more.
        case end
    }

    /// What of a checkpoint matters.
    public struct Found: Sendable, Hashable {
        /// ``Checkpoint/token``
        public var token: UInt64
        public var phase: Checkpoint.Phase
        public var deadline: Int64

        public init(token: UInt64, phase: Checkpoint.Phase, deadline: Int64) {
            self.token = token
            self.phase = phase
            self.deadline = deadline
        }
    }

    /// The try that is guarded: ``Checkpoint/token``.
    public let token: UInt64
    /// Whether the process that tries is gone: killed, or its session lost, or simply done.
    public var isAlone = false

    public init(token: UInt64) { self.token = token }

    /// - Parameters:
    ///   - now: ``HistoryClock/boot``.
    ///   - found: The checkpoint on disk; nil if there is none.
    public func action(now: Int64, found: Found?) -> Action {
        guard let found, found.token == token else { return .end }
        switch found.phase {
        case .confirmed:
            return .settle
        case .applying where isAlone:
            return .takeBack
        case .applying, .waiting:
            return now >= found.deadline ? .takeBack : .wait(milliseconds: found.deadline - now)
        }
    }
}

extension GuardianMachine.Found {
    init(_ checkpoint: Checkpoint) {
        self.init(token: checkpoint.token, phase: checkpoint.phase, deadline: checkpoint.deadline)
    }
}
