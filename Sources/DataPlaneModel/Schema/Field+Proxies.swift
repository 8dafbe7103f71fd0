extension Field {
    static let statusCodes = [200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 425, 429, 500, 501, 502, 503, 504]

    /// What clients are sent instead of an answer of a server, and who is told of trouble.
    static let errors: [Field] = [
        .lines("error_files", [.slot("code", .number(statusCodes)), .slot("file", .text)], "errorfile {code} {file}"),
        .lines(
            "errorfiles_from_http_errors",
            [.slot("name", .text), .slot("codes", .list(.number(statusCodes)))],
            "errorfiles {name} [{codes*}]"
        ),
        .object("errorloc302", errorLocation, "errorloc302 {code} {url}"),
        .object("errorloc303", errorLocation, "errorloc303 {code} {url}"),
        .group(
            "email_alert",
            [
                .string("mailers", "email-alert", "mailers", pattern: .line).required(in: .all),
                .string("from", "email-alert", "from", pattern: .mailbox).required(in: .all),
                .string("to", "email-alert", "to", pattern: .mailbox).required(in: .all),
                .oneOf("level", "email-alert", "level", values: logLevels),
                .text("myhostname", "email-alert", "myhostname"),
            ]
        ),
    ]

    static let logLevels = ["emerg", "alert", "crit", "err", "warning", "notice", "info", "debug"]

    private static let errorLocation: [Field] = [
        .slot("code", .number(statusCodes), required: true), .slot("url", .text, required: true),
    ]

    /// What is told to servers about clients, and how answers are made smaller.
    static let forwarding: [Field] = [
        .object(
            "forwardfor",
            [
                .slot("enabled", .enumeration(["enabled"]), required: true), .slot("except", .word),
                .slot("header", .word), .slot("ifnone", .boolean),
            ],
            "option {enabled:enabled=forwardfor} <[except {except}] [header {header}] [{ifnone=if-none}]>"
        ),
        .object(
            "originalto",
            [
                .slot("enabled", .enumeration(["enabled"]), required: true), .slot("except", .word),
                .slot("header", .word),
            ],
            "option {enabled:enabled=originalto} <[except {except}] [header {header}]>"
        ),
        .object("forwarded", forwardedMembers, forwardedLine, "no option {enabled:disabled=forwarded}").only(.v3),
        .group("compression", compression),
        .statistics,
    ]

    private static let forwardedMembers: [Field] =
        [.slot("enabled", .toggle, required: true)]
        + ["by", "by_port", "for", "for_port", "host", "proto"].map { .slot($0, .boolean) }
        + ["by_expr", "by_port_expr", "for_expr", "for_port_expr", "host_expr"].map { .slot($0, .text) }

    private static let forwardedLine: Template = """
        option {enabled:enabled=forwarded} \
        <[{proto=proto}] [{host=host}] [host-expr {host_expr}] [{by=by}] [by-expr {by_expr}] [{by_port=by_port}] \
        [by_port-expr {by_port_expr}] [{for=for}] [for-expr {for_expr}] [{for_port=for_port}] \
        [for_port-expr {for_port_expr}]>
        """

    private static let algorithms = ["identity", "gzip", "deflate", "raw-deflate"]

    private static let compression: [Field] = [
        Field("algorithms", .list(.enumeration(algorithms)), .words(["compression", "algo"])),
        .oneOf("algo-req", "compression", "algo-req", values: algorithms),
        Field("algos-res", .list(.enumeration(algorithms)), .words(["compression", "algo-res"])),
        .oneOf("direction", "compression", "direction", values: ["request", "response", "both"]),
        .present("offload", "compression", "offload"),
        Field("types", .list(.text), .words(["compression", "type"])),
        Field("types-req", .list(.text), .words(["compression", "type-req"])),
        Field("types-res", .list(.text), .words(["compression", "type-res"])),
        .integer("minsize_req", "compression", "minsize-req").only(.v3),
        .integer("minsize_res", "compression", "minsize-res").only(.v3),
    ]

    /// What a frontend logs of a connection, and when.
    static let logSteps = Field(
        "log_steps",
        .list(.enumeration(["accept", "request", "connect", "response", "close", "error", "any"])),
        .value(["log-steps"])
    ).only(.v3)

    /// What a `stick-table` line says (HAProxy 11.1).
    static let stickTable = object(
        "stick_table",
        [
            .slot("type", .enumeration(["ip", "ipv6", "integer", "string", "binary"])), .slot("keylen", .integer()),
            .slot("size", .size), .slot("expire", .time()), .slot("nopurge", .boolean), .slot("peers", .word),
            .slot("srvkey", .enumeration(["addr", "name"])), .slot("write_to", .word), .slot("store", .word),
            .slot("recv_only", .boolean).only(.v3),
        ],
        """
        stick-table \
        <[type {type} [len {keylen}]] [size {size}] [expire {expire}] [{nopurge=nopurge}] [peers {peers}] \
        [srvkey {srvkey}] [write-to {write_to}] [{recv_only=recv-only}] [store {store}]>
        """
    )
}
