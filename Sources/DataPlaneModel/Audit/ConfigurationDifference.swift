import ProxyConfig

/// The lines in which two configurations differ, section by section. What both share is not looked into: after one
/// change of a large file all other sections are the same values.
struct ConfigurationDifference {
    private(set) var lines: [String] = []
    private(set) var omitted = 0

    init(from former: ConfigurationFile, to next: ConfigurationFile) {
        add(header: nil, Self.texts(former.preamble), Self.texts(next.preamble))
        var before = former.sections[...]
        var after = next.sections[...]
        while let one = before.first, let other = after.first, one == other {
            before.removeFirst()
            after.removeFirst()
        }
        while let one = before.last, let other = after.last, one == other {
            before.removeLast()
            after.removeLast()
        }
        compare(before, after)
    }

    private struct Name: Hashable {
        var kind: String
        var name: String?

        init(_ section: Section) {
            kind = section.kind
            name = section.name
        }
    }

    private mutating func compare(_ before: ArraySlice<Section>, _ after: ArraySlice<Section>) {
        // Sections of one name: the first with the first.
        var places: [Name: [Int]] = [:]
        for index in after.indices.reversed() { places[Name(after[index]), default: []].append(index) }
        var partners: [Int: Section] = [:]
        for section in before {
            if let index = places[Name(section)]?.popLast() {
                partners[index] = section
            } else {
                add(header: nil, Self.texts(section), [])
            }
        }
        for index in after.indices {
            let section = after[index]
            guard let partner = partners[index] else {
                add(header: nil, [], Self.texts(section))
                continue
            }
            guard partner != section else { continue }
            add(header: section.header.raw, Self.texts(partner), Self.texts(section))
        }
    }

    private static func texts(_ section: Section) -> [String] {
        texts(section.leading) + [section.header.raw] + texts(section.lines)
    }

    private static func texts(_ lines: [Line]) -> [String] { lines.map { $0.raw } }

    private mutating func add(header: String?, _ before: [String], _ after: [String]) {
        guard before != after else { return }
        var changes = Self.changes(before, after)
        changes.removeAll { $0.count == 2 || $0.hasPrefix("- # _version=") || $0.hasPrefix("+ # _version=") }
        guard !changes.isEmpty else { return }
        if let header { changes.insert("  " + header, at: 0) }
        let room = max(0, ConfigurationChange.limit - lines.count)
        lines += changes.prefix(room)
        omitted += max(0, changes.count - room)
    }

    /// Longest text whose lines are compared in their order, which takes time by the square of the changes.
    private static let ordered = 1000

    private static func changes(_ before: [String], _ after: [String]) -> [String] {
        func gone(_ text: String) -> String { "- " + Secrets.removed(from: text) }
        func new(_ text: String) -> String { "+ " + Secrets.removed(from: text) }
        guard before.count + after.count <= ordered else {
            let (kept, wanted) = (Set(after), Set(before))
            return before.filter { !kept.contains($0) }.map(gone) + after.filter { !wanted.contains($0) }.map(new)
        }
        let difference = after.difference(from: before)
        var removed: Set<Int> = []
        var inserted: Set<Int> = []
        for change in difference {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var changes: [String] = []
        var (old, fresh) = (0, 0)
        while old < before.count || fresh < after.count {
            if removed.contains(old) {
                changes.append(gone(before[old]))
                old += 1
            } else if inserted.contains(fresh) {
                changes.append(new(after[fresh]))
                fresh += 1
            } else {
                old += 1
                fresh += 1
            }
        }
        return changes
    }
}
