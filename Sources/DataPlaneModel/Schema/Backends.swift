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
            .hashType,
            .integer("hash_balance_factor"),
            .advancedCheck,
        ] + Field.backendOptions + Field.errors + Field.forwarding + Field.choosing + [
            .toggledOption("spop_check"),
            .word("log_tag"),
            .integer("fullconn"),
        ] + Field.backendTimeouts + [
            .integer("retries"),
            .retryOn,
            .oneOf("http_reuse", values: ["aggressive", "always", "never", "safe"]),
            .integer("srvtcpka_cnt"),
            .seconds("srvtcpka_idle"),
            .seconds("srvtcpka_intvl"),
            .integer("max_keep_alive_queue"),
            .text("http_send_name_header"),
            .word("dynamic_cookie_key"),
            .word("external_check_command", "external-check", "command"),
            .word("external_check_path", "external-check", "path"),
            .oneOf("load_server_state_from_file", values: ["global", "local", "none"]),
            .text("server_state_file_name", "server-state-file-name"),
            .text("use_fcgi_app"),
            .word("bind_process").only(.v2),
            .string("guid", pattern: .name).only(.v3),
            .persistence("force_persist_list", "force-persist"),
            .persistence("ignore_persist_list", "ignore-persist"),
            .stickTable,
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
            Neighbour(words: ["log"], after: "log_tag"),
            Neighbour(words: ["stick"], after: "use_fcgi_app"),
            Neighbour(words: ["tcp-response"], after: "use_fcgi_app"),
            Neighbour(words: ["server-template"], after: nil),
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
    static let balance = object(
        "balance",
        [
            .slot("algorithm", .enumeration(balanceAlgorithms), required: true),
            .slot("hash_expression", .text),
            .slot("hdr_name", .text),
            .slot("hdr_use_domain_only", .boolean),
            .slot("random_draws", .integer()),
            .slot("rdp_cookie_name", .word),
            .slot("uri_depth", .integer()),
            .slot("uri_len", .integer()),
            .slot("uri_path_only", .boolean),
            .slot("uri_whole", .boolean),
            .slot("url_param", .word),
            .slot("url_param_check_post", .integer()),
            .slot("url_param_max_wait", .integer()),
        ],
        "balance {algorithm=hash} [{hash_expression*}]",
        "balance {algorithm=hdr}({hdr_name}) [{hdr_use_domain_only=use_domain_only}]",
        "balance {algorithm=random}({random_draws})",
        "balance {algorithm=rdp-cookie}({rdp_cookie_name})",
        """
        balance {algorithm=uri} \
        <[len {uri_len}] [depth {uri_depth}] [{uri_whole=whole}] [{uri_path_only=path-only}]>
        """,
        """
        balance {algorithm=url_param} {url_param} \
        <[check_post {url_param_check_post}] [max_wait {url_param_max_wait}]>
        """,
        "balance {algorithm}"
    )

    private static let checks = [
        "httpchk", "ldap-check", "mysql-check", "pgsql-check", "redis-check", "smtpchk", "ssl-hello-chk", "tcp-check",
    ]

    /// What health checks speak, and what they say.
    static let advancedCheck = inline(
        [
            .slot("adv_check", .enumeration(checks)),
            .slot(
                "httpchk_params",
                .object([
                    .slot(
                        "method",
                        .enumeration(["HEAD", "PUT", "POST", "GET", "TRACE", "PATCH", "DELETE", "CONNECT", "OPTIONS"])
                    ),
                    .slot("uri", .string(.unbroken)),
                    .slot("version", .text),
                    .slot("host", .text).only(.v3),
                ])
            ),
            .slot(
                "mysql_check_params",
                .object([
                    .slot("username", .text), .slot("client_version", .enumeration(["pre-41", "post-41"])),
                ])
            ),
            .slot("pgsql_check_params", .object([.slot("username", .text)])),
            .slot("smtpchk_params", .object([.slot("hello", .text), .slot("domain", .text)])),
        ],
        """
        option {adv_check=httpchk} [{httpchk_params.method}] {httpchk_params.uri} \
        [{httpchk_params.version} [{httpchk_params.host}]]
        """,
        """
        option {adv_check=mysql-check} user {mysql_check_params.username} \
        [{mysql_check_params.client_version}]
        """,
        "option {adv_check=pgsql-check} user {pgsql_check_params.username}",
        "option {adv_check=smtpchk} {smtpchk_params.hello} {smtpchk_params.domain}",
        "option {adv_check}"
    )

    /// Options that a backend, and a `defaults` section for it, may have.
    static let backendOptions: [Field] = [
        .toggledOption("abortonclose"),
        .toggledOption("accept_invalid_http_response"),
        .toggledOption("accept_unsafe_violations_in_http_response").only(.v3),
        .toggledOption("allbackups"),
        .toggledOption("checkcache"),
        .toggledOption("external_check"),
        .toggledOption("h1_case_adjust_bogus_server"),
        .toggledOption("http-buffer-request"),
        .toggledOption("http-no-delay"),
        .toggledOption("http-use-htx").only(.v2),
        .toggledOption("http-drop-request-trailers").only(.v3),
        .httpConnectionMode,
        .toggledOption("http_pretend_keepalive"),
        .toggledOption("http_proxy", "http_proxy").only(.v2),
        .httpRestrictions,
        .toggledOption("independent_streams"),
        .toggledOption("log_health_checks"),
        .toggledOption("nolinger"),
        .toggledOption("persist"),
        .toggledOption("prefer_last_server"),
        .toggledOption("splice_auto"),
        .toggledOption("splice_request"),
        .toggledOption("splice_response"),
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
