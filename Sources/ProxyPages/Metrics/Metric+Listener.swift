// Names, types and words are those of HAProxy 2.6's own exporter (addons/promex, and `PROMEX` in its sources).

extension Metric {
    /// Of a listener (`option socket-stats`), by the names of `show stat`.
    static let listener: [Metric] = [
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
            "internal_errors_total",
            "eint",
            .counter,
            help: "Total number of internal errors since process started"
        ),
    ]
}
