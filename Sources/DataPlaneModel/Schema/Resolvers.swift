extension Resource {
    /// `resolvers` sections (HAProxy 5.3.2).
    static let resolvers = Resource(
        "resolvers",
        name: "resolver",
        .section("resolvers"),
        identity: .name,
        fields: [
            Field("name", .name, .sectionName, required: true),
            .integer("accepted_payload_size", "accepted_payload_size", in: 512...8192),
            .time("hold_nx", "hold", "nx"),
            .time("hold_obsolete", "hold", "obsolete"),
            .time("hold_other", "hold", "other"),
            .time("hold_refused", "hold", "refused"),
            .time("hold_timeout", "hold", "timeout"),
            .time("hold_valid", "hold", "valid"),
            .present("parse-resolv-conf"),
            .integer("resolve_retries", "resolve_retries", in: 1...Int.max),
            .time("timeout_resolve", "timeout", "resolve"),
            .time("timeout_retry", "timeout", "retry"),
        ]
    )
}

extension Resource {
    /// `nameserver` lines of a `resolvers` section.
    static let nameservers = Resource(
        "nameservers",
        name: "nameserver",
        .line(keyword: "nameserver"),
        identity: .name,
        parents: [.resolvers],
        fullName: "nameservers",
        fields: [
            .slot("address", .word, required: true),
            .slot("name", .string(.reference), required: true),
            .slot("port", .port),
        ],
        templates: [
            "nameserver {name} {@address,port}"
        ]
    )
}
