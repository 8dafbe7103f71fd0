internal import ProxyConfig

extension ServiceRoute {
    static let sites: [ServiceRoute] = {
        let path = ["services", "haproxy", "sites"]
        let item = path + ["{name}"]
        let routes =
            of(both, "POST", path) { plane, call throws(APIError) in try plane.createSite(call) }
            .answering(201, 202, 400, 409)
            + of(both, "PUT", item) { plane, call throws(APIError) in try plane.replaceSite(call) }
            .answering(200, 202, 400, 404)
            + of(both, "DELETE", item) { plane, call throws(APIError) in try plane.deleteSite(call) }
            .answering(202, 204, 404)
        return routes.taking("transaction_id").taking("version", "integer").taking("force_reload", "boolean")
    }()
}

extension DataPlane {
    func createSite(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let json = try call.json()
        let site = try SiteBody(json, call.request.schemas)
        return try change(call.request, created: 201, json) { file throws(APIError) in
            guard file.section("frontend", site.name) == nil else { throw .exists("site \(site.name)") }
            try site.create(in: &file)
        }
    }

    func replaceSite(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let json = try call.json()
        let site = try SiteBody(json, call.request.schemas)
        guard site.name == call.argument("name") else {
            throw APIError(400, "name in body is not that of the path: sites are not renamed")
        }
        return try change(call.request, created: 200, json) { file throws(APIError) in
            guard file.section("frontend", site.name) != nil else { throw .missing("site \(site.name)") }
            try site.replace(in: &file)
        }
    }

    /// Deletes the frontend, and the backends that nobody else uses.
    func deleteSite(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let name = call.argument("name")
        return try change(call.request, created: 204, nil) { file throws(APIError) in
            let farms = SiteBody.backends(of: name, in: file)
            guard file.remove("frontend", name) else { throw .missing("site \(name)") }
            SiteBody.removeUnused(farms, in: &file)
        }
    }
}

/// A site in a body: a frontend with its binds, and the backends that it uses with their servers.
struct SiteBody {
    /// One backend, and how the frontend uses it.
    private struct Farm {
        var name: String
        /// The members of the backend that a farm has; those that are not given stay.
        var backend: JSONObject
        /// nil if they are not given.
        var servers: [JSONObject]?
        /// The rule that chooses it; nil for the default.
        var rule: JSONObject?
    }

    let name: String
    private let version: APIVersion
    /// The members of the frontend that a site has; nil if they are not given.
    private let service: JSONObject?
    private let listeners: [JSONObject]
    private let farms: [Farm]

    private static let serviceMembers = ["mode", "maxconn", "http_connection_mode"]
    private static let farmMembers = ["mode", "balance", "forwardfor"]

    /// - Throws: 422 naming the member that is wrong.
    init(_ json: JSONValue, _ version: APIVersion) throws(APIError) {
        let body = try BodyMembers(json)
        try body.allow(only: ["name", "service", "farms"])
        self.version = version
        name = try body.required("name")
        var frontend: JSONObject = ["name": .string(name)]
        var binds: [JSONObject] = []
        if let json = body.object["service"], json != .null {
            let members = try BodyMembers(json)
            try members.allow(only: Self.serviceMembers + ["listeners"])
            for member in Self.serviceMembers { frontend[member] = members.object[member] }
            for bind in try Self.array("service.listeners", members.object["listeners"]) {
                binds.append(try Self.validated(bind, .binds, version))
            }
            service = try Self.validated(.object(frontend), .frontends, version)
        } else {
            _ = try Self.validated(.object(frontend), .frontends, version)
            service = nil
        }
        listeners = binds
        var farms: [Farm] = []
        for json in try Self.array("farms", body.object["farms"]) { farms.append(try Self.farm(json, version)) }
        guard farms.count(where: { $0.rule == nil }) <= 1 else {
            throw APIError(400, "more than one farm is the default")
        }
        self.farms = farms
    }

    private static func farm(_ json: JSONValue, _ version: APIVersion) throws(APIError) -> Farm {
        let body = try BodyMembers(json)
        try body.allow(only: ["name", "use_as", "cond", "cond_test", "servers"] + farmMembers)
        let name = try body.required("name")
        var backend: JSONObject = ["name": .string(name)]
        for member in farmMembers { backend[member] = body.object[member] }
        var servers: [JSONObject]?
        if body.object["servers"] != nil {
            servers = []
            for server in try array("servers", body.object["servers"]) {
                servers?.append(try validated(server, .servers, version))
            }
        }
        var rule: JSONObject?
        guard let use = try body.string("use_as", oneOf: ["default", "conditional"]) else {
            throw .violation(.required, "use_as in body is required")
        }
        if use == "conditional" {
            rule = [
                "index": 0, "name": .string(name), "cond": .string(try body.required("cond")),
                "cond_test": .string(try body.required("cond_test")),
            ]
        }
        return Farm(
            name: name,
            backend: try validated(.object(backend), .backends, version),
            servers: servers,
            rule: try rule.map { rule throws(APIError) in try validated(.object(rule), .backendSwitchingRules, .v2) }
        )
    }

