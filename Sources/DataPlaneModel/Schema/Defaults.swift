extension Resource {
    /// The first `defaults` section (HAProxy 4.1). HAProxy's options are the union of a frontend's and a backend's.
    static let defaults = Resource(
        "defaults",
        name: "defaults",
        .singleton(section: "defaults"),
        identity: .none,
        versions: .v2,
        fields: defaultsFields
    )

    /// `defaults` sections by their names.
    static let namedDefaults = Resource(
        "named_defaults",
        newPath: "defaults",
        name: "defaults",
        .section("defaults"),
        identity: .name,
        fields: defaultsFields
    )

    private static let defaultsFields: [Field] =
        [
            Field("name", .name, .sectionName).required(in: .v3),
            Field("from", .name, .sectionFrom),
            .present("disabled"),
            .present("enabled"),
            .oneOf("mode", values: ["tcp", "http", "log"]),
            .integer("maxconn"),
            .integer("backlog"),
            .word("log_tag"),
            .balance,
            .hashType,
            .integer("hash_balance_factor"),
            .advancedCheck,
        ] + options + Field.errors + Field.forwarding + Field.choosing + [
            .time("client_timeout", "timeout", "client"),
            .time("client_fin_timeout", "timeout", "client-fin"),
        ] + Field.backendTimeouts + [
            .integer("clitcpka_cnt"),
            .seconds("clitcpka_idle"),
            .seconds("clitcpka_intvl"),
            .integer("srvtcpka_cnt"),
            .seconds("srvtcpka_idle"),
            .seconds("srvtcpka_intvl"),
            .integer("fullconn"),
            .integer("retries"),
            .retryOn,
            .oneOf("http_reuse", values: ["aggressive", "always", "never", "safe"]),
            .oneOf("load_server_state_from_file", values: ["global", "local", "none"]),
            .text("log_format"),
            .text("log_format_sd"),
            .text("error_log_format"),
            .text("unique_id_format"),
            .text("unique_id_header"),
            .integer("max_keep_alive_queue"),
            .text("http_send_name_header"),
            .word("dynamic_cookie_key"),
            .word("external_check_command", "external-check", "command"),
            .word("external_check_path", "external-check", "path"),
            .string("default_backend", "default_backend", pattern: .name),
            .word("bind_process").only(.v2),
            .text("monitor_uri"),
            .logSteps,
            Field("default_server", .object(Field.serverParameters), .parameters(["default-server"])),
        ]

    private static var options: [Field] {
        // `http_no_delay` is `http-no-delay` in a backend: one keyword, one member. The other two are a backend's only.
        let left = Set(Field.frontendOptions.map { $0.name } + ["http-no-delay", "http_proxy", "spop_check"])
        return Field.frontendOptions + Field.backendOptions.filter { !left.contains($0.name) }
    }
}
