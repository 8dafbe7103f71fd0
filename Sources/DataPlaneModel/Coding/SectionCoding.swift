import ProxyConfig

/// A section of haproxy.cfg ⇄ the JSON object of its resource. Only the lines of members that change are touched.
struct SectionCoding: Sendable {
    let fields: [Field]
    let order: SectionOrder

    init(_ fields: [Field], _ neighbours: [Resource.Neighbour]) {
        self.fields = fields
        order = SectionOrder(fields, neighbours)
    }

    func decode(_ section: Section) -> JSONObject {
        var values: [String: JSONValue] = [:]
        for line in section.lines {
            guard let (field, value) = order.member(line.words) else { continue }
            values[field.name] = value
        }
        let header = section.header.words
        var object = JSONObject()
        for field in fields {
            switch field.form {
            case .sectionName: object[field.name] = section.name.map { .string($0) }
            case .sectionFrom:
                object[field.name] = header.count == 4 && header[2] == "from" ? .string(header[3]) : nil
            default: object[field.name] = values[field.name]
            }
        }
        return object
    }

    /// A new section that says `object`.
    func make(kind: String, _ object: JSONObject) -> Section {
        var section = Section(kind: kind, name: object["name"]?.string)
        apply(object, to: &section)
        return section
    }

    /// Makes `section` say `object`; lines that are no member's stay as they are.
    func apply(_ object: JSONObject, to section: inout Section) {
        let before = decode(section)
        for field in fields {
            let value = object[field.name]
            guard value != before[field.name] else { continue }
            switch field.form {
            case .sectionName: break
            case .sectionFrom:
                let from = value?.string.map { ["from", $0] } ?? []
                section.header.words = Array(section.header.words.prefix(2)) + from
            default: write(field, value, to: &section)
            }
        }
    }

    private func write(_ field: Field, _ value: JSONValue?, to section: inout Section) {
        let words = value.map { field.words(for: $0) } ?? []
        var owned = section.lines.indices.filter { order.owns(field, section.lines[$0].words) }
        if !words.isEmpty {
            if owned.isEmpty {
                section.lines.insert(Line(words), at: order.place(for: words, in: section))
            } else {
                let index = owned.removeFirst()
                section.lines[index].words = words + unknownParameters(field, section.lines[index].words)
            }
        }
        for index in owned.reversed() { section.lines.remove(at: index) }
    }

    /// What a line of parameters says beyond the descriptions.
    private func unknownParameters(_ field: Field, _ words: [String]) -> [String] {
        guard case .parameters(let prefix) = field.form, case .object(let fields) = field.type else { return [] }
        return LineGrammar(fields).decode([""] + words.dropFirst(prefix.count)).unknown
    }
}
