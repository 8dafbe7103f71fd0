/// A kind of section that lines of a resource lie in, and how requests name it.
public struct Parent: Sendable, Hashable {
    /// The section's keyword in haproxy.cfg.
    var section: String
    /// `parent_type` in v2.
    var type: String
    /// The query parameter of its own that names it.
    var parameter: String
    /// Its component of nested paths in v3.
    var path: String
    /// There is just one, which has no name.
    var isSingle = false

    static let frontend = Parent(section: "frontend", type: "frontend", parameter: "frontend", path: "frontends")
    static let backend = Parent(section: "backend", type: "backend", parameter: "backend", path: "backends")
    static let defaults = Parent(section: "defaults", type: "defaults", parameter: "defaults", path: "defaults")
    static let global = Parent(
        section: "global",
        type: "global",
        parameter: "global",
        path: "global",
        isSingle: true
    )
    static let logForward = Parent(
        section: "log-forward",
        type: "log_forward",
        parameter: "log_forward",
        path: "log_forwards"
    )
    static let peers = Parent(section: "peers", type: "peers", parameter: "peer_section", path: "peers")
    static let ring = Parent(section: "ring", type: "ring", parameter: "ring", path: "rings")
    static let fcgiApp = Parent(section: "fcgi-app", type: "fcgi-app", parameter: "fcgi_app", path: "fcgi_apps")
    static let resolvers = Parent(section: "resolvers", type: "resolvers", parameter: "resolver", path: "resolvers")
    static let userlist = Parent(section: "userlist", type: "userlist", parameter: "userlist", path: "userlists")
    static let mailers = Parent(
        section: "mailers",
        type: "mailers",
        parameter: "mailers_section",
        path: "mailers_section"
    )
}

/// How requests name the parent of an object.
enum Addressing: Sendable {
    /// By the parameter of the parent's own name in both versions: `resolver=`.
    case parameter
    /// By that in v2, by the path in v3.
    case parameterOrPath
    /// By `parent_type=` and `parent_name=` in v2, by the path in v3.
    case typedOrPath
    /// By either of these parameters in v2, by the path in v3.
    case anyOrPath
}
