// Names, types and words are those of HAProxy 2.6's own exporter (addons/promex, and `PROMEX` in its sources).

extension Metric {
    /// Of a frontend, by the names of `show stat`.
    static let frontend: [Metric] = [
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
            "requests_denied_total",
            "dreq",
            .counter,
            help: "Total number of denied requests since process started"
        ),
        Metric(
            "responses_denied_total",
            "dresp",
            .counter,
            help: "Total number of denied responses since process started"
        ),
        Metric(
            "request_errors_total",
            "ereq",
            .counter,
            help: "Total number of invalid requests since process started"
        ),
        Metric(
            "status",
            "status",
            .gauge,
            .status,
            help: "Current status of the service, per state label value."
        ),
        Metric(
            "limit_session_rate",
            "rate_lim",
            .gauge,
            help: "Limit on the number of sessions accepted in a second (frontend only, 'rate-limit sessions' setting)"
        ),
        Metric(
            "max_session_rate",
            "rate_max",
            .gauge,
            help: "Highest value of sessions per second observed since the worker process started"
        ),
        Metric(
            "http_responses_total",
            "hrsp",
            .counter,
            .responses,
            isHTTP: true,
            help:
                "Total number of HTTP responses with status 100-199 returned by this object since the worker process started"
        ),
        Metric(
            "http_requests_rate_max",
            "req_rate_max",
            .gauge,
            isHTTP: true,
            help: "Highest value of http requests observed since the worker process started"
        ),
        Metric(
            "http_requests_total",
            "req_tot",
            .counter,
            isHTTP: true,
            help: "Total number of HTTP requests processed by this object since the worker process started"
        ),
        Metric(
            "http_comp_bytes_in_total",
            "comp_in",
            .counter,
            isHTTP: true,
            help:
                "Total number of bytes submitted to the HTTP compressor for this object since the worker process started"
        ),
        Metric(
            "http_comp_bytes_out_total",
            "comp_out",
            .counter,
            isHTTP: true,
            help:
                "Total number of bytes emitted by the HTTP compressor for this object since the worker process started"
        ),
        Metric(
            "http_comp_bytes_bypassed_total",
            "comp_byp",
            .counter,
            isHTTP: true,
            help:
                "Total number of bytes that bypassed HTTP compression for this object since the worker process started (CPU/memory/bandwidth limitation)"
        ),
        Metric(
            "http_comp_responses_total",
            "comp_rsp",
            .counter,
            isHTTP: true,
            help: "Total number of HTTP responses that were compressed for this object since the worker process started"
        ),
        Metric(
            "connections_rate_max",
            "conn_rate_max",
            .gauge,
            help: "Highest value of connections per second observed since the worker process started"
        ),
        Metric(
            "connections_total",
            "conn_tot",
            .counter,
            help: "Total number of new connections accepted on this frontend since the worker process started"
        ),
        Metric(
            "intercepted_requests_total",
            "intercepted",
            .counter,
            isHTTP: true,
            help:
                "Total number of HTTP requests intercepted on the frontend (redirects/stats/services) since the worker process started"
        ),
        Metric(
            "denied_connections_total",
            "dcon",
            .counter,
            help:
                "Total number of incoming connections blocked on a listener/frontend by a tcp-request connection rule since the worker process started"
        ),
        Metric(
            "denied_sessions_total",
            "dses",
            .counter,
            help:
                "Total number of incoming sessions blocked on a listener/frontend by a tcp-request connection rule since the worker process started"
        ),
        Metric(
            "failed_header_rewriting_total",
            "wrew",
            .counter,
            help: "Total number of failed HTTP header rewrites since the worker process started"
        ),
        Metric(
            "http_cache_lookups_total",
            "cache_lookups",
            .counter,
            isHTTP: true,
            help:
                "Total number of HTTP requests looked up in the cache on this frontend/backend since the worker process started"
        ),
        Metric(
            "http_cache_hits_total",
            "cache_hits",
            .counter,
            isHTTP: true,
            help:
                "Total number of HTTP requests not found in the cache on this frontend/backend since the worker process started"
        ),
        Metric(
            "internal_errors_total",
            "eint",
            .counter,
            help: "Total number of internal errors since process started"
        ),
    ]
}
