/// `del map #<id> #<reference>`, `del acl …`.
public struct DeletePattern: RuntimeOrder {
    public let words: [String]

    public init(_ kind: PatternKind, _ entry: PatternEntry, in file: PatternFile) {
        words = ["del", kind.rawValue, "#" + file.id, "#" + entry.id]
    }
}
