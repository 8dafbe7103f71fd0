/// A command about patterns: `show|get|add|del|set|clear|prepare|commit map|acl …` (management guide, 9.3).
public struct PatternCommand: Hashable, Sendable {
    public var words: [String]
    /// The lines behind `<<`, without the newline of the last one.
    public var payload: String?

    /// nil for a line that is about something else.
    public init?(_ words: [String], payload: String? = nil) {
        guard words.count >= 2, words[1] == "map" || words[1] == "acl", Self.verbs.contains(words[0]),
            words[0] != "set" || words[1] == "map"
        else { return nil }
        self.words = words
        self.payload = payload
    }

    private static let verbs: Set<String> = ["show", "get", "add", "del", "set", "clear", "prepare", "commit"]

    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.list(words) { $0.string($1) }
        writer.optional(payload) { $0.string($1) }
        return writer.bytes
    }

    /// - Throws: ``MalformedSnapshot`` for bytes that ``encoded()`` did not make.
    public init(encoded bytes: [UInt8]) throws(MalformedSnapshot) {
        var reader = ByteReader(bytes)
        let words = try reader.list { (reader) throws(MalformedSnapshot) in try reader.string() }
        let payload = try reader.flag() ? try reader.string() : nil
        guard reader.isAtEnd, let command = PatternCommand(words, payload: payload) else { throw MalformedSnapshot() }
        self = command
    }
}
