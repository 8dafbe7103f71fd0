extension Field {
    /// The value that `words` begin with and the number of words that it takes; nil if they are not this member's.
    func match(_ words: ArraySlice<String>) -> (value: JSONValue, count: Int)? {
        switch form {
        case .value(let prefix), .repeated(let prefix):
            guard words.starts(with: prefix), words.count > prefix.count else { return nil }
            let word = words[words.startIndex + prefix.count]
            if case .list(let element) = type, case .repeated = form {
                return ValueCoding.decode(word, element).map { (.array([$0]), prefix.count + 1) }
            }
            return ValueCoding.decode(word, type).map { ($0, prefix.count + 1) }
        case .remainder(let prefix):
            guard words.starts(with: prefix), words.count > prefix.count else { return nil }
            return (.string(Words.join(words.dropFirst(prefix.count))), words.count)
        case .words(let prefix):
            guard words.starts(with: prefix), words.count > prefix.count, case .list(let element) = type else {
                return nil
            }
            let values = words.dropFirst(prefix.count).map { ValueCoding.decode($0, element) }
            return values.contains(nil) ? nil : (.array(values.compactMap { $0 }), words.count)
        case .flag(let on, let off):
            if words.starts(with: on) { return (ValueCoding.flag(true, type), on.count) }
            guard let off, words.starts(with: off) else { return nil }
            return (ValueCoding.flag(false, type), off.count)
        case .choice(let choices):
            return choices.first { words.starts(with: $0.words) }.map { (.string($0.value), $0.words.count) }
        case .parameters(let prefix, let grammar?):
            guard words.starts(with: prefix) else { return nil }
            let object = grammar.decode([""] + words.dropFirst(prefix.count)).object
            return (.object(object), words.count)
        case .templates(let templates):
            for template in templates {
                if let (object, count) = template.match(words) { return (.object(object), count) }
            }
            return nil
        case .inline(let templates): return templates.decode(Array(words)).map { (.object($0), words.count) }
        case .lines(let templates):
            return templates.decode(Array(words)).map { (.array([element($0)]), words.count) }
        case .parameterLines(let prefix, let grammar?):
            guard words.starts(with: prefix), words.count > prefix.count else { return nil }
            let object = grammar.decode([""] + words.dropFirst(prefix.count)).object
            return (.array([.object(object)]), words.count)
        case .sectionName, .sectionFrom, .position, .endpoint, .index, .group, .slot, .metadata,
            .parameters, .parameterLines:
            return nil
        }
    }

    /// The words that stand for a valid value; none if the value is that of their absence.
    func words(for value: JSONValue) -> [String] {
        switch form {
        case .value(let prefix): return prefix + [ValueCoding.encode(value, type)]
        case .repeated(let prefix): return (value.array ?? []).flatMap { prefix + [ValueCoding.encode($0)] }
        case .remainder(let prefix): return prefix + (value.string.flatMap { Words.split($0) } ?? [])
        case .words(let prefix): return prefix + (value.array ?? []).map { ValueCoding.encode($0) }
        case .flag(let on, let off):
            if value == ValueCoding.flag(true, type) { return on }
            return value == ValueCoding.flag(false, type) ? off ?? [] : []
        case .choice(let choices): return choices.first { $0.value == value.string }?.words ?? []
        case .parameters(let prefix, let grammar?), .parameterLines(let prefix, let grammar?):
            return value.object.map { prefix + grammar.encode($0) } ?? []
        case .templates(let templates), .inline(let templates):
            return value.object.flatMap { templates.encode($0) } ?? []
        case .lines(let templates): return templates.encode(Field.object(value)) ?? []
        case .sectionName, .sectionFrom, .position, .endpoint, .index, .group, .slot, .metadata, .parameters,
            .parameterLines:
            return []
        }
    }

    /// A list's element as an object: a bare value is that object's only member.
    static func object(_ element: JSONValue) -> JSONObject { element.object ?? ["value": element] }

    private func element(_ object: JSONObject) -> JSONValue {
        if case .list(.object) = type { return .object(object) }
        return object["value"] ?? .null
    }
}
