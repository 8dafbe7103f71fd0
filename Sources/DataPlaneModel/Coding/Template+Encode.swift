extension Template {
    /// The words that say `object`, and the members that they say; nil if a member is missing or is another.
    func encode(_ object: JSONObject) -> (words: [String], said: Set<[String]>)? {
        var said: Set<[String]> = []
        return Self.encode(elements, object, &said).map { ($0, said) }
    }

    private static func encode(_ elements: [Element], _ object: JSONObject, _ said: inout Set<[String]>) -> [String]? {
        var words: [String] = []
        for element in elements {
            switch element {
            case .word(let pieces):
                guard let word = encode(pieces, object, &said) else { return nil }
                words.append(word)
            case .rest(let slot):
                guard let value = object[slot.path] else { return nil }
                guard let rest = value.array?.map({ ValueCoding.encode($0) }) ?? value.string.flatMap(Words.split)
                else { return nil }
                said.insert(slot.path)
                words += rest
            case .each(let slot, let group):
                guard let list = object[slot.path]?.array, !list.isEmpty else { return nil }
                for element in list {
                    var inner: Set<[String]> = []
                    guard let more = encode(group, element.object ?? JSONObject(), &inner) else { return nil }
                    words += more
                }
                said.insert(slot.path)
            case .optional(let group): words += optional(group, object, &said)
            case .anyOrder(let groups): for group in groups { words += optional(group, object, &said) }
            }
        }
        return words
    }

    private static func optional(_ group: [Element], _ object: JSONObject, _ said: inout Set<[String]>) -> [String] {
        var more = said
        guard let words = encode(group, object, &more) else { return [] }
        said = more
        return words
    }

    private static func encode(_ pieces: [Piece], _ object: JSONObject, _ said: inout Set<[String]>) -> String? {
        var word = ""
        for piece in pieces {
            switch piece {
            case .literal(let text): word += text
            case .constant(let slot, let value, let text):
                guard object[slot.path] == value else { return nil }
                said.insert(slot.path)
                word += text
            case .member(let slot):
                guard let value = object[slot.path] else { return nil }
                said.insert(slot.path)
                word += ValueCoding.encode(value, slot.type)
            case .endpoint(let slots):
                var endpoint = AddressWord(address: "", port: nil, portRangeEnd: nil)
                let values = slots.map { object[$0.path] }
                guard values.contains(where: { $0 != nil }) else { return nil }
                endpoint.address = values[0]?.string ?? ""
                if values.count > 1 { endpoint.port = values[1]?.integer }
                if values.count > 2 { endpoint.portRangeEnd = values[2]?.integer }
                for slot in slots { said.insert(slot.path) }
                word += endpoint.text
            }
        }
        return word
    }
}

extension [Template] {
    /// The object of the first template that `words` are written by.
    func decode(_ words: [String]) -> JSONObject? {
        for template in self {
            if let object = template.decode(words) { return object }
        }
        return nil
    }

    /// The words of the first template that says all of `object`.
    func encode(_ object: JSONObject) -> [String]? {
        let members = object.said
        for template in self {
            if let (words, said) = template.encode(object), members.isSubset(of: said) { return words }
        }
        return nil
    }

    /// Members that no template says that says the others: what is too much, else what lacks.
    func surplus(_ object: JSONObject) -> [String]? {
        var best: Set<[String]>?
        for template in self {
            guard let (_, said) = template.encode(object) else { continue }
            let left = object.said.subtracting(said)
            if left.count < best?.count ?? .max { best = left }
        }
        return best.map { $0.map { $0.joined(separator: ".") }.sorted() }
    }
}

extension JSONObject {
    /// The members that say something, those of members included. `index` and `metadata` are not of the words.
    var said: Set<[String]> {
        var paths: Set<[String]> = []
        for (name, value) in members where name != "index" && name != "metadata" {
            switch value {
            case .object(let inner): for path in inner.said { paths.insert([name] + path) }
            case .boolean(false), .null: break
            default: paths.insert([name])
            }
        }
        return paths
    }
}
