public import Patterns

/// A criterion of an ACL that is a sample expression, with the patterns that it is compared with (configuration manual,
/// 7.1).
public struct SampleTest: Sendable, Hashable {
    public var expression: SampleExpression
    public var patterns: PatternTest

    public init(_ expression: SampleExpression, _ patterns: PatternTest) {
        self.expression = expression
        self.patterns = patterns
    }
}
