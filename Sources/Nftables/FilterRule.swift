/// One rule of a chain.
public struct FilterRule: Hashable, Sendable, Codable {
    public var expressions: [Expression]
    /// Shown by `nft list ruleset`; at most 127 bytes.
    public var comment: String?

    public init(_ expressions: [Expression], comment: String? = nil) {
        self.expressions = expressions
        self.comment = comment
    }

    public init(_ match: [Expression], _ verdict: Verdict, comment: String? = nil) {
        self.init(match + [.verdict(verdict)], comment: comment)
    }
}
