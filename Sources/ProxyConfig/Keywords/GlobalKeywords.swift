/// The keywords of the `global` section: those that `haproxy -dKall` of HAProxy 2.6 names, those of its manual, and those
/// that only its program knows.
enum GlobalKeywords {
    /// Every keyword.
    static let all = words(
        """
        busy-polling ca-base chroot close-spread-time cluster-secret cpu-map crt-base daemon default-path
        description expose-experimental-directives external-check fd-hard-limit gid grace group
        h1-accept-payload-with-any-method h1-case-adjust h1-case-adjust-file h2-workaround-bogus-websocket-clients
        hard-stop-after httpclient.resolvers.id httpclient.resolvers.prefer httpclient.ssl.ca-file
        httpclient.ssl.verify insecure-fork-wanted insecure-setuid-wanted issuers-chain-path localpeer log
        log-send-hostname log-tag lua-load lua-load-per-thread lua-prepend-path master-worker max-spread-checks
        maxcompcpuusage maxcomprate maxconn maxconnrate maxpipes maxsessrate maxsslconn maxsslrate maxzlibmem
        mworker-max-reloads nbthread no-memory-trimming node noepoll noevports nogetaddrinfo nokqueue nopoll
        noreuseport nosplice numa-cpu-mapping pidfile pp2-never-send-local presetenv profiling.tasks quiet resetenv
        server-state-base server-state-file set-dumpable set-var set-var-fmt setenv spread-checks
        ssl-default-bind-ciphers ssl-default-bind-ciphersuites ssl-default-bind-curves ssl-default-bind-options
        ssl-default-server-ciphers ssl-default-server-ciphersuites ssl-default-server-options ssl-dh-param-file
        ssl-load-extra-del-ext ssl-load-extra-files ssl-mode-async ssl-propquery ssl-provider ssl-provider-path
        ssl-server-verify ssl-skip-self-issued-ca stats strict-limits thread-group thread-groups
        tune.buffers.limit tune.buffers.reserve tune.bufsize tune.chksize tune.comp.maxlevel tune.fail-alloc
        tune.fd.edge-triggered tune.h2.header-table-size tune.h2.initial-window-size tune.h2.max-concurrent-streams
        tune.h2.max-frame-size tune.http.cookielen tune.http.logurilen tune.http.maxhdr tune.idle-pool.shared
        tune.idletimer tune.listener.multi-queue tune.lua.forced-yield tune.lua.maxmem tune.lua.service-timeout
        tune.lua.session-timeout tune.lua.task-timeout tune.maxaccept tune.maxpollevents tune.maxrewrite
        tune.pattern.cache-size tune.peers.max-updates-at-once tune.pipesize tune.pool-high-fd-ratio
        tune.pool-low-fd-ratio tune.rcvbuf.client tune.rcvbuf.server tune.recv_enough tune.runqueue-depth
        tune.sched.low-latency tune.sndbuf.client tune.sndbuf.server tune.ssl.cachesize tune.ssl.capture-buffer-size
        tune.ssl.capture-cipherlist-size tune.ssl.default-dh-param tune.ssl.force-private-cache
        tune.ssl.hard-maxrecord tune.ssl.keylog tune.ssl.lifetime tune.ssl.maxrecord tune.ssl.ssl-ctx-cache-size
        tune.vars.check-max-size tune.vars.global-max-size tune.vars.proc-max-size tune.vars.reqres-max-size
        tune.vars.sess-max-size tune.vars.txn-max-size uid ulimit-n
        unix-bind unsetenv user zero-warning
        """
    )

    /// Keywords that speak of what a proxy of layer 4 does not have, such as the ciphers of TLS, and those of HAProxy's
    /// own making, such as the sizes of its buffers: passing over them changes nothing, so no word is said.
    static func isMeaningless(_ keyword: String) -> Bool {
        keyword.hasPrefix("ssl-") || keyword.hasPrefix("tune.") || keyword.hasPrefix("lua-")
            || keyword.hasPrefix("h1-") || keyword.hasPrefix("h2-") || keyword.hasPrefix("httpclient.")
            || silent.contains(keyword)
    }

    /// Single keywords of that sort.
    static let silent = words(
        """
        busy-polling ca-base cluster-secret cpu-map crt-base default-path expose-experimental-directives
        external-check insecure-fork-wanted insecure-setuid-wanted issuers-chain-path localpeer maxcompcpuusage
        maxcomprate maxpipes maxsslconn maxsslrate maxzlibmem mworker-max-reloads no-memory-trimming noepoll
        noevports nogetaddrinfo nokqueue nopoll nosplice numa-cpu-mapping pp2-never-send-local profiling.tasks quiet
        server-state-base server-state-file set-dumpable strict-limits thread-group thread-groups zero-warning
        """
    )

    private static func words(_ text: String) -> Set<String> {
        Set(text.split { $0 == " " || $0 == "\n" }.map { String($0) })
    }
}
