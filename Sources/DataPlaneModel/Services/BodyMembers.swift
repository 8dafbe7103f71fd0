/// The members of a JSON object, taken out one by one with their types checked.
struct BodyMembers {
    let object: JSONObject

    init(_ value: JSONValue) throws(APIError) {
        guard let object = value.object else { throw .violation(.type, "body must be of type object") }
        self.object = object
    }

    /// - Throws: 422 naming a member that is none of these.
    func allow(only names: [String]) throws(APIError) {
        for member in object.members where !names.contains(member.name) {
            throw .violation(.unknown, "\(member.name) in body is a forbidden property")
        }
    }

    /// A text of one line; nil if it is absent, null or empty.
    func string(_ name: String, oneOf values: [String]? = nil) throws(APIError) -> String? {
        guard let value = object[name], value != .null, value != "" else { return nil }
        guard let text = value.string else { throw .violation(.type, "\(name) in body must be of type string") }
        if let values, !values.contains(text) {
            throw .violation(.oneOf, "\(name) in body should be one of [\(values.joined(separator: " "))]")
        }
        guard text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
            throw .violation(.pattern, "\(name) in body should not have control characters")
        }
        return text
    }

    func required(_ name: String) throws(APIError) -> String {
        guard let text = try string(name) else { throw .violation(.required, "\(name) in body is required") }
        return text
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(APIError) -> Int? {
        guard let value = object[name], value != .null else { return nil }
        guard let number = value.integer else { throw .violation(.type, "\(name) in body must be of type integer") }
        if number < range.lowerBound {
            throw .violation(.minimum, "\(name) in body should be greater than or equal to \(range.lowerBound)")
        }
        if number > range.upperBound {
            throw .violation(.maximum, "\(name) in body should be less than or equal to \(range.upperBound)")
        }
        return number
    }
}
