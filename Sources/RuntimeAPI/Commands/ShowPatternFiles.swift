/// `show map`, `show acl`: the files in memory.
public struct ShowPatternFiles: RuntimeCommand {
    private let kind: PatternKind

    public init(_ kind: PatternKind) { self.kind = kind }

    public var words: [String] { ["show", kind.rawValue] }

    public func read(_ text: String) throws(RuntimeError) -> [PatternFile] {
        let lines = text.split(whereSeparator: { $0.isNewline })
        guard lines.first?.hasPrefix("# id ") ?? true else { throw RuntimeError(refusal: text) }
        return lines.compactMap { PatternFile($0) }
    }
}
