extension StatisticsField {
    /// In the order of the cases; as HAProxy 2.6 says them with `show stat typed desc`.
    static let descriptions: [FieldDescription] = totals + checks + more + modules

    private static let totals: [FieldDescription] = [
        FieldDescription("pxname", "KNS", nil, "Proxy name"),
        FieldDescription("svname", "KNS", nil, "Server name"),
        FieldDescription("qcur", "MGP", .u32, "Number of current queued connections"),
        FieldDescription("qmax", "MMP", .u32, "Highest value of queued connections encountered since process started"),
        FieldDescription("scur", "MGP", .u32, "Number of current sessions on the frontend, backend or server"),
        FieldDescription("smax", "MMP", .u32, "Highest value of current sessions encountered since process started"),
        FieldDescription("slim", "CLP", .u32, "Frontend/listener/server's maxconn, backend's fullconn"),
        FieldDescription("stot", "MCP", .u64, "Total number of sessions since process started"),
        FieldDescription("bin", "MCP", .u64, "Total number of request bytes since process started"),
        FieldDescription("bout", "MCP", .u64, "Total number of response bytes since process started"),
        FieldDescription("dreq", "MCP", .u64, "Total number of denied requests since process started"),
        FieldDescription("dresp", "MCP", .u64, "Total number of denied responses since process started"),
        FieldDescription("ereq", "MCP", .u64, "Total number of invalid requests since process started"),
        FieldDescription(
            "econ",
            "MCP",
            .u64,
            "Total number of failed connections to server since the worker process started"
        ),
        FieldDescription("eresp", "MCP", .u64, "Total number of invalid responses since the worker process started"),
        FieldDescription(
            "wretr",
            "MCP",
            .u64,
            "Total number of server connection retries since the worker process started"
        ),
        FieldDescription(
            "wredis",
            "MCP",
            .u64,
            "Total number of server redispatches due to connection failures since the worker process started"
        ),
        FieldDescription(
            "status",
            "SGP",
            nil,
            "Frontend/listen status: OPEN/WAITING/FULL/STOP; backend: UP/DOWN; server: last check status"
        ),
        FieldDescription(
            "weight",
            "MaP",
            .u32,
            "Server's effective weight, or sum of active servers' effective weights for a backend"
        ),
        FieldDescription("act", "SGP", .u32, "Total number of active UP servers with a non-zero weight"),
        FieldDescription("bck", "SGP", .u32, "Total number of backup UP servers with a non-zero weight"),
        FieldDescription(
            "chkfail",
            "MCP",
            .u64,
            "Total number of failed individual health checks per server/backend, since the worker process started"
        ),
        FieldDescription(
            "chkdown",
            "MCP",
            .u64,
            "Total number of failed checks causing UP to DOWN server transitions, per server/backend, "
                + "since the worker process started"
        ),
        FieldDescription("lastchg", "MAP", .u32, "How long ago the last server state changed, in seconds"),
        FieldDescription("downtime", "MCP", .u32, "Total time spent in DOWN state, for server or backend"),
        FieldDescription(
            "qlimit",
            "CGS",
            .u32,
            "Limit on the number of connections in queue, for servers only (maxqueue argument)"
        ),
        FieldDescription("pid", "KGP", .u32, "Relative worker process number (1)"),
        FieldDescription("iid", "KGS", .u32, "Frontend or Backend numeric identifier ('id' setting)"),
        FieldDescription("sid", "KGS", .u32, "Server numeric identifier ('id' setting)"),
        FieldDescription(
            "throttle",
            "MaP",
            .u32,
            "Throttling ratio applied to a server's maxconn and weight during the slowstart period (0 to 100%)"
        ),
        FieldDescription(
            "lbtot",
            "MCP",
            .u64,
            "Total number of requests routed by load balancing since the worker process started "
                + "(ignores queue pop and stickiness)"
        ),
        FieldDescription("tracked", "CNS", nil, "Name of the other server this server tracks for its state"),
        FieldDescription("type", "CGS", .u32, "Type of the object (Listener, Frontend, Backend, Server)"),
        FieldDescription(
            "rate",
            "MRP",
            .u32,
            "Total number of sessions processed by this object over the last second (sessions for "
                + "listeners/frontends, requests for backends/servers)"
        ),
        FieldDescription(
            "rate_lim",
            "CLP",
            .u32,
            "Limit on the number of sessions accepted in a second (frontend only, 'rate-limit sessions' setting)"
        ),
        FieldDescription(
            "rate_max",
            "MMP",
            .u32,
            "Highest value of sessions per second observed since the worker process started"
        ),
    ]

