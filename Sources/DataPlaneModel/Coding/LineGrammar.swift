/// The words of one line ⇄ a JSON object, by the descriptions of its members.
public struct LineGrammar: Sendable {
    let fields: [Field]
    /// Members by the first word they are written with.
    private let byWord: [String: [Int]]
    /// The member that takes all words that are left.
    private let rest: Int?
    /// Members at a place of the line.
    private let placed: [(index: Int, place: Int)]
    /// Index of the first word that is neither keyword nor at a fixed place.
    private let start: Int

    init(_ fields: [Field]) {
        self.fields = fields
        var byWord: [String: [Int]] = [:]
        var rest: Int?
        var start = 1
        var placed: [(index: Int, place: Int)] = []
        for (index, field) in fields.enumerated() {
            for words in field.form.spellings {
                if let first = words.first { byWord[Self.key(first), default: []].append(index) } else { rest = index }
            }
            if let place = field.form.place {
                placed.append((index, place))
                start = max(start, place + 1)
            }
        }
        self.placed = placed
        self.byWord = byWord
        self.rest = rest
        self.start = start
    }

    /// Reads a line, its keyword included. Words that no member claims are kept in `unknown`.
    func decode(_ words: [String]) -> (object: JSONObject, unknown: [String]) {
        var values: [Int: JSONValue] = [:]
        for (index, place) in placed where place < words.count {
            values[index] = fixed(fields[index], words[place])
        }
        var unknown: [String] = []
        var offset = start
        while offset < words.count {
            if let (index, value, count) = match(words[offset...]) {
                if case .repeated = fields[index].form, let others = values[index]?.array {
                    values[index] = .array(others + (value.array ?? []))
                } else {
                    values[index] = value
                }
                offset += count
            } else {
                unknown.append(words[offset])
                offset += 1
            }
        }
        var object = JSONObject()
        // There are many members, of which a line has few.
        for (index, value) in values.sorted(by: { $0.key < $1.key }) { object[fields[index].name] = value }
        return (object, unknown)
    }

    /// The words that stand for `object`, without the keyword, `unknown` last.
    func encode(_ object: JSONObject, unknown: [String] = []) -> [String] {
        var words = (1..<start).map { fixedWord($0, object) }
        for field in fields where field.form.place == nil {
            if let value = object[field.name] { words += field.words(for: value) }
        }
        return words + unknown
    }

    /// What a keyword is found by: its arguments may follow in parentheses.
    private static func key(_ word: String) -> String {
        word.utf8.firstIndex(of: UInt8(ascii: "(")).map { String(word[..<$0]) } ?? word
    }

    private func fixed(_ field: Field, _ word: String) -> JSONValue? {
        guard case .endpoint(_, let part) = field.form else { return ValueCoding.decode(word, field.type) }
        let endpoint = AddressWord(word)
        switch part {
        case .address: return endpoint.address.isEmpty ? nil : .string(endpoint.address)
        case .port: return endpoint.port.map { .integer($0) }
        case .portRangeEnd: return endpoint.portRangeEnd.map { .integer($0) }
        }
    }

    private func fixedWord(_ place: Int, _ object: JSONObject) -> String {
        var endpoint = AddressWord(address: "", port: nil, portRangeEnd: nil)
        for field in fields where field.form.place == place {
            let value = object[field.name]
            guard case .endpoint(_, let part) = field.form else {
                return value.map { ValueCoding.encode($0, field.type) } ?? ""
            }
            switch part {
            case .address: endpoint.address = value?.string ?? ""
            case .port: endpoint.port = value?.integer
            case .portRangeEnd: endpoint.portRangeEnd = value?.integer
            }
        }
        return endpoint.text
    }

    private func match(_ words: ArraySlice<String>) -> (Int, JSONValue, Int)? {
        guard let first = words.first else { return nil }
        for index in byWord[Self.key(first)] ?? [] {
            if let (value, count) = fields[index].match(words) { return (index, value, count) }
        }
        guard let rest else { return nil }
        return (rest, .string(Words.join(words)), words.count)
    }
}

extension Form {
    /// Every group of words that a member may begin with.
    var spellings: [[String]] {
        switch self {
        case .value(let words), .remainder(let words), .parameters(let words, _), .words(let words),
            .repeated(let words),
            .parameterLines(let words, _):
            [words]
        case .flag(let on, let off): [on] + (off.map { [$0] } ?? [])
        case .choice(let choices): choices.map { $0.words }
        case .templates(let templates), .inline(let templates), .lines(let templates):
            templates.map { template in
                let head = template.head
                return head.isEmpty ? [template.keyword].compactMap { $0 } : head
            }
        case .sectionName, .sectionFrom, .position, .endpoint, .index, .group, .slot, .metadata: []
        }
    }

    /// The place of the word that holds the member.
    var place: Int? {
        switch self {
        case .position(let place), .endpoint(let place, _): place
        default: nil
        }
    }
}
