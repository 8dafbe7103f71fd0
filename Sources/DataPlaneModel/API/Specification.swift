/// The OpenAPI 2.0 documents of what is served, made from the routes and the descriptions.
enum Specification {
    private static let v2 = make(.v2)
    private static let v3 = make(.v3)

    static func document(_ version: APIVersion) -> JSONValue { version == .v2 ? v2 : v3 }

    /// Words for a path component: `backend_switching_rules` → `Backend switching rules`.
    static func title(_ component: String) -> String {
        let words = component.split(separator: "_").joined(separator: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }

    private static func make(_ version: APIVersion) -> JSONValue {
        var paths = JSONObject()
        for route in RouteTable.table(version).routes where route.isServed {
            let path = "/" + route.path.dropFirst().joined(separator: "/")
            var item = paths[path]?.object ?? JSONObject()
            item[route.method.lowercased()] = .object(operation(route))
            paths[path] = .object(item)
        }
        var definitions = DefinitionTable.common
        for definition in ServiceSchemas.definitions.members { definitions[definition.name] = definition.value }
        for resource in Resource.all where resource.versions.contains(version.set) {
            definitions[resource.name] = DefinitionTable.schema(resource.fullMembers(version))
        }
        return [
            "swagger": "2.0",
            "info": [
                "title": "HAProxy Data Plane API", "version": version == .v2 ? "2.9" : "3.4",
                "description": "The part of the Data Plane API that appliance-dataplaned serves",
            ],
            "basePath": .string("/" + version.rawValue),
            "consumes": ["application/json"],
            "produces": ["application/json"],
            "securityDefinitions": ["basic_auth": ["type": "basic"]],
            "security": [["basic_auth": []]],
            "paths": .object(paths),
            "definitions": .object(definitions),
        ]
    }

    private static func operation(_ route: Route) -> JSONObject {
        var operation = JSONObject()
        operation["operationId"] = route.id.map { .string($0) }
        operation["tags"] = route.tag.map { [.string($0)] }
        operation["parameters"] = .array(OperationParameters(route).all)
        var responses = OperationResponses(route).all
        responses["default"] = ["description": "Error", "schema": ["$ref": "#/definitions/error"]]
        operation["responses"] = .object(responses)
        operation["consumes"] = consumes(route).map { .array($0.map { .string($0) }) }
        operation["produces"] = produces(route).map { .array($0.map { .string($0) }) }
        if case .health = route.operation { operation["security"] = [] }
        return operation
    }

    private static let json = "application/json"

    /// Media types of the request; nil for JSON.
    private static func consumes(_ route: Route) -> [String]? {
        switch route.operation {
        case .writeRaw: return [DataPlane.plainText] + (route.version == .v3 ? [] : [json])
        case .service(let service):
            switch service.body {
            case .text: return [DataPlane.plainText]
            case .upload: return ["multipart/form-data"]
            case .json, nil: return nil
            }
        default: return nil
        }
    }

    /// Media types of the answer; nil for JSON. That of refusals is the last: OpenAPI 2 cannot say it of some answers alone.
    private static func produces(_ route: Route) -> [String]? {
        switch route.operation {
        case .readRaw where route.version == .v3, .writeRaw where route.version == .v3: [DataPlane.plainText]
        case .service(let service) where service.givesText: [DataPlane.plainText, json]
        case .service(let service) where service.schema?["type"] == "file": ["application/octet-stream", json]
        default: nil
        }
    }
}
