/// How the objects of a line resource are written: their words in any order, or by templates.
struct LineSyntax: Sendable {
    let keyword: String
    /// First words of its lines.
    let heads: Set<String>
    private let grammar: LineGrammar
    let templates: [Template]

    init(keyword: String, fields: [Field], templates: [Template]) {
        self.keyword = keyword
        self.templates = templates
        grammar = LineGrammar(fields)
        heads = templates.isEmpty ? [keyword] : Set(templates.compactMap { $0.head.first })
    }

    /// The object that a line says, and its words that are nobody's; nil for a line that is none of these.
    func decode(_ words: [String]) -> (object: JSONObject, unknown: [String])? {
        guard let first = words.first, heads.contains(first) else { return nil }
        if templates.isEmpty { return grammar.decode(words) }
        return templates.decode(words).map { ($0, []) }
    }

    /// The words of the line, its keyword first.
    func encode(_ object: JSONObject, unknown: [String] = []) -> [String] {
        if templates.isEmpty { return [keyword] + grammar.encode(object, unknown: unknown) }
        return templates.encode(object) ?? []
    }

    /// - Throws: 422 for an object that cannot be a line: what its kind has not, or what it lacks.
    func check(_ object: JSONObject) throws(APIError) {
        let said = try read(object)
        // `:80` for an address is a port once it is a line.
        for field in grammar.fields where field.isRequired {
            // Its place says it, not the line.
            if case .index = field.form { continue }
            guard let value = object[field.name], said[field.name] == nil else { continue }
            throw .violation(.pattern, "\(field.name) in body is none once it is a line: \(value.text.prefix(200))")
        }
    }

    /// What the line of `object` says.
    private func read(_ object: JSONObject) throws(APIError) -> JSONObject {
        if templates.isEmpty { return grammar.decode(encode(object)).object }
        guard let words = templates.encode(object) else {
            guard let surplus = templates.surplus(object) else {
                throw .violation(.required, "body lacks members that its kind must have, or has a kind that is none")
            }
            let names = surplus.joined(separator: ", ")
            throw .violation(.unknown, "\(names) in body does not go with the other members")
        }
        guard let said = templates.decode(words) else {
            throw .violation(.pattern, "body cannot be told apart from another object once it is a line")
        }
        return said
    }
}
