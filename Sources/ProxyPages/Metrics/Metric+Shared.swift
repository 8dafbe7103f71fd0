// Names, types and words are those of HAProxy 2.6's own exporter (addons/promex, and `PROMEX` in its sources).

/// Those that proxies of several kinds have, by the names of `show stat`.
extension Metric {
    static let currentSessions = Metric(
        "current_sessions",
        "scur",
        .gauge,
        help: "Number of current sessions on the frontend, backend or server"
    )
    static let maxSessions = Metric(
        "max_sessions",
        "smax",
        .gauge,
        help: "Highest value of current sessions encountered since process started"
    )
    static let limitSessions = Metric(
        "limit_sessions",
        "slim",
        .gauge,
        help: "Frontend/listener/server's maxconn, backend's fullconn"
    )
    static let sessionsTotal = Metric(
        "sessions_total",
        "stot",
        .counter,
        help: "Total number of sessions since process started"
    )
    static let bytesInTotal = Metric(
        "bytes_in_total",
        "bin",
        .counter,
        help: "Total number of request bytes since process started"
    )
    static let bytesOutTotal = Metric(
        "bytes_out_total",
        "bout",
        .counter,
        help: "Total number of response bytes since process started"
    )
    static let requestsDeniedTotal = Metric(
        "requests_denied_total",
        "dreq",
        .counter,
        help: "Total number of denied requests since process started"
    )
    static let responsesDeniedTotal = Metric(
        "responses_denied_total",
        "dresp",
        .counter,
        help: "Total number of denied responses since process started"
    )
    static let requestErrorsTotal = Metric(
        "request_errors_total",
        "ereq",
        .counter,
        help: "Total number of invalid requests since process started"
    )
    static let status = Metric(
        "status",
        "status",
        .gauge,
        .status,
        help: "Current status of the service, per state label value."
    )
    static let maxSessionRate = Metric(
        "max_session_rate",
        "rate_max",
        .gauge,
        help: "Highest value of sessions per second observed since the worker process started"
    )
    static let httpResponsesTotal = Metric(
        "http_responses_total",
        "hrsp",
        .counter,
        .responses,
        isHTTP: true,
        help:
            "Total number of HTTP responses with status 100-199 returned by this object since the worker process started"
    )
    static let httpRequestsTotal = Metric(
        "http_requests_total",
        "req_tot",
        .counter,
        isHTTP: true,
        help: "Total number of HTTP requests processed by this object since the worker process started"
    )
    static let httpCompBytesInTotal = Metric(
        "http_comp_bytes_in_total",
        "comp_in",
        .counter,
        isHTTP: true,
        help: "Total number of bytes submitted to the HTTP compressor for this object since the worker process started"
    )
    static let httpCompBytesOutTotal = Metric(
        "http_comp_bytes_out_total",
        "comp_out",
        .counter,
        isHTTP: true,
        help: "Total number of bytes emitted by the HTTP compressor for this object since the worker process started"
    )
    static let httpCompBytesBypassedTotal = Metric(
        "http_comp_bytes_bypassed_total",
        "comp_byp",
        .counter,
        isHTTP: true,
        help:
            "Total number of bytes that bypassed HTTP compression for this object since the worker process started (CPU/memory/bandwidth limitation)"
    )
    static let httpCompResponsesTotal = Metric(
        "http_comp_responses_total",
        "comp_rsp",
        .counter,
        isHTTP: true,
        help: "Total number of HTTP responses that were compressed for this object since the worker process started"
    )
    static let deniedConnectionsTotal = Metric(
        "denied_connections_total",
        "dcon",
        .counter,
        help:
            "Total number of incoming connections blocked on a listener/frontend by a tcp-request connection rule since the worker process started"
    )
    static let deniedSessionsTotal = Metric(
        "denied_sessions_total",
        "dses",
        .counter,
        help:
            "Total number of incoming sessions blocked on a listener/frontend by a tcp-request connection rule since the worker process started"
    )
    static let failedHeaderRewritingTotal = Metric(
        "failed_header_rewriting_total",
        "wrew",
        .counter,
        help: "Total number of failed HTTP header rewrites since the worker process started"
    )
    static let httpCacheLookupsTotal = Metric(
        "http_cache_lookups_total",
        "cache_lookups",
        .counter,
        isHTTP: true,
        help:
            "Total number of HTTP requests looked up in the cache on this frontend/backend since the worker process started"
    )
    static let httpCacheHitsTotal = Metric(
        "http_cache_hits_total",
        "cache_hits",
        .counter,
        isHTTP: true,
        help:
            "Total number of HTTP requests not found in the cache on this frontend/backend since the worker process started"
    )
    static let internalErrorsTotal = Metric(
        "internal_errors_total",
        "eint",
        .counter,
        help: "Total number of internal errors since process started"
    )
    static let currentQueue = Metric("current_queue", "qcur", .gauge, help: "Number of current queued connections")
    static let maxQueue = Metric(
        "max_queue",
        "qmax",
        .gauge,
        help: "Highest value of queued connections encountered since process started"
    )
    static let connectionErrorsTotal = Metric(
        "connection_errors_total",
        "econ",
        .counter,
        help: "Total number of failed connections to server since the worker process started"
    )
    static let responseErrorsTotal = Metric(
        "response_errors_total",
        "eresp",
        .counter,
        help: "Total number of invalid responses since the worker process started"
    )
    static let retryWarningsTotal = Metric(
        "retry_warnings_total",
        "wretr",
        .counter,
        help: "Total number of server connection retries since the worker process started"
    )
    static let redispatchWarningsTotal = Metric(
        "redispatch_warnings_total",
        "wredis",
        .counter,
        help: "Total number of server redispatches due to connection failures since the worker process started"
    )
    static let weight = Metric(
        "weight",
        "weight",
        .gauge,
        help: "Server's effective weight, or sum of active servers' effective weights for a backend"
    )
    static let checkUpDownTotal = Metric(
        "check_up_down_total",
        "chkdown",
        .counter,
        help:
            "Total number of failed checks causing UP to DOWN server transitions, per server/backend, since the worker process started"
    )
    static let checkLastChangeSeconds = Metric(
        "check_last_change_seconds",
        "lastchg",
        .gauge,
        help: "How long ago the last server state changed, in seconds"
    )
    static let downtimeSecondsTotal = Metric(
        "downtime_seconds_total",
        "downtime",
        .counter,
        help: "Total time spent in DOWN state, for server or backend"
    )
    static let loadbalancedTotal = Metric(
        "loadbalanced_total",
        "lbtot",
        .counter,
        help:
            "Total number of requests routed by load balancing since the worker process started (ignores queue pop and stickiness)"
    )
    static let clientAbortsTotal = Metric(
        "client_aborts_total",
        "cli_abrt",
        .counter,
        help: "Total number of requests or connections aborted by the client since the worker process started"
    )
    static let serverAbortsTotal = Metric(
        "server_aborts_total",
        "srv_abrt",
        .counter,
        help: "Total number of requests or connections aborted by the server since the worker process started"
    )
    static let lastSessionSeconds = Metric(
        "last_session_seconds",
        "lastsess",
        .gauge,
        help: "How long ago some traffic was seen on this object on this worker process, in seconds"
    )
    static let queueTimeAverageSeconds = Metric(
        "queue_time_average_seconds",
        "qtime",
        .gauge,
        .time,
        help: "Avg. queue time for last 1024 successful connections."
    )
    static let connectTimeAverageSeconds = Metric(
        "connect_time_average_seconds",
        "ctime",
        .gauge,
        .time,
        help: "Avg. connect time for last 1024 successful connections."
    )
    static let responseTimeAverageSeconds = Metric(
        "response_time_average_seconds",
        "rtime",
        .gauge,
        .time,
        help: "Avg. response time for last 1024 successful connections."
    )
    static let totalTimeAverageSeconds = Metric(
        "total_time_average_seconds",
        "ttime",
        .gauge,
        .time,
        help: "Avg. total time for last 1024 successful connections."
    )
    static let connectionAttemptsTotal = Metric(
        "connection_attempts_total",
        "connect",
        .counter,
        help: "Total number of outgoing connection attempts on this backend/server since the worker process started"
    )
    static let connectionReusesTotal = Metric(
        "connection_reuses_total",
        "reuse",
        .counter,
        help: "Total number of reused connection on this backend/server since the worker process started"
    )
    static let maxQueueTimeSeconds = Metric(
        "max_queue_time_seconds",
        "qtime_max",
        .gauge,
        .time,
        help: "Maximum observed time spent in the queue"
    )
    static let maxConnectTimeSeconds = Metric(
        "max_connect_time_seconds",
        "ctime_max",
        .gauge,
        .time,
        help: "Maximum observed time spent waiting for a connection to complete"
    )
    static let maxResponseTimeSeconds = Metric(
        "max_response_time_seconds",
        "rtime_max",
        .gauge,
        .time,
        help: "Maximum observed time spent waiting for a server response"
    )
    static let maxTotalTimeSeconds = Metric(
        "max_total_time_seconds",
        "ttime_max",
        .gauge,
        .time,
        help: "Maximum observed total request+response time (request+queue+connect+response+processing)"
    )
    static let uweight = Metric(
        "uweight",
        "uweight",
        .gauge,
        help: "Server's user weight, or sum of active servers' user weights for a backend"
    )
}
