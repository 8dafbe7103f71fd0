/// What a path stands for.
enum Operation: Sendable {
    case list(Resource)
    case create(Resource)
    case get(Resource)
    case replace(Resource)
    case replaceAll(Resource)
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
    /// The same in OpenAPI 3.
    case specification3
    case discovery
    /// What is no object of haproxy.cfg.
    case service(ServiceRoute)
    /// One of the original's that is not here.
    case unserved
}

struct Route: Sendable {
    var version: APIVersion
    var method: String
    /// A component in braces stands for any one component: `{name}`.
    var path: [String]
    var operation: Operation
    /// The kind of section that the path names: `…/frontends/{parent_name}/…`.
    var parent: Parent?
    /// The original's name of the operation.
    var id: String?
    var tag: String?

    var isServed: Bool {
        if case .unserved = operation { return false }
        return true
    }

    /// The resource that it is about.
    var resource: Resource? {
        switch operation {
        case .list(let resource), .create(let resource), .get(let resource), .replace(let resource),
            .replaceAll(let resource), .delete(let resource):
            resource
        default: nil
        }
    }
}

/// The paths of one major version, made from the descriptions of the resources and from the original's list of
/// operations.
struct RouteTable: Sendable {
    let version: APIVersion
    private(set) var routes: [Route] = []
    private var root = Node()

    /// Routes by the components of their path.
    private final class Node: Sendable {
        let next: [String: Node]
        let any: Node?
        let routes: [Int]

        init(next: [String: Node] = [:], any: Node? = nil, routes: [Int] = []) {
            self.next = next
            self.any = any
            self.routes = routes
        }

        func adding(_ path: ArraySlice<String>, _ route: Int) -> Node {
            guard let first = path.first else { return Node(next: next, any: any, routes: routes + [route]) }
            if first.hasPrefix("{") {
                return Node(next: next, any: (any ?? Node()).adding(path.dropFirst(), route), routes: routes)
            }
            var next = next
            next[first] = (next[first] ?? Node()).adding(path.dropFirst(), route)
            return Node(next: next, any: any, routes: routes)
        }
    }

    static let v2 = RouteTable(.v2)
    static let v3 = RouteTable(.v3)

    static func table(_ version: APIVersion) -> RouteTable { version == .v2 ? v2 : v3 }

    private init(_ version: APIVersion) {
        self.version = version
        let originals = OriginalOperation.all(version)
        for route in Route.served(version) { add(route, originals) }
        for key in originals.keys.sorted(by: { originals[$0]?.order ?? 0 < originals[$1]?.order ?? 0 }) {
            let path = key.path.split(separator: "/").map { String($0) }
            add(Route(version: version, method: key.method, path: path, operation: .unserved), originals)
        }
    }

    private mutating func add(_ route: Route, _ originals: [OriginalOperation.Key: OriginalOperation]) {
        let isThere = find(route.path).contains { routes[$0].method == route.method && routes[$0].path == route.path }
        guard !isThere else { return }
        var route = route
        let key = OriginalOperation.Key(method: route.method, path: "/" + route.path.joined(separator: "/"))
        route.id = originals[key]?.id
        route.tag = originals[key]?.tag
        routes.append(route)
        root = root.adding(route.path[...], routes.count - 1)
    }

    private func find(_ path: [String]) -> [Int] {
        var nodes = [root]
        for component in path {
            // A component of its own goes before any one.
            nodes = nodes.flatMap { [$0.next[component], $0.any].compactMap { $0 } }
        }
        return nodes.flatMap { $0.routes }
    }

    /// The route of a request, and its path's components that stand for something by the names of those.
    ///
    /// - Throws: 404 for a path that is none, 405 with the methods that it has.
    static func find(_ method: String, _ path: [String]) throws(APIError) -> (route: Route, keys: [String: String]) {
        guard let version = path.first.flatMap({ APIVersion(rawValue: $0) }) else { throw unknown(path) }
        let table = table(version)
        let matching = table.find(path).map { table.routes[$0] }
        guard !matching.isEmpty else { throw unknown(path) }
        // HEAD is GET without the body (RFC 9110, 9.3.2).
        let wanted = method == "HEAD" ? "GET" : method
        guard let route = matching.first(where: { $0.method == wanted }) else {
            var methods: [String] = []
            // What is not served yet is not offered.
            let served = matching.filter { $0.isServed }
            for route in served.isEmpty ? matching : served where !methods.contains(route.method) {
                methods.append(route.method)
            }
            var error = APIError(405, "method \(method) is not allowed, but [\(methods.joined(separator: ","))] are")
            error.allow = methods
            throw error
        }
        var keys: [String: String] = [:]
        for (pattern, component) in zip(route.path, path) where pattern.hasPrefix("{") {
            keys[String(pattern.dropFirst().dropLast())] = component
        }
        return (route, keys)
    }

    private static func unknown(_ path: [String]) -> APIError {
        APIError(404, "path /\(path.joined(separator: "/")) was not found")
    }
}
