// Names, types and words are those of HAProxy 2.6's own exporter (addons/promex, and `PROMEX` in its sources).

extension Metric {
    /// Of a backend, by the names of `show stat`.
    static let backend: [Metric] = [
        .currentQueue,
        .maxQueue,
        .currentSessions,
        .maxSessions,
        .limitSessions,
        .sessionsTotal,
        .bytesInTotal,
        .bytesOutTotal,
        .requestsDeniedTotal,
        .responsesDeniedTotal,
        .connectionErrorsTotal,
        .responseErrorsTotal,
        .retryWarningsTotal,
        .redispatchWarningsTotal,
        .status,
        .weight,
        Metric(
            "active_servers",
            "act",
            .gauge,
            help: "Total number of active UP servers with a non-zero weight"
        ),
        Metric(
            "backup_servers",
            "bck",
            .gauge,
            help: "Total number of backup UP servers with a non-zero weight"
        ),
        .checkUpDownTotal,
        .checkLastChangeSeconds,
        .downtimeSecondsTotal,
        .loadbalancedTotal,
        .maxSessionRate,
        .httpResponsesTotal,
        .httpRequestsTotal,
        .clientAbortsTotal,
        .serverAbortsTotal,
        .httpCompBytesInTotal,
        .httpCompBytesOutTotal,
        .httpCompBytesBypassedTotal,
        .httpCompResponsesTotal,
        .lastSessionSeconds,
        .queueTimeAverageSeconds,
        .connectTimeAverageSeconds,
        .responseTimeAverageSeconds,
        .totalTimeAverageSeconds,
        .failedHeaderRewritingTotal,
        .connectionAttemptsTotal,
        .connectionReusesTotal,
        .httpCacheLookupsTotal,
        .httpCacheHitsTotal,
        .maxQueueTimeSeconds,
        .maxConnectTimeSeconds,
        .maxResponseTimeSeconds,
        .maxTotalTimeSeconds,
        .internalErrorsTotal,
        .uweight,
        Metric(
            "agg_server_status",
            "agg_server_status",
            .gauge,
            .serverStates,
            help: "Backend's aggregated gauge of servers' status"
        ),
        Metric(
            "agg_server_check_status",
            "agg_server_check_status",
            .gauge,
            .serverStates,
            help: "Backend's aggregated gauge of servers' state check status"
        ),
        Metric(
            "agg_check_status",
            "agg_check_status",
            .gauge,
            .checkStates,
            help: "Backend's aggregated gauge of servers' state check status"
        ),
    ]
}
