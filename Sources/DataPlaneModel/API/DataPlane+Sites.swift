internal import ProxyConfig

extension DataPlane {
    /// A site is a frontend with its binds, and the backends that it uses with their servers. Read only.
    func sites(_ request: APIRequest) throws(APIError) -> APIResponse {
        let version = request.schemas
        return try view(request) { file in
            .array(file.sections.filter { $0.kind == "frontend" }.map { .object(Self.site($0, in: file, version)) })
        }
    }

    func site(_ name: String, _ request: APIRequest) throws(APIError) -> APIResponse {
        let version = request.schemas
        return try view(request) { file throws(APIError) in
            guard let section = file.section("frontend", name) else { throw .missing("site \(name)") }
            return .object(Self.site(section, in: file, version))
        }
    }

    private static func site(_ section: Section, in file: ConfigurationFile, _ version: APIVersion) -> JSONObject {
        let frontend = Resource.frontends.schema(version).sections.decode(section)
        var service = JSONObject()
        for name in ["mode", "maxconn", "http_connection_mode"] where frontend[name] != nil {
            service[name] = frontend[name]
        }
        let binds = Objects(resource: .binds, version: version, parent: section.reference).list(in: file)
        if !binds.isEmpty { service["listeners"] = .array(binds.map { .object($0) }) }
        var site: JSONObject = ["name": .string(section.name ?? ""), "service": .object(service)]
        var farms: [JSONObject] = []
        let rules = Objects(resource: .backendSwitchingRules, version: version, parent: section.reference)
        for rule in rules.list(in: file) {
            guard let name = rule["name"]?.string, var farm = farm(name, in: file, version) else { continue }
            farm["use_as"] = "conditional"
            for member in ["cond", "cond_test"] where rule[member] != nil { farm[member] = rule[member] }
            farms.append(farm)
        }
        if let name = frontend["default_backend"]?.string, var farm = farm(name, in: file, version) {
            farm["use_as"] = "default"
            farms.append(farm)
        }
        if !farms.isEmpty { site["farms"] = .array(farms.map { .object($0) }) }
        return site
    }

    private static func farm(_ name: String, in file: ConfigurationFile, _ version: APIVersion) -> JSONObject? {
        guard let section = file.section("backend", name) else { return nil }
        let backend = Resource.backends.schema(version).sections.decode(section)
        var farm: JSONObject = ["name": .string(name)]
        for member in ["mode", "balance", "forwardfor"] where backend[member] != nil { farm[member] = backend[member] }
        let servers = Objects(resource: .servers, version: version, parent: section.reference).list(in: file)
        if !servers.isEmpty { farm["servers"] = .array(servers.map { .object($0) }) }
        return farm
    }
}
