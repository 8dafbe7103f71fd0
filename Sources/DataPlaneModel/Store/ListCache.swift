import ProxyConfig
internal import Synchronization

/// The JSON of long lists, section by section: of a list that is asked for again, only sections that changed are read.
final class ListCache: Sendable {
    private struct Entry {
        var section: Section
        /// nil for a section that is none of the list's.
        var json: [UInt8]?
    }

    private struct List {
        var name: String
        var entries: [Entry] = []
    }

    /// Most recently used first.
    private let lists = Mutex<[List]>([])

    /// Most lists that are kept: `frontends` and `backends` of two versions.
    private static let capacity = 4

    /// The list as a JSON array.
    ///
    /// - Parameters:
    ///   - name: What the list is of, and how it is written.
    ///   - encode: The JSON of one section; nil for one that is none of the list's.
    func list(_ name: String, of sections: [Section], _ encode: (Section) -> [UInt8]?) -> [UInt8] {
        let former = lists.withLock { lists in lists.first { $0.name == name }?.entries } ?? []
        var entries: [Entry] = []
        entries.reserveCapacity(sections.count)
        var length = 2
        var place = 0
        for section in sections {
            // One that was changed, added or removed is one step beside the others.
            if place + 1 < former.count, !former[place].section.isCopy(of: section),
                former[place + 1].section.isCopy(of: section)
            {
                place += 1
            }
            if place < former.count, former[place].section.isCopy(of: section) {
                entries.append(former[place])
                place += 1
            } else {
                entries.append(Entry(section: section, json: encode(section)))
                if place < former.count, former[place].section.header == section.header { place += 1 }
            }
            length += (entries[entries.count - 1].json?.count ?? -1) + 1
        }
        keep(List(name: name, entries: entries))
        return Self.joined(entries, length)
    }

    private func keep(_ list: List) {
        lists.withLock { lists in
            lists.removeAll { $0.name == list.name }
            lists.insert(list, at: 0)
            if lists.count > Self.capacity { lists.removeLast() }
        }
    }

    private static func joined(_ entries: [Entry], _ length: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length)
        bytes.append(UInt8(ascii: "["))
        for entry in entries {
            guard let json = entry.json else { continue }
            if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: json)
        }
        bytes.append(UInt8(ascii: "]"))
        return bytes
    }
}
