/// What a path stands for.
enum Operation: Sendable {
    case list(Resource)
    case create(Resource)
    case get(Resource)
    case replace(Resource)
    case delete(Resource)
    case version
    case readRaw
    case writeRaw
    case listTransactions
    case startTransaction
    case getTransaction
    case commitTransaction
    case deleteTransaction
    case listSites
    case getSite
    case listReloads
    case getReload
    case info
    case health
    case specification
    case discovery
}

struct Route: Sendable {
    var method: String
    /// A component in braces stands for any one component: `{name}`.
    var path: [String]
    var operation: Operation
}

/// The paths of one major version, made from the descriptions of the resources.
struct RouteTable: Sendable {
    private(set) var routes: [Route] = []
    private let prefix: [String]

    static let v2 = RouteTable(prefix: ["v2"])

    private init(prefix: [String]) {
        self.prefix = prefix
        let service = ["services", "haproxy"]
        let configuration = service + ["configuration"]
        add("GET", ["info"], .info)
        add("GET", ["health"], .health)
        add("GET", ["specification"], .specification)
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
        for resource in Resource.all {
            let path = configuration + [resource.path]
            if resource.identity == .none {
                add("GET", path, .get(resource))
                add("PUT", path, .replace(resource))
            } else {
                let item = path + [resource.identity == .index ? "{index}" : "{name}"]
                add("GET", path, .list(resource))
                add("POST", path, .create(resource))
                add("GET", item, .get(resource))
                add("PUT", item, .replace(resource))
                add("DELETE", item, .delete(resource))
            }
        }
        for path in [[], ["services"], service, configuration] { add("GET", path, .discovery) }
    }

    private mutating func add(_ method: String, _ path: [String], _ operation: Operation) {
        routes.append(Route(method: method, path: prefix + path, operation: operation))
    }

    /// The operation and the component that stands for the object.
    ///
    /// - Throws: 404 for a path that is none, 405 with the methods that it has.
    func find(_ method: String, _ path: [String]) throws(APIError) -> (operation: Operation, key: String?) {
        let matching = routes.filter { Self.matches($0.path, path) }
        guard !matching.isEmpty else {
            throw APIError(404, "path /\(path.joined(separator: "/")) was not found")
        }
        // HEAD is GET without the body (RFC 9110, 9.3.2).
        let wanted = method == "HEAD" ? "GET" : method
        guard let route = matching.first(where: { $0.method == wanted }) else {
            let methods = matching.map { $0.method }
            var error = APIError(405, "method \(method) is not allowed, but [\(methods.joined(separator: ","))] are")
            error.allow = methods
            throw error
        }
        return (route.operation, route.path.last?.hasPrefix("{") == true ? path.last : nil)
    }

    private static func matches(_ pattern: [String], _ path: [String]) -> Bool {
        pattern.count == path.count && zip(pattern, path).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
    }
}
