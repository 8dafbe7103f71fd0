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

    /// The lines of `help`, in HAProxy's words.
    public static let help: [String] = [
        "add acl [@<ver>] <acl> <pattern>        : add an acl entry",
        "add map [@<ver>] <map> <key> <val>      : add a map entry (payload supported instead of key/val)",
        "clear acl [@<ver>] <acl>                : clear the contents of this acl",
        "clear map [@<ver>] <map>                : clear the contents of this map",
        "commit acl @<ver> <acl>                 : commit the ACL at this version",
        "commit map @<ver> <map>                 : commit the map at this version",
        "del acl <acl> [<key>|#<ref>]            : delete acl entries matching <key>",
        "del map <map> [<key>|#<ref>]            : delete map entries matching <key>",
        "get acl <acl> <value>                   : report the patterns matching a sample for an ACL",
        "get map <acl> <value>                   : report the keys and values matching a sample for a map",
        "prepare acl <acl>                       : prepare a new version for atomic ACL replacement",
        "prepare map <acl>                       : prepare a new version for atomic map replacement",
        "set map <map> [<key>|#<ref>] <value>    : modify a map entry",
        "show acl [@<ver>] <acl>]                : report available acls or dump an acl's contents",
        "show map [@ver] [map]                   : report available maps or dump a map's contents",
    ]
}
