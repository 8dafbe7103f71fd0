extension InformationField {
    /// In the order of the cases; as HAProxy 2.6 says them with `show info typed desc`.
    static let inOrder: [FieldDescription] = first + second

    private static let first: [FieldDescription] = [
        FieldDescription("Name", "POS", nil, "Product name"),
        FieldDescription("Version", "POS", nil, "Product version"),
        FieldDescription("Release_date", "POS", nil, "Date of latest source code update"),
        FieldDescription("Nbthread", "CGS", .u32, "Number of started threads (global.nbthread)"),
        FieldDescription("Nbproc", "CGS", .u32, "Number of started worker processes (historical, always 1)"),
        FieldDescription("Process_num", "KGP", .u32, "Relative worker process number (1)"),
        FieldDescription("Pid", "SGP", .u32, "This worker process identifier for the system"),
        FieldDescription(
            "Uptime",
            "MDP",
            nil,
            "How long ago this worker process was started (days+hours+minutes+seconds)"
        ),
        FieldDescription("Uptime_sec", "MDP", .u32, "How long ago this worker process was started (seconds)"),
        FieldDescription(
            "Memmax_MB",
            "CLP",
            .u32,
            "Worker process's hard limit on memory usage in MB (-m on command line)"
        ),
        FieldDescription("PoolAlloc_MB", "MGP", .u32, "Amount of memory allocated in pools (in MB)"),
        FieldDescription("PoolUsed_MB", "MGP", .u32, "Amount of pool memory currently used (in MB)"),
        FieldDescription("PoolFailed", "MCP", .u32, "Number of failed pool allocations since this worker was started"),
        FieldDescription("Ulimit-n", "CLP", .u32, "Hard limit on the number of per-process file descriptors"),
        FieldDescription("Maxsock", "CLP", .u32, "Hard limit on the number of per-process sockets"),
        FieldDescription(
            "Maxconn",
            "CLP",
            .u32,
            "Hard limit on the number of per-process connections (configured or imposed by Ulimit-n)"
        ),
        FieldDescription(
            "Hard_maxconn",
            "CLP",
            .u32,
            "Hard limit on the number of per-process connections (imposed by Memmax_MB or Ulimit-n)"
        ),
        FieldDescription("CurrConns", "MGP", .u32, "Current number of connections on this worker process"),
        FieldDescription("CumConns", "MCP", .u32, "Total number of connections on this worker process since started"),
        FieldDescription("CumReq", "MCP", .u32, "Total number of requests on this worker process since started"),
        FieldDescription(
            "MaxSslConns",
            "MMP",
            .u32,
            "Hard limit on the number of per-process SSL endpoints (front+back), 0=unlimited"
        ),
        FieldDescription(
            "CurrSslConns",
            "MGP",
            .u32,
            "Current number of SSL endpoints on this worker process (front+back)"
        ),
        FieldDescription(
            "CumSslConns",
            "MCP",
            .u32,
            "Total number of SSL endpoints on this worker process since started (front+back)"
        ),
        FieldDescription("Maxpipes", "CLP", .u32, "Hard limit on the number of pipes for splicing, 0=unlimited"),
        FieldDescription("PipesUsed", "MGP", .u32, "Current number of pipes in use in this worker process"),
        FieldDescription(
            "PipesFree",
            "MGP",
            .u32,
            "Current number of allocated and available pipes in this worker process"
        ),
        FieldDescription(
            "ConnRate",
            "MRP",
            .u32,
            "Number of front connections created on this worker process over the last second"
        ),
        FieldDescription("ConnRateLimit", "CLP", .u32, "Hard limit for ConnRate (global.maxconnrate)"),
        FieldDescription(
            "MaxConnRate",
            "MMP",
            .u32,
            "Highest ConnRate reached on this worker process since started (in connections per second)"
        ),
        FieldDescription(
            "SessRate",
            "MRP",
            .u32,
            "Number of sessions created on this worker process over the last second"
        ),
        FieldDescription("SessRateLimit", "CLP", .u32, "Hard limit for SessRate (global.maxsessrate)"),
        FieldDescription(
            "MaxSessRate",
            "MRP",
            .u32,
            "Highest SessRate reached on this worker process since started (in sessions per second)"
        ),
        FieldDescription(
            "SslRate",
            "MRP",
            .u32,
            "Number of SSL connections created on this worker process over the last second"
        ),
        FieldDescription("SslRateLimit", "CLP", .u32, "Hard limit for SslRate (global.maxsslrate)"),
        FieldDescription(
            "MaxSslRate",
            "MMP",
            .u32,
            "Highest SslRate reached on this worker process since started (in connections per second)"
        ),
        FieldDescription(
            "SslFrontendKeyRate",
            "MGP",
            .u32,
            "Number of SSL keys created on frontends in this worker process over the last second"
        ),
    ]

    private static let second: [FieldDescription] = [
        FieldDescription(
            "SslFrontendMaxKeyRate",
            "MMP",
            .u32,
            "Highest SslFrontendKeyRate reached on this worker process since started (in SSL keys per second)"
        ),
        FieldDescription(
            "SslFrontendSessionReuse_pct",
            "MGP",
            .u32,
            "Percent of frontend SSL connections which did not require a new key"
        ),
        FieldDescription(
            "SslBackendKeyRate",
            "MRP",
            .u32,
            "Number of SSL keys created on backends in this worker process over the last second"
        ),
        FieldDescription(
            "SslBackendMaxKeyRate",
            "MMP",
            .u32,
            "Highest SslBackendKeyRate reached on this worker process since started (in SSL keys per second)"
        ),
        FieldDescription(
            "SslCacheLookups",
            "MCP",
            .u32,
            "Total number of SSL session ID lookups in the SSL session cache on this worker since started"
        ),
        FieldDescription(
            "SslCacheMisses",
            "MCP",
            .u32,
            "Total number of SSL session ID lookups that didn't find a session in the SSL session "
                + "cache on this worker since started"
        ),
        FieldDescription(
            "CompressBpsIn",
            "MRP",
            .u32,
            "Number of bytes submitted to the HTTP compressor in this worker process over the last second"
        ),
        FieldDescription(
            "CompressBpsOut",
            "MRP",
            .u32,
            "Number of bytes emitted by the HTTP compressor in this worker process over the last second"
        ),
        FieldDescription(
            "CompressBpsRateLim",
            "CLP",
            .u32,
            "Limit of CompressBpsOut beyond which HTTP compression is automatically disabled"
        ),
        FieldDescription(
            "Tasks",
            "MGP",
            .u32,
            "Total number of tasks in the current worker process (active + sleeping)"
        ),
        FieldDescription(
            "Run_queue",
            "MGP",
            .u32,
            "Total number of active tasks+tasklets in the current worker process"
        ),
        FieldDescription(
            "Idle_pct",
            "MaP",
            .u32,
            "Percentage of last second spent waiting in the current worker thread"
        ),
        FieldDescription("node", "COS", nil, "Node name (global.node)"),
        FieldDescription("description", "CNS", nil, "Instance description (global.description)"),
        FieldDescription("Stopping", "MGP", .u32, "1 if the worker process is currently stopping, otherwise zero"),
        FieldDescription(
            "Jobs",
            "MGP",
            .u32,
            "Current number of active jobs on the current worker process (frontend connections, master "
                + "connections, listeners)"
        ),
        FieldDescription(
            "Unstoppable Jobs",
            "MGP",
            .u32,
            "Current number of unstoppable jobs on the current worker process (master connections)"
        ),
        FieldDescription("Listeners", "MGP", .u32, "Current number of active listeners on the current worker process"),
        FieldDescription(
            "ActivePeers",
            "MGP",
            .u32,
            "Current number of verified active peers connections on the current worker process"
        ),
        FieldDescription(
            "ConnectedPeers",
            "MGP",
            .u32,
            "Current number of peers having passed the connection step on the current worker process"
        ),
        FieldDescription(
            "DroppedLogs",
            "MGP",
            .u32,
            "Total number of dropped logs for current worker process since started"
        ),
        FieldDescription(
            "BusyPolling",
            "MGP",
            .u32,
            "1 if busy-polling is currently in use on the worker process, otherwise zero (config.busy-polling)"
        ),
        FieldDescription(
            "FailedResolutions",
            "MGP",
            .u32,
            "Total number of failed DNS resolutions in current worker process since started"
        ),
        FieldDescription(
            "TotalBytesOut",
            "MGP",
            .u64,
            "Total number of bytes emitted by current worker process since started"
        ),
        FieldDescription(
            "TotalSplicdedBytesOut",
            "MGP",
            .u64,
            "Total number of bytes emitted by current worker process through a kernel pipe since started"
        ),
        FieldDescription(
            "BytesOutRate",
            "MRP",
            .u64,
            "Number of bytes emitted by current worker process over the last second"
        ),
        FieldDescription(
            "DebugCommandsIssued",
            "MGP",
            .u32,
            "Number of debug commands issued on this process (anything > 0 is unsafe)"
        ),
        FieldDescription(
            "CumRecvLogs",
            "MCP",
            .u32,
            "Total number of log messages received by log-forwarding listeners on this worker process since started"
        ),
        FieldDescription("Build info", "POS", nil, "Build info"),
        FieldDescription(
            "Memmax_bytes",
            "CLP",
            .u32,
            "Worker process's hard limit on memory usage in byes (-m on command line)"
        ),
        FieldDescription("PoolAlloc_bytes", "MGP", .u64, "Amount of memory allocated in pools (in bytes)"),
        FieldDescription("PoolUsed_bytes", "MGP", .u64, "Amount of pool memory currently used (in bytes)"),
        FieldDescription("Start_time_sec", "MDP", .u32, "Start time in seconds"),
        FieldDescription("Tainted", "SGP", nil, "Experimental features used"),
    ]
}
