internal import Glibc
internal import ProxyConfig
internal import ProxyEngine

/// What the limit of file descriptors leaves room for.
enum DescriptorRoom {
    /// Everything but connections: listeners here and at the worker, a health check of every server, pipes, logs.
    static func overhead(_ needs: SnapshotNeeds) -> Int { 512 + 2 * needs.listeners + needs.servers }

    /// A connection has two sockets.
    static func needed(_ settings: EngineSettings, _ needs: SnapshotNeeds) -> Int {
        2 * settings.maxConnections + overhead(needs)
    }

    /// As `ulimit-n` and `fd-hard-limit` allow; see ``raise(wanted:exactly:most:)``.
    static func raise(_ configuration: LoadedConfiguration) -> Int {
        let global = configuration.global
        return raise(
            wanted: needed(configuration.snapshot.settings, configuration.needs),
            exactly: global.openFileLimit,
            most: global.openFileHardLimit
        )
    }

    /// Raises the limit as far as it goes, and beyond where `wanted` needs it and root may; gives the limit.
    ///
    /// More than is wanted now, because a later change may want more, and the worker cannot ask for it then.
    static func raise(wanted: Int, exactly: Int? = nil, most: Int? = nil) -> Int {
        var limit = rlimit()
        let kind = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(kind, &limit) == 0 else { return wanted }
        let former = limit
        limit.rlim_cur = rlim_t(exactly ?? min(max(Int(clamping: limit.rlim_max), wanted), most ?? .max))
        limit.rlim_max = max(limit.rlim_cur, limit.rlim_max)
        if setrlimit(kind, &limit) == 0 { return Int(clamping: limit.rlim_cur) }
        limit = former
        limit.rlim_cur = rlim_t(min(Int(clamping: limit.rlim_max), exactly ?? most ?? .max))
        return setrlimit(kind, &limit) == 0 ? Int(clamping: limit.rlim_cur) : Int(clamping: former.rlim_cur)
    }

    /// Lowers `maxconn` to what `limit` leaves room for; the warning if it had to.
    ///
    /// Otherwise descriptors would run out below maxconn: clients would be accepted and dropped, where they should wait.
    static func fit(_ settings: inout EngineSettings, _ needs: SnapshotNeeds, limit: Int) -> String? {
        let needed = needed(settings, needs)
        guard needed > limit else { return nil }
        let wanted = settings.maxConnections
        let served = max(1, (limit - overhead(needs)) / 2)
        settings.maxConnections = served
        return
            "maxconn \(wanted) needs \(needed) file descriptors, and the limit is \(limit) : \(served) connections are "
            + "served at a time. Raise the limit (LimitNOFILE= of the unit, or ulimit -n \(needed)), or lower maxconn."
    }
}
