/// What is known of a condition: HAProxy's three results of an ACL, whose bits combine as truth does.
struct Verdict: Equatable {
    var bits: UInt8

    static let fails = Verdict(bits: 0)
    /// More bytes decide.
    static let isOpen = Verdict(bits: 1)
    static let holds = Verdict(bits: 3)

    init(bits: UInt8) { self.bits = bits }

    init(_ holds: Bool) { bits = holds ? 3 : 0 }

    var negated: Verdict { Verdict(bits: 3 >> bits) }
}

extension Worker {
    /// Whether a rule is for this connection; what is open is not.
    func matchesPlainly(
        _ condition: ConditionList,
        _ connection: UnsafeMutablePointer<Connection>,
        _ slot: Int?
    ) -> Bool {
        if condition.count == 0 { return true }
        var holds = true
        var index = 0
        while index < condition.count {
            let entry = condition.start + index
            index += 1
            if holds { holds = value(entry, connection, slot) != entry.pointee.negated }
            if entry.pointee.endsAlternative {
                if holds { return true }
                holds = true
            }
        }
        return false
    }

    /// As HAProxy goes through a condition: alternatives, their conditions, and the tests of a named ACL, each only as far
    /// as it decides anything.
    mutating func judge(
        _ condition: ConditionList,
        _ connection: UnsafeMutablePointer<Connection>,
        _ slot: Int?
    ) -> Verdict {
        if condition.count == 0 { return .holds }
        var any = Verdict.fails
        var all = Verdict.holds
        var test = Verdict.fails
        var index = 0
        while index < condition.count {
            let entry = condition.start + index
            index += 1
            if all == .holds, test != .holds { test.bits |= judge(entry, connection, slot).bits }
            if entry.pointee.endsCondition {
                if all == .holds { all.bits &= (entry.pointee.negated ? test.negated : test).bits }
                test = .fails
            }
            if entry.pointee.endsAlternative {
                any.bits |= all.bits
                if any == .holds { break }
                all = .holds
            }
        }
        if any == .isOpen { return samples.isFinal ? Verdict(condition.isInverted) : .isOpen }
        return condition.isInverted ? any.negated : any
    }

    /// Whether a rule is for this connection; what is open is not.
    mutating func matches(
        _ condition: ConditionList,
        _ connection: UnsafeMutablePointer<Connection>,
        _ slot: Int?
    ) -> Bool {
        judge(condition, connection, slot) == .holds
    }

    private mutating func judge(
        _ entry: UnsafePointer<ConditionEntry>,
        _ connection: UnsafeMutablePointer<Connection>,
        _ slot: Int?
    ) -> Verdict {
        guard entry.pointee.kind == .sample else { return Verdict(value(entry, connection, slot)) }
        guard let test = entry.pointee.test else { return .fails }
        switch evaluate(test.pointee.expression, connection) {
        case .absent: return .fails
        case .undecided: return samples.isFinal ? .fails : .isOpen
        case .value(let sample):
            let isOpen = samples.mayChange && !samples.isFinal
            return test.pointee.patterns.matches(sample, samples.patterns) ? .holds : isOpen ? .isOpen : .fails
        }
    }
}
