// Names, types and words are those of HAProxy 2.6's own exporter (addons/promex, and `PROMEX` in its sources).

extension Metric {
    /// Of a listener (`option socket-stats`), by the names of `show stat`.
    static let listener: [Metric] = [
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
        .deniedConnectionsTotal,
        .deniedSessionsTotal,
        .failedHeaderRewritingTotal,
        .internalErrorsTotal,
    ]
}
