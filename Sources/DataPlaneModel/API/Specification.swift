/// The OpenAPI 2.0 document of what is served, made from the routes and the descriptions.
enum Specification {
    static let v2: JSONValue = document(RouteTable.v2)

    /// Words for a path component: `backend_switching_rules` → `Backend switching rules`.
    static func title(_ component: String) -> String {
        let words = component.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    private static func document(_ table: RouteTable) -> JSONValue {
        var paths = JSONObject()
        for route in table.routes {
            let path = "/" + route.path.dropFirst().joined(separator: "/")
            var item = paths[path]?.object ?? JSONObject()
            item[route.method.lowercased()] = operation(route)
            paths[path] = .object(item)
        }
        var definitions: JSONObject = [
            "error": [
                "type": "object", "required": ["code", "message"],
                "properties": ["code": ["type": "integer"], "message": ["type": "string"]],
            ]
        ]
        for resource in Resource.all { definitions[resource.name] = schema(resource.fields) }
        return [
            "swagger": "2.0",
            "info": [
                "title": "HAProxy Data Plane API", "version": "2.9",
                "description": "The part of the Data Plane API that appliance-dataplaned serves",
            ],
            "basePath": "/v2",
            "consumes": ["application/json"],
            "produces": ["application/json"],
            "securityDefinitions": ["basic_auth": ["type": "basic"]],
            "security": [["basic_auth": []]],
            "paths": .object(paths),
            "definitions": .object(definitions),
        ]
    }

    private static func operation(_ route: Route) -> JSONValue {
        var parameters: [JSONValue] = []
        for component in route.path where component.hasPrefix("{") {
            let name = String(component.dropFirst().dropLast())
            let type = name == "index" ? "integer" : "string"
            parameters.append(parameter(name, in: "path", type: type, required: true))
        }
        var responses: JSONObject = [:]
        switch route.operation {
        case .list(let resource), .get(let resource):
            parameters += parents(resource) + [parameter("transaction_id", in: "query", type: "string")]
            responses["200"] = ["description": "Successful operation"]
        case .create(let resource), .replace(let resource):
            parameters += parents(resource) + changing + [body(["$ref": .string("#/definitions/\(resource.name)")])]
            responses["200"] = reference("Configuration change in effect", resource)
            responses["201"] = reference("Configuration change in effect", resource)
            responses["202"] = reference("Configuration change accepted", resource)
        case .delete(let resource):
            parameters += parents(resource) + changing
            responses["202"] = ["description": "Configuration change accepted"]
            responses["204"] = ["description": "Deleted"]
        case .writeRaw:
            parameters += ["skip_version", "skip_reload", "only_validate", "force_reload"].map {
                parameter($0, in: "query", type: "boolean")
            }
            parameters += [parameter("version", in: "query", type: "integer"), body(["type": "string"])]
            responses["201"] = ["description": "New configuration in effect"]
            responses["202"] = ["description": "Configuration change accepted"]
        case .startTransaction:
            parameters.append(parameter("version", in: "query", type: "integer", required: true))
            responses["201"] = ["description": "Transaction started"]
        case .commitTransaction:
            parameters.append(parameter("force_reload", in: "query", type: "boolean"))
            responses["200"] = ["description": "Transaction committed"]
            responses["202"] = ["description": "Configuration change accepted"]
        case .deleteTransaction: responses["204"] = ["description": "Transaction deleted"]
        default: responses["200"] = ["description": "Successful operation"]
        }
        responses["default"] = ["description": "Error", "schema": ["$ref": "#/definitions/error"]]
        return ["parameters": .array(parameters), "responses": .object(responses)]
    }

    private static let changing: [JSONValue] = [
        parameter("transaction_id", in: "query", type: "string"),
        parameter("version", in: "query", type: "integer"),
        parameter("force_reload", in: "query", type: "boolean"),
    ]

    private static func parents(_ resource: Resource) -> [JSONValue] {
        guard let parent = resource.parent else { return [] }
        let own = parameter(parent.kind, in: "query", type: "string", required: !parent.allowsParentType)
        guard parent.allowsParentType else { return [own] }
        return [own] + ["parent_type", "parent_name"].map { parameter($0, in: "query", type: "string") }
    }

    private static func parameter(
        _ name: String,
        in place: String,
        type: String,
        required: Bool = false
    ) -> JSONValue {
        ["name": .string(name), "in": .string(place), "type": .string(type), "required": .boolean(required)]
    }

    private static func body(_ schema: JSONValue) -> JSONValue {
        ["name": "data", "in": "body", "required": true, "schema": schema]
    }

    private static func reference(_ description: String, _ resource: Resource) -> JSONValue {
        ["description": .string(description), "schema": ["$ref": .string("#/definitions/\(resource.name)")]]
    }

    private static func schema(_ fields: [Field]) -> JSONValue {
        var properties = JSONObject()
        for field in fields { properties[field.name] = schema(field.type) }
        let required = fields.filter { $0.isRequired }.map { JSONValue.string($0.name) }
        var schema: JSONObject = ["type": "object", "additionalProperties": false, "properties": .object(properties)]
        if !required.isEmpty { schema["required"] = .array(required) }
        return .object(schema)
    }

    private static func schema(_ type: FieldType) -> JSONValue {
        switch type {
        case .string(.name): return ["type": "string", "pattern": "^[A-Za-z0-9-_.:]+$"]
        case .string(.word): return ["type": "string", "pattern": "^[^\\s]+$"]
        case .string(.line): return ["type": "string"]
        case .integer(let range):
            guard let range else { return ["type": "integer"] }
            return [
                "type": "integer", "minimum": .integer(range.lowerBound), "maximum": .integer(range.upperBound),
            ]
        case .time: return ["type": "integer"]
        case .boolean: return ["type": "boolean"]
        case .toggle: return ["type": "string", "enum": ["enabled", "disabled"]]
        case .enumeration(let values): return ["type": "string", "enum": .array(values.map { .string($0) })]
        case .list(let values):
            return ["type": "array", "items": ["type": "string", "enum": .array(values.map { .string($0) })]]
        case .object(let fields): return schema(fields)
        }
    }
}
