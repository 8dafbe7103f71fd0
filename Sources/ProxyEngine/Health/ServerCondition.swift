internal import HealthChecks

/// What is known about a server: its checks, its agent, and what that makes of it. A value that is told results and says
/// what changed; the words of changes are ``HealthLog``'s.
struct ServerCondition: Hashable, Sendable {
    /// HAProxy's operational state.
    enum Operation: Hashable, Sendable {
        case running
        /// `NOLB`: a check passed on condition; no new connections.
        case stopping
        case stopped
    }

    enum Change: Hashable, Sendable {
        case up
        case down
        case stopping
        case entersDrain
        case leavesDrain
        case entersMaintenance
        /// Forced, not inherited.
        case leavesMaintenance(isForced: Bool)
        /// From maintenance straight to drain.
        case leavesMaintenanceForDrain(isForced: Bool)
        case remainsInForcedMaintenance
        case remainsInInheritedMaintenance
        case remainsInDrain
        /// The agent asks for a part of the weight, and for another maxconn.
        case weight(percent: Int)
        case maxConnections(Int)
    }

    enum Source: Hashable, Sendable {
        case check
        case agent
    }

    private(set) var operation = Operation.running
    private var weightPercent: Int32 = 100
    /// The `maxconn` that the agent asked for last; negative: none.
    private var maxConnections: Int32 = -1
    /// nil: there is no such check.
    var check: HealthState?
    var agent: HealthState?
    private var lastCheck = CheckStatus.initializing
    private var lastAgent = CheckStatus.initializing

    init(check: HealthState?, agent: HealthState?) {
        self.check = check
        self.agent = agent
    }

    /// The result of a check.
    ///
    /// - Parameters:
    ///   - isInMaintenance: It is counted, and changes nothing.
    ///   - isOtherOff: The check of the other source is turned off: what it found last does not count.
    /// - Returns: What changed, and whether `option log-health-checks` tells of it.
    mutating func conclude(
        _ result: CheckResult,
        of source: Source,
        isInMaintenance: Bool = false,
        isOtherOff: Bool = false
    ) -> (changes: [Change], isWorthTelling: Bool) {
        var health = source == .check ? check : agent
        let before = health
        let last = source == .check ? lastCheck : lastAgent
        switch result.status.verdict {
        case .neutral: break
        case .failed:
            // An agent that does not answer says nothing about its server.
            if source == .check || result.status.hasCode, (health?.counter ?? 0) > 0 { _ = health?.failed() }
        case .passed, .conditionallyPassed: _ = health?.passed()
        }
        if source == .check {
            (check, lastCheck) = (health, result.status)
        } else {
            (agent, lastAgent) = (health, result.status)
        }
        if result.status.verdict == .neutral { return ([], false) }
        return (
            isInMaintenance ? [] : operate(result, source, isOtherOff: isOtherOff),
            result.status != last || health != before
        )
    }

    private func areAllUp(_ source: Source, isOtherOff: Bool) -> Bool {
        let (own, other) = source == .check ? (check, agent) : (agent, check)
        return (own?.isUp ?? true) && (isOtherOff || other?.isUp ?? true)
    }

    private mutating func operate(_ result: CheckResult, _ source: Source, isOtherOff: Bool) -> [Change] {
        let health = source == .check ? check : agent
        switch result.status.verdict {
        case .neutral: return []
        case .failed:
            if source == .agent, result.status != .layer7WrongStatus { return [] }
            guard let health, health.counter == 0, operation != .stopped else { return [] }
            operation = .stopped
            return [.down]
        case .conditionallyPassed:
            guard source == .check, areAllUp(source, isOtherOff: isOtherOff), operation == .running else { return [] }
            operation = .stopping
            return [.stopping]
        case .passed:
            guard areAllUp(source, isOtherOff: isOtherOff), operation != .running else { return [] }
            if source == .agent, operation == .stopping { return [] }
            operation = .running
            return [.up]
        }
    }

    /// What an agent said beside what its check comes to and what it does to the standing of its server.
    mutating func hear(_ reply: AgentReply) -> [Change] {
        var changes: [Change] = []
        if let percent = reply.weight, percent != Int(weightPercent) {
            weightPercent = Int32(clamping: percent)
            changes.append(.weight(percent: percent))
        }
        if let limit = reply.maxConnections, limit != Int(maxConnections) {
            maxConnections = Int32(clamping: limit)
            changes.append(.maxConnections(limit))
        }
        if let isUp = reply.isUp { agent?.jump(isUp: isUp) }
        return changes
    }

    /// Enough connections of clients failed in a row (`observe`, `on-error`).
    ///
    /// - Returns: What that comes to; nil if it is no result.
    mutating func react(
        _ reaction: Observation.Reaction,
        errors: UInt32,
        isInMaintenance: Bool
    ) -> (result: CheckResult, changes: [Change], isWorthTelling: Bool)? {
        switch reaction {
        case .fastInterval: return nil
        case .suddenDeath: check?.weaken()
        case .markDown: check?.exhaust()
        case .failCheck: break
        }
        let info = "Detected \(errors) consecutive errors, last one was: L4 unsuccessful connection"
        let result = CheckResult(.healthAnalyze, info: info)
        let (changes, isWorthTelling) = conclude(result, of: .check, isInMaintenance: isInMaintenance)
        return (result, changes, isWorthTelling)
    }

    /// Settings that changed: the state is kept.
    mutating func adopt(check settings: CheckSettings?, hasAgent: Bool) {
        if let settings {
            if check == nil { check = HealthState(settings) } else { check?.adopt(settings) }
        } else {
            check = nil
        }
        if !hasAgent {
            // It was down by its agent's word alone.
            if agent != nil, operation == .stopped, check?.isUp ?? true { operation = .running }
            agent = nil
            weightPercent = 100
            maxConnections = -1
        } else if agent == nil {
            agent = HealthState(rise: 1, fall: 1)
        }
        if check == nil, agent?.isUp ?? true { operation = .running }
    }

    /// Goes on from counters and a state that are known already.
    mutating func resume(check: Int32, agent: Int32, _ health: ServerOrder.Health) {
        self.check?.stand(at: check)
        self.agent?.stand(at: agent)
        operation =
            switch health {
            case .up: .running
            case .stopping: .stopping
            case .down: .stopped
            }
    }

    /// Somebody said how it is (`set server … health`); the next check may say something else.
    mutating func obey(_ health: ServerOrder.Health) {
        check?.jump(isUp: health != .down)
        operation =
            switch health {
            case .up: .running
            case .stopping: .stopping
            case .down: .stopped
            }
    }

    /// The same of its agent (`set server … agent`).
    mutating func obey(agentIsUp isUp: Bool) {
        agent?.jump(isUp: isUp)
        operation = isUp ? .running : .stopped
    }

    /// The first words of `X-Haproxy-Server-State`.
    var stateWords: String {
        guard let check else { return "no check" }
        let name = operation == .stopping ? "NOLB" : "UP"
        if operation == .stopped { return check.counter > 0 ? "DOWN \(check.counter)/\(check.rise)" : "DOWN" }
        if check.counter == check.rise + check.fall - 1 { return name }
        return "\(name) \(check.counter - check.rise + 1)/\(check.fall)"
    }
}
