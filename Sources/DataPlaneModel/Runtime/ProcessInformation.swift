internal import RuntimeAPI

extension DataPlane {
    /// `GET runtime/info`: what the process says of itself, or why it says nothing.
    func processInformation(_ call: ServiceRequest) throws(APIError) -> APIResponse {
        var answer = JSONObject()
        do throws(APIError) {
            answer["runtimeAPI"] = .string(try runtimeClient().entry.path)
            answer["info"] = .object(ProcessInformation.object(try ask(ShowInfo())))
        } catch {
            answer["error"] = .string(error.message)
        }
        return APIResponse(200, call.isV3 ? .object(answer) : [.object(answer)])
    }
}

/// The members of `process_info_item`, by HAProxy's names for them.
enum ProcessInformation {
    static func object(_ facts: [String: String]) -> JSONObject {
        var object = JSONObject()
        for (member, name) in names {
            guard let value = facts[name] else { continue }
            switch member {
            case "node", "version": object[member] = .string(value)
            // HAProxy writes 2026/10/17; dates of JSON have hyphens (RFC 3339).
            case "release_date": object[member] = .string(String(value.map { $0 == "/" ? "-" : $0 }))
            default: object[member] = Int(value).map { .integer($0) }
            }
        }
        return object
    }

    private static let names: [(member: String, name: String)] = [
        ("active_peers", "ActivePeers"),
        ("busy_polling", "BusyPolling"),
        ("bytes_out_rate", "BytesOutRate"),
        ("compress_bps_in", "CompressBpsIn"),
        ("compress_bps_out", "CompressBpsOut"),
        ("compress_bps_rate_lim", "CompressBpsRateLim"),
        ("conn_rate", "ConnRate"),
        ("conn_rate_limit", "ConnRateLimit"),
        ("connected_peers", "ConnectedPeers"),
        ("cum_conns", "CumConns"),
        ("cum_req", "CumReq"),
        ("cum_ssl_conns", "CumSslConns"),
        ("curr_conns", "CurrConns"),
        ("curr_ssl_conns", "CurrSslConns"),
        ("dropped_logs", "DroppedLogs"),
        ("failed_resolutions", "FailedResolutions"),
        ("hard_max_conn", "Hard_maxconn"),
        ("idle_pct", "Idle_pct"),
        ("jobs", "Jobs"),
        ("listeners", "Listeners"),
        ("max_conn", "Maxconn"),
        ("max_conn_rate", "MaxConnRate"),
        ("max_pipes", "Maxpipes"),
        ("max_sess_rate", "MaxSessRate"),
        ("max_sock", "Maxsock"),
        ("max_ssl_conns", "MaxSslConns"),
        ("max_ssl_rate", "MaxSslRate"),
        ("max_zlib_mem_usage", "MaxZlibMemUsage"),
        ("mem_max_mb", "Memmax_MB"),
        ("nbthread", "Nbthread"),
        ("node", "node"),
        ("pid", "Pid"),
        ("pipes_free", "PipesFree"),
        ("pipes_used", "PipesUsed"),
        ("pool_alloc_mb", "PoolAlloc_MB"),
        ("pool_failed", "PoolFailed"),
        ("pool_used_mb", "PoolUsed_MB"),
        ("process_num", "Process_num"),
        ("processes", "Nbproc"),
        ("release_date", "Release_date"),
        ("run_queue", "Run_queue"),
        ("sess_rate", "SessRate"),
        ("sess_rate_limit", "SessRateLimit"),
        ("ssl_backend_key_rate", "SslBackendKeyRate"),
        ("ssl_backend_max_key_rate", "SslBackendMaxKeyRate"),
        ("ssl_cache_lookups", "SslCacheLookups"),
        ("ssl_cache_misses", "SslCacheMisses"),
        ("ssl_frontend_key_rate", "SslFrontendKeyRate"),
        ("ssl_frontend_max_key_rate", "SslFrontendMaxKeyRate"),
        ("ssl_frontend_session_reuse", "SslFrontendSessionReuse_pct"),
        ("ssl_rate", "SslRate"),
        ("ssl_rate_limit", "SslRateLimit"),
        ("stopping", "Stopping"),
        ("tasks", "Tasks"),
        ("total_bytes_out", "TotalBytesOut"),
        ("ulimit_n", "Ulimit-n"),
        ("unstoppable", "Unstoppable Jobs"),
        ("uptime", "Uptime_sec"),
        ("version", "Version"),
        ("zlib_mem_usage", "ZlibMemUsage"),
    ]
}
