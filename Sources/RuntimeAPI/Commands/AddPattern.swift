/// `add map #<id> <key> <value>`, `add acl #<id> <pattern>`.
public struct AddPattern: RuntimeOrder {
    public let words: [String]

    public init(to file: PatternFile, key: String, value: String) {
        words = ["add", "map", "#" + file.id, key, value]
    }

    public init(to file: PatternFile, pattern: String) { words = ["add", "acl", "#" + file.id, pattern] }
}
