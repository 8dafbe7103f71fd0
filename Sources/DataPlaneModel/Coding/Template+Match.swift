extension Template {
    /// HAProxy reads no more words of a line (`MAX_LINE_ARGS`); trying ways to read them takes longer the more there are.
    private static let limit = 64

    /// The object that `words` say; nil if they are not such a line.
    func decode(_ words: some Collection<String>) -> JSONObject? {
        match(Array(words)[...], isWhole: true)?.object
    }

    /// The object that `words` begin with, and the number of words that it takes.
    func match(_ words: ArraySlice<String>, isWhole: Bool = false) -> (object: JSONObject, count: Int)? {
        guard words.count <= Self.limit else { return nil }
        var found: (object: JSONObject, count: Int)?
        _ = Self.match(elements[...], words, JSONObject()) { rest, object in
            guard rest.isEmpty || !isWhole else { return false }
            found = (object, words.count - rest.count)
            return true
        }
        return found
    }

    private typealias Next = (ArraySlice<String>, JSONObject) -> Bool

    /// Takes what `elements` take off `words` and goes on with `next`; where that fails, tries another way.
    private static func match(
        _ elements: ArraySlice<Element>,
        _ words: ArraySlice<String>,
        _ object: JSONObject,
        _ next: Next
    ) -> Bool {
        guard let element = elements.first else { return next(words, object) }
        let others = elements.dropFirst()
        switch element {
        case .word(let pieces):
            var object = object
            guard let word = words.first, match(pieces[...], word[...], &object) else { return false }
            return match(others, words.dropFirst(), object, next)
        case .rest(let slot):
            var end = words.startIndex
            while end < words.endIndex {
                end += 1
                var longer = object
                guard let value = rest(words[..<end], slot.type) else { return false }
                longer[slot.path] = value
                if match(others, words[end...], longer, next) { return true }
            }
            return false
        case .optional(let group):
            if match(group[...], words, object, { match(others, $0, $1, next) }) { return true }
            return match(others, words, object, next)
        case .each(let slot, let group):
            return match(group[...], words, JSONObject()) { rest, found in
                var longer = object
                longer[slot.path] = .array((object[slot.path]?.array ?? []) + [.object(found)])
                return match(elements, rest, longer, next) || match(others, rest, longer, next)
            }
        case .anyOrder(let groups):
            for (index, group) in groups.enumerated() {
                var left = groups
                left.remove(at: index)
                let isFound = match(group[...], words, object) { rest, object in
                    match([.anyOrder(left)] + others, rest, object, next)
                }
                if isFound { return true }
            }
            return match(others, words, object, next)
        }
    }

    /// The value of the words that are left; nil if they are not of the type.
    private static func rest(_ words: ArraySlice<String>, _ type: FieldType) -> JSONValue? {
        guard case .list(let element) = type else { return .string(Words.join(words)) }
        let values = words.map { ValueCoding.decode($0, element) }
        return values.contains(nil) ? nil : .array(values.compactMap { $0 })
    }

    private static func match(_ pieces: ArraySlice<Piece>, _ text: Substring, _ object: inout JSONObject) -> Bool {
        guard let piece = pieces.first else { return text.isEmpty }
        let others = pieces.dropFirst()
        switch piece {
        case .literal(let literal):
            return text.hasPrefix(literal) && match(others, text.dropFirst(literal.count), &object)
        case .constant(let slot, let value, let word):
            guard text.hasPrefix(word) else { return false }
            object[slot.path] = value
            return match(others, text.dropFirst(word.count), &object)
        case .endpoint(let slots):
            let endpoint = AddressWord(String(text))
            let parts: [JSONValue?] = [
                endpoint.address.isEmpty ? nil : .string(endpoint.address), endpoint.port.map { .integer($0) },
                endpoint.portRangeEnd.map { .integer($0) },
            ]
            for (slot, part) in zip(slots, parts) { object[slot.path] = part }
            return true
        case .member(let slot):
            guard let end = end(before: others, text), let value = ValueCoding.decode(String(text[..<end]), slot.type)
            else { return false }
            guard end > text.startIndex else { return false }
            object[slot.path] = value
            return match(others, text[end...], &object)
        }
    }

    /// Where a member's text ends: at the next literal, which the word ends with if nothing comes behind it.
    private static func end(before others: ArraySlice<Piece>, _ text: Substring) -> Substring.Index? {
        guard case .literal(let literal)? = others.first else { return text.endIndex }
        if others.count == 1 {
            return text.hasSuffix(literal) ? text.index(text.endIndex, offsetBy: -literal.count) : nil
        }
        return text.firstRange(of: literal)?.lowerBound
    }
}
