/// A file of patterns in memory: a line of `show map` or `show acl`.
public struct PatternFile: Sendable, Hashable {
    public var id: String
    /// Empty for an acl whose patterns are in haproxy.cfg itself.
    public var path: String
    public var description: String

    /// Last component of its path.
    public var name: String { String(path.split(separator: "/").last ?? "") }

    /// `2 (/etc/haproxy/maps/hosts.map) pattern loaded from file …`
    init?(_ line: Substring) {
        guard let blank = line.firstIndex(of: " "), line[line.index(after: blank)...].hasPrefix("("),
            Int(line[..<blank]) != nil
        else { return nil }
        let rest = line[blank...].dropFirst(2)
        let end = rest.range(of: ") ") ?? rest.endIndex..<rest.endIndex
        id = String(line[..<blank])
        path = String(rest[..<end.lowerBound])
        description = String(rest[end.upperBound...])
    }
}

extension Substring {
    fileprivate func range(of pattern: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(pattern) { return start..<index(start, offsetBy: pattern.count) }
            formIndex(after: &start)
        }
        return nil
    }
}
