/// Checks a body against the descriptions of its members.
enum Validator {
    /// The body without members that say nothing (`null`, the empty string), in the order of the description.
    ///
    /// - Throws: 422 with the original's number of the violation. A member that is not described is refused by name.
    static func validated(_ body: JSONValue, _ fields: [Field], path: String = "") throws(APIError) -> JSONObject {
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
        return result
    }

    private static func validated(_ value: JSONValue, _ field: Field, _ name: String) throws(APIError) -> JSONValue {
        switch field.type {
        case .string(let pattern):
            guard let text = value.string else { throw typeMismatch(name, "string") }
            try check(text, pattern, name)
            if case .remainder = field.form, Words.split(text) == nil {
                throw .violation(.pattern, "\(name) in body cannot be written as words of haproxy.cfg")
            }
            return value
        case .integer(let range):
            guard let number = value.integer else { throw typeMismatch(name, "integer") }
            try check(number, range, name)
            return value
        case .time:
            guard let number = value.integer else { throw typeMismatch(name, "integer") }
            try check(number, 0...Int(Int32.max), name)
            return value
        case .boolean:
            guard value.boolean != nil else { throw typeMismatch(name, "boolean") }
            return value
        case .toggle:
            return try oneOf(["enabled", "disabled"], value, name)
        case .enumeration(let values):
            return try oneOf(values, value, name)
        case .list(let values):
            guard let items = value.array else { throw typeMismatch(name, "array") }
            for (index, item) in items.enumerated() { _ = try oneOf(values, item, "\(name).\(index)") }
            return value
        case .object(let fields):
            return .object(try validated(value, fields, path: name + "."))
        }
    }

    private static func typeMismatch(_ name: String, _ type: String) -> APIError {
        .violation(.type, "\(name) in body must be of type \(type)")
    }

    private static func oneOf(_ values: [String], _ value: JSONValue, _ name: String) throws(APIError) -> JSONValue {
        guard let text = value.string else { throw typeMismatch(name, "string") }
        guard values.contains(text) else {
            throw .violation(.oneOf, "\(name) in body should be one of [\(values.joined(separator: " "))]")
        }
        return value
    }

    private static func check(_ number: Int, _ range: ClosedRange<Int>?, _ name: String) throws(APIError) {
        guard let range, !range.contains(number) else { return }
        if number < range.lowerBound {
            throw .violation(.minimum, "\(name) in body should be greater than or equal to \(range.lowerBound)")
        }
        throw .violation(.maximum, "\(name) in body should be less than or equal to \(range.upperBound)")
    }

    private static func check(_ text: String, _ pattern: FieldType.Pattern, _ name: String) throws(APIError) {
        // A control character could end the line and begin another keyword.
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .violation(.pattern, "\(name) in body should not have control characters")
        }
        switch pattern {
        case .line: return
        case .word:
            guard !text.contains(where: { $0.isWhitespace }) else {
                throw .violation(.pattern, "\(name) in body should match '^[^\\s]+$'")
            }
        case .name:
            guard text.utf8.allSatisfy(isNameByte) else {
                throw .violation(.pattern, "\(name) in body should match '^[A-Za-z0-9-_.:]+$'")
            }
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: ":"):
            true
        default: false
        }
    }
}
