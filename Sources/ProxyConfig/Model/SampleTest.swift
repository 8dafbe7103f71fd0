/// A criterion of an ACL that is a sample expression, with the patterns that it is compared with (configuration manual,
/// 7.1).
public struct SampleTest: Sendable, Hashable {
    public var expression: SampleExpression
    /// `-m`; nil: as the type of the sample asks for.
    public var method: String?
    /// `-i`
    public var ignoresCase = false
    /// `-f`: files with a pattern in each line.
    public var files: [String] = []
    /// `-M`: the files are maps, of which the keys count.
    public var takesMaps = false
    /// `-u`: the number by which runtime commands know the list.
    public var number: Int?
    /// As they are written, `eq`, `ge` and their like among them.
    public var values: [String]

    public init(expression: SampleExpression, values: [String] = []) {
        self.expression = expression
        self.values = values
    }
}
