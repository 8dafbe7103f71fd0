internal import RuntimeAPI

extension ServiceRoute {
    static let runtimeServers: [ServiceRoute] =
        (methods("v2", runtimePath + ["servers"]).taking("backend", isRequired: true)
        + methods("v3", runtimePath + ["backends", "{parent_name}", "servers"])).giving("runtime_server")

    private static func methods(_ version: String, _ path: [String]) -> [ServiceRoute] {
        let item = path + ["{name}"]
        return of([version], "GET", path) { plane, call throws(APIError) in try plane.listRuntimeServers(call) }
            + of([version], "POST", path) { plane, call throws(APIError) in try plane.addRuntimeServer(call) }
            + of([version], "GET", item) { plane, call throws(APIError) in try plane.getRuntimeServer(call) }
            + of([version], "PUT", item) { plane, call throws(APIError) in try plane.replaceRuntimeServer(call) }
            + of([version], "DELETE", item) { plane, call throws(APIError) in try plane.deleteRuntimeServer(call) }
    }
}

/// Servers as the running process has them: every change is gone with the next reload.
extension DataPlane {
    func listRuntimeServers(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let backend = try call.parent("backend")
        do throws(APIError) {
            return APIResponse(200, .array(try runtimeServers(backend).map { .object($0.object(isV3: call.isV3)) }))
        } catch {
            // A list of a parent that is not there is empty.
            guard error.status == 404 else { throw error }
            return APIResponse(200, [])
        }
    }

    func getRuntimeServer(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let server = try runtimeServer(call.argument("name"), in: try call.parent("backend"))
        return APIResponse(200, .object(server.object(isV3: call.isV3)))
    }

    /// Sets the states that the body gives; in v3 also address, port and weight.
    func replaceRuntimeServer(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let backend = try call.parent("backend")
        let name = call.argument("name")
        let server = try runtimeServer(name, in: backend)
        let body = try call.body()
        let known = server.object(isV3: call.isV3).members.map { $0.name } + ServerState.members
        try body.allow(only: known)
        for change in try changes(of: server, body, isV3: call.isV3) {
            try ask(SetServer(name, in: backend, change))
        }
        let now = try runtimeServer(name, in: backend)
        var response = APIResponse(200, .object(now.object(isV3: call.isV3)))
        response.action = "server \(backend)/\(name) is \(now.admin.rawValue) at \(now.address)"
        return response
    }

    private func changes(
        of server: ServerState,
        _ body: BodyMembers,
        isV3: Bool
    ) throws(APIError) -> [SetServer.Change] {
        var changes: [SetServer.Change] = []
        let states = ServerState.Admin.allCases.map { $0.rawValue }
        if let text = try body.string("admin_state", oneOf: states), let state = ServerState.Admin(rawValue: text) {
            changes.append(.state(state))
        }
        let healths = ServerState.Operational.allCases.map { $0.rawValue }
        // A client that sends back what it was told means no change of what checks find.
        if let text = try body.string("operational_state", oneOf: healths),
            let health = ServerState.Operational(rawValue: text), health != server.operational
        {
            changes.append(.health(health))
        }
        guard isV3 else { return changes }
        let address = try body.string("address")
        let port = try body.integer("port", in: 1...65535)
        if address ?? server.address != server.address || port ?? server.port != server.port {
            changes.append(.address(address ?? server.address, port: port))
        }
        if let weight = try body.integer("weight", in: 0...256) { changes.append(.weight(weight)) }
        return changes
    }

    /// Adds a server, in maintenance until `admin_state` is set to `ready`.
    func addRuntimeServer(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        let backend = try call.parent("backend")
        var body = try call.body().object
        body["id"] = nil
        let schema = Resource.servers.schema(call.request.schemas)
        let object = try Validator.validated(.object(body), schema.fields)
        guard let name = object["name"]?.string, let syntax = schema.syntax else {
            throw .violation(.required, "name in body is required")
        }
        // `server <name> <address> …` without its first two words.
        try ask(AddServer(name, in: backend, Array(syntax.encode(object).dropFirst(2))))
        if object["check"] == "enabled" { try ask(EnableHealth(name, in: backend)) }
        return APIResponse(201, .object(object))
    }

    func deleteRuntimeServer(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        try ask(DeleteServer(call.argument("name"), in: try call.parent("backend")))
        return APIResponse(204)
    }

    private func runtimeServers(_ backend: String) throws(APIError) -> [ServerState] {
        try ask(ShowServersState(backend: backend))
    }

    private func runtimeServer(_ name: String, in backend: String) throws(APIError) -> ServerState {
        guard let server = try runtimeServers(backend).first(where: { $0.name == name }) else {
            throw .missing("server \(name) in backend \(backend)")
        }
        return server
    }
}

extension ServerState {
    /// Every member of `runtime_server` in v3.
    fileprivate static let members =
        ["id", "name", "address", "port", "admin_state", "operational_state", "weight"] + columns.map { $0.member }

    fileprivate func object(isV3: Bool) -> JSONObject {
        var object: JSONObject = ["id": .string(id), "name": .string(name), "address": .string(address)]
        if let port, port > 0 { object["port"] = .integer(port) }
        object["admin_state"] = .string(admin.rawValue)
        object["operational_state"] = .string(operational.rawValue)
        guard isV3 else { return object }
        object["weight"] = row.number("srv_uweight").map { .integer($0) }
        for (member, column) in Self.columns {
            guard let value = row[column], value != "-" else { continue }
            switch member {
            case "use_ssl": object[member] = .boolean(value == "1")
            case "backend_name", "fqdn", "srvrecord", "check_addr", "agent_addr": object[member] = .string(value)
            default: object[member] = Int(value).map { .integer($0) }
            }
        }
        return object
    }

    private static let columns: [(member: String, column: String)] = [
        ("backend_id", "be_id"),
        ("backend_name", "be_name"),
        ("uweight", "srv_uweight"),
        ("iweight", "srv_iweight"),
        ("last_time_change", "srv_time_since_last_change"),
        ("check_status", "srv_check_status"),
        ("check_result", "srv_check_result"),
        ("check_health", "srv_check_health"),
        ("check_state", "srv_check_state"),
        ("agent_state", "srv_agent_state"),
        ("backend_forced_id", "bk_f_forced_id"),
        ("forced_id", "srv_f_forced_id"),
        ("fqdn", "srv_fqdn"),
        ("srvrecord", "srvrecord"),
        ("use_ssl", "srv_use_ssl"),
        ("check_port", "srv_check_port"),
        ("check_addr", "srv_check_addr"),
        ("agent_addr", "srv_agent_addr"),
        ("agent_port", "srv_agent_port"),
    ]
}
