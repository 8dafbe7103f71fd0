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
        SampleFetch(name: fetch.name) != nil && converters.allSatisfy { SampleConverter(name: $0.name) != nil }
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
    public var patterns: Patterns

    public init(_ expression: SampleExpression, _ patterns: Patterns) {
        self.expression = expression
        self.patterns = patterns
    }

    /// What an answer is compared with.
    public struct Patterns: Hashable, Sendable {
        /// `-m`; nil: as the type of the answer asks for.
        public var method: String?
        /// `-i`
        public var ignoresCase = false
        /// As they are written, `eq`, `ge` and their like among them.
        public var values: [String]

        public init(_ values: [String] = [], method: String? = nil, ignoresCase: Bool = false) {
            self.values = values
            self.method = method
            self.ignoresCase = ignoresCase
        }
    }
}
