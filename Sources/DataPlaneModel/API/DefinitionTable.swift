/// JSON schemas of what bodies hold.
enum DefinitionTable {
    /// Those that are no resource's.
    static let common: JSONObject = [
        "error": object(["code": integer, "message": string], required: ["code", "message"]),
        "transaction": object([
            "_version": integer, "id": string,
            "status": ["type": "string", "enum": ["failed", "outdated", "in_progress", "success"]],
        ]),
        "reload": object([
            "id": string, "reload_timestamp": integer, "response": string,
            "status": ["type": "string", "enum": ["failed", "in_progress", "succeeded"]],
        ]),
        "endpoint": object(["title": string, "description": string, "url": string]),
        "health": object(["haproxy": ["type": "string", "enum": ["up", "down", "unknown"]]]),
        "info": ["type": "object"],
        "site": object(["name": string, "service": ["type": "object"], "farms": list(["type": "object"])]),
    ]

    private static let string: JSONValue = ["type": "string"]
    private static let integer: JSONValue = ["type": "integer"]

    private static func object(_ properties: JSONObject, required: [JSONValue] = []) -> JSONValue {
        var schema: JSONObject = ["type": "object", "properties": .object(properties)]
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/definitions/\(name)")] }

    static func list(_ element: JSONValue) -> JSONValue { ["type": "array", "items": element] }

    static func schema(_ lines: [Field]) -> JSONValue {
        let fields = lines.members
        var properties = JSONObject()
        for field in fields { properties[field.name] = schema(field.type) }
        let required = fields.filter { $0.isRequired }.map { JSONValue.string($0.name) }
        var schema: JSONObject = ["type": "object", "additionalProperties": false, "properties": .object(properties)]
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    private static func schema(_ type: FieldType) -> JSONValue {
        switch type {
        case .string(.line): return string
        case .string(let pattern): return ["type": "string", "pattern": .string(pattern.rawValue)]
        case .integer(let range), .time(_, let range):
            var schema: JSONObject = ["type": "integer"]
            if let bound = range?.lowerBound, bound != .min { schema["minimum"] = .integer(bound) }
            if let bound = range?.upperBound, bound != .max { schema["maximum"] = .integer(bound) }
            return .object(schema)
        case .number(let values): return ["type": "integer", "enum": .array(values.map { .integer($0) })]
        case .size: return integer
        case .boolean: return ["type": "boolean"]
        case .toggle: return ["type": "string", "enum": ["enabled", "disabled"]]
        case .enumeration(let values): return ["type": "string", "enum": .array(values.map { .string($0) })]
        case .list(let element): return list(schema(element))
        case .object(let fields): return schema(fields)
        case .map(let fields, _):
            return ["type": "object", "additionalProperties": schema(fields)]
        // The original's says that the values are objects, and gives a text as its example.
        case .free: return ["type": "object", "additionalProperties": true]
        }
    }
}
