extension Resource {
    /// `backend` sections (HAProxy 4.1).
    static let backends = Resource(
        "backends",
        name: "backend",
        .section("backend"),
        identity: .name,
        fields: [
            Field("name", .string(.name), .sectionName, required: true),
            Field("from", .string(.name), .sectionFrom),
            .text("description"),
            .present("disabled"),
            .present("enabled"),
            .oneOf("mode", values: ["http", "tcp", "log"]),
            .integer("id"),
            .balance,
            .integer("hash_balance_factor"),
            .advancedCheck,
        ] + Field.backendOptions + [
            .word("log_tag"),
            .integer("fullconn"),
        ] + Field.backendTimeouts + [
            .integer("retries"),
            .word("retry_on"),
            .oneOf("http_reuse", values: ["aggressive", "always", "never", "safe"]),
            .integer("srvtcpka_cnt"),
            .time("srvtcpka_idle"),
            .time("srvtcpka_intvl"),
            .integer("max_keep_alive_queue"),
            .text("http_send_name_header"),
            .word("dynamic_cookie_key"),
            .word("external_check_command", "external-check", "command"),
            .word("external_check_path", "external-check", "path"),
            .oneOf("load_server_state_from_file", values: ["global", "local", "none"]),
            .word("server_state_file_name"),
            .word("use_fcgi_app"),
            Field("default_server", .object(Field.serverParameters), .parameters(["default-server"])),
        ],
        neighbours: [
            Neighbour(words: ["acl"], after: "use_fcgi_app"),
            Neighbour(words: ["tcp-request"], after: "use_fcgi_app"),
            Neighbour(words: ["tcp-check"], after: "use_fcgi_app"),
            Neighbour(words: ["http-check"], after: "use_fcgi_app"),
            Neighbour(words: ["http-request"], after: "use_fcgi_app"),
            Neighbour(words: ["http-response"], after: "use_fcgi_app"),
            Neighbour(words: ["use-server"], after: "use_fcgi_app"),
            Neighbour(words: ["server"], after: nil),
        ]
    )
}

extension Field {
    static let balanceAlgorithms = [
        "first", "hash", "hdr", "leastconn", "random", "rdp-cookie", "roundrobin", "source", "static-rr", "uri",
        "url_param",
    ]

    /// How servers are chosen (HAProxy 4.2, `balance`).
    static let balance = Field(
        "balance",
        .object([
            Field("algorithm", .enumeration(balanceAlgorithms), .position(1), required: true),
            Field("hash_expression", .string(), .balance),
            Field("hdr_name", .string(.word), .balance),
            Field("hdr_use_domain_only", .boolean, .flag(["use_domain_only"], off: nil)),
            Field("random_draws", .integer(1...Int(Int32.max)), .balance),
            Field("rdp_cookie_name", .string(.word), .balance),
            .integer("uri_depth", "depth"),
            .integer("uri_len", "len"),
            .present("uri_path_only", "path-only"),
            .present("uri_whole", "whole"),
            Field("url_param", .string(.word), .balance),
            .integer("url_param_check_post", "check_post"),
            .integer("url_param_max_wait", "max_wait"),
        ]),
        .balance
    )

    private static let checks = [
        "httpchk", "ldap-check", "mysql-check", "pgsql-check", "redis-check", "smtpchk", "ssl-hello-chk", "tcp-check",
    ]

    /// What health checks speak.
    static let advancedCheck = Field(
        "adv_check",
        .enumeration(checks),
        .choice(checks.map { ($0, ["option", $0]) })
    )

    /// Options that a backend, and a `defaults` section for it, may have.
    static let backendOptions: [Field] = [
        .toggledOption("abortonclose"),
        .toggledOption("accept_invalid_http_response"),
        .toggledOption("allbackups"),
        .toggledOption("checkcache"),
        .toggledOption("external_check"),
        .toggledOption("h1_case_adjust_bogus_server"),
        .toggledOption("http-buffer-request"),
        .toggledOption("http-no-delay"),
        .toggledOption("http-use-htx"),
        .httpConnectionMode,
        .toggledOption("http_pretend_keepalive"),
        .toggledOption("http_proxy", "http_proxy"),
        .httpRestrictions,
        .toggledOption("independent_streams"),
        .toggledOption("log_health_checks"),
        .toggledOption("nolinger"),
        .toggledOption("persist"),
        .toggledOption("prefer_last_server"),
        .toggledOption("splice_auto"),
        .toggledOption("splice_request"),
        .toggledOption("splice_response"),
        .toggledOption("spop_check"),
        .toggledOption("srvtcpka"),
        .toggledOption("tcp_smart_connect"),
        .toggledOption("tcpka"),
        .toggledOption("transparent"),
    ]

    /// Durations that a backend, and a `defaults` section for it, may have.
    static let backendTimeouts: [Field] = [
        .time("check_timeout", "timeout", "check"),
        .time("connect_timeout", "timeout", "connect"),
        .time("queue_timeout", "timeout", "queue"),
        .time("server_timeout", "timeout", "server"),
        .time("server_fin_timeout", "timeout", "server-fin"),
        .time("tunnel_timeout", "timeout", "tunnel"),
        .time("http_keep_alive_timeout", "timeout", "http-keep-alive"),
        .time("http_request_timeout", "timeout", "http-request"),
        .time("tarpit_timeout", "timeout", "tarpit"),
    ]
}
