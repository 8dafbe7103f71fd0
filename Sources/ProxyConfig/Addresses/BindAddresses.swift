public import Addresses

/// The addresses that `bind` lines of a configuration ask for.
public enum BindAddresses {
    /// One address of one bind.
    public struct Bind: Hashable, Sendable {
        /// `frontend` or `listen`.
        public var kind: String
        public var frontend: String
        public var address: IPAddress

        public init(kind: String, frontend: String, address: IPAddress) {
            self.kind = kind
            self.frontend = frontend
            self.address = address
        }
    }

    /// The binds in sections of `next` that are not the same in `former`, and are not in those either.
    public static func added(from former: ConfigurationFile, to next: ConfigurationFile) -> [Bind] {
        var added: [Bind] = []
        for section in changed(from: former, to: next) where section.kind == "frontend" || section.kind == "listen" {
            let before = former.section(section.kind, section.name)
            if before?.isCopy(of: section) ?? false { continue }
            let known = Set(before.map { binds(of: $0) } ?? [])
            for bind in binds(of: section) where !known.contains(bind) && !added.contains(bind) { added.append(bind) }
        }
        return added
    }

    /// The sections of `next` between those that are the same at both ends: a change of one among thousands is found
    /// without a look at the others.
    private static func changed(from former: ConfigurationFile, to next: ConfigurationFile) -> ArraySlice<Section> {
        let (before, after) = (former.sections, next.sections)
        var start = 0
        while start < before.count, start < after.count, before[start].isCopy(of: after[start]) { start += 1 }
        var end = 0
        let longest = min(before.count, after.count) - start
        while end < longest, before[before.count - 1 - end].isCopy(of: after[after.count - 1 - end]) { end += 1 }
        return after[start..<(after.count - end)]
    }

    /// Those of all sections, in their order.
    public static func all(in file: ConfigurationFile) -> [Bind] {
        file.sections.filter { $0.kind == "frontend" || $0.kind == "listen" }.flatMap { binds(of: $0) }
    }

    private static func binds(of section: Section) -> [Bind] {
        section.lines.lazy.map { $0.words }.filter { $0.count > 1 && $0[0] == "bind" }.flatMap { words in
            addresses(words[1]).map { Bind(kind: section.kind, frontend: section.name ?? "", address: $0) }
        }
    }

    /// The addresses of `bind`'s first argument: several may stand with commas between. Wildcards, unix and abstract
    /// sockets, descriptors and names of the environment are none.
    public static func addresses(_ word: String) -> [IPAddress] {
        word.split(separator: ",").compactMap { part in
            var place = part[...]
            for prefix in ["ipv4@", "ipv6@", "tcp@", "tcp4@", "tcp6@", "udp@", "udp4@", "udp6@", "quic4@", "quic6@"]
            where place.hasPrefix(prefix) {
                place = place.dropFirst(prefix.count)
            }
            if place.hasPrefix("[") { return address(place.dropFirst().prefix { $0 != "]" }) }
            // The last colon is before the port: ::1:80 is ::1.
            if let colon = place.lastIndex(of: ":") { return address(place[..<colon]) }
            return address(place)
        }
    }

    private static func address(_ text: Substring) -> IPAddress? {
        guard let address = IPAddress(String(text)), !address.isUnspecified else { return nil }
        return address
    }
}
