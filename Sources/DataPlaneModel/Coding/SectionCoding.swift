import ProxyConfig

/// A section of haproxy.cfg ⇄ the JSON object of its resource. Only the lines of members that change are touched.
struct SectionCoding: Sendable {
    /// Members that are lines, those of groups included, with the names that lead to what they are members of.
    let leaves: [Leaf]
    let order: SectionOrder
    /// Members that the header of the section says.
    private let inHeader: [Int]

    struct Leaf: Sendable {
        var path: [String]
        var field: Field

        /// What the field says in `object`; for a line that says several members, those.
        func value(in object: JSONObject) -> JSONValue? {
            guard case .inline = field.form, case .object(let fields) = field.type else {
                return object[path + [field.name]]
            }
            let outer = path.isEmpty ? object : object[path]?.object ?? JSONObject()
            var inner = JSONObject()
            for member in fields { inner[member.name] = outer[member.name] }
            return inner.isEmpty ? nil : .object(inner)
        }

        func set(_ value: JSONValue?, in object: inout JSONObject) {
            guard case .inline = field.form, case .object(let fields) = field.type else {
                object[path + [field.name]] = value
                return
            }
            for member in fields {
                if let value = value?[member.name] { object[path + [member.name]] = value }
            }
        }
    }

    init(_ fields: [Field], _ neighbours: [Resource.Neighbour]) {
        let leaves = Self.leaves(fields, [])
        self.leaves = leaves
        inHeader = leaves.indices.filter { leaves[$0].field.form.isInHeader }
        order = SectionOrder(leaves.map { $0.field }, neighbours)
    }

    private static func leaves(_ fields: [Field], _ path: [String]) -> [Leaf] {
        fields.flatMap { field in
            guard case .group = field.form, case .object(let members) = field.type else {
                return [Leaf(path: path, field: field)]
            }
            return leaves(members, path + [field.name])
        }
    }

    /// What lines say that were read before: in thousands of sections most lines are one of a few.
    struct Memory {
        fileprivate var known: [Line: (index: Int, value: JSONValue)?] = [:]

        /// Most lines that are remembered.
        fileprivate static let capacity = 512
    }

    private func member(_ line: Line, _ memory: inout Memory) -> (index: Int, value: JSONValue)? {
        // Most lines of a long section are objects of their own: servers, binds, rules.
        guard order.mayStateMember(line.keyword) else { return nil }
        if let known = memory.known[line] { return known }
        let member = order.member(line.words)
        if memory.known.count < Memory.capacity { memory.known[line] = .some(member) }
        return member
    }

    func decode(_ section: Section) -> JSONObject {
        var memory = Memory()
        return decode(section, &memory)
    }

    func decode(_ section: Section, _ memory: inout Memory) -> JSONObject {
        var values: [Int: JSONValue] = [:]
        for line in section.lines {
            guard let (index, value) = member(line, &memory) else { continue }
            if leaves[index].field.form.isManyLines, let others = values[index]?.array {
                values[index] = .array(others + (value.array ?? []))
            } else {
                values[index] = value
            }
        }
        let header = section.header.words
        var object = JSONObject()
        // There are many members, of which a section has few.
        for index in (inHeader + values.keys).sorted() {
            let leaf = leaves[index]
            switch leaf.field.form {
            case .sectionName: object[leaf.field.name] = section.name.map { .string($0) }
            case .sectionFrom:
                object[leaf.field.name] = header.count == 4 && header[2] == "from" ? .string(header[3]) : nil
            case .metadata: object[leaf.field.name] = Metadata.decode(section.header)
            default: if let value = values[index] { leaf.set(value, in: &object) }
            }
        }
        return object
    }

    /// A new section that says `object`.
    func make(kind: String, named name: String?, _ object: JSONObject) -> Section {
        var section = Section(kind: kind, name: name)
        apply(object, to: &section)
        return section
    }

    /// Makes `section` say `object`; lines that are no member's stay as they are.
    func apply(_ object: JSONObject, to section: inout Section) {
        let before = decode(section)
        for leaf in leaves {
            let value = leaf.value(in: object)
            guard value != leaf.value(in: before) else { continue }
            switch leaf.field.form {
            case .sectionName: break
            case .sectionFrom:
                let from = value?.string.map { ["from", $0] } ?? []
                section.header.words = Array(section.header.words.prefix(2)) + from
            case .metadata: Metadata.encode(value, in: &section.header)
            case .lines, .parameterLines: writeLines(leaf.field, value?.array ?? [], to: &section)
            default: write(leaf.field, value, to: &section)
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

    /// Makes the member's lines say `elements`: those that do already stay as they are.
    private func writeLines(_ field: Field, _ elements: [JSONValue], to section: inout Section) {
        var owned = section.lines.indices.filter { field.match(section.lines[$0].words[...]) != nil }
        for (place, element) in elements.enumerated() {
            let words = field.words(for: element)
            guard !words.isEmpty else { continue }
            if place < owned.count {
                guard field.match(section.lines[owned[place]].words[...])?.value != .array([element]) else { continue }
                let unknown = unknownParameters(field, section.lines[owned[place]].words)
                section.lines[owned[place]].words = words + unknown
            } else {
                let index = owned.last.map { $0 + 1 } ?? order.place(for: words, in: section)
                section.lines.insert(Line(words), at: index)
                owned.append(index)
            }
        }
        for index in owned.dropFirst(elements.count).reversed() { section.lines.remove(at: index) }
    }

    /// What a line of parameters says beyond the descriptions.
    private func unknownParameters(_ field: Field, _ words: [String]) -> [String] {
        switch field.form {
        case .parameters(let prefix, let grammar?), .parameterLines(let prefix, let grammar?):
            return grammar.decode([""] + words.dropFirst(prefix.count)).unknown
        default: return []
        }
    }
}
