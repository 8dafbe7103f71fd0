/// `set map #<id> #<reference> <value>`.
public struct SetMapValue: RuntimeOrder {
    public let words: [String]

    public init(of entry: PatternEntry, in file: PatternFile, to value: String) {
        words = ["set", "map", "#" + file.id, "#" + entry.id, value]
    }
}
