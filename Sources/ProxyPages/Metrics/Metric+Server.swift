// Names, types and words are those of HAProxy 2.6's own exporter (addons/promex, and `PROMEX` in its sources).

extension Metric {
    /// Of a server, by the names of `show stat`.
    static let server: [Metric] = [
        .currentQueue,
        .maxQueue,
        .currentSessions,
        .maxSessions,
        .limitSessions,
        .sessionsTotal,
        .bytesInTotal,
        .bytesOutTotal,
        .responsesDeniedTotal,
        .connectionErrorsTotal,
        .responseErrorsTotal,
        .retryWarningsTotal,
        .redispatchWarningsTotal,
        .status,
        .weight,
        Metric(
            "check_failures_total",
            "chkfail",
            .counter,
            help: "Total number of failed individual health checks per server/backend, since the worker process started"
        ),
        .checkUpDownTotal,
        .checkLastChangeSeconds,
        .downtimeSecondsTotal,
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
        .loadbalancedTotal,
        .maxSessionRate,
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
        .clientAbortsTotal,
        .serverAbortsTotal,
        .lastSessionSeconds,
        .queueTimeAverageSeconds,
        .connectTimeAverageSeconds,
        .responseTimeAverageSeconds,
        .totalTimeAverageSeconds,
        .failedHeaderRewritingTotal,
        .connectionAttemptsTotal,
        .connectionReusesTotal,
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
        .maxQueueTimeSeconds,
        .maxConnectTimeSeconds,
        .maxResponseTimeSeconds,
        .maxTotalTimeSeconds,
        .internalErrorsTotal,
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
        .uweight,
    ]
}
