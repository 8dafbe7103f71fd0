internal import Files
internal import RuntimeAPI
internal import Syscalls

extension ServiceRoute {
    static let runtimeMaps: [ServiceRoute] = {
        let path = runtimePath + ["maps"]
        let item = path + ["{name}"]
        return of(both, "GET", path) { plane, call throws(APIError) in try plane.listRuntimeMaps(call) }
            .taking("include_unmanaged", "boolean").giving("map")
            + of(both, "GET", item) { plane, call throws(APIError) in try plane.getRuntimeMap(call) }
            .giving("map")
            + of(both, "PUT", item) { plane, call throws(APIError) in try plane.addToRuntimeMap(call) }
            .taking("force_sync", "boolean").answering(201, 400, 404)
            + of(both, "DELETE", item) { plane, call throws(APIError) in try plane.clearRuntimeMap(call) }
            .taking("forceDelete", "boolean").taking("force_sync", "boolean")
            + (entries("v2", runtimePath + ["maps_entries"]).taking("map", isRequired: true)
            + entries("v3", path + ["{parent_name}", "entries"])).giving("map_entry")
    }()

    private static func entries(_ version: String, _ path: [String]) -> [ServiceRoute] {
        let item = path + ["{id}"]
        return of([version], "GET", path) { plane, call throws(APIError) in try plane.listMapEntries(call) }
            + of([version], "POST", path) { plane, call throws(APIError) in try plane.addMapEntry(call) }
            .taking("force_sync", "boolean")
            + of([version], "GET", item) { plane, call throws(APIError) in try plane.getMapEntry(call) }
            + of([version], "PUT", item) { plane, call throws(APIError) in try plane.replaceMapEntry(call) }
            .taking("force_sync", "boolean")
            + of([version], "DELETE", item) { plane, call throws(APIError) in try plane.deleteMapEntry(call) }
            .taking("force_sync", "boolean")
    }
}

/// Maps in the memory of the running process; with `force_sync` also in their files, so that a reload keeps them.
extension DataPlane {
    /// The maps below the directory of maps; with `include_unmanaged` all.
    func listRuntimeMaps(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let takesAll = try call.request.flag("include_unmanaged")
        let maps = try ask(ShowPatternFiles(.map)).filter { takesAll || isManaged($0) }
        return APIResponse(200, .array(maps.map { Self.object($0) }))
    }

    func getRuntimeMap(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        APIResponse(200, Self.object(try patternFile(.map, call.argument("name"))))
    }

    /// Adds all entries of the body.
    func addToRuntimeMap(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let map = try patternFile(.map, call.argument("name"))
        let json = try call.json()
        guard let items = json.array else { throw .violation(.type, "body must be of type array") }
        var pairs: [(key: String, value: String)] = []
        for item in items { pairs.append(try Self.pair(try BodyMembers(item))) }
        let isSynced = try wantsFile(map, call)
        for pair in pairs { try ask(AddPattern(to: map, key: pair.key, value: pair.value)) }
        if isSynced { try synchronize(map) }
        return APIResponse(201, json)
    }

    /// Forgets the entries of a map; with `forceDelete` its file goes too.
    func clearRuntimeMap(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let map = try patternFile(.map, call.argument("name"))
        let deletesFile = try call.request.flag("forceDelete")
        if deletesFile {
            try refuseIfUsed(map.path)
            try refuseUnlessManaged(map)
        }
        let isSynced = try wantsFile(map, call)
        try ask(ClearPatterns(.map, map))
        if deletesFile {
            do throws(SystemError) {
                _ = try AtomicFile.remove(map.path)
            } catch {
                throw APIError(500, "the map was cleared, but its file is still there: \(error)")
            }
        } else if isSynced {
            try synchronize(map)
        }
        return APIResponse(204)
    }

    func listMapEntries(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let map = try patternFile(.map, try call.parent("map"))
        return APIResponse(200, .array(try ask(ShowPatterns(.map, map)).map { Self.object($0) }))
    }

    func addMapEntry(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let map = try patternFile(.map, try call.parent("map"))
        let pair = try Self.pair(try call.body())
        if try ask(ShowPatterns(.map, map)).contains(where: { $0.key == pair.key }) {
            throw .exists("map entry \(pair.key)")
        }
        let isSynced = try wantsFile(map, call)
        try ask(AddPattern(to: map, key: pair.key, value: pair.value))
        if isSynced { try synchronize(map) }
        let entry = try ask(ShowPatterns(.map, map)).first { $0.key == pair.key }
        return APIResponse(201, entry.map { Self.object($0) })
    }

    func getMapEntry(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        APIResponse(200, Self.object(try patternEntry(.map, call, "map").entry))
    }

    func replaceMapEntry(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        var (map, entry) = try patternEntry(.map, call, "map")
        let body = try call.body()
        try body.allow(only: ["id", "key", "value"])
        entry.value = try body.required("value")
        let isSynced = try wantsFile(map, call)
        try ask(SetMapValue(of: entry, in: map, to: entry.value))
        if isSynced { try synchronize(map) }
        return APIResponse(200, Self.object(entry))
    }

    func deleteMapEntry(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let (map, entry) = try patternEntry(.map, call, "map")
        let isSynced = try wantsFile(map, call)
        try ask(DeletePattern(.map, entry, in: map))
        if isSynced { try synchronize(map) }
        return APIResponse(204)
    }

    private func isManaged(_ file: PatternFile) -> Bool { file.path.hasPrefix(settings.directories.maps + "/") }

    /// Whether the client wants the map's file written. Asked before anything is changed: a flag that is none, and a file
    /// that is not ours to write, refuse the whole.
    private func wantsFile(_ map: PatternFile, _ call: ServiceRequest) throws(APIError) -> Bool {
        guard try call.request.flag("force_sync") else { return false }
        try refuseUnlessManaged(map)
        return true
    }

    private func refuseUnlessManaged(_ map: PatternFile) throws(APIError) {
        if isManaged(map) { return }
        throw APIError(400, "\(map.path) is not in the directory of maps, \(settings.directories.maps)")
    }

    /// Writes the entries in memory to the map's file.
    private func synchronize(_ map: PatternFile) throws(APIError) {
        let text = try ask(ShowPatterns(.map, map)).map { "\($0.key) \($0.value)\n" }.joined()
        do throws(SystemError) {
            try AtomicFile.replace(map.path, with: text)
        } catch {
            throw APIError(500, "the map is changed in memory, but its file is not: \(error)")
        }
    }

    private static func pair(_ body: BodyMembers) throws(APIError) -> (key: String, value: String) {
        try body.allow(only: ["id", "key", "value"])
        return (try body.required("key"), try body.required("value"))
    }

    private static func object(_ file: PatternFile) -> JSONValue {
        [
            "id": .string(file.id), "file": .string(file.path), "description": .string(file.description),
            "storage_name": .string(file.name),
        ]
    }

    private static func object(_ entry: PatternEntry) -> JSONValue {
        ["id": .string(entry.id), "key": .string(entry.key), "value": .string(entry.value)]
    }
}
