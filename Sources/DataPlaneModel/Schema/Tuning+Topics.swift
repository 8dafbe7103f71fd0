extension Field {
    /// `tune.…` as v3 has it: in an object for each topic (HAProxy 3.2).
    static let tuningByTopic: [Field] = [
        .group("tune_options", tuningOfAll),
        .group("tune_buffer_options", tuningOfBuffer),
        .group("tune_lua_options", tuningOfLua),
        .group("tune_quic_options", tuningOfQuic),
        .group("tune_ssl_options", tuningOfSsl),
        .group("tune_vars_options", tuningOfVars),
        .group("tune_zlib_options", tuningOfZlib),
    ]

    private static let tuningOfAll: [Field] = [
        .onOff("applet_zero_copy_forwarding", "tune.applet.zero-copy-forwarding"),
        .integer("cli_max_payload_size", "tune.cli.max-payload-size"),
        .integer("comp_maxlevel", "tune.comp.maxlevel"),
        .present("defaults_purge", "tune.defaults.purge"),
        .present("disable_fast_forward", "tune.disable-fast-forward"),
        .present("disable_zero_copy_forwarding", "tune.disable-zero-copy-forwarding"),
        Field("epoll_mask_events", .list(.enumeration(["err", "hup", "rdhup"])), .value(["tune.epoll.mask-events"])),
        .integer("events_max_events_at_once", "tune.events.max-events-at-once", in: 1...10000),
        .present("fail_alloc", "tune.fail-alloc"),
        .onOff("fd_edge_triggered", "tune.fd.edge-triggered"),
        .integer("glitches_kill_cpu_usage", "tune.glitches.kill.cpu-usage", in: Int.min...100),
        .integer("h1_be_glitches_threshold", "tune.h1.be.glitches-threshold"),
        .integer("h1_fe_glitches_threshold", "tune.h1.fe.glitches-threshold"),
        .onOff("h1_zero_copy_fwd_recv", "tune.h1.zero-copy-fwd-recv"),
        .onOff("h1_zero_copy_fwd_send", "tune.h1.zero-copy-fwd-send"),
        .integer("h2_be_glitches_threshold", "tune.h2.be.glitches-threshold"),
        .integer("h2_be_initial_window_size", "tune.h2.be.initial-window-size"),
        .integer("h2_be_max_concurrent_streams", "tune.h2.be.max-concurrent-streams"),
        .integer("h2_be_max_frames_at_once", "tune.h2.be.max-frames-at-once"),
        .integer("h2_be_rxbuf", "tune.h2.be.rxbuf"),
        .integer("h2_fe_glitches_threshold", "tune.h2.fe.glitches-threshold"),
        .integer("h2_fe_initial_window_size", "tune.h2.fe.initial-window-size"),
        .integer("h2_fe_max_concurrent_streams", "tune.h2.fe.max-concurrent-streams"),
        .integer("h2_fe_max_frames_at_once", "tune.h2.fe.max-frames-at-once"),
        .integer("h2_fe_max_rst_at_once", "tune.h2.fe.max-rst-at-once"),
        .integer("h2_fe_max_total_streams", "tune.h2.fe.max-total-streams"),
        .integer("h2_fe_rxbuf", "tune.h2.fe.rxbuf"),
        .integer("h2_header_table_size", "tune.h2.header-table-size", in: Int.min...65535),
        .integer("h2_initial_window_size", "tune.h2.initial-window-size"),
        .oneOf("h2_log_errors", "tune.h2.log-errors", values: ["none", "connection", "stream"]),
        .integer("h2_max_concurrent_streams", "tune.h2.max-concurrent-streams"),
        .integer("h2_max_frame_size", "tune.h2.max-frame-size"),
        .onOff("h2_zero_copy_fwd_send", "tune.h2.zero-copy-fwd-send"),
        .integer("http_cookielen", "tune.http.cookielen"),
        .integer("http_logurilen", "tune.http.logurilen"),
        .integer("http_maxhdr", "tune.http.maxhdr", in: 1...32767),
        .onOff("idle_pool_shared", "tune.idle-pool.shared"),
        .time("idletimer", "tune.idletimer", in: Int.min...65535),
        .oneOf(
            "listener_default_shards",
            "tune.listener.default-shards",
            values: ["by-process", "by-thread", "by-group"]
        ),
        .onOff("listener_multi_queue", "tune.listener.multi-queue"),
        .integer("max_checks_per_thread", "tune.max-checks-per-thread"),
        .integer("max_rules_at_once", "tune.max-rules-at-once"),
        .integer("maxaccept", "tune.maxaccept"),
        .integer("maxpollevents", "tune.maxpollevents"),
        .integer("maxrewrite", "tune.maxrewrite"),
        .integer("memory_hot_size", "tune.memory.hot-size"),
        .integer("notsent_lowat_client", "tune.notsent-lowat.client"),
        .integer("notsent_lowat_server", "tune.notsent-lowat.server"),
        .integer("pattern_cache_size", "tune.pattern.cache-size"),
        .integer("peers_max_updates_at_once", "tune.peers.max-updates-at-once"),
        .integer("pool_high_fd_ratio", "tune.pool-high-fd-ratio"),
        .integer("pool_low_fd_ratio", "tune.pool-low-fd-ratio"),
        .onOff("pt_zero_copy_forwarding", "tune.pt.zero-copy-forwarding"),
        .integer("renice_runtime", "tune.renice.runtime", in: -20...19),
        .integer("renice_startup", "tune.renice.startup", in: -20...19),
        .integer("ring_queues", "tune.ring.queues"),
        .integer("runqueue_depth", "tune.runqueue-depth"),
        .onOff("sched_low_latency", "tune.sched.low-latency"),
        .integer("stick_counters", "tune.stick-counters"),
        .oneOf(
            "takeover_other_tg_connections",
            "tune.takeover-other-tg-connections",
            values: ["none", "restricted", "full"]
        ),
    ]

    private static let tuningOfBuffer: [Field] = [
        .integer("buffers_limit", "tune.buffers.limit"),
        .integer("buffers_reserve", "tune.buffers.reserve", in: 2...Int.max),
        .integer("bufsize", "tune.bufsize"),
        .integer("bufsize_large", "tune.bufsize.large"),
        .integer("bufsize_small", "tune.bufsize.small", in: 1...Int.max),
        .integer("pipesize", "tune.pipesize"),
        .integer("rcvbuf_backend", "tune.rcvbuf.backend"),
        .integer("rcvbuf_client", "tune.rcvbuf.client"),
        .integer("rcvbuf_frontend", "tune.rcvbuf.frontend"),
        .integer("rcvbuf_server", "tune.rcvbuf.server"),
        .integer("recv_enough", "tune.recv_enough"),
        .integer("sndbuf_backend", "tune.sndbuf.backend"),
        .integer("sndbuf_client", "tune.sndbuf.client"),
        .integer("sndbuf_frontend", "tune.sndbuf.frontend"),
        .integer("sndbuf_server", "tune.sndbuf.server"),
    ]

    private static let tuningOfLua: [Field] = [
        .oneOf("bool_sample_conversion", "tune.lua.bool-sample-conversion", values: ["normal", "pre-3.1-bug"]),
        .time("burst_timeout", "tune.lua.burst-timeout"),
        .integer("forced_yield", "tune.lua.forced-yield"),
        .onOff("log_loggers", "tune.lua.log.loggers"),
        Field(
            "log_stderr",
            .enumeration(["auto", "enabled", "disabled"]),
            .choice([
                ("auto", ["tune.lua.log.stderr", "auto"]), ("enabled", ["tune.lua.log.stderr", "on"]),
                ("disabled", ["tune.lua.log.stderr", "off"]),
            ])
        ),
        .integer("maxmem", "tune.lua.maxmem"),
        .text("openlibs", "tune.lua.openlibs"),
        .time("service_timeout", "tune.lua.service-timeout"),
        .time("session_timeout", "tune.lua.session-timeout"),
        .time("task_timeout", "tune.lua.task-timeout"),
    ]

    private static let tuningOfQuic: [Field] = [
        .integer("frontend_conn_tx_buffers_limit", "tune.quic.frontend.conn-tx-buffers.limit"),
        .time("frontend_max_idle_timeout", "tune.quic.frontend.max-idle-timeout"),
        .integer("frontend_max_streams_bidi", "tune.quic.frontend.max-streams-bidi"),
        .integer("frontend_max_tx_memory", "tune.quic.frontend.max-tx-mem"),
        .integer("frontend_stream_max_total", "tune.quic.frontend.stream-max-total"),
        .integer("max_frame_loss", "tune.quic.max-frame-loss"),
        .integer("reorder_ratio", "tune.quic.reorder-ratio", in: Int.min...100),
        .integer("retry_threshold", "tune.quic.retry-threshold"),
        .oneOf("socket_owner", "tune.quic.socket-owner", values: ["listener", "connection"]),
        .onOff("zero_copy_fwd_send", "tune.quic.zero-copy-fwd-send"),
    ]

    private static let tuningOfSsl: [Field] = [
        .integer("cachesize", "tune.ssl.cachesize"),
        .integer("capture_buffer_size", "tune.ssl.capture-buffer-size"),
        Field(
            "certificate_compression",
            .enumeration(["auto", "disabled"]),
            .choice([
                ("auto", ["tune.ssl.certificate-compression", "auto"]),
                ("disabled", ["tune.ssl.certificate-compression", "off"]),
            ])
        ),
        .integer("ctx_cache_size", "tune.ssl.ssl-ctx-cache-size"),
        .integer("default_dh_param", "tune.ssl.default-dh-param"),
        .present("force_private_cache", "tune.ssl.force-private-cache"),
        .onOff("keylog", "tune.ssl.keylog"),
        .seconds("lifetime", "tune.ssl.lifetime"),
        .integer("maxrecord", "tune.ssl.maxrecord"),
        .integer("ocsp_update_max_delay", "tune.ssl.ocsp-update.maxdelay"),
        .integer("ocsp_update_min_delay", "tune.ssl.ocsp-update.mindelay"),
    ]

    private static let tuningOfVars: [Field] = [
        .integer("global_max_size", "tune.vars.global-max-size"),
        .integer("proc_max_size", "tune.vars.proc-max-size"),
        .integer("reqres_max_size", "tune.vars.reqres-max-size"),
        .integer("sess_max_size", "tune.vars.sess-max-size"),
        .integer("txn_max_size", "tune.vars.txn-max-size"),
    ]

    private static let tuningOfZlib: [Field] = [
        .integer("memlevel", "tune.zlib.memlevel", in: 1...9),
        .integer("windowsize", "tune.zlib.windowsize", in: 8...15),
    ]
}
