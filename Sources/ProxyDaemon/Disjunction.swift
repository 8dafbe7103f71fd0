internal import Addresses
internal import ProxyConfig
internal import ProxyEngine

/// A condition as alternatives of conditions that must all hold, which is how the engine evaluates one.
struct Disjunction {
    /// No term: never. A term without conditions: always.
    var terms: [[ProxyEngine.Condition]]

    var neverHolds: Bool { terms.isEmpty }

    /// Beyond this a condition is too large to be written out.
    private static let most = 4096

    /// nil if the condition has too many alternatives.
    init?(_ condition: ProxyConfig.Condition) {
        guard let terms = Self.terms(condition, negated: false) else { return nil }
        // One that always holds needs no other.
        self.terms = terms.contains { $0.isEmpty } ? [[ProxyEngine.Condition(.constant(true))]] : terms
    }

    private static func terms(_ condition: ProxyConfig.Condition, negated: Bool) -> [[ProxyEngine.Condition]]? {
        func single(_ test: ProxyEngine.Condition.Test) -> [[ProxyEngine.Condition]] {
            [[ProxyEngine.Condition(test, negated: negated)]]
        }
        switch condition {
        case .always: return negated ? [] : [[]]
        case .never: return negated ? [[]] : []
        case .destinationPort(let ranges): return single(.destinationPort(ports(ranges)))
        case .sourcePort(let ranges): return single(.sourcePort(ports(ranges)))
        case .destination(let networks): return single(.destination(networks))
        case .source(let networks): return single(.source(networks))
        case .not(let inner): return terms(inner, negated: !negated)
        case .all(let inner): return negated ? either(inner, negated) : both(inner, negated)
        case .any(let inner): return negated ? both(inner, negated) : either(inner, negated)
        }
    }

    private static func either(_ conditions: [ProxyConfig.Condition], _ negated: Bool) -> [[ProxyEngine.Condition]]? {
        var result: [[ProxyEngine.Condition]] = []
        for condition in conditions {
            guard let terms = terms(condition, negated: negated) else { return nil }
            result += terms
            if result.count > most { return nil }
        }
        return result
    }

    private static func both(_ conditions: [ProxyConfig.Condition], _ negated: Bool) -> [[ProxyEngine.Condition]]? {
        var result: [[ProxyEngine.Condition]] = [[]]
        for condition in conditions {
            guard let terms = terms(condition, negated: negated), result.count * terms.count <= most else { return nil }
            result = result.flatMap { first in terms.map { first + $0 } }
        }
        return result
    }

    private static func ports(_ ranges: [ClosedRange<Int>]) -> [ClosedRange<UInt16>] {
        ranges.compactMap { range in
            let bounded = range.clamped(to: 0...65535)
            guard range.overlaps(0...65535) else { return nil }
            return UInt16(bounded.lowerBound)...UInt16(bounded.upperBound)
        }
    }
}
