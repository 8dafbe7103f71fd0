extension Template {
    /// The template with the types of its members; nil if the object has not what it must say. What may be left out is
    /// left out if the object has it not.
    func resolved(for fields: [Field]) -> Template? {
        guard let resolved = Self.resolved(elements, fields) else { return nil }
        var template = self
        template.elements = resolved
        return template
    }

    private static func resolved(_ elements: [Element], _ fields: [Field]) -> [Element]? {
        var result: [Element] = []
        for element in elements {
            switch element {
            case .word(let pieces):
                var typed: [Piece] = []
                for piece in pieces {
                    guard let piece = resolved(piece, fields) else { return nil }
                    typed.append(piece)
                }
                result.append(.word(typed))
            case .rest(let slot):
                guard let slot = resolved(slot, fields) else { return nil }
                result.append(.rest(slot))
            case .optional(let group):
                if let group = resolved(group, fields) { result.append(.optional(group)) }
            case .each(let slot, let group):
                guard let slot = resolved(slot, fields), case .list(.object(let members)) = slot.type,
                    let group = resolved(group, members)
                else { return nil }
                result.append(.each(slot, group))
            case .anyOrder(let groups): result.append(.anyOrder(groups.compactMap { resolved($0, fields) }))
            }
        }
        return result
    }

    private static func resolved(_ piece: Piece, _ fields: [Field]) -> Piece? {
        switch piece {
        case .literal: return piece
        case .member(let slot): return resolved(slot, fields).map { .member($0) }
        case .endpoint(let slots):
            let typed = slots.compactMap { resolved($0, fields) }
            return typed.count == slots.count ? .endpoint(typed) : nil
        case .constant(let slot, let value, let word):
            guard let slot = resolved(slot, fields) else { return nil }
            switch slot.type {
            case .boolean: return .constant(slot, .boolean(value?.string != "false"), word: word)
            case .toggle: return .constant(slot, value ?? "enabled", word: word)
            case .enumeration(let values):
                let text = value?.string ?? word
                guard values.contains(text) else { return nil }
                return .constant(slot, .string(text), word: word)
            default: return .constant(slot, value ?? .string(word), word: word)
            }
        }
    }

    private static func resolved(_ slot: Slot, _ fields: [Field]) -> Slot? {
        var fields = fields
        var slot = slot
        for (depth, name) in slot.path.enumerated() {
            guard let field = fields.first(where: { $0.name == name }) else { return nil }
            slot.type = field.type
            guard depth < slot.path.count - 1 else { break }
            guard case .object(let members) = field.type else { return nil }
            fields = members
        }
        return slot
    }
}

extension JSONObject {
    subscript(path: [String]) -> JSONValue? {
        get {
            guard let first = path.first else { return nil }
            if path.count == 1 { return self[first] }
            return self[first]?.object?[Array(path.dropFirst())]
        }
        set {
            guard let first = path.first else { return }
            guard path.count > 1 else {
                self[first] = newValue
                return
            }
            var inner = self[first]?.object ?? JSONObject()
            inner[Array(path.dropFirst())] = newValue
            self[first] = inner.isEmpty ? nil : .object(inner)
        }
    }
}
