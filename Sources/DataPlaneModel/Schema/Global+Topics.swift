/// Members of `global` that stand in it in v2 and in an object of their own in v3.
extension Field {
    static let performance: [Field] = [
        .present("busy_polling", "busy-polling"),
        .integer("fd_hard_limit", "fd-hard-limit"),
        .time("max_spread_checks", "max-spread-checks"),
        .integer("maxcompcpuusage", "maxcompcpuusage"),
        .integer("maxcomprate", "maxcomprate"),
        .integer("maxconn", "maxconn"),
        .integer("maxconnrate", "maxconnrate"),
        .integer("maxpipes", "maxpipes"),
        .integer("maxsessrate", "maxsessrate"),
        .integer("maxzlibmem", "maxzlibmem"),
        .present("noepoll", "noepoll"),
        .present("noevports", "noevports"),
        .present("nogetaddrinfo", "nogetaddrinfo"),
        .present("nokqueue", "nokqueue"),
        .present("noktls", "noktls"),
        .present("nopoll", "nopoll"),
        .present("noreuseport", "noreuseport"),
        .present("nosplice", "nosplice"),
        .onOff("profiling_memory", "profiling.memory"),
        Field(
            "profiling_tasks",
            .enumeration(["auto", "enabled", "disabled"]),
            .choice([
                ("auto", ["profiling.tasks", "auto"]), ("enabled", ["profiling.tasks", "on"]),
                ("disabled", ["profiling.tasks", "off"]),
            ])
        ),
        .word("server_state_base", "server-state-base"),
        .word("server_state_file", "server-state-file"),
        .integer("spread_checks", "spread-checks"),
        .integer("thread_hard_limit", "thread-hard-limit"),
    ]

    static let tlsOptions: [Field] = [
        .oneOf("acme_scheduler", "acme.scheduler", values: ["auto", "off"]),
        .text("ca_base", "ca-base"),
        .text("crt_base", "crt-base"),
        .text("default_bind_ciphers", "ssl-default-bind-ciphers"),
        .text("default_bind_ciphersuites", "ssl-default-bind-ciphersuites"),
        .text("default_bind_client_sigalgs", "ssl-default-bind-client-sigalgs"),
        .text("default_bind_curves", "ssl-default-bind-curves"),
        Field("default_bind_options", .text, .remainder(["ssl-default-bind-options"])),
        .text("default_bind_sigalgs", "ssl-default-bind-sigalgs"),
        .text("default_server_ciphers", "ssl-default-server-ciphers"),
        .text("default_server_ciphersuites", "ssl-default-server-ciphersuites"),
        .text("default_server_client_sigalgs", "ssl-default-server-client-sigalgs"),
        .text("default_server_curves", "ssl-default-server-curves"),
        Field("default_server_options", .text, .remainder(["ssl-default-server-options"])),
        .text("default_server_sigalgs", "ssl-default-server-sigalgs"),
        .text("dh_param_file", "ssl-dh-param-file"),
        .lines(
            "engines",
            [.slot("name", .text, required: true), .slot("algorithms", .text)],
            "ssl-engine {name} [algo {algorithms}]"
        ),
        .text("issuers_chain_path", "issuers-chain-path"),
        .text("load_extra_files", "ssl-load-extra-files"),
        .integer("maxsslconn", "maxsslconn"),
        .integer("maxsslrate", "maxsslrate"),
        Field("mode_async", .toggle, .flag(["ssl-mode-async"], off: nil)),
        .text("passphrase_cmd", "ssl-passphrase-cmd"),
        .text("propquery", "ssl-propquery"),
        .text("provider", "ssl-provider"),
        .text("provider_path", "ssl-provider-path"),
        .integer("security_level", "ssl-security-level", in: Int.min...5),
        .oneOf("server_verify", "ssl-server-verify", values: ["none", "required"]),
        .present("skip_self_issued_ca", "ssl-skip-self-issued-ca"),
    ]

