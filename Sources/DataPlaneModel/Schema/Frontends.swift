extension Resource {
    /// `frontend` sections (HAProxy 4.1).
    static let frontends = Resource(
        "frontends",
        name: "frontend",
        .section("frontend"),
        identity: .name,
        fields: [
            Field("name", .string(.name), .sectionName, required: true),
            Field("from", .string(.name), .sectionFrom),
            .text("description"),
            .present("disabled"),
            .present("enabled"),
            .oneOf("mode", values: ["http", "tcp"]),
            .integer("id"),
            .integer("maxconn"),
            .integer("backlog"),
            .string("log_tag", pattern: .reference),
        ] + Field.frontendOptions + [
            .toggledOption("abortonclose").only(.v3)
        ] + Field.errors + Field.forwarding + [
            .time("client_timeout", "timeout", "client"),
            .time("client_fin_timeout", "timeout", "client-fin"),
            .time("http_keep_alive_timeout", "timeout", "http-keep-alive"),
            .time("http_request_timeout", "timeout", "http-request"),
            .time("tarpit_timeout", "timeout", "tarpit"),
            .integer("clitcpka_cnt"),
            .seconds("clitcpka_idle"),
            .seconds("clitcpka_intvl"),
            .text("log_format"),
            .text("log_format_sd"),
            .text("error_log_format"),
            .text("unique_id_format"),
            .text("unique_id_header"),
            .string("default_backend", "default_backend", pattern: .name),
            .word("bind_process").only(.v2),
            .string("guid", pattern: .name).only(.v3),
            .text("monitor_uri"),
            .object(
                "monitor_fail",
                [.slot("cond_test", .text, required: true), .slot("cond", .condition, required: true)],
                "monitor fail {cond} {cond_test*}"
            ),
            .stickTable,
            .logSteps,
        ],
        neighbours: [
            Neighbour(words: ["bind"], after: "mode"),
            Neighbour(words: ["acl"], after: "unique_id_header"),
            Neighbour(words: ["tcp-request"], after: "unique_id_header"),
            Neighbour(words: ["http-request"], after: "unique_id_header"),
            Neighbour(words: ["http-response"], after: "unique_id_header"),
            Neighbour(words: ["use_backend"], after: "unique_id_header"),
            Neighbour(words: ["log"], after: "log_tag"),
        ]
    )
}

extension Field {
    /// Options that a frontend, and a `defaults` section for it, may have.
    static let frontendOptions: [Field] = [
        .option("tcplog"),
        .option("httplog"),
        .present("clflog", "option", "httplog", "clf"),
        .toggledOption("httpslog"),
        .toggledOption("accept_invalid_http_request"),
        .toggledOption("accept_unsafe_violations_in_http_request").only(.v3),
        .toggledOption("clitcpka"),
        Field("contstats", .enumeration(["enabled"]), .choice([("enabled", ["option", "contstats"])])),
        .toggledOption("disable_h2_upgrade"),
        .toggledOption("dontlog_normal"),
        .toggledOption("dontlognull"),
        .toggledOption("h1_case_adjust_bogus_client"),
        .toggledOption("http-buffer-request"),
        .toggledOption("http-use-htx").only(.v2),
        .toggledOption("http-drop-response-trailers").only(.v3),
        .httpConnectionMode,
        .toggledOption("http_ignore_probes"),
        .toggledOption("http_no_delay"),
        .toggledOption("http_use_proxy_header"),
        .httpRestrictions,
        .toggledOption("idle_close_on_response"),
        .toggledOption("independent_streams"),
        .toggledOption("log_separate_errors"),
        .toggledOption("logasap"),
        .toggledOption("nolinger"),
        .toggledOption("socket_stats"),
        .toggledOption("splice_auto"),
        .toggledOption("splice_request"),
        .toggledOption("splice_response"),
        .toggledOption("tcp_smart_accept"),
        .toggledOption("tcpka"),
    ]

    static let httpConnectionMode = Field(
        "http_connection_mode",
        .enumeration(["httpclose", "http-server-close", "http-keep-alive"]),
        .choice(["httpclose", "http-server-close", "http-keep-alive"].map { ($0, ["option", $0]) })
    )

    static let httpRestrictions = oneOf(
        "http_restrict_req_hdr_names",
        "option",
        "http-restrict-req-hdr-names",
        values: ["preserve", "delete", "reject"]
    )
}
