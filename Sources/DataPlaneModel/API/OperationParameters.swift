/// The parameters of an operation, for the specification.
struct OperationParameters {
    private let route: Route

    init(_ route: Route) { self.route = route }

    var all: [JSONValue] { inPath + inQuery + body }

    private var inPath: [JSONValue] {
        route.path.filter { $0.hasPrefix("{") }.map { component in
            let name = String(component.dropFirst().dropLast())
            return parameter(name, in: "path", name == "index" ? "integer" : "string", required: true)
        }
    }

    private var inQuery: [JSONValue] {
        switch route.operation {
        case .list(let resource):
            let asked = resource.name == "acl" ? [parameter("acl_name")] : []
            return parents + asked + [parameter("transaction_id")] + full
        case .get: return parents + [parameter("transaction_id")] + full
        case .create, .replace, .replaceAll: return parents + changing + full
        case .delete(let resource):
            // An oddity of the original.
            return parents + changing + (resource.section == "defaults" ? full : [])
        case .version, .listSites, .getSite: return [parameter("transaction_id")]
        case .readRaw: return [parameter("transaction_id"), parameter("version", "integer")]
        case .writeRaw:
            return ["skip_version", "skip_reload", "only_validate", "force_reload"].map { parameter($0, "boolean") }
                + [parameter("version", "integer")]
        case .listTransactions:
            var status = parameter("status").object ?? JSONObject()
            status["enum"] = ["failed", "in_progress"]
            return [.object(status)]
        case .startTransaction: return [parameter("version", "integer", required: true)]
        case .service(let service): return service.parameters.map { parameter($0) }
        case .commitTransaction: return [parameter("force_reload", "boolean")]
        default: return []
        }
    }

    private var body: [JSONValue] {
        switch route.operation {
        case .create(let resource), .replace(let resource): return [body(DefinitionTable.reference(resource.name))]
        case .replaceAll(let resource):
            return [body(DefinitionTable.list(DefinitionTable.reference(resource.name)))]
        case .writeRaw: return [body(["type": "string"])]
        case .service(let service): return service.body.map { [body($0)] } ?? []
        default: return []
        }
    }

    private func body(_ schema: JSONValue) -> JSONValue {
        ["name": "data", "in": "body", "required": true, "schema": schema]
    }

    private func body(_ body: ServiceRoute.Body) -> JSONValue {
        switch body {
        case .json(let name): ["name": .string(name), "in": "body", "schema": [:]]
        case .text: self.body(["type": "string"])
        case .upload: parameter("file_upload", in: "formData", "file")
        }
    }

    private func parameter(_ query: ServiceRoute.Parameter) -> JSONValue {
        var object = parameter(query.name, query.type, required: query.isRequired).object ?? JSONObject()
        if !query.values.isEmpty { object["enum"] = .array(query.values.map { .string($0) }) }
        return .object(object)
    }

    private var changing: [JSONValue] {
        [parameter("transaction_id"), parameter("version", "integer"), parameter("force_reload", "boolean")]
    }

    private var full: [JSONValue] {
        guard route.version == .v3, route.resource?.section != nil else { return [] }
        return [parameter("full_section", "boolean")]
    }

    /// Those that name the section.
    private var parents: [JSONValue] {
        guard let resource = route.resource, route.parent == nil, let first = resource.parents(route.version).first
        else { return [] }
        switch resource.addressing {
        case .parameter, .parameterOrPath: return [parameter(first.parameter, required: true)]
        case .typedOrPath:
            // Where there may be a section without a name, its name may be left out.
            let isNamed = !resource.parents.contains(.defaults)
            return [parameter("parent_name", required: isNamed), type(isRequired: true)]
        case .anyOrPath: return [parameter(first.parameter), parameter("parent_name"), type(isRequired: false)]
        }
    }

    private func type(isRequired: Bool) -> JSONValue {
        var type = parameter("parent_type", required: isRequired).object ?? JSONObject()
        let types = route.resource?.parents(route.version).map { JSONValue.string($0.type) } ?? []
        type["enum"] = .array(types)
        return .object(type)
    }

    private func parameter(
        _ name: String,
        in place: String = "query",
        _ type: String = "string",
        required: Bool = false
    ) -> JSONValue {
        ["name": .string(name), "in": .string(place), "type": .string(type), "required": .boolean(required)]
    }
}
