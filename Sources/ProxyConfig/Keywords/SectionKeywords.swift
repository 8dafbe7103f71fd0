/// The keywords of the sections that are kept and not acted upon.
enum SectionKeywords {
    static func names(_ kind: SectionKind) -> Set<String> {
        switch kind {
        case .resolvers:
            ["nameserver", "parse-resolv-conf", "hold", "resolve_retries", "timeout", "accepted_payload_size"]
        case .peers:
            ["peer", "bind", "default-bind", "default-server", "server", "table", "disabled", "enabled", "log"]
        case .mailers: ["mailer", "timeout"]
        case .cache: ["total-max-size", "max-object-size", "max-age", "max-secondary-entries", "process-vary"]
        case .program: ["command", "user", "group", "option"]
        case .ring: ["size", "server", "timeout", "maxlen", "description", "format", "backing-file"]
        case .logForward: ["bind", "dgram-bind", "log", "maxconn", "backlog", "timeout"]
        case .httpErrors: ["errorfile"]
        case .fcgiApp:
            ["docroot", "index", "log-stderr", "option", "pass-header", "path-info", "set-param", "acl"]
        case .namespaceList: ["namespace"]
        case .userlist: ["user", "group"]
        case .global, .defaults, .frontend, .backend, .listen: []
        }
    }
}
