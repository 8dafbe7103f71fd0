extension DataPlane {
    /// What /v1 answers: the calls of Cluster API's first load balancers. They are those of /v2.
    private static let v1: [(methods: Set<String>, path: [String])] = [
        (["GET"], ["info"]),
        (["GET"], ["services", "haproxy", "configuration", "global"]),
        (["GET", "POST"], ["services", "haproxy", "configuration", "raw"]),
        (["GET"], ["services", "haproxy", "configuration", "version"]),
        (["GET", "POST"], ["services", "haproxy", "transactions"]),
        (["GET", "PUT", "DELETE"], ["services", "haproxy", "transactions", "{id}"]),
        (["GET"], ["services", "haproxy", "reloads"]),
        (["GET"], ["services", "haproxy", "reloads", "{id}"]),
    ]

    /// The path by which the route of a request is found.
    ///
    /// - Throws: 404 and 405 for what /v1 has not.
    func routedPath(_ request: APIRequest) throws(APIError) -> [String] {
        guard request.version == .v1 else { return request.path }
        let path = Array(request.path.dropFirst())
        let found = Self.v1.first { _, pattern in
            pattern.count == path.count && zip(pattern, path).allSatisfy { $0 == $1 || $0 == "{id}" }
        }
        guard let found else { throw APIError(404, "path /\(request.path.joined(separator: "/")) was not found") }
        guard found.methods.contains(request.method == "HEAD" ? "GET" : request.method) else {
            let methods = found.methods.sorted()
            var error = APIError(
                405,
                "method \(request.method) is not allowed, but [\(methods.joined(separator: ","))] are"
            )
            error.allow = methods
            throw error
        }
        return ["v2"] + path
    }

    static let plainText = "text/plain"

    /// Whether the answer is plain text: `raw` of v3.
    static func isText(_ request: APIRequest) -> Bool {
        request.path == ["v3", "services", "haproxy", "configuration", "raw"]
    }

    /// - Throws: 406 when the client takes no answer of the type that there is.
    func checkAccept(_ request: APIRequest) throws(APIError) {
        let type = Self.isText(request) ? Self.plainText : "application/json"
        guard request.accepts(type) else { throw .notAcceptable(available: type) }
    }

    /// The answer with the version of the configuration, where it does not say it itself: refusals too.
    func versioned(_ response: APIResponse, _ request: APIRequest) -> APIResponse {
        guard request.path.dropFirst().starts(with: ["services", "haproxy"]),
            response.header("Configuration-Version") == nil,
            let version = try? read({ state in state.workspace.version })
        else { return response }
        var response = response
        response.headers.append(("Configuration-Version", String(version)))
        return response
    }
}
