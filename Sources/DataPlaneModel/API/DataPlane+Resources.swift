internal import ProxyConfig

extension DataPlane {
    /// Serves every resource: what differs between them is in their descriptions.
    func resource(_ route: Route, _ keys: [String: String], _ request: APIRequest) throws(APIError) -> APIResponse {
        guard let resource = route.resource else { throw APIError(404, "no such resource") }
        let parent = try parent(of: resource, route, keys, request)
        let objects = Objects(resource: resource, version: route.version, parent: parent)
        let isAsked = try request.flag("full_section")
        let isFull = isAsked && route.version == .v3 && resource.section != nil
        let key = route.key.flatMap { keys[$0] }
        let bodies = ObjectBody(objects: objects, isFull: isFull)
        switch route.operation {
        case .list:
            if case .section(let kind) = resource.placement, !isFull {
                return try longList(objects, kind, request)
            }
            return try view(request) { file throws(APIError) in
                let found = objects.list(in: file).map { isFull ? objects.full($0, in: file) : $0 }
                return .array(found.filter { resource.isAsked($0, request) }.map { .object($0) })
            }
        case .get:
            return try view(request) { file throws(APIError) in
                let object = try objects.get(key, in: file)
                return .object(isFull ? objects.full(object, in: file) : object)
            }
        case .create:
            let object = try bodies.read(try json(request), key: key)
            return try change(request, created: 201, .object(bodies.said(object))) { file throws(APIError) in
                try objects.create(object, in: &file)
                if isFull { try objects.replaceChildren(object, in: &file) }
            }
        case .replace:
            let object = try bodies.read(try json(request), key: key)
            return try change(request, created: 200, .object(bodies.said(object))) { file throws(APIError) in
                try objects.replace(key, object, in: &file)
                if isFull { try objects.replaceChildren(object, in: &file) }
            }
        case .replaceAll:
            let list = try bodies.readList(try json(request))
            return try change(request, created: 200, .array(list.map { .object($0) })) { file throws(APIError) in
                try objects.replaceAll(list, in: &file)
            }
        default:
            return try change(request, created: 204, nil) { file throws(APIError) in
                try objects.delete(key, in: &file)
            }
        }
    }

    /// The section that the request speaks of: the one that its path or its query names.
    private func parent(
        of resource: Resource,
        _ route: Route,
        _ keys: [String: String],
        _ request: APIRequest
    ) throws(APIError) -> Section.Reference? {
        if let parent = route.parent {
            let name = parent.isSingle ? nil : Objects.name(keys["parent_name"], kind: parent.section)
            return Section.Reference(kind: parent.section, name: name)
        }
        let parents = resource.parents(route.version)
        guard let first = parents.first else { return nil }
        for parent in parents {
            if let name = request.parameter(parent.parameter) {
                return Section.Reference(kind: parent.section, name: Objects.name(name, kind: parent.section))
            }
        }
        let type = request.parameter("parent_type")
        let types = parents.map { $0.type }
        guard let parent = type == nil ? first : parents.first(where: { $0.type == type }) else {
            throw .violation(.oneOf, "parent_type in query should be one of [\(types.joined(separator: " "))]")
        }
        if type == nil, case .typedOrPath = resource.addressing {
            throw .violation(.required, "parent_type in query is required")
        }
        guard let name = request.parameter("parent_name") else {
            // There is one without a name.
            if parent.isSingle || parent == .defaults { return Section.Reference(kind: parent.section) }
            let missing = type == nil ? parent.parameter : "parent_name"
            throw .violation(.required, "\(missing) in query is required")
        }
        return Section.Reference(kind: parent.section, name: Objects.name(name, kind: parent.section))
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
        var response = APIResponse(
            200,
            request.schemas == .v3 ? data : ["_version": .integer(snapshot.version), "data": data]
        )
        response.headers.append(("Configuration-Version", String(snapshot.version)))
        return response
    }

    /// Answers with the objects of sections, of which there may be thousands.
    private func longList(_ objects: Objects, _ kind: String, _ request: APIRequest) throws(APIError) -> APIResponse {
        let snapshot = try snapshot(request)
        let isBare = request.schemas == .v3
        // What is in a transaction is asked for less often, and would push out what is in effect.
        let cache = request.parameter("transaction_id") == nil ? lists : ListCache()
        let name = "\(objects.version) \(objects.resource.name)"
        var memory = SectionCoding.Memory()
        let list = cache.list(name, of: snapshot.file.sections) { section in
            guard section.kind == kind, objects.isListed(section) else { return nil }
            return JSONValue.object(objects.decode(section, &memory)).utf8
        }
        var response = APIResponse(200)
        response.headers.append(("Content-Type", "application/json"))
        response.headers.append(("Configuration-Version", String(snapshot.version)))
        let (head, tail) = isBare ? ("", "\n") : ("{\"_version\":\(snapshot.version),\"data\":", "}\n")
        response.body = Array(head.utf8) + list + Array(tail.utf8)
        return response
    }

    /// Makes one change, in the transaction that the request names or as a transaction of its own.
    ///
    /// - Parameters:
    ///   - created: The status where the change is in effect; 202 where it is accepted.
    ///   - object: The answer's body.
    func change(
        _ request: APIRequest,
        created: Int,
        _ object: JSONValue?,
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
                let warnings = try admit(from: transaction.file, to: file)
                try state.workspace.change(id, to: file)
                let accepted = Committed(version: transaction.version, warnings: warnings)
                return Self.answer(202, object, version: transaction.version, accepted)
            }
        }
        return try turns.alone { () throws(APIError) in
            let former = try read { state in state.workspace.snapshot }
            guard version == former.version else { throw .versionMismatch }
            var file = former.file
            try body(&file)
            guard file != former.file else { return Self.answer(created, object, version: former.version) }
            let committed = try commit(file, over: former, reload: isForced ? .now : .soon)
            let isAccepted = committed.reload != nil && !isForced
            return Self.answer(isAccepted ? 202 : created, object, version: committed.version, committed)
        }
    }

    static func answer(
        _ status: Int,
        _ object: JSONValue?,
        version: Int,
        _ committed: Committed? = nil
    ) -> APIResponse {
        var response = APIResponse(status, object)
        response.headers.append(("Configuration-Version", String(version)))
        if status == 202, let reload = committed?.reload { response.headers.append(("Reload-ID", reload)) }
        for warning in committed?.warnings ?? [] { response.headers.append(("Warning", Self.warning(warning))) }
        response.remark = committed?.remark
        response.change = committed?.change
        return response
    }
}
