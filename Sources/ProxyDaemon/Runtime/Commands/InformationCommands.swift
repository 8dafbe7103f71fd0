internal import Glibc
internal import ProxyConfig
internal import ProxyEngine
internal import ProxyStatistics
internal import RuntimeAPI
internal import Syscalls

/// `show info`, `show version`
enum InformationCommands {
    static let all = [
        RuntimeKeyword(
            "show info",
            "show info [desc|json|typed|float]*",
            "report information about the running process",
            information
        ),
        RuntimeKeyword("show version", "show version", "show version of the current process") { _ in Talk.version + "\n"
        },
    ]

    private static func information(_ call: RuntimeCall) throws(SystemError) -> String {
        let words = Set(call.arguments)
        let report = try call.host.processReport()
        var information = information(call.host.serving, report)
        // Those that commands come by are listeners too.
        let listeners = Int(report.listeners) + call.host.socketLines.count
        information.set(.listeners, listeners)
        information.set(.jobs, Int(report.connections) + listeners)
        if let node = call.host.global.node { information.set(.node, node) }
        if let description = call.host.global.description { information.set(.nodeDescription, description) }
        let format: StatisticsFormat = words.contains("json") ? .json : words.contains("typed") ? .typed : .plain
        let text = information.text(
            format,
            describes: words.contains("desc"),
            floats: words.contains("float")
        )
        return String(decoding: text, as: UTF8.self) + (format == .json ? "\n" : "")
    }

    /// What layer 4 does not have is 0, as in a HAProxy that does not use it.
    static func information(_ process: ServingProcess, _ report: ProcessReport) -> ProcessInformation {
        var information = ProcessInformation()
        information.set(.product, "HAProxy")
        information.set(.version, Talk.version)
        information.set(.releaseDate, Version.releaseDate)
        information.set(.nbthread, process.settings.threads)
        information.set(.nbproc, 1)
        information.set(.processNum, 1)
        information.set(.pid, Int(process.id))
        let uptime = process.seconds
        let clock = [uptime / 3600 % 24, uptime / 60 % 60, uptime % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        information.set(.uptime, "\(uptime / 86400)d \(uptime / 3600 % 24)h\(clock[1])m\(clock[2])s")
        information.set(.uptimeSeconds, millionths: (process.now - process.startedAt) * 1000)
        for field in unused { information.set(field, 0) }
        let limit = openFileLimit
        information.set(.ulimitN, limit)
        information.set(.maxsock, limit)
        information.set(.maxconn, process.settings.maxConnections)
        information.set(.hardMaxconn, process.hardMaxConnections)
        information.set(.currConns, report.connections)
        information.set(.cumConns, report.accepted)
        information.set(.cumReq, report.requests)
        information.set(.idlePct, report.idle)
        information.set(.connRateLimit, report.limits[.connections])
        information.set(.sessRateLimit, report.limits[.sessions])
        information.set(.sslRateLimit, report.limits[.tlsSessions])
        information.set(.compressBpsRateLim, report.limits[.compression])
        information.set(.connRate, report.connectionRate)
        information.set(.maxConnRate, report.connectionRateMost)
        information.set(.sessRate, report.sessionRate)
        information.set(.maxSessRate, report.sessionRateMost)
        information.set(.node, node)
        information.set(.jobs, report.connections + report.listeners)
        information.set(.listeners, report.listeners)
        information.set(.activePeers, report.activePeers)
        information.set(.connectedPeers, report.connectedPeers)
        information.set(.droppedLogs, report.droppedLogs)
        information.set(.totalBytesOut, report.bytesOut)
        information.set(.buildInfo, Talk.version)
        information.set(.startTimeSeconds, millionths: process.startedWall)
        information.set(.tainted, "0")
        return information
    }

    private static let unused: [InformationField] = [
        .memmaxMegabytes, .poolAllocMegabytes, .poolUsedMegabytes, .poolFailed, .maxSslConns, .currSslConns,
        .cumSslConns, .maxpipes, .pipesUsed, .pipesFree, .sslRate, .maxSslRate, .sslFrontendKeyRate,
        .sslFrontendMaxKeyRate, .sslFrontendSessionReusePct, .sslBackendKeyRate,
        .sslBackendMaxKeyRate, .sslCacheLookups, .sslCacheMisses, .compressBpsIn, .compressBpsOut,
        .tasks, .runQueue, .stopping, .unstoppableJobs,
        .busyPolling, .failedResolutions, .totalSplicdedBytesOut, .bytesOutRate, .debugCommandsIssued, .cumRecvLogs,
        .memmaxBytes, .poolAllocBytes, .poolUsedBytes,
    ]

    private static var openFileLimit: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return Int(clamping: limit.rlim_cur)
    }

    private static var node: String {
        var names = utsname()
        uname(&names)
        return withUnsafeBytes(of: names.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
