internal import ProxyConfig

extension DataPlane {
    /// Serves every resource: what differs between them is in their descriptions.
    func resource(_ operation: Operation, _ key: String?, _ request: APIRequest) throws(APIError) -> APIResponse {
        switch operation {
        case .list(let resource): return try list(resource, request)
        case .get(let resource): return try get(resource, key, request)
        case .create(let resource):
            let body = try object(resource, request, key: nil)
            return try change(request, created: 201, body) { file throws(APIError) in
                try objects(resource, request).create(body, in: &file)
            }
        case .replace(let resource):
            let body = try object(resource, request, key: key)
            return try change(request, created: 200, body) { file throws(APIError) in
                try objects(resource, request).replace(key, body, in: &file)
            }
        case .delete(let resource):
            return try change(request, created: 204, nil) { file throws(APIError) in
                try objects(resource, request).delete(key, in: &file)
            }
        default: throw APIError(404, "no such resource")
        }
    }

    private func list(_ resource: Resource, _ request: APIRequest) throws(APIError) -> APIResponse {
        let objects = try objects(resource, request)
        return try view(request) { file throws(APIError) in .array(objects.list(in: file).map { .object($0) }) }
    }

    private func get(_ resource: Resource, _ key: String?, _ request: APIRequest) throws(APIError) -> APIResponse {
        let objects = try objects(resource, request)
        return try view(request) { file throws(APIError) in .object(try objects.get(key, in: file)) }
    }

    /// The objects that the request speaks of: those of the parent that its query names.
    private func objects(_ resource: Resource, _ request: APIRequest) throws(APIError) -> Objects {
        guard let parent = resource.parent else { return Objects(resource: resource) }
        var name = request.parameter(parent.kind)
        if name == nil, parent.allowsParentType {
            if let type = request.parameter("parent_type"), type != parent.kind {
                throw .violation(.oneOf, "parent_type in query should be one of [\(parent.kind)]")
            }
            name = request.parameter("parent_name")
        }
        guard let name else { throw .violation(.required, "\(parent.kind) in query is required") }
        return Objects(resource: resource, parentName: name)
    }

    /// The body as an object of the resource. What the path says may be left out of it.
    private func object(_ resource: Resource, _ request: APIRequest, key: String?) throws(APIError) -> JSONObject {
        var body = try json(request)
        if let key, var object = body.object {
            if resource.identity == .index {
                object["index"] = Int(key).map { .integer($0) }
            } else if object["name"] == nil || object["name"] == "" {
                object["name"] = .string(key)
            } else if object["name"]?.string != key {
                throw APIError(400, "name in body is not that of the path: \(resource.name)s are not renamed")
            }
            body = .object(object)
        }
        let object = try Validator.validated(body, resource.fields)
        if case .line(let keyword) = resource.placement, resource.grammar.encode(object).first?.isEmpty ?? true {
            throw .violation(.required, "address in body is required for a \(keyword)")
        }
        return object
    }

    private func json(_ request: APIRequest) throws(APIError) -> JSONValue {
        if let type = request.contentType, type != "application/json" {
            throw .unsupported(type, allowed: ["application/json"])
        }
        guard !request.body.isEmpty else { throw .violation(.required, "data in body is required") }
        do throws(JSONError) {
            return try JSONParser.parse(request.body)
        } catch {
            throw APIError(400, "parsing data body from \"\" failed, because \(error)")
        }
    }

    // MARK: - Versions and transactions

    /// Answers with what `body` finds in the configuration that the request means, and its version.
    func view(
        _ request: APIRequest,
        _ body: (ConfigurationFile) throws(APIError) -> JSONValue
    ) throws(APIError) -> APIResponse {
        let snapshot = try snapshot(request)
        let data = try body(snapshot.file)
        var response = APIResponse(200, ["_version": .integer(snapshot.version), "data": data])
        response.headers.append(("Configuration-Version", String(snapshot.version)))
        return response
    }

    /// Makes one change, in the transaction that the request names or as a transaction of its own.
    ///
    /// - Parameters:
    ///   - created: The status where the change is in effect; 202 where it is accepted.
    ///   - object: The answer's body.
    private func change(
        _ request: APIRequest,
        created: Int,
        _ object: JSONObject?,
        _ body: (inout ConfigurationFile) throws(APIError) -> Void
    ) throws(APIError) -> APIResponse {
        let isForced = try request.flag("force_reload")
        let id = request.parameter("transaction_id")
        let version = try request.number("version")
        switch (id, version) {
        case (nil, nil): throw .versionMissing
        case (.some, .some): throw APIError(400, "both version and transaction specified, specify only one")
        case (.some, nil) where isForced:
            throw APIError(400, "both transaction and force reload specified, specify only one")
        default: break
        }
        if let id {
            return try read { state throws(APIError) in
                let transaction = try state.workspace.transaction(id, now: state.now, missing: 400)
                guard transaction.status != .failed else {
                    throw APIError(406, "transaction \(id) is failed and cannot be committed")
                }
                var file = transaction.file
                try body(&file)
                try state.workspace.change(id, to: file)
                return Self.answer(202, object, version: transaction.version)
            }
        }
        return try turns.alone { () throws(APIError) in
            let former = try read { state in state.workspace.snapshot }
            guard version == former.version else { throw .versionMismatch }
            var file = former.file
            try body(&file)
            guard file != former.file else { return Self.answer(created, object, version: former.version) }
            let committed = try commit(file, over: former)
            let isAccepted = committed.reload != nil && !isForced
            return Self.answer(isAccepted ? 202 : created, object, version: committed.version, committed)
        }
    }

    static func answer(
        _ status: Int,
        _ object: JSONObject?,
        version: Int,
        _ committed: Committed? = nil
    ) -> APIResponse {
        var response = APIResponse(status, object.map { .object($0) })
        response.headers.append(("Configuration-Version", String(version)))
        if status == 202, let reload = committed?.reload { response.headers.append(("Reload-ID", reload)) }
        response.remark = committed?.remark
        response.change = committed?.change
        return response
    }
}
