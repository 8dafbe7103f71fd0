extension DataPlane {
    /// Answers a request for what is no object of haproxy.cfg; what it changes is told to the audit log.
    func serve(_ service: ServiceRoute, _ call: ServiceRequest) throws(APIError) -> APIResponse {
        var response = try service.handler(self, call)
        // A site is of haproxy.cfg: what it changes has been told.
        let isConfiguration = response.header("Configuration-Version") != nil
        if service.method != "GET", !isConfiguration, response.action == nil {
            let named = service.path.last?.hasPrefix("{") ?? false ? call.arguments[service.key] : nil
            let kind = service.path.last { !$0.hasPrefix("{") } ?? ""
            response.action = [service.method, kind, named].compactMap { $0 }.joined(separator: " ")
        }
        return response
    }
}

extension ServiceRoute {
    /// The name of the last component that stands for something.
    fileprivate var key: String { String((path.last ?? "").dropFirst().dropLast()) }
}

/// A request for a ``ServiceRoute``.
struct ServiceRequest: Sendable {
    var request: APIRequest
    /// What stands for the components in braces.
    var arguments: [String: String]

    /// Bare bodies and nested paths (3.x), or parents in the query (2.x).
    var isV3: Bool { request.version == .v3 }

    /// A component of the path.
    func argument(_ name: String) -> String { arguments[name] ?? "" }

    /// The object that others lie in: in the path of v3, in the query of v2.
    ///
    /// - Parameter query: Its name in the query of v2.
    func parent(_ query: String) throws(APIError) -> String {
        if let parent = arguments["parent_name"] { return parent }
        guard let parent = request.parameter(query) else {
            throw .violation(.required, "\(query) in query is required")
        }
        return parent
    }

    /// The body's JSON.
    func json() throws(APIError) -> JSONValue {
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

    /// The body's members.
    func body() throws(APIError) -> BodyMembers { try BodyMembers(try json()) }
}
