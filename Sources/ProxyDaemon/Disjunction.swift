internal import Addresses
internal import Glibc
internal import ProxyConfig
internal import ProxyEngine

/// A condition as alternatives of conditions that must all hold, which is how the engine evaluates one.
struct Disjunction {
    /// No term: never. A term without conditions: always.
    var terms: [[ProxyEngine.Condition]]
    /// What the terms say is not so (`unless`).
    var isInverted = false
    /// Something is asked that only a connection knows.
    private(set) var hasSamples = false

    var neverHolds: Bool { terms.isEmpty }

    /// Beyond this a condition is too large to be written out.
    private static let most = 4096

    /// nil if the condition has too many alternatives.
    ///
    /// - Parameter proxy: The section that it stands in.
    init?(_ condition: ProxyConfig.Condition, of proxy: String) {
        if condition.hasSamples {
            (terms, isInverted) = Self.asWritten(condition, proxy)
            hasSamples = true
            return
        }
        guard let terms = Self.terms(condition, negated: false) else { return nil }
        // One that always holds needs no other.
        self.terms = terms.contains { $0.isEmpty } ? [[ProxyEngine.Condition(.constant(true))]] : terms
    }

    /// What takes time to be known is asked for in the order in which it is written, and nothing twice.
    private static func asWritten(
        _ condition: ProxyConfig.Condition,
        _ proxy: String
    ) -> ([[ProxyEngine.Condition]], isInverted: Bool) {
        var condition = condition
        var isInverted = false
        while case .not(let inner) = condition {
            isInverted.toggle()
            condition = inner
        }
        let alternatives: [ProxyConfig.Condition] = if case .any(let list) = condition { list } else { [condition] }
        let terms = alternatives.map { alternative in
            let conditions: [ProxyConfig.Condition] =
                if case .all(let list) = alternative { list } else { [alternative] }
            return conditions.map { self.condition($0, proxy) }
        }
        return (terms, isInverted)
    }

    /// A condition of one ACL.
    private static func condition(_ condition: ProxyConfig.Condition, _ proxy: String) -> ProxyEngine.Condition {
        var condition = condition
        var isNegated = false
        while case .not(let inner) = condition {
            isNegated.toggle()
            condition = inner
        }
        let tests: [ProxyConfig.Condition] = if case .any(let list) = condition { list } else { [condition] }
        var result = ProxyEngine.Condition(test(tests.first ?? .never, proxy), negated: isNegated)
        result.others = tests.dropFirst().map { test($0, proxy) }
        return result
    }

    private static func test(_ condition: ProxyConfig.Condition, _ proxy: String) -> ProxyEngine.Condition.Test {
        switch condition {
        case .always: return .constant(true)
        case .never: return .constant(false)
        case .destinationPort(let ranges): return .destinationPort(ports(ranges))
        case .sourcePort(let ranges): return .sourcePort(ports(ranges))
        case .destination(let networks): return .destination(networks)
        case .source(let networks): return .source(networks)
        case .sample(let test):
            return .sample(.init(ProxyEngine.SampleExpression(test.expression, of: proxy), test.patterns))
        // ACLs have no conditions in them.
        case .not, .all, .any: return .constant(false)
        }
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
        case .sample: return nil
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

extension ProxyConfig.Condition {
    var hasSamples: Bool {
        switch self {
        case .sample: true
        case .not(let inner): inner.hasSamples
        case .all(let inner), .any(let inner): inner.contains { $0.hasSamples }
        default: false
        }
    }
}

extension ProxyEngine.SampleExpression {
    /// - Parameter proxy: The section that it stands in; a part that it does not name is its own.
    init(_ expression: ProxyConfig.SampleExpression, of proxy: String) {
        let meant = expression.meant(by: proxy)
        self.init(
            Self.fetch(meant.fetch),
            meant.converters.map { SampleCall($0.name, $0.arguments) }
        )
    }

    /// A worker lives longer than the configuration whose environment is asked for: the master answers, of which it is.
    private static func fetch(_ call: ProxyConfig.SampleCall) -> ProxyEngine.SampleCall {
        guard call.name == "env", let name = call.arguments.first else {
            return ProxyEngine.SampleCall(call.name, call.arguments)
        }
        // Of one that is not there nothing comes, as of a variable without a value.
        guard let value = getenv(name) else { return ProxyEngine.SampleCall("var", ["txn.none.of.the.environment"]) }
        return ProxyEngine.SampleCall("str", [String(cString: value)])
    }
}
