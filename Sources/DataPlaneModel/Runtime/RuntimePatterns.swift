internal import RuntimeAPI

extension ServiceRoute {
    static let runtimeACLs: [ServiceRoute] = {
        let path = runtimePath + ["acls"]
        return of(both, "GET", path) { plane, _ throws(APIError) in try plane.listRuntimeACLs() }
            .giving("acl_file")
            + of(both, "GET", path + ["{id}"]) { plane, call throws(APIError) in try plane.getRuntimeACL(call) }
            .giving("acl_file")
            + (entries("v2", runtimePath + ["acl_file_entries"]).taking("acl_id", isRequired: true)
            + entries("v3", path + ["{parent_name}", "entries"])).giving("acl_file_entry")
    }()

    private static func entries(_ version: String, _ path: [String]) -> [ServiceRoute] {
        let item = path + ["{id}"]
        return of([version], "GET", path) { plane, call throws(APIError) in try plane.listACLEntries(call) }
            .answering(200, 400, 404)
            + of([version], "POST", path) { plane, call throws(APIError) in try plane.addACLEntry(call) }
            + of([version], "PUT", path) { plane, call throws(APIError) in try plane.addACLEntries(call) }
            .answering(201, 400, 404)
            + of([version], "GET", item) { plane, call throws(APIError) in try plane.getACLEntry(call) }
            .answering(200, 400, 404)
            + of([version], "DELETE", item) { plane, call throws(APIError) in try plane.deleteACLEntry(call) }
    }
}

/// Patterns of acls in the memory of the running process.
extension DataPlane {
    func listRuntimeACLs() throws(APIError) -> APIResponse {
        APIResponse(200, .array(try ask(ShowPatternFiles(.acl)).map { Self.object($0) }))
    }

    func getRuntimeACL(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        APIResponse(200, Self.object(try patternFile(.acl, call.argument("id"))))
    }

    func listACLEntries(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let acl = try patternFile(.acl, try call.parent("acl_id"))
        return APIResponse(200, .array(try ask(ShowPatterns(.acl, acl)).map { Self.object($0) }))
    }

    func addACLEntry(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let acl = try patternFile(.acl, try call.parent("acl_id"))
        let pattern = try Self.pattern(try call.body())
        if try ask(ShowPatterns(.acl, acl)).contains(where: { $0.key == pattern }) {
            throw .exists("acl entry \(pattern)")
        }
        try ask(AddPattern(to: acl, pattern: pattern))
        let entry = try ask(ShowPatterns(.acl, acl)).first { $0.key == pattern }
        return APIResponse(201, entry.map { Self.object($0) })
    }

    /// Adds all entries of the body.
    func addACLEntries(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let acl = try patternFile(.acl, try call.parent("acl_id"))
        let json = try call.json()
        guard let items = json.array else { throw .violation(.type, "body must be of type array") }
        var patterns: [String] = []
        for item in items { patterns.append(try Self.pattern(try BodyMembers(item))) }
        for pattern in patterns { try ask(AddPattern(to: acl, pattern: pattern)) }
        return APIResponse(201, json)
    }

    func getACLEntry(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        APIResponse(200, Self.object(try patternEntry(.acl, call, "acl_id").entry))
    }

    func deleteACLEntry(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let (acl, entry) = try patternEntry(.acl, call, "acl_id")
        try ask(DeletePattern(.acl, entry, in: acl))
        return APIResponse(204)
    }

    /// The file that a client means: by its number with or without `#`, its path, or its last component. One below the
    /// directory of maps goes before others of the same name.
    func patternFile(_ kind: PatternKind, _ wanted: String) throws(APIError) -> PatternFile {
        let files = try ask(ShowPatternFiles(kind))
        let id = wanted.hasPrefix("#") ? String(wanted.dropFirst()) : wanted
        let managed = "\(settings.directories.maps)/\(wanted)"
        let found =
            files.first { $0.path == managed } ?? files.first { $0.id == id || $0.path == wanted }
            ?? files.first { $0.name == wanted && !wanted.isEmpty }
        guard let found else { throw .missing("\(kind.rawValue) \(wanted)") }
        return found
    }

    /// The entry that the path names by its key or its reference, and the file it is in.
    ///
    /// - Parameter query: The name of the file's parameter in v2.
    func patternEntry(
        _ kind: PatternKind,
        _ call: ServiceRequest,
        _ query: String
    ) throws(APIError) -> (file: PatternFile, entry: PatternEntry) {
        let file = try patternFile(kind, try call.parent(query))
        let wanted = call.argument("id")
        guard let entry = try ask(ShowPatterns(kind, file)).first(where: { $0.key == wanted || $0.id == wanted }) else {
            throw .missing("\(kind.rawValue) entry \(wanted)")
        }
        return (file, entry)
    }

    private static func pattern(_ body: BodyMembers) throws(APIError) -> String {
        try body.allow(only: ["id", "value"])
        return try body.required("value")
    }

    private static func object(_ file: PatternFile) -> JSONValue {
        ["id": .string(file.id), "storage_name": .string(file.path), "description": .string(file.description)]
    }

    private static func object(_ entry: PatternEntry) -> JSONValue {
        ["id": .string(entry.id), "value": .string(entry.key)]
    }
}
