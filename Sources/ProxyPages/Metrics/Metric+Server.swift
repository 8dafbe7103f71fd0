// Names, types and words are those of HAProxy 2.6's own exporter (addons/promex, and `PROMEX` in its sources).

extension Metric {
    /// Of a server, by the names of `show stat`.
    static let server: [Metric] = [
        Metric(
            "current_queue",
            "qcur",
            .gauge,
            help: "Number of current queued connections"
        ),
        Metric(
            "max_queue",
            "qmax",
            .gauge,
            help: "Highest value of queued connections encountered since process started"
        ),
        Metric(
            "current_sessions",
            "scur",
            .gauge,
            help: "Number of current sessions on the frontend, backend or server"
        ),
        Metric(
            "max_sessions",
            "smax",
            .gauge,
            help: "Highest value of current sessions encountered since process started"
        ),
        Metric(
            "limit_sessions",
            "slim",
            .gauge,
            help: "Frontend/listener/server's maxconn, backend's fullconn"
        ),
        Metric(
            "sessions_total",
            "stot",
            .counter,
            help: "Total number of sessions since process started"
        ),
        Metric(
            "bytes_in_total",
            "bin",
            .counter,
            help: "Total number of request bytes since process started"
        ),
        Metric(
            "bytes_out_total",
            "bout",
            .counter,
            help: "Total number of response bytes since process started"
        ),
        Metric(
            "responses_denied_total",
            "dresp",
            .counter,
            help: "Total number of denied responses since process started"
        ),
        Metric(
            "connection_errors_total",
            "econ",
            .counter,
            help: "Total number of failed connections to server since the worker process started"
        ),
        Metric(
            "response_errors_total",
            "eresp",
            .counter,
            help: "Total number of invalid responses since the worker process started"
        ),
        Metric(
            "retry_warnings_total",
            "wretr",
            .counter,
            help: "Total number of server connection retries since the worker process started"
        ),
        Metric(
            "redispatch_warnings_total",
            "wredis",
            .counter,
            help: "Total number of server redispatches due to connection failures since the worker process started"
        ),
        Metric(
            "status",
            "status",
            .gauge,
            .status,
            help: "Current status of the service, per state label value."
        ),
        Metric(
            "weight",
            "weight",
            .gauge,
            help: "Server's effective weight, or sum of active servers' effective weights for a backend"
        ),
        Metric(
            "check_failures_total",
            "chkfail",
            .counter,
            help: "Total number of failed individual health checks per server/backend, since the worker process started"
        ),
        Metric(
            "check_up_down_total",
            "chkdown",
            .counter,
            help:
                "Total number of failed checks causing UP to DOWN server transitions, per server/backend, since the worker process started"
        ),
        Metric(
            "check_last_change_seconds",
            "lastchg",
            .gauge,
            help: "How long ago the last server state changed, in seconds"
        ),
        Metric(
            "downtime_seconds_total",
            "downtime",
            .counter,
            help: "Total time spent in DOWN state, for server or backend"
        ),
        Metric(
            "queue_limit",
            "qlimit",
            .gauge,
            help: "Limit on the number of connections in queue, for servers only (maxqueue argument)"
        ),
        Metric(
            "current_throttle",
            "throttle",
            .gauge,
            help: "Throttling ratio applied to a server's maxconn and weight during the slowstart period (0 to 100%)"
        ),
        Metric(
            "loadbalanced_total",
            "lbtot",
            .counter,
            help:
                "Total number of requests routed by load balancing since the worker process started (ignores queue pop and stickiness)"
        ),
        Metric(
            "max_session_rate",
            "rate_max",
            .gauge,
            help: "Highest value of sessions per second observed since the worker process started"
        ),
        Metric(
            "check_status",
            "check_status",
            .gauge,
            .checkStatus,
            help: "Status of last health check, per state label value."
        ),
        Metric(
            "check_code",
            "check_code",
            .gauge,
            .checked,
            help: "layer5-7 code, if available of the last health check."
        ),
        Metric(
            "check_duration_seconds",
            "check_duration",
            .gauge,
            .checkedTime,
            help: "Total duration of the latest server health check, in seconds."
        ),
        Metric(
            "client_aborts_total",
            "cli_abrt",
            .counter,
            help: "Total number of requests or connections aborted by the client since the worker process started"
        ),
        Metric(
            "server_aborts_total",
            "srv_abrt",
            .counter,
            help: "Total number of requests or connections aborted by the server since the worker process started"
        ),
        Metric(
            "last_session_seconds",
            "lastsess",
            .gauge,
            help: "How long ago some traffic was seen on this object on this worker process, in seconds"
        ),
        Metric(
            "queue_time_average_seconds",
            "qtime",
            .gauge,
            .time,
            help: "Avg. queue time for last 1024 successful connections."
        ),
        Metric(
            "connect_time_average_seconds",
            "ctime",
            .gauge,
            .time,
            help: "Avg. connect time for last 1024 successful connections."
        ),
        Metric(
            "response_time_average_seconds",
            "rtime",
            .gauge,
            .time,
            help: "Avg. response time for last 1024 successful connections."
        ),
        Metric(
            "total_time_average_seconds",
            "ttime",
            .gauge,
            .time,
            help: "Avg. total time for last 1024 successful connections."
        ),
        Metric(
            "failed_header_rewriting_total",
            "wrew",
            .counter,
            help: "Total number of failed HTTP header rewrites since the worker process started"
        ),
        Metric(
            "connection_attempts_total",
            "connect",
            .counter,
            help: "Total number of outgoing connection attempts on this backend/server since the worker process started"
        ),
        Metric(
            "connection_reuses_total",
            "reuse",
            .counter,
            help: "Total number of reused connection on this backend/server since the worker process started"
        ),
        Metric(
            "idle_connections_current",
            "srv_icur",
            .gauge,
            help: "Current number of idle connections available for reuse on this server"
        ),
        Metric(
            "idle_connections_limit",
            "src_ilim",
            .gauge,
            help: "Limit on the number of available idle connections on this server (server 'pool_max_conn' directive)"
        ),
        Metric(
            "max_queue_time_seconds",
            "qtime_max",
            .gauge,
            .time,
            help: "Maximum observed time spent in the queue"
        ),
        Metric(
            "max_connect_time_seconds",
            "ctime_max",
            .gauge,
            .time,
            help: "Maximum observed time spent waiting for a connection to complete"
        ),
        Metric(
            "max_response_time_seconds",
            "rtime_max",
            .gauge,
            .time,
            help: "Maximum observed time spent waiting for a server response"
        ),
        Metric(
            "max_total_time_seconds",
            "ttime_max",
            .gauge,
            .time,
            help: "Maximum observed total request+response time (request+queue+connect+response+processing)"
        ),
        Metric(
            "internal_errors_total",
            "eint",
            .counter,
            help: "Total number of internal errors since process started"
        ),
        Metric(
            "unsafe_idle_connections_current",
            "idle_conn_cur",
            .gauge,
            help: "Current number of unsafe idle connections"
        ),
        Metric(
            "safe_idle_connections_current",
            "safe_conn_cur",
            .gauge,
            help: "Current number of safe idle connections"
        ),
        Metric(
            "used_connections_current",
            "used_conn_cur",
            .gauge,
            help: "Current number of connections in use"
        ),
        Metric(
            "need_connections_current",
            "need_conn_est",
            .gauge,
            help: "Estimated needed number of connections"
        ),
        Metric(
            "uweight",
            "uweight",
            .gauge,
            help: "Server's user weight, or sum of active servers' user weights for a backend"
        ),
    ]
}
