/// A stick table: the head line of `show table`.
public struct RuntimeStickTable: Sendable, Hashable {
    public var name: String
    /// `ip`, `ipv6`, `integer`, `string` or `binary`.
    public var type: String
    public var size: Int
    public var used: Int

    /// `# table: st, type: ip, size:1024, used:1`
    init?(_ line: Substring) {
        guard line.hasPrefix("# table: ") else { return nil }
        var members: [Substring: Substring] = [:]
        for part in line.dropFirst(2).split(separator: ",") {
            let sides = part.split(separator: ":", maxSplits: 1).map { $0.drop { $0 == " " } }
            if sides.count == 2 { members[sides[0]] = sides[1] }
        }
        guard let name = members["table"] else { return nil }
        self.name = String(name)
        type = String(members["type"] ?? "")
        size = members["size"].flatMap { Int($0) } ?? 0
        used = members["used"].flatMap { Int($0) } ?? 0
    }
}
