extension Route {
    /// What is served of one version.
    static func served(_ version: APIVersion) -> [Route] {
        let prefix = [version.rawValue]
        let service = prefix + ["services", "haproxy"]
        let configuration = service + ["configuration"]
        var routes: [Route] = []
        func add(_ method: String, _ path: [String], _ operation: Operation) {
            routes.append(Route(version: version, method: method, path: path, operation: operation))
        }
        add("GET", prefix + ["info"], .info)
        add("GET", prefix + ["health"], .health)
        add("GET", prefix + ["specification"], .specification)
        add("GET", prefix + ["specification_openapiv3"], .specification3)
        add("GET", configuration + ["version"], .version)
        add("GET", configuration + ["raw"], .readRaw)
        add("POST", configuration + ["raw"], .writeRaw)
        add("GET", service + ["transactions"], .listTransactions)
        add("POST", service + ["transactions"], .startTransaction)
        add("GET", service + ["transactions", "{id}"], .getTransaction)
        add("PUT", service + ["transactions", "{id}"], .commitTransaction)
        add("DELETE", service + ["transactions", "{id}"], .deleteTransaction)
        add("GET", service + ["sites"], .listSites)
        add("GET", service + ["sites", "{name}"], .getSite)
        add("GET", service + ["reloads"], .listReloads)
        add("GET", service + ["reloads", "{id}"], .getReload)
        for path in [prefix, prefix + ["services"], service, configuration] { add("GET", path, .discovery) }
        for name in ["runtime", "spoe", "stats", "storage"] { add("GET", service + [name], .discovery) }
        for resource in Resource.all where resource.versions.contains(version.set) {
            routes += Self.routes(of: resource, version, configuration)
        }
        for service in ServiceRoute.all where service.path.first == version.rawValue {
            add(service.method, service.path, .service(service))
        }
        return routes
    }

    private static func routes(of resource: Resource, _ version: APIVersion, _ base: [String]) -> [Route] {
        let isNested: Bool
        switch resource.addressing {
        case .parameter: isNested = false
        case .parameterOrPath, .typedOrPath, .anyOrPath: isNested = version == .v3
        }
        guard isNested else { return routes(of: resource, version, base, parent: nil) }
        return resource.parents(version).flatMap { parent in
            let path = base + [parent.path] + (parent.isSingle ? [] : ["{parent_name}"])
            return routes(of: resource, version, path, parent: parent)
        }
    }

    private static func routes(
        of resource: Resource,
        _ version: APIVersion,
        _ base: [String],
        parent: Parent?
    ) -> [Route] {
        let path = base + [resource.path(version)]
        func route(_ method: String, _ path: [String], _ operation: Operation) -> Route {
            Route(version: version, method: method, path: path, operation: operation, parent: parent)
        }
        switch resource.identity {
        case .none: return [route("GET", path, .get(resource)), route("PUT", path, .replace(resource))]
        case .index:
            let item = path + ["{index}"]
            let isInPath = version == .v3
            return [
                route("GET", path, .list(resource)),
                isInPath ? route("PUT", path, .replaceAll(resource)) : route("POST", path, .create(resource)),
                route("GET", item, .get(resource)),
            ] + (isInPath ? [route("POST", item, .create(resource))] : []) + [
                route("PUT", item, .replace(resource)),
                route("DELETE", item, .delete(resource)),
            ]
        case .member(let member):
            let item = path + ["{\(member)}"]
            var routes = [route("GET", path, .list(resource)), route("POST", path, .create(resource))]
            // An oddity of the original: both mean the same.
            if resource.section == "defaults", version == .v3 { routes.append(route("PUT", path, .create(resource))) }
            routes.append(route("GET", item, .get(resource)))
            if resource.isReplaceable { routes.append(route("PUT", item, .replace(resource))) }
            return routes + [route("DELETE", item, .delete(resource))]
        }
    }
}
