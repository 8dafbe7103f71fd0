/// The answers of an operation, for the specification.
struct OperationResponses {
    private let route: Route

    init(_ route: Route) { self.route = route }

    var all: JSONObject {
        switch route.operation {
        case .list(let resource): return read(DefinitionTable.list(DefinitionTable.reference(resource.name)))
        case .get(let resource): return missing(read(DefinitionTable.reference(resource.name)))
        case .create(let resource):
            return changed(201, DefinitionTable.reference(resource.name), errors: ["400", "409"])
        case .replace(let resource):
            return changed(200, DefinitionTable.reference(resource.name), errors: ["400", "404"])
        case .replaceAll(let resource):
            let list = DefinitionTable.list(DefinitionTable.reference(resource.name))
            return changed(200, list, errors: ["400"])
        case .delete: return changed(204, nil, errors: ["404"])
        case .version: return missing(["200": answer(["type": "integer"])])
        case .readRaw: return read(["type": "string"])
        case .writeRaw: return changed(201, ["type": "string"], errors: ["400"])
        case .listTransactions: return ["200": answer(DefinitionTable.list(DefinitionTable.reference("transaction")))]
        case .startTransaction: return ["201": answer(DefinitionTable.reference("transaction")), "429": error]
        case .getTransaction: return missing(["200": answer(DefinitionTable.reference("transaction"))])
        case .commitTransaction:
            return changed(200, DefinitionTable.reference("transaction"), errors: ["400", "404", "406"])
        case .deleteTransaction: return missing(["204": answer(nil)])
        case .listReloads: return ["200": answer(DefinitionTable.list(DefinitionTable.reference("reload")))]
        case .getReload: return missing(["200": answer(DefinitionTable.reference("reload"))])
        case .listSites: return read(DefinitionTable.list(DefinitionTable.reference("site")))
        case .getSite: return missing(read(DefinitionTable.reference("site")))
        case .info: return ["200": answer(DefinitionTable.reference("info"))]
        case .health: return ["200": answer(DefinitionTable.reference("health"))]
        case .discovery: return ["200": answer(DefinitionTable.list(DefinitionTable.reference("endpoint")))]
        case .service(let service): return answers(of: service)
        case .specification, .specification3, .unserved: return ["200": answer(["type": "object"])]
        }
    }

    private func answers(of service: ServiceRoute) -> JSONObject {
        var responses = JSONObject()
        for status in service.statuses {
            let reload = status == 202 ? ["Reload-ID"] : []
            let schema = status == 204 ? nil : service.schema
            responses[String(status)] = status < 400 ? answer(schema, headers: reload) : error
        }
        return responses
    }

    private let error: JSONValue = ["description": "Error", "schema": ["$ref": "#/definitions/error"]]

    /// In v2, the version stands beside the data.
    private func read(_ schema: JSONValue) -> JSONObject {
        guard route.version == .v2 else { return ["200": answer(schema, headers: ["Configuration-Version"])] }
        let wrapped: JSONValue = [
            "type": "object", "required": ["data"], "properties": ["_version": ["type": "integer"], "data": schema],
        ]
        return ["200": answer(wrapped, headers: ["Configuration-Version"])]
    }

    private func changed(_ status: Int, _ schema: JSONValue?, errors: [String]) -> JSONObject {
        var responses = JSONObject()
        responses[String(status)] = answer(schema)
        responses["202"] = answer(schema, headers: ["Reload-ID"])
        for status in errors { responses[status] = error }
        return responses
    }

    private func missing(_ responses: JSONObject) -> JSONObject {
        var responses = responses
        responses["404"] = error
        return responses
    }

    private func answer(_ schema: JSONValue?, headers: [String] = []) -> JSONValue {
        var answer: JSONObject = ["description": "Successful operation"]
        answer["schema"] = schema
        if !headers.isEmpty {
            var types = JSONObject()
            for header in headers { types[header] = ["type": "string"] }
            answer["headers"] = .object(types)
        }
        return .object(answer)
    }
}
