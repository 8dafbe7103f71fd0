extension Resource {
    /// The `global` section (HAProxy 3).
    static let global = Resource(
        "global",
        name: "global",
        .singleton(section: "global"),
        identity: .none,
        fields: globalFields + formerFields.only(.v2) + newFields.only(.v3),
        neighbours: [Neighbour(words: ["log"], after: "description")]
    )

    private static let globalFields: [Field] =
        [
            Field("description", .text, .remainder(["description"])),
            .word("chroot"),
            .time("stats_timeout", "stats", "timeout"),
            .integer("stats_maxconn", "stats", "maxconn"),
            .word("user"),
            .word("group"),
            .integer("uid"),
            .integer("gid"),
            Field("daemon", .toggle, .flag(["daemon"], off: nil)).only(.v2),
            .present("daemon").only(.v3),
            .present("master-worker"),
        ] + performanceOfBoth + [
            .time("close_spread_time"),
            .text("cluster_secret"),
            .lines(
                "cpu_maps",
                [.slot("process", .text, required: true), .slot("cpu_set", .text, required: true)],
                "cpu-map {process} {cpu_set*}"
            ),
            .object(
                "default_path",
                [
                    .slot("type", .enumeration(["current", "config", "parent", "origin"]), required: true),
                    .slot("path", .word),
                ],
                "default-path {type=origin} {path}",
                "default-path {type}"
            ),
            .group(
                "device_atlas_options",
                [
                    .text("json_file", "deviceatlas-json-file"), .text("log_level", "deviceatlas-log-level"),
                    .text("properties_cookie", "deviceatlas-properties-cookie"),
                    .text("separator", "deviceatlas-separator"),
                ]
            ),
            .present("expose_experimental_directives"),
            .present("expose_deprecated_directives").only(.v3),
            .present("external_check"),
            .group(
                "fifty_one_degrees_options",
                [
                    .integer("cache_size", "51degrees-cache-size"), .text("data_file", "51degrees-data-file"),
                    Field("property_name_list", .text, .remainder(["51degrees-property-name-list"])),
                    .text("property_separator", "51degrees-property-separator"),
                ]
            ),
            .time("grace"),
            .present("h1_accept_payload_with_any_method"),
            .lines(
                "h1_case_adjust",
                [.slot("from", .text, required: true), .slot("to", .text, required: true)],
                "h1-case-adjust {from} {to}"
            ),
            .text("h1_case_adjust_file"),
            .present("h1_do_not_close_on_insecure_transfer_encoding"),
            .present("h2_workaround_bogus_websocket_clients"),
            .time("hard_stop_after"),
            .present("insecure_fork_wanted"),
            .present("insecure_setuid_wanted"),
            .present("limited_quic"),
            .oneOf("load_server_state_from_file", values: ["global", "local", "none"]).only(.v2),
            .word("localpeer"),
            .object(
                "log_send_hostname",
                [.slot("enabled", .toggle, required: true), .slot("param", .word)],
                "{enabled:enabled=log-send-hostname} [{param}]",
                "no {enabled:disabled=log-send-hostname}"
            ),
            .integer("mworker_max_reloads"),
            .integer("nbproc").only(.v2),
            .integer("nbthread"),
            .text("node"),
            .negatable("numa_cpu_mapping"),
            .text("pidfile"),
            .present("pp2_never_send_local"),
            .present("set_dumpable"),
            .lines(
                "set_var",
                [.slot("name", .text, required: true), .slot("expr", .text, required: true)],
                "set-var {name} {expr*}"
            ),
            .lines(
                "set_var_fmt",
                [.slot("name", .text, required: true), .slot("format", .text, required: true)],
                "set-var-fmt {name} {format}"
            ),
            .word("setcap"),
            Field("strict_limits", .boolean, .flag(["strict-limits"], off: ["no", "strict-limits"])),
            .lines(
                "thread_group_lines",
                [.slot("group", .text, required: true), .slot("num_or_range", .text, required: true)],
                "thread-group {group} {num_or_range*}"
            ),
            .integer("thread_groups"),
            .integer("ulimit_n"),
            .group(
                "wurfl_options",
                [
                    .integer("cache_size", "wurfl-cache-size"), .text("data_file", "wurfl-data-file"),
                    Field("information_list", .text, .remainder(["wurfl-information-list"])),
                    .text("information_list_separator", "wurfl-information-list-separator"),
                    .text("patch_file", "wurfl-patch-file"),
                ]
            ),
            Field("runtime_apis", .list(.object(Field.runtimeSocket)), .parameterLines(["stats", "socket"])),
        ]

    /// What is in `performance_options` in v3, and has its place here.
    private static let performanceOfBoth: [Field] = Field.performance.filter {
        !["profiling_tasks", "noktls", "profiling_memory", "thread_hard_limit"].contains($0.name)
    }.only(.v2)

    private static let formerFields: [Field] =
        [
            .integer("anonkey", in: Int.min...4294967295),
            .present("no-quic"),
            .present("prealloc-fd"),
            .present("quiet"),
            .present("zero_warning"),
            .integer("tune_ssl_default_dh_param", "tune.ssl.default-dh-param"),
            .group("tune_options", Field.tuning),
            .oneOf("profiling_tasks", "profiling.tasks", values: ["auto", "on", "off"]),
        ] + Field.formerTLSOptions + Field.formerHTTPClient + Field.formerScripts + Field.environment

    private static let newFields: [Field] =
        [
            .group("performance_options", Field.performance),
            .group("ssl_options", Field.tlsOptions),
            .group("environment_options", Field.environment),
            .group("http_client_options", Field.httpClient),
            .group("lua_options", Field.scripts),
            .group(
                "debug_options",
                [
                    .integer("anonkey", in: Int.min...4294967295), .present("quiet"),
                    .integer("stress_level", in: Int.min...9), .present("zero_warning"),
                ]
            ),
            .group("ocsp_update_options", Field.ocspUpdate),
            .object(
                "cpu_affinity",
                [
                    .slot(
                        "affinity",
                        .enumeration(["per-core", "per-group", "auto", "per-thread", "per-ccx"]),
                        required: true
                    ), .slot("argument", .enumeration(["auto", "loose"])),
                ],
                "cpu-affinity {affinity} [{argument}]"
            ),
            .oneOf(
                "cpu_policy",
                "cpu-policy",
                values: [
                    "none", "efficiency", "first-usable-node", "group-by-2-ccx", "group-by-2-clusters",
                    "group-by-3-ccx", "group-by-3-clusters", "group-by-4-ccx", "group-by-4-cluster", "group-by-ccx",
                    "group-by-cluster", "performance", "resource",
                ]
            ),
            .lines(
                "cpu_set",
                [
                    .slot(
                        "directive",
                        .enumeration([
                            "reset", "drop-cpu", "only-cpu", "drop-node", "only-node", "drop-cluster", "only-cluster",
                            "drop-core", "only-core", "drop-thread", "only-thread",
                        ]),
                        required: true
                    ), .slot("set", .text),
                ],
                "cpu-set {directive} [{set*}]"
            ),
            .word("dns_accept_family"),
            .time("force_cfg_parser_pause"),
            .group(
                "harden",
                [
                    .group(
                        "reject_privileged_ports",
                        [
                            .onOff("quic", "harden.reject-privileged-ports.quic"),
                            .onOff("tcp", "harden.reject-privileged-ports.tcp"),
                        ]
                    )
                ]
            ),
            .lines(
                "http_err_codes",
                [.slot("value", .string(.statusCodes), required: true)],
                "http-err-codes {value*}"
            ),
            .lines(
                "http_fail_codes",
                [.slot("value", .string(.statusCodes), required: true)],
                "http-fail-codes {value*}"
            ),
            .integer("max_threads_per_group", in: 1...Int.max),
            .present("no_quic"),
            .present("prealloc_fd"),
            .word("shm_stats_file"),
            .integer("shm_stats_file_max_objects"),
            .onOff("stats_calculate_max_counters", "stats", "calculate-max-counters"),
            .text("stats_file"),
            .time("warn_blocked_traffic_after", in: 1...Int.max),
        ] + Field.tuningByTopic
}

extension Field {
    static let ocspUpdate: [Field] = [
        Field("disable", .boolean, .flag(["ocsp-update.disable", "on"], off: ["ocsp-update.disable", "off"])),
        .object("httpproxy", [.slot("address", .word), .slot("port", .port)], "ocsp-update.httpproxy {@address,port}"),
        .integer("maxdelay", "ocsp-update.maxdelay"),
        .integer("mindelay", "ocsp-update.mindelay"),
        .onOff("mode", "ocsp-update.mode"),
    ]

    /// What a `stats socket` line says.
    static let runtimeSocket: [Field] =
        [Field("address", .word, .position(1), required: true), .word("name")] + bindParameters
}
