// Names, types and words are those of HAProxy 2.6's own exporter (addons/promex, and `PROMEX` in its sources).

extension Metric {
    /// Of a frontend, by the names of `show stat`.
    static let frontend: [Metric] = [
        .currentSessions,
        .maxSessions,
        .limitSessions,
        .sessionsTotal,
        .bytesInTotal,
        .bytesOutTotal,
        .requestsDeniedTotal,
        .responsesDeniedTotal,
        .requestErrorsTotal,
        .status,
        Metric(
            "limit_session_rate",
            "rate_lim",
            .gauge,
            help: "Limit on the number of sessions accepted in a second (frontend only, 'rate-limit sessions' setting)"
        ),
        .maxSessionRate,
        .httpResponsesTotal,
        Metric(
            "http_requests_rate_max",
            "req_rate_max",
            .gauge,
            isHTTP: true,
            help: "Highest value of http requests observed since the worker process started"
        ),
        .httpRequestsTotal,
        .httpCompBytesInTotal,
        .httpCompBytesOutTotal,
        .httpCompBytesBypassedTotal,
        .httpCompResponsesTotal,
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
        .deniedConnectionsTotal,
        .deniedSessionsTotal,
        .failedHeaderRewritingTotal,
        .httpCacheLookupsTotal,
        .httpCacheHitsTotal,
        .internalErrorsTotal,
    ]
}