    /// As v2 names them.
    static let formerTLSOptions: [Field] = [
        .text("ca_base", "ca-base"),
        .text("crt_base", "crt-base"),
        .text("ssl_default_bind_ciphers", "ssl-default-bind-ciphers"),
        .text("ssl_default_bind_ciphersuites", "ssl-default-bind-ciphersuites"),
        .text("ssl_default_bind_client_sigalgs", "ssl-default-bind-client-sigalgs"),
        .text("ssl_default_bind_curves", "ssl-default-bind-curves"),
        Field("ssl_default_bind_options", .text, .remainder(["ssl-default-bind-options"])),
        .text("ssl_default_bind_sigalgs", "ssl-default-bind-sigalgs"),
        .text("ssl_default_server_ciphers", "ssl-default-server-ciphers"),
        .text("ssl_default_server_ciphersuites", "ssl-default-server-ciphersuites"),
        .text("ssl_default_server_client_sigalgs", "ssl-default-server-client-sigalgs"),
        .text("ssl_default_server_curves", "ssl-default-server-curves"),
        Field("ssl_default_server_options", .text, .remainder(["ssl-default-server-options"])),
        .text("ssl_default_server_sigalgs", "ssl-default-server-sigalgs"),
        .text("ssl_dh_param_file", "ssl-dh-param-file"),
        .lines(
            "ssl_engines",
            [.slot("name", .text, required: true), .slot("algorithms", .text)],
            "ssl-engine {name} [algo {algorithms}]"
        ),
        .text("issuers_chain_path", "issuers-chain-path"),
        .text("ssl_load_extra_files", "ssl-load-extra-files"),
        .integer("maxsslconn", "maxsslconn"),
        .integer("maxsslrate", "maxsslrate"),
        Field("ssl_mode_async", .toggle, .flag(["ssl-mode-async"], off: nil)),
        .text("ssl_propquery", "ssl-propquery"),
        .text("ssl_provider", "ssl-provider"),
        .text("ssl_provider_path", "ssl-provider-path"),
        .oneOf("ssl_server_verify", "ssl-server-verify", values: ["none", "required"]),
        .present("ssl_skip_self_issued_ca", "ssl-skip-self-issued-ca"),
    ]

    static let environment: [Field] = [
        .lines("presetenv", variable, "presetenv {name} {value}"),
        Field("resetenv", .text, .remainder(["resetenv"])),
        .lines("setenv", variable, "setenv {name} {value}"),
        Field("unsetenv", .text, .remainder(["unsetenv"])),
    ]

    private static let variable: [Field] = [
        .slot("name", .text, required: true), .slot("value", .text, required: true),
    ]

    static let httpClient: [Field] = [
        .onOff("resolvers_disabled", "httpclient.resolvers.disabled"),
        .text("resolvers_id", "httpclient.resolvers.id"),
        .oneOf("resolvers_prefer", "httpclient.resolvers.prefer", values: ["ipv4", "ipv6"]),
        .integer("retries", "httpclient.retries"),
        .text("ssl_ca_file", "httpclient.ssl.ca-file"),
        .oneOf("ssl_verify", "httpclient.ssl.verify", values: ["", "none", "required"]),
        .time("timeout_connect", "httpclient.timeout.connect"),
    ]

    /// As v2 names them.
    static let formerHTTPClient: [Field] = httpClient.map { field in
        var field = field
        field.name = "httpclient_" + field.name
        return field
    }

    static let scripts: [Field] = [
        .text("load_per_thread", "lua-load-per-thread"),
        .lines("loads", [.slot("file", .word, required: true)], "lua-load {file}"),
        .lines(
            "prepend_path",
            [.slot("path", .word, required: true), .slot("type", .enumeration(["path", "cpath"]))],
            "lua-prepend-path {path} [{type}]"
        ),
    ]

    /// As v2 names them.
    static let formerScripts: [Field] = scripts.map { field in
        var field = field
        field.name = "lua_" + field.name
        return field
    }
}
