internal import Addresses

extension Arena {
    mutating func conditions(
        _ alternatives: [[Condition]],
        _ isInverted: Bool,
        _ compiler: inout SampleCompiler
    ) -> ConditionList {
        var drafts: [ConditionDraft] = []
        for alternative in alternatives {
            for (index, condition) in alternative.enumerated() {
                for (place, test) in ([condition.test] + condition.others).enumerated() {
                    let endsCondition = place == condition.others.count
                    var draft = ConditionDraft(test, negated: condition.negated, endsCondition: endsCondition)
                    draft.endsAlternative = endsCondition && index == alternative.count - 1
                    drafts.append(draft)
                }
            }
        }
        // Services that are made alike ask for the same port.
        if let last = lastConditions, last.count == drafts.count, last.isInverted == isInverted,
            drafts.indices.allSatisfy({ drafts[$0].isSame(as: last.start[$0]) })
        {
            return last
        }
        let entries = drafts.map { draft in
            ConditionEntry(
                kind: draft.kind,
                negated: draft.negated,
                endsCondition: draft.endsCondition,
                endsAlternative: draft.endsAlternative,
                ranges: copy(draft.ranges),
                rangeCount: draft.ranges.count,
                test: draft.test.flatMap { test($0, &compiler) }
            )
        }
        let conditions = ConditionList(start: copy(entries), count: entries.count, isInverted: isInverted)
        lastConditions = conditions
        return conditions
    }

    private mutating func test(_ test: SampleTest, _ compiler: inout SampleCompiler) -> UnsafePointer<SampleTestEntry>?
    {
        guard let expression = compiler.copy(test.expression, &self) else { return nil }
        let patterns = compiler.patterns(test.patterns, &self)
        return copy([SampleTestEntry(expression: expression, patterns: patterns)])
    }
}

/// A condition before it has memory.
private struct ConditionDraft {
    var kind: ConditionEntry.Kind
    var negated: Bool
    var endsCondition: Bool
    var endsAlternative = false
    var ranges: [RangeEntry] = []
    var test: SampleTest?

    init(_ test: Condition.Test, negated: Bool, endsCondition: Bool) {
        self.negated = negated
        self.endsCondition = endsCondition
        func ports(_ ranges: [ClosedRange<UInt16>]) -> [RangeEntry] {
            ranges.map { RangeEntry(low: UInt128($0.lowerBound), high: UInt128($0.upperBound), family: 0) }
        }
        func addresses(_ networks: [IPNetwork]) -> [RangeEntry] {
            networks.map {
                RangeEntry(low: $0.first.number, high: $0.last.number, family: $0.family == .v4 ? 4 : 6)
            }
        }
        switch test {
        case .destinationPort(let list): (kind, ranges) = (.destinationPort, ports(list))
        case .sourcePort(let list): (kind, ranges) = (.sourcePort, ports(list))
        case .source(let list): (kind, ranges) = (.source, addresses(list))
        case .destination(let list): (kind, ranges) = (.destination, addresses(list))
        case .constant(let value): (kind, ranges) = (.constant, value ? [RangeEntry(low: 0, high: 0, family: 0)] : [])
        case .sample(let test): (kind, self.test) = (.sample, test)
        }
    }

    func isSame(as entry: ConditionEntry) -> Bool {
        kind != .sample && kind == entry.kind && negated == entry.negated && endsCondition == entry.endsCondition
            && endsAlternative == entry.endsAlternative
            && ranges.elementsEqual(UnsafeBufferPointer(start: entry.ranges, count: entry.rangeCount))
    }
}
