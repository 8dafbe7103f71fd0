/// `clear map #<id>`, `clear acl …`: forgets every pattern.
public struct ClearPatterns: RuntimeOrder {
    public let words: [String]

    public init(_ kind: PatternKind, _ file: PatternFile) { words = ["clear", kind.rawValue, "#" + file.id] }
}