    private static let checks: [FieldDescription] = [
        FieldDescription(
            "check_status",
            "MOP",
            nil,
            "Status report of the server's latest health check, prefixed with '*' if a check is currently in progress"
        ),
        FieldDescription(
            "check_code",
            "MOP",
            .u32,
            "HTTP/SMTP/LDAP status code reported by the latest server health check"
        ),
        FieldDescription(
            "check_duration",
            "MDP",
            .u64,
            "Total duration of the latest server health check, in milliseconds"
        ),
        FieldDescription(
            "hrsp_1xx",
            "MCP",
            .u64,
            "Total number of HTTP responses with status 100-199 returned by this object since the "
                + "worker process started"
        ),
        FieldDescription(
            "hrsp_2xx",
            "MCP",
            .u64,
            "Total number of HTTP responses with status 200-299 returned by this object since the "
                + "worker process started"
        ),
        FieldDescription(
            "hrsp_3xx",
            "MCP",
            .u64,
            "Total number of HTTP responses with status 300-399 returned by this object since the "
                + "worker process started"
        ),
        FieldDescription(
            "hrsp_4xx",
            "MCP",
            .u64,
            "Total number of HTTP responses with status 400-499 returned by this object since the "
                + "worker process started"
        ),
        FieldDescription(
            "hrsp_5xx",
            "MCP",
            .u64,
            "Total number of HTTP responses with status 500-599 returned by this object since the "
                + "worker process started"
        ),
        FieldDescription(
            "hrsp_other",
            "MCP",
            .u64,
            "Total number of HTTP responses with status <100, >599 returned by this object since the "
                + "worker process started (error -1 included)"
        ),
        FieldDescription(
            "hanafail",
            "MCP",
            .u64,
            "Total number of failed checks caused by an 'on-error' directive after an 'observe' condition matched"
        ),
        FieldDescription(
            "req_rate",
            "MRP",
            .u32,
            "Number of HTTP requests processed over the last second on this object"
        ),
        FieldDescription(
            "req_rate_max",
            "MMP",
            .u32,
            "Highest value of http requests observed since the worker process started"
        ),
        FieldDescription(
            "req_tot",
            "MCP",
            .u64,
            "Total number of HTTP requests processed by this object since the worker process started"
        ),
        FieldDescription(
            "cli_abrt",
            "MCP",
            .u64,
            "Total number of requests or connections aborted by the client since the worker process started"
        ),
        FieldDescription(
            "srv_abrt",
            "MCP",
            .u64,
            "Total number of requests or connections aborted by the server since the worker process started"
        ),
        FieldDescription(
            "comp_in",
            "MCP",
            .u64,
            "Total number of bytes submitted to the HTTP compressor for this object since the worker process started"
        ),
        FieldDescription(
            "comp_out",
            "MCP",
            .u64,
            "Total number of bytes emitted by the HTTP compressor for this object since the worker process started"
        ),
        FieldDescription(
            "comp_byp",
            "MCP",
            .u64,
            "Total number of bytes that bypassed HTTP compression for this object since the worker "
                + "process started (CPU/memory/bandwidth limitation)"
        ),
        FieldDescription(
            "comp_rsp",
            "MCP",
            .u64,
            "Total number of HTTP responses that were compressed for this object since the worker process started"
        ),
        FieldDescription(
            "lastsess",
            "MAP",
            .s32,
            "How long ago some traffic was seen on this object on this worker process, in seconds"
        ),
        FieldDescription(
            "last_chk",
            "MOP",
            nil,
            "Short description of the latest health check report for this server (see also check_desc)"
        ),
        FieldDescription(
            "last_agt",
            "MOP",
            nil,
            "Short description of the latest agent check report for this server (see also agent_desc)"
        ),
        FieldDescription(
            "qtime",
            "MaP",
            .u32,
            "Time spent in the queue, in milliseconds, averaged over the 1024 last requests (backend/server)"
        ),
        FieldDescription(
            "ctime",
            "MaP",
            .u32,
            "Time spent waiting for a connection to complete, in milliseconds, averaged over the 1024 "
                + "last requests (backend/server)"
        ),
        FieldDescription(
            "rtime",
            "MaP",
            .u32,
            "Time spent waiting for a server response, in milliseconds, averaged over the 1024 last "
                + "requests (backend/server)"
        ),
        FieldDescription(
            "ttime",
            "MaP",
            .u32,
            "Total request+response time (request+queue+connect+response+processing), in milliseconds, "
                + "averaged over the 1024 last requests (backend/server)"
        ),
        FieldDescription(
            "agent_status",
            "MOP",
            nil,
            "Status report of the server's latest agent check, prefixed with '*' if a check is currently in progress"
        ),
        FieldDescription("agent_code", "MOP", .u32, "Status code reported by the latest server agent check"),
        FieldDescription(
            "agent_duration",
            "MDP",
            .u64,
            "Total duration of the latest server agent check, in milliseconds"
        ),
        FieldDescription(
            "check_desc",
            "MOP",
            nil,
            "Textual description of the latest health check report for this server"
        ),
        FieldDescription(
            "agent_desc",
            "MOP",
            nil,
            "Textual description of the latest agent check report for this server"
        ),
        FieldDescription(
            "check_rise",
            "CGS",
            .u32,
            "Number of successful health checks before declaring a server UP (server 'rise' setting)"
        ),
        FieldDescription(
            "check_fall",
            "CGS",
            .u32,
            "Number of failed health checks before declaring a server DOWN (server 'fall' setting)"
        ),
        FieldDescription(
            "check_health",
            "CGS",
            .u32,
            "Current server health check level (0..fall-1=DOWN, fall..rise-1=UP)"
        ),
        FieldDescription(
            "agent_rise",
            "CGS",
            .u32,
            "Number of successful agent checks before declaring a server UP (server 'rise' setting)"
        ),
        FieldDescription(
            "agent_fall",
            "CGS",
            .u32,
            "Number of failed agent checks before declaring a server DOWN (server 'fall' setting)"
        ),
        FieldDescription(
            "agent_health",
            "CGS",
            .u32,
            "Current server agent check level (0..fall-1=DOWN, fall..rise-1=UP)"
        ),
    ]
}
