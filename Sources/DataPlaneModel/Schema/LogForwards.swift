extension Resource {
    /// `log-forward` sections (HAProxy 3.10).
    static let logForwards = Resource(
        "log_forwards",
        name: "log_forward",
        .section("log-forward"),
        identity: .name,
        fields: [
            Field("name", .name, .sectionName, required: true),
            .integer("backlog"),
            .integer("maxconn"),
            .time("timeout_client", "timeout", "client").only(.v2),
            .time("timeout_client", "timeout", "client", in: Int.min...2_147_483_647).only(.v3),
            .present("assume-rfc6587-ntf", "option", "assume-rfc6587-ntf").only(.v3),
            .present("dont-parse-log", "option", "dont-parse-log").only(.v3),
        ]
    )
}

extension Resource {
    /// `dgram-bind` lines of a `log-forward` section.
    static let datagramBinds = Resource(
        "dgram_binds",
        name: "dgram_bind",
        .line(keyword: "dgram-bind"),
        identity: .name,
        parents: [.logForward],
        addressing: .parameterOrPath,
        fullName: "dgram_binds",
        fields: [
            .slot("address", .word),
            .slot("interface", .text),
            .slot("name", .word).required(in: .v3),
            .slot("namespace", .text),
            .slot("port", .port),
            .slot("port-range-end", .port),
            .slot("transparent", .boolean),
        ],
        templates: [
            """
            dgram-bind {@address,port,port-range-end} \
            <[interface {interface}] [name {name}] [namespace {namespace}] [{transparent=transparent}]>
            """
        ]
    )
}