    private static func array(_ name: String, _ value: JSONValue?) throws(APIError) -> [JSONValue] {
        guard let value, value != .null else { return [] }
        guard let array = value.array else { throw .violation(.type, "\(name) in body must be of type array") }
        return array
    }

    private static func validated(
        _ json: JSONValue,
        _ resource: Resource,
        _ version: APIVersion
    ) throws(APIError) -> JSONObject {
        try ObjectBody(objects: Objects(resource: resource, version: version), isFull: false).read(json, key: nil)
    }

    // MARK: - Changing

    private var frontends: Objects { Objects(resource: .frontends, version: version) }
    private var defaultBackend: JSONValue? { farms.first { $0.rule == nil }.map { .string($0.name) } }

    func create(in file: inout ConfigurationFile) throws(APIError) {
        var frontend = service ?? ["name": .string(name)]
        frontend["default_backend"] = defaultBackend
        try frontends.create(frontend, in: &file)
        try put(listeners, .binds, Section.Reference(kind: "frontend", name: name), in: &file)
        try putFarms(in: &file)
    }

    /// What a site has is replaced; the frontend's and the backends' other members stay.
    func replace(in file: inout ConfigurationFile) throws(APIError) {
        let former = Self.backends(of: name, in: file)
        var frontend = try frontends.get(name, in: file)
        if let service {
            for member in Self.serviceMembers { frontend[member] = service[member] }
            try put(listeners, .binds, Section.Reference(kind: "frontend", name: name), in: &file)
        }
        frontend["default_backend"] = defaultBackend
        try frontends.replace(name, frontend, in: &file)
        try putFarms(in: &file)
        Self.removeUnused(former.filter { name in !farms.contains { $0.name == name } }, in: &file)
    }

    private func putFarms(in file: inout ConfigurationFile) throws(APIError) {
        let backends = Objects(resource: .backends, version: version)
        for farm in farms {
            if file.section("backend", farm.name) == nil {
                try backends.create(farm.backend, in: &file)
            } else {
                var backend = try backends.get(farm.name, in: file)
                for member in Self.farmMembers where farm.backend[member] != nil {
                    backend[member] = farm.backend[member]
                }
                try backends.replace(farm.name, backend, in: &file)
            }
            if let servers = farm.servers {
                try put(servers, .servers, Section.Reference(kind: "backend", name: farm.name), in: &file)
            }
        }
        let parent = Section.Reference(kind: "frontend", name: name)
        let rules = Objects(resource: .backendSwitchingRules, version: .v2, parent: parent)
        try rules.replaceAll(farms.compactMap { $0.rule }, in: &file)
    }

    /// Makes the named lines of a section those of `wanted`; lines that stay are not written anew.
    private func put(
        _ wanted: [JSONObject],
        _ resource: Resource,
        _ parent: Section.Reference,
        in file: inout ConfigurationFile
    ) throws(APIError) {
        let objects = Objects(resource: resource, version: version, parent: parent)
        let names = Set(wanted.compactMap { $0["name"]?.string })
        var known: Set<String> = []
        for name in objects.list(in: file).compactMap({ $0["name"]?.string }) {
            if names.contains(name) { known.insert(name) } else { try objects.delete(name, in: &file) }
        }
        for object in wanted {
            if let name = object["name"]?.string, known.contains(name) {
                try objects.replace(name, object, in: &file)
            } else {
                try objects.create(object, in: &file)
            }
        }
    }

    /// The backends that a frontend names.
    static func backends(of frontend: String, in file: ConfigurationFile) -> Set<String> {
        file.section("frontend", frontend).map { backends(of: $0) } ?? []
    }

    private static func backends(of section: Section) -> Set<String> {
        Set(
            section.lines.lazy.map { $0.words }.filter { words in
                words.count > 1 && ["default_backend", "use_backend"].contains(words[0])
            }.map { $0[1] }
        )
    }

    /// Removes those of the backends that no frontend names.
    static func removeUnused(_ names: Set<String>, in file: inout ConfigurationFile) {
        guard !names.isEmpty else { return }
        var unused = names
        for section in file.sections where ["frontend", "listen", "defaults"].contains(section.kind) {
            unused.subtract(backends(of: section))
        }
        for name in unused.sorted() { file.remove("backend", name) }
    }
}
