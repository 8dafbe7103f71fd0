/// One pattern in memory.
public struct PatternEntry: Sendable, Hashable {
    /// Its reference, `0x55d0`: good until the process ends.
    public var id: String
    public var key: String
    /// Empty for an acl.
    public var value: String

    init?(_ line: Substring, _ kind: PatternKind) {
        guard line.hasPrefix("0x") else { return nil }
        let words = line.split(separator: " ", maxSplits: kind == .map ? 2 : 1, omittingEmptySubsequences: false)
        guard words.count >= 2 else { return nil }
        id = String(words[0])
        key = String(words[1])
        value = words.count > 2 ? String(words[2]) : ""
    }
}
