/// A path that is served by a function of its own: what is no object of haproxy.cfg.
struct ServiceRoute: Sendable {
    typealias Handler = @Sendable (DataPlane, ServiceRequest) throws(APIError) -> APIResponse

    /// A parameter of the query, for the specification.
    struct Parameter: Sendable {
        var name: String
        /// As OpenAPI has it.
        var type = "string"
        var isRequired = false
        /// What it may be; empty for anything.
        var values: [String] = []
    }

    /// What a request carries, for the specification.
    enum Body: Sendable {
        case json(name: String)
        case text
        /// `file_upload` of a form.
        case upload
    }

    var method: String
    /// Components with the version: `["v3", "services", "haproxy", "runtime", "info"]`. One in braces stands for any.
    var path: [String]
    var parameters: [Parameter] = []
    var body: Body?
    /// Every status but that of an error that any operation may have.
    var statuses: [Int]
    /// What a successful answer holds; nil for anything, or nothing.
    var schema: JSONValue?
    /// Whether a successful answer is plain text.
    var givesText = false
    var handler: Handler

    /// The same path in one or more versions.
    static func of(
        _ versions: [String],
        _ method: String,
        _ path: [String],
        _ handler: @escaping Handler
    ) -> [ServiceRoute] {
        let takesBody = method == "POST" || method == "PUT"
        return versions.map { version in
            ServiceRoute(
                method: method,
                path: [version] + path,
                body: takesBody ? .json(name: "data") : nil,
                statuses: usual[method] ?? [],
                handler: handler
            )
        }
    }

    private static let usual = [
        "GET": [200, 404], "POST": [201, 400, 404, 409], "PUT": [200, 400, 404], "DELETE": [204, 400, 404],
    ]

    static let both = ["v2", "v3"]

    static let all: [ServiceRoute] = runtime + storage + sites + appliance + history
}

/// What the specification says of routes.
extension [ServiceRoute] {
    /// With one more parameter of the query.
    ///
    /// - Parameter version: The only version that has it; nil: all.
    func taking(
        _ name: String,
        _ type: String = "string",
        isRequired: Bool = false,
        values: [String] = [],
        only version: String? = nil
    ) -> [ServiceRoute] {
        map { route in
            var route = route
            guard version == nil || route.path.first == version else { return route }
            route.parameters.append(
                ServiceRoute.Parameter(name: name, type: type, isRequired: isRequired, values: values)
            )
            return route
        }
    }

    func carrying(_ body: ServiceRoute.Body?) -> [ServiceRoute] {
        map { route in
            var route = route
            route.body = body
            return route
        }
    }

    /// Answering with plain text.
    func givingText() -> [ServiceRoute] {
        map { route in
            var route = route
            route.schema = ["type": "string"]
            route.givesText = true
            return route
        }
    }

    func answering(_ statuses: Int...) -> [ServiceRoute] {
        map { route in
            var route = route
            route.statuses = statuses
            return route
        }
    }
}
