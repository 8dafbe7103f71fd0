// Names, types and words are those of HAProxy 2.6's own exporter (addons/promex, and `PROMEX` in its sources).

extension Metric {
    /// Of the process, by the names of `show info`.
    static let process: [Metric] = [
        Metric(
            "nbthread",
            "Nbthread",
            .gauge,
            help: "Number of started threads (global.nbthread)"
        ),
        Metric(
            "nbproc",
            "Nbproc",
            .gauge,
            help: "Number of started worker processes (historical, always 1)"
        ),
        Metric(
            "relative_process_id",
            "Process_num",
            .gauge,
            help: "Relative worker process number (1)"
        ),
        Metric(
            "uptime_seconds",
            "Uptime_sec",
            .gauge,
            help: "How long ago this worker process was started (seconds)"
        ),
        Metric(
            "pool_failures_total",
            "PoolFailed",
            .counter,
            help: "Number of failed pool allocations since this worker was started"
        ),
        Metric(
            "max_fds",
            "Ulimit-n",
            .gauge,
            help: "Hard limit on the number of per-process file descriptors"
        ),
        Metric(
            "max_sockets",
            "Maxsock",
            .gauge,
            help: "Hard limit on the number of per-process sockets"
        ),
        Metric(
            "max_connections",
            "Maxconn",
            .gauge,
            help: "Hard limit on the number of per-process connections (configured or imposed by Ulimit-n)"
        ),
        Metric(
            "hard_max_connections",
            "Hard_maxconn",
            .gauge,
            help: "Hard limit on the number of per-process connections (imposed by Memmax_MB or Ulimit-n)"
        ),
        Metric(
            "current_connections",
            "CurrConns",
            .gauge,
            help: "Current number of connections on this worker process"
        ),
        Metric(
            "connections_total",
            "CumConns",
            .counter,
            help: "Total number of connections on this worker process since started"
        ),
        Metric(
            "requests_total",
            "CumReq",
            .counter,
            help: "Total number of requests on this worker process since started"
        ),
        Metric(
            "max_ssl_connections",
            "MaxSslConns",
            .gauge,
            help: "Hard limit on the number of per-process SSL endpoints (front+back), 0=unlimited"
        ),
        Metric(
            "current_ssl_connections",
            "CurrSslConns",
            .gauge,
            help: "Current number of SSL endpoints on this worker process (front+back)"
        ),
        Metric(
            "ssl_connections_total",
            "CumSslConns",
            .counter,
            help: "Total number of SSL endpoints on this worker process since started (front+back)"
        ),
        Metric(
            "max_pipes",
            "Maxpipes",
            .gauge,
            help: "Hard limit on the number of pipes for splicing, 0=unlimited"
        ),
        Metric(
            "pipes_used_total",
            "PipesUsed",
            .counter,
            help: "Current number of pipes in use in this worker process"
        ),
        Metric(
            "pipes_free_total",
            "PipesFree",
            .counter,
            help: "Current number of allocated and available pipes in this worker process"
        ),
        Metric(
            "current_connection_rate",
            "ConnRate",
            .gauge,
            help: "Number of front connections created on this worker process over the last second"
        ),
        Metric(
            "limit_connection_rate",
            "ConnRateLimit",
            .gauge,
            help: "Hard limit for ConnRate (global.maxconnrate)"
        ),
        Metric(
            "max_connection_rate",
            "MaxConnRate",
            .gauge,
            help: "Highest ConnRate reached on this worker process since started (in connections per second)"
        ),
        Metric(
            "current_session_rate",
            "SessRate",
            .gauge,
            help: "Number of sessions created on this worker process over the last second"
        ),
        Metric(
            "limit_session_rate",
            "SessRateLimit",
            .gauge,
            help: "Hard limit for SessRate (global.maxsessrate)"
        ),
        Metric(
            "max_session_rate",
            "MaxSessRate",
            .gauge,
            help: "Highest SessRate reached on this worker process since started (in sessions per second)"
        ),
        Metric(
            "current_ssl_rate",
            "SslRate",
            .gauge,
            help: "Number of SSL connections created on this worker process over the last second"
        ),
        Metric(
            "limit_ssl_rate",
            "SslRateLimit",
            .gauge,
            help: "Hard limit for SslRate (global.maxsslrate)"
        ),
        Metric(
            "max_ssl_rate",
            "MaxSslRate",
            .gauge,
            help: "Highest SslRate reached on this worker process since started (in connections per second)"
        ),
        Metric(
            "current_frontend_ssl_key_rate",
            "SslFrontendKeyRate",
            .gauge,
            help: "Number of SSL keys created on frontends in this worker process over the last second"
        ),
        Metric(
            "max_frontend_ssl_key_rate",
            "SslFrontendMaxKeyRate",
            .gauge,
            help: "Highest SslFrontendKeyRate reached on this worker process since started (in SSL keys per second)"
        ),
        Metric(
            "frontend_ssl_reuse",
            "SslFrontendSessionReuse_pct",
            .gauge,
            help: "Percent of frontend SSL connections which did not require a new key"
        ),
        Metric(
            "current_backend_ssl_key_rate",
            "SslBackendKeyRate",
            .gauge,
            help: "Number of SSL keys created on backends in this worker process over the last second"
        ),
        Metric(
            "max_backend_ssl_key_rate",
            "SslBackendMaxKeyRate",
            .gauge,
            help: "Highest SslBackendKeyRate reached on this worker process since started (in SSL keys per second)"
        ),
        Metric(
            "ssl_cache_lookups_total",
            "SslCacheLookups",
            .counter,
            help: "Total number of SSL session ID lookups in the SSL session cache on this worker since started"
        ),
        Metric(
            "ssl_cache_misses_total",
            "SslCacheMisses",
            .counter,
            help:
                "Total number of SSL session ID lookups that didn't find a session in the SSL session cache on this worker since started"
        ),
        Metric(
            "http_comp_bytes_in_total",
            "CompressBpsIn",
            .counter,
            help: "Number of bytes submitted to the HTTP compressor in this worker process over the last second"
        ),
        Metric(
            "http_comp_bytes_out_total",
            "CompressBpsOut",
            .counter,
            help: "Number of bytes emitted by the HTTP compressor in this worker process over the last second"
        ),
        Metric(
            "limit_http_comp",
            "CompressBpsRateLim",
            .gauge,
            help: "Limit of CompressBpsOut beyond which HTTP compression is automatically disabled"
        ),
        Metric(
            "current_zlib_memory",
            "ZlibMemUsage",
            .gauge,
            help: "Amount of memory currently used by HTTP compression on the current worker process (in bytes)"
        ),
        Metric(
            "max_zlib_memory",
            "MaxZlibMemUsage",
            .gauge,
            help:
                "Limit on the amount of memory used by HTTP compression above which it is automatically disabled (in bytes, see global.maxzlibmem)"
        ),
        Metric(
            "current_tasks",
            "Tasks",
            .gauge,
            help: "Total number of tasks in the current worker process (active + sleeping)"
        ),
        Metric(
            "current_run_queue",
            "Run_queue",
            .gauge,
            help: "Total number of active tasks+tasklets in the current worker process"
        ),
        Metric(
            "idle_time_percent",
            "Idle_pct",
            .gauge,
            help: "Percentage of last second spent waiting in the current worker thread"
        ),
        Metric(
            "stopping",
            "Stopping",
            .gauge,
            help: "1 if the worker process is currently stopping, otherwise zero"
        ),
        Metric(
            "jobs",
            "Jobs",
            .gauge,
            help:
                "Current number of active jobs on the current worker process (frontend connections, master connections, listeners)"
        ),
        Metric(
            "unstoppable_jobs",
            "Unstoppable Jobs",
            .gauge,
            help: "Current number of unstoppable jobs on the current worker process (master connections)"
        ),
        Metric(
            "listeners",
            "Listeners",
            .gauge,
            help: "Current number of active listeners on the current worker process"
        ),
        Metric(
            "active_peers",
            "ActivePeers",
            .gauge,
            help: "Current number of verified active peers connections on the current worker process"
        ),
        Metric(
            "connected_peers",
            "ConnectedPeers",
            .gauge,
            help: "Current number of peers having passed the connection step on the current worker process"
        ),
        Metric(
            "dropped_logs_total",
            "DroppedLogs",
            .counter,
            help: "Total number of dropped logs for current worker process since started"
        ),
        Metric(
            "busy_polling_enabled",
            "BusyPolling",
            .gauge,
            help: "1 if busy-polling is currently in use on the worker process, otherwise zero (config.busy-polling)"
        ),
        Metric(
            "failed_resolutions",
            "FailedResolutions",
            .counter,
            help: "Total number of failed DNS resolutions in current worker process since started"
        ),
        Metric(
            "bytes_out_total",
            "TotalBytesOut",
            .counter,
            help: "Total number of bytes emitted by current worker process since started"
        ),
        Metric(
            "spliced_bytes_out_total",
            "TotalSplicdedBytesOut",
            .counter,
            help: "Total number of bytes emitted by current worker process through a kernel pipe since started"
        ),
        Metric(
            "bytes_out_rate",
            "BytesOutRate",
            .gauge,
            help: "Number of bytes emitted by current worker process over the last second"
        ),
        Metric(
            "recv_logs_total",
            "CumRecvLogs",
            .counter,
            help:
                "Total number of log messages received by log-forwarding listeners on this worker process since started"
        ),
        Metric(
            "build_info",
            "Build info",
            .gauge,
            .version,
            help: "Build info"
        ),
        Metric(
            "max_memory_bytes",
            "Memmax_bytes",
            .gauge,
            help: "Worker process's hard limit on memory usage in byes (-m on command line)"
        ),
        Metric(
            "pool_allocated_bytes",
            "PoolAlloc_bytes",
            .gauge,
            help: "Amount of memory allocated in pools (in bytes)"
        ),
        Metric(
            "pool_used_bytes",
            "PoolUsed_bytes",
            .gauge,
            help: "Amount of pool memory currently used (in bytes)"
        ),
        Metric(
            "start_time_seconds",
            "Start_time_sec",
            .gauge,
            help: "Start time in seconds"
        ),
    ]
}
