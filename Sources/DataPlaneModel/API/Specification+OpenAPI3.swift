extension Specification {
    private static let newV2 = converted(document(.v2))
    private static let newV3 = converted(document(.v3))

    /// The same document in OpenAPI 3.0.
    static func openAPI3(_ version: APIVersion) -> JSONValue { version == .v2 ? newV2 : newV3 }

    private static func converted(_ document: JSONValue) -> JSONValue {
        var paths = JSONObject()
        for path in document["paths"]?.object?.members ?? [] {
            var item = JSONObject()
            for (method, operation) in path.value.object?.members ?? [] {
                item[method] = .object(converted(operation.object ?? JSONObject()))
            }
            paths[path.name] = .object(item)
        }
        return [
            "openapi": "3.0.0",
            "info": document["info"] ?? .null,
            "servers": [["url": document["basePath"] ?? .null]],
            "security": document["security"] ?? .null,
            "paths": moved(.object(paths)),
            "components": [
                "schemas": moved(document["definitions"] ?? .null),
                "securitySchemes": ["basic_auth": ["type": "http", "scheme": "basic"]],
            ],
        ]
    }

    private static func converted(_ operation: JSONObject) -> JSONObject {
        var result = operation.without("produces").without("consumes")
        var parameters: [JSONValue] = []
        for parameter in operation["parameters"]?.array ?? [] {
            switch parameter["in"]?.string {
            case "body":
                let types = operation["consumes"]?.array ?? [json]
                result["requestBody"] = body(types, parameter["schema"] ?? .null)
            case "formData":
                let name = parameter["name"]?.string ?? ""
                let properties = JSONValue.object([name: file])
                let schema: JSONValue = ["type": "object", "required": [.string(name)], "properties": properties]
                result["requestBody"] = body(["multipart/form-data"], schema)
            default:
                var schema: JSONObject = ["type": parameter["type"] ?? .null]
                schema["enum"] = parameter["enum"]
                let moved = (parameter.object ?? JSONObject()).without("type").without("enum")
                parameters.append(.object(JSONObject(moved, ["schema": .object(schema)])))
            }
        }
        result["parameters"] = .array(parameters)
        let types = operation["produces"]?.array ?? [json]
        var responses = JSONObject()
        for (status, response) in operation["responses"]?.object?.members ?? [] {
            var answer = (response.object ?? JSONObject()).without("schema").without("headers")
            // The first is what a success gives, the last what a refusal does.
            let type = status.hasPrefix("2") ? types.first : types.last
            if let schema = response["schema"] {
                let isFile = schema["type"] == "file"
                answer["content"] = content([type ?? json], isFile ? file : schema)
            }
            if let headers = response["headers"]?.object {
                var described = JSONObject()
                for (name, type) in headers.members { described[name] = ["schema": type] }
                answer["headers"] = .object(described)
            }
            responses[status] = .object(answer)
        }
        result["responses"] = .object(responses)
        return result
    }

    private static let json: JSONValue = "application/json"
    private static let file: JSONValue = ["type": "string", "format": "binary"]

    private static func body(_ types: [JSONValue], _ schema: JSONValue) -> JSONValue {
        ["required": true, "content": content(types, schema)]
    }

    private static func content(_ types: [JSONValue], _ schema: JSONValue) -> JSONValue {
        var content = JSONObject()
        for type in types { content[type.string ?? ""] = ["schema": schema] }
        return .object(content)
    }

    /// With references to where OpenAPI 3 has its definitions.
    private static func moved(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let values): return .array(values.map { moved($0) })
        case .object(let object):
            var result = JSONObject()
            for (name, value) in object.members {
                if name == "$ref", let text = value.string {
                    result[name] = .string(text.replacing("#/definitions/", with: "#/components/schemas/"))
                } else {
                    result[name] = moved(value)
                }
            }
            return .object(result)
        default: return value
        }
    }
}
