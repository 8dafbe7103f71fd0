/// `show map #<id>`, `show acl #<id>`: the patterns of a file.
public struct ShowPatterns: RuntimeCommand {
    private let kind: PatternKind
    private let file: PatternFile

    public init(_ kind: PatternKind, _ file: PatternFile) {
        self.kind = kind
        self.file = file
    }

    public var words: [String] { ["show", kind.rawValue, "#" + file.id] }

    public func read(_ text: String) throws(RuntimeError) -> [PatternEntry] {
        let entries = text.split(whereSeparator: { $0.isNewline }).compactMap { PatternEntry($0, kind) }
        guard !entries.isEmpty || text.isEmpty else { throw RuntimeError(refusal: text) }
        return entries
    }
}
