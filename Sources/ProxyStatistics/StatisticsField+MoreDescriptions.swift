extension StatisticsField {
    static let more: [FieldDescription] = [
        FieldDescription(
            "addr",
            "CGS",
            nil,
            "Server's address:port, shown only if show-legends is set, or at levels oper/admin for the CLI"
        ),
        FieldDescription(
            "cookie",
            "CNS",
            nil,
            "Backend's cookie name or Server's cookie value, shown only if show-legends is set, or at "
                + "levels oper/admin for the CLI"
        ),
        FieldDescription("mode", "CGS", nil, "'mode' setting (tcp/http/health/cli)"),
        FieldDescription(
            "algo",
            "CGS",
            nil,
            "Backend's load balancing algorithm, shown only if show-legends is set, or at levels oper/admin for the CLI"
        ),
        FieldDescription(
            "conn_rate",
            "MRP",
            .u32,
            "Number of new connections accepted over the last second on the frontend for this worker process"
        ),
        FieldDescription(
            "conn_rate_max",
            "MMP",
            .u32,
            "Highest value of connections per second observed since the worker process started"
        ),
        FieldDescription(
            "conn_tot",
            "MCP",
            .u64,
            "Total number of new connections accepted on this frontend since the worker process started"
        ),
        FieldDescription(
            "intercepted",
            "MCP",
            .u64,
            "Total number of HTTP requests intercepted on the frontend (redirects/stats/services) "
                + "since the worker process started"
        ),
        FieldDescription(
            "dcon",
            "MCP",
            .u64,
            "Total number of incoming connections blocked on a listener/frontend by a tcp-request "
                + "connection rule since the worker process started"
        ),
        FieldDescription(
            "dses",
            "MCP",
            .u64,
            "Total number of incoming sessions blocked on a listener/frontend by a tcp-request "
                + "connection rule since the worker process started"
        ),
        FieldDescription(
            "wrew",
            "MCP",
            .u64,
            "Total number of failed HTTP header rewrites since the worker process started"
        ),
        FieldDescription(
            "connect",
            "MCP",
            .u64,
            "Total number of outgoing connection attempts on this backend/server since the worker process started"
        ),
        FieldDescription(
            "reuse",
            "MCP",
            .u64,
            "Total number of reused connection on this backend/server since the worker process started"
        ),
        FieldDescription(
            "cache_lookups",
            "MCP",
            .u64,
            "Total number of HTTP requests looked up in the cache on this frontend/backend since the "
                + "worker process started"
        ),
        FieldDescription(
            "cache_hits",
            "MCP",
            .u64,
            "Total number of HTTP requests not found in the cache on this frontend/backend since the "
                + "worker process started"
        ),
        FieldDescription(
            "srv_icur",
            "MGP",
            .u32,
            "Current number of idle connections available for reuse on this server"
        ),
        FieldDescription(
            "src_ilim",
            "CLP",
            .u32,
            "Limit on the number of available idle connections on this server (server 'pool_max_conn' directive)"
        ),
        FieldDescription(
            "qtime_max",
            "MMP",
            .u32,
            "Maximum observed time spent in the queue, in milliseconds (backend/server)"
        ),
        FieldDescription(
            "ctime_max",
            "MMP",
            .u32,
            "Maximum observed time spent waiting for a connection to complete, in milliseconds (backend/server)"
        ),
        FieldDescription(
            "rtime_max",
            "MMP",
            .u32,
            "Maximum observed time spent waiting for a server response, in milliseconds (backend/server)"
        ),
        FieldDescription(
            "ttime_max",
            "MMP",
            .u32,
            "Maximum observed total request+response time (request+queue+connect+response+processing), "
                + "in milliseconds (backend/server)"
        ),
        FieldDescription("eint", "MCP", .u64, "Total number of internal errors since process started"),
        FieldDescription("idle_conn_cur", "MGP", .u32, "Current number of unsafe idle connections"),
        FieldDescription("safe_conn_cur", "MGP", .u32, "Current number of safe idle connections"),
        FieldDescription("used_conn_cur", "MGP", .u32, "Current number of connections in use"),
        FieldDescription("need_conn_est", "MGP", .u32, "Estimated needed number of connections"),
        FieldDescription(
            "uweight",
            "MaP",
            .u32,
            "Server's user weight, or sum of active servers' user weights for a backend"
        ),
        FieldDescription("agg_server_status", "MGP", .u32, "Backend's aggregated gauge of servers' status"),
        FieldDescription(
            "agg_server_check_status",
            "MGP",
            .u32,
            "Backend's aggregated gauge of servers' state check status"
        ),
        FieldDescription("agg_check_status", "MGP", .u32, "Backend's aggregated gauge of servers' state check status"),
    ]

    static let modules: [FieldDescription] = [
        FieldDescription("ssl_sess", "MCP", .u64, "Total number of ssl sessions established"),
        FieldDescription("ssl_reused_sess", "MCP", .u64, "Total number of ssl sessions reused"),
        FieldDescription("ssl_failed_handshake", "MCP", .u64, "Total number of failed handshake"),
        FieldDescription("h2_headers_rcvd", "MCP", .u64, "Total number of received HEADERS frames"),
        FieldDescription("h2_data_rcvd", "MCP", .u64, "Total number of received DATA frames"),
        FieldDescription("h2_settings_rcvd", "MCP", .u64, "Total number of received SETTINGS frames"),
        FieldDescription("h2_rst_stream_rcvd", "MCP", .u64, "Total number of received RST_STREAM frames"),
        FieldDescription("h2_goaway_rcvd", "MCP", .u64, "Total number of received GOAWAY frames"),
        FieldDescription("h2_detected_conn_protocol_errors", "MCP", .u64, "Total number of connection protocol errors"),
        FieldDescription("h2_detected_strm_protocol_errors", "MCP", .u64, "Total number of stream protocol errors"),
        FieldDescription("h2_rst_stream_resp", "MCP", .u64, "Total number of RST_STREAM sent on detected error"),
        FieldDescription("h2_goaway_resp", "MCP", .u64, "Total number of GOAWAY sent on detected error"),
        FieldDescription("h2_open_connections", "MGP", .u64, "Count of currently open connections"),
        FieldDescription("h2_backend_open_streams", "MGP", .u64, "Count of currently open streams"),
        FieldDescription("h2_total_connections", "MCP", .u64, "Total number of connections"),
        FieldDescription("h2_backend_total_streams", "MCP", .u64, "Total number of streams"),
        FieldDescription("h1_open_connections", "MGP", .u64, "Count of currently open connections"),
        FieldDescription("h1_open_streams", "MGP", .u64, "Count of currently open streams"),
        FieldDescription("h1_total_connections", "MCP", .u64, "Total number of connections"),
        FieldDescription("h1_total_streams", "MCP", .u64, "Total number of streams"),
        FieldDescription("h1_bytes_in", "MCP", .u64, "Total number of bytes received"),
        FieldDescription("h1_bytes_out", "MCP", .u64, "Total number of bytes send"),
        FieldDescription("h1_spliced_bytes_in", "MCP", .u64, "Total number of bytes received using kernel splicing"),
        FieldDescription("h1_spliced_bytes_out", "MCP", .u64, "Total number of bytes sendusing kernel splicing"),
    ]
}
