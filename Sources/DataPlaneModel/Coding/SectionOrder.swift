import ProxyConfig

/// Which member a section's line belongs to, and where a new line goes among the others.
struct SectionOrder: Sendable {
    private let fields: [Field]
    /// Members and neighbours by their first word, with their rank.
    private let byWord: [String: [Entry]]

    private struct Entry: Sendable {
        var words: [String]
        var rank: Int
        /// Index of the member; nil for a neighbour.
        var field: Int?
    }

    init(_ fields: [Field], _ neighbours: [Resource.Neighbour]) {
        self.fields = fields
        var byWord: [String: [Entry]] = [:]
        // Between two members there is room for a hundred neighbours.
        for (index, field) in fields.enumerated() {
            for words in field.form.spellings {
                byWord[words.first ?? "", default: []].append(Entry(words: words, rank: index * 100, field: index))
            }
        }
        for (offset, neighbour) in neighbours.enumerated() {
            let after = neighbour.after.flatMap { name in fields.firstIndex { $0.name == name } }
            let rank = (after ?? fields.count) * 100 + 1 + offset
            let entry = Entry(words: neighbour.words, rank: rank, field: nil)
            byWord[neighbour.words.first ?? "", default: []].append(entry)
        }
        self.byWord = byWord
    }

    /// Whether a line that begins with this word may state a member.
    func mayStateMember(_ keyword: String) -> Bool {
        byWord[keyword]?.contains { $0.field != nil } ?? false
    }

    private func entries(_ words: [String]) -> [Entry] {
        guard let first = words.first else { return [] }
        return (byWord[first] ?? []).filter { words.starts(with: $0.words) }
    }

    /// The index of the member that a line states, and its value; nil for any other line, which is one that is not
    /// understood to its end.
    func member(_ words: [String]) -> (index: Int, value: JSONValue)? {
        for entry in entries(words) {
            guard let index = entry.field else { continue }
            if case .templates(let templates) = fields[index].form {
                if let object = templates.decode(words) { return (index, .object(object)) }
            } else if let (value, count) = fields[index].match(words[...]), count == words.count {
                return (index, value)
            }
        }
        return nil
    }

    /// Whether a line is one that a new value of `field` replaces, understood or not.
    func owns(_ field: Field, _ words: [String]) -> Bool {
        switch field.form {
        case .flag(let on, let off): words == on || words == off
        default: entries(words).contains { entry in entry.field.map { fields[$0].name == field.name } ?? false }
        }
    }

    /// Index at which a line that says `words` is inserted: below those that go before it.
    func place(for words: [String], in section: Section) -> Int {
        guard let rank = rank(words) else {
            return (section.lines.lastIndex { !$0.words.isEmpty } ?? -1) + 1
        }
        let last = section.lines.lastIndex { line in
            guard let other = self.rank(line.words) else { return false }
            return other <= rank
        }
        return last.map { $0 + 1 } ?? 0
    }

    private func rank(_ words: [String]) -> Int? {
        entries(words).max { $0.words.count < $1.words.count }?.rank
    }
}
