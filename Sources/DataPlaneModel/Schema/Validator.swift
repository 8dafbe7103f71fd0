/// Checks a body against the descriptions of its members.
enum Validator {
    /// The body without members that say nothing (`null`, the empty string), in the order of the description.
    ///
    /// - Throws: 422 with the original's number of the violation. A member that is not described is refused by name.
    static func validated(_ body: JSONValue, _ lines: [Field], path: String = "") throws(APIError) -> JSONObject {
        let fields = lines.members
        guard let object = body.object else {
            throw .violation(.type, "\(path.isEmpty ? "body" : path) must be of type object")
        }
        for member in object.members where !fields.contains(where: { $0.name == member.name }) {
            throw .violation(
                .unknown,
                "\(path)\(member.name) in body is a forbidden property: not one of this object, or not served here"
            )
        }
        var result = JSONObject()
        for field in fields {
            let name = path + field.name
            guard let value = object[field.name], value != .null, value != "" else {
                if field.isRequired { throw .violation(.required, "\(name) in body is required") }
                continue
            }
            result[field.name] = try validated(value, field, name)
        }
        for line in lines { try checkLine(line, result, path) }
        return result
    }

    /// Refuses members that are said in one line and do not go together.
    private static func checkLine(_ field: Field, _ object: JSONObject, _ path: String) throws(APIError) {
        guard case .inline(let templates) = field.form, case .object(let members) = field.type else { return }
        var part = JSONObject()
        for member in members { part[member.name] = object[member.name] }
        guard !part.said.isEmpty, templates.encode(part) == nil else { return }
        let surplus = templates.surplus(part) ?? part.said.map { $0.joined(separator: ".") }.sorted()
        let names = surplus.map { path + $0 }.joined(separator: ", ")
        throw .violation(.unknown, "\(names) in body does not go with the other members, or lacks some")
    }

    private static func validated(_ value: JSONValue, _ field: Field, _ name: String) throws(APIError) -> JSONValue {
        let value = try validated(value, field.type, name)
        if case .remainder = field.form, let text = value.string { try checkWords(text, name) }
        if case .templates(let templates) = field.form { try checkWritable(value, templates, name) }
        if case .lines(let templates) = field.form {
            for (index, element) in (value.array ?? []).enumerated() {
                try checkWritable(.object(Field.object(element)), templates, "\(name).\(index)")
            }
        }
        return value
    }

    private static func validated(_ value: JSONValue, _ type: FieldType, _ name: String) throws(APIError) -> JSONValue {
        switch type {
        case .string(let pattern):
            guard let text = value.string else { throw typeMismatch(name, "string") }
            try check(text, pattern, name)
        case .integer(let range):
            guard let number = value.integer else { throw typeMismatch(name, "integer") }
            try check(number, range, name)
        case .number(let values):
            guard let number = value.integer else { throw typeMismatch(name, "integer") }
            guard values.contains(number) else { throw notOneOf(values.map { String($0) }, name) }
        case .time(_, let range):
            guard let number = value.integer else { throw typeMismatch(name, "integer") }
            try check(number, range, name)
        case .size:
            guard value.integer != nil else { throw typeMismatch(name, "integer") }
        case .boolean:
            guard value.boolean != nil else { throw typeMismatch(name, "boolean") }
        case .toggle: return try oneOf(["enabled", "disabled"], value, name)
        case .enumeration(let values): return try oneOf(values, value, name)
        case .list(let element):
            guard let items = value.array else { throw typeMismatch(name, "array") }
            var list: [JSONValue] = []
            for (index, item) in items.enumerated() { list.append(try validated(item, element, "\(name).\(index)")) }
            return .array(list)
        case .object(let fields): return .object(try validated(value, fields, path: name + "."))
        case .map(let fields, let key): return try validatedMap(value, fields, key, name)
        case .free:
            guard value.object != nil else { throw typeMismatch(name, "object") }
        }
        return value
    }

    /// Objects by a member of theirs, which may be left out of them.
    private static func validatedMap(
        _ value: JSONValue,
        _ fields: [Field],
        _ key: String,
        _ name: String
    ) throws(APIError) -> JSONValue {
        guard let map = value.object else { throw typeMismatch(name, "object") }
        var result = JSONObject()
        for member in map.members {
            guard var object = member.value.object else { throw typeMismatch("\(name).\(member.name)", "object") }
            if object[key] == nil { object[key] = .string(member.name) }
            guard object[key]?.string == member.name else {
                throw .violation(.oneOf, "\(name).\(member.name).\(key) in body should be one of [\(member.name)]")
            }
            result[member.name] = .object(
                try validated(.object(object), fields, path: "\(name).\(member.name).")
            )
        }
        return .object(result)
    }

    private static func checkWords(_ text: String, _ name: String) throws(APIError) {
        guard Words.split(text) == nil else { return }
        throw .violation(.pattern, "\(name) in body cannot be written as words of haproxy.cfg")
    }

    /// Refuses an object that no line says.
    private static func checkWritable(
        _ value: JSONValue,
        _ templates: [Template],
        _ name: String
    ) throws(APIError) {
        guard let object = value.object, templates.encode(object) == nil else { return }
        let surplus = templates.surplus(object)?.joined(separator: ", ") ?? "what there is"
        throw .violation(.unknown, "\(name) in body cannot be a line: \(surplus) does not go with the other members")
    }

    private static func typeMismatch(_ name: String, _ type: String) -> APIError {
        .violation(.type, "\(name) in body must be of type \(type)")
    }

    private static func oneOf(_ values: [String], _ value: JSONValue, _ name: String) throws(APIError) -> JSONValue {
        guard let text = value.string else { throw typeMismatch(name, "string") }
        guard values.contains(text) else { throw notOneOf(values, name) }
        return value
    }

    private static func notOneOf(_ values: [String], _ name: String) -> APIError {
        .violation(.oneOf, "\(name) in body should be one of [\(values.joined(separator: " "))]")
    }

    private static func check(_ number: Int, _ range: ClosedRange<Int>?, _ name: String) throws(APIError) {
        guard let range, !range.contains(number) else { return }
        if number < range.lowerBound {
            throw .violation(.minimum, "\(name) in body should be greater than or equal to \(range.lowerBound)")
        }
        throw .violation(.maximum, "\(name) in body should be less than or equal to \(range.upperBound)")
    }

    private static func check(_ text: String, _ pattern: Pattern, _ name: String) throws(APIError) {
        // A control character could end the line and begin another keyword.
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .violation(.pattern, "\(name) in body should not have control characters")
        }
        guard pattern.matches(text) else {
            throw .violation(.pattern, "\(name) in body should match '\(pattern.rawValue)'")
        }
    }
}
