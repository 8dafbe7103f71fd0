public import Patterns

/// A sample expression (configuration manual, 7.3): a fetch method, and converters that its answer goes through.
public struct SampleExpression: Hashable, Sendable {
    public var fetch: SampleCall
    public var converters: [SampleCall]

    public init(_ fetch: SampleCall, _ converters: [SampleCall] = []) {
        self.fetch = fetch
        self.converters = converters
    }

    /// Everything in it is known here. What speaks of a proxy names it.
    public var isAnswered: Bool {
        SampleFetch(name: fetch.name) != nil
            && converters.allSatisfy {
                SampleConverter(name: $0.name) != nil || MapLookup.converter($0.name) != nil
            }
    }
}

/// A fetch method or a converter with what stands in its parentheses: `field(1,:)`.
public struct SampleCall: Hashable, Sendable {
    public var name: String
    public var arguments: [String]

    public init(_ name: String, _ arguments: [String] = []) {
        self.name = name
        self.arguments = arguments
    }
}

/// A criterion of an ACL: an expression, and what its answer is compared with (configuration manual, 7.1).
public struct SampleTest: Hashable, Sendable {
    public var expression: SampleExpression
    /// What its answer is compared with.
    public var patterns: PatternTest

    public init(_ expression: SampleExpression, _ patterns: PatternTest) {
        self.expression = expression
        self.patterns = patterns
    }
}
