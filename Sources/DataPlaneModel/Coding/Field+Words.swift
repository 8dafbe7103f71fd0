extension Field {
    /// The value that `words` begin with and the number of words that it takes; nil if they are not this member's.
    func match(_ words: ArraySlice<String>) -> (value: JSONValue, count: Int)? {
        switch form {
        case .value(let prefix):
            guard words.starts(with: prefix), words.count > prefix.count else { return nil }
            return ValueCoding.decode(words[words.startIndex + prefix.count], type).map { ($0, prefix.count + 1) }
        case .remainder(let prefix):
            guard words.starts(with: prefix), words.count > prefix.count else { return nil }
            return (.string(Words.join(words.dropFirst(prefix.count))), words.count)
        case .flag(let on, let off):
            if words.starts(with: on) { return (ValueCoding.flag(true, type), on.count) }
            guard let off, words.starts(with: off) else { return nil }
            return (ValueCoding.flag(false, type), off.count)
        case .choice(let choices):
            return choices.first { words.starts(with: $0.words) }.map { (.string($0.value), $0.words.count) }
        case .balance:
            return BalanceCoding.decode(Array(words)).map { (.object($0), words.count) }
        case .parameters(let prefix):
            guard words.starts(with: prefix), case .object(let fields) = type else { return nil }
            let object = LineGrammar(fields).decode([""] + words.dropFirst(prefix.count)).object
            return (.object(object), words.count)
        case .sectionName, .sectionFrom, .position, .endpoint, .index:
            return nil
        }
    }

    /// The words that stand for a valid value; none if the value is that of their absence.
    func words(for value: JSONValue) -> [String] {
        switch form {
        case .value(let prefix): return prefix + [ValueCoding.encode(value)]
        case .remainder(let prefix): return prefix + (value.string.flatMap { Words.split($0) } ?? [])
        case .flag(let on, let off):
            if value == .boolean(true) || value == "enabled" { return on }
            return value == "disabled" ? off ?? [] : []
        case .choice(let choices): return choices.first { $0.value == value.string }?.words ?? []
        case .balance: return value.object.map { BalanceCoding.encode($0) } ?? []
        case .parameters(let prefix):
            guard case .object(let fields) = type, let object = value.object else { return [] }
            return prefix + LineGrammar(fields).encode(object)
        case .sectionName, .sectionFrom, .position, .endpoint, .index: return []
        }
    }
}
