/// The keywords of the `global` section that need no more than a look at their words (configuration manual, section 3).
enum GlobalRules {
    private static let number = "'{k}' expects an integer argument."
    private static let global = "global statement '{k}' expects "

    static let all: [String: ArgumentRule] = plain.merging(tuning) { first, _ in first }

    private static let plain: [String: ArgumentRule] = [
        "busy-polling": .nothing, "insecure-fork-wanted": .nothing, "insecure-setuid-wanted": .nothing,
        "external-check": .nothing, "h1-accept-payload-with-any-method": .nothing,
        "h2-workaround-bogus-websocket-clients": .nothing, "no-memory-trimming": .nothing, "noepoll": .nothing,
        "noevports": .nothing, "nogetaddrinfo": .nothing, "nokqueue": .nothing, "nopoll": .nothing,
        "noreuseport": .nothing, "nosplice": .nothing, "numa-cpu-mapping": .anything, "pp2-never-send-local": .nothing,
        "quiet": .nothing, "set-dumpable": .nothing, "strict-limits": .nothing, "zero-warning": .nothing,
        "expose-experimental-directives": .anything, "ssl-load-extra-del-ext": .anything,
        "ssl-skip-self-issued-ca": .anything, "httpclient.resolvers.id": .anything, "log-send-hostname": .anything,
        "ca-base": .onlyWord(global + "a directory path as an argument."),
        "crt-base": .onlyWord(global + "a directory path as an argument."),
        "issuers-chain-path": .path(
            missing: global + "a directory path as an argument.",
            absent: global + "a directory path as an argument."
        ),
        "close-spread-time": .time("'{k}' expects <time> as argument."),
        "grace": .time("'{k}' expects <time> as argument."),
        "max-spread-checks": .time("'{k}' expects an integer argument (0..50)."),
        "cluster-secret": .word("expects an ASCII string argument."),
        "fd-hard-limit": .onlyInteger(number),
        "h1-case-adjust-file": .path(
            missing: "'{k}' expects <file> as argument.",
            absent: "h1-headers-case-adjust-file '{v}': failed to open file."
        ),
        "httpclient.resolvers.prefer": .choice(["ipv4", "ipv6"], "'{k}' expects 'ipv4' or 'ipv6' as argument."),
        "httpclient.ssl.ca-file": .path(
            missing: "Couldn't open the ca-file '' (No such file or directory).",
            absent: "Couldn't open the ca-file '{v}' (No such file or directory)."
        ),
        "httpclient.ssl.verify": .choice(["none", "required"], "'{k}' expects 'none' or 'required' as argument."),
        "lua-load": .path(
            missing: "'{k}' expects a file name as parameter.",
            absent: "error in Lua file '{v}': cannot open {v}: No such file or directory"
        ),
        "lua-load-per-thread": .path(
            missing: "'{k}' expects a file as parameter.",
            absent: "error in Lua file '{v}': cannot open {v}: No such file or directory"
        ),
        "maxcompcpuusage": .range(0...100, "'{k}' expects an integer argument between 0 and 100."),
        "maxcomprate": .onlyInteger("'{k}' expects an integer argument in kb/s."),
        "maxconnrate": .onlyInteger(number), "maxpipes": .onlyInteger(number), "maxsessrate": .onlyInteger(number),
        "maxsslconn": .integer(number), "maxsslrate": .onlyInteger(number), "maxzlibmem": .onlyInteger(number),
        "mworker-max-reloads": .anything,
        "profiling.tasks": .choice(
            ["on", "auto", "off"],
            "'{k}' expects either 'on', 'auto', or 'off' but got '{v}'."
        ),
        "server-state-base": .onlyWord("'{k}' expects one argument: a directory path."),
        "server-state-file": .onlyWord("'{k}' expect one argument: a file path."),
        "ssl-default-bind-ciphers": .onlyWord(global + "a cipher suite as an argument."),
        "ssl-default-bind-ciphersuites": .onlyWord(global + "a cipher suite as an argument."),
        "ssl-default-server-ciphers": .onlyWord(global + "a cipher suite as an argument."),
        "ssl-default-server-ciphersuites": .onlyWord(global + "a cipher suite as an argument."),
        "ssl-default-bind-curves": .word(global + "a curves suite as an arguments."),
        "ssl-dh-param-file": .path(
            missing: "'{k}' expects a file path as an argument.",
            absent: "'{k}': unable to load DH parameters from file <{v}>."
        ),
        "ssl-mode-async": .anything,
        "ssl-propquery": .word(global + "a property string as an argument."),
        "ssl-provider": .word(global + "a valid engine provider name as an argument."),
        "ssl-provider-path": .word(global + "a directory path as an argument."),
        "thread-groups": .range(1...1, "'{k}' value must be between 1 and 1 (was {v})"),
        "ulimit-n": .onlyInteger(number),
        "chroot": .onlyWord("'{k}' expects a directory as an argument."),
        "pidfile": .onlyWord("'{k}' expects a file name as an argument."),
        "localpeer": .onlyWord("'{k}' expects a name as an argument."),
        "log-tag": .onlyWord("'{k}' expects a tag for use in syslog."),
        "node": .onlyWord(
            "'{k}' requires valid node name - non-empty string with digits(0-9), letters(A-Z, a-z), dot(.), hyphen(-) or "
                + "underscode(_)."
        ),
        "description": .word("'{k}' expects a string argument."),
        "hard-stop-after": .time("'{k}' expects <time> as argument."),
        "uid": .onlyInteger(number), "gid": .onlyInteger(number), "daemon": .nothing,
        "maxconn": .onlyInteger(number),
        "spread-checks": .integer("'{k}' expects an integer argument (0..50)."),
    ]

    private static let tuning: [String: ArgumentRule] = [
        "tune.buffers.limit": .onlyInteger(number), "tune.buffers.reserve": .onlyInteger(number),
        "tune.chksize": .refused("option '{k}' is not supported any more (tune.bufsize is used instead)."),
        "tune.comp.maxlevel": .range(1...9, "'{k}' expects a numeric value between 1 and 9"),
        "tune.fail-alloc": .anything,
        "tune.fd.edge-triggered": .refused(
            "'{k}' directive is experimental, must be allowed via a global 'expose-experimental-directives'"
        ),
        "tune.h2.header-table-size": .range(4096...65536, "'{k}' expects a numeric value between 4096 and 65536."),
        "tune.h2.initial-window-size": .range(0...Int.max, "'{k}' expects a positive numeric value."),
        "tune.h2.max-concurrent-streams": .range(0...Int.max, "'{k}' expects a positive numeric value."),
        "tune.h2.max-frame-size": .range(
            16384...16_777_215,
            "'{k}' expects a numeric value between 16384 and 16777215."
        ),
        "tune.http.cookielen": .onlyInteger(number), "tune.http.logurilen": .onlyInteger(number),
        "tune.http.maxhdr": .onlyInteger(number), "tune.idle-pool.shared": .onOff,
        "tune.idletimer": .time("'{k}' expects a timer value between 0 and 65535 ms."),
        "tune.listener.multi-queue": .onOff,
        "tune.lua.forced-yield": .anything,
        "tune.lua.maxmem": .integer("'{k}' expects an integer argument (Lua memory size in MB)."),
        "tune.lua.service-timeout": .time("{k}: invalid timeout"),
        "tune.lua.session-timeout": .time("{k}: invalid timeout"),
        "tune.lua.task-timeout": .time("{k}: invalid timeout"),
        "tune.maxaccept": .onlyInteger(number), "tune.maxpollevents": .onlyInteger(number),
        "tune.maxrewrite": .onlyInteger(number),
        "tune.pattern.cache-size": .integer("'{k}' expects a positive numeric value"),
        "tune.peers.max-updates-at-once": .range(1...Int.max, "'{k}' expects an integer argument greater than 0."),
        "tune.pipesize": .onlyInteger(number),
        "tune.pool-high-fd-ratio": .range(0...100, "'{k}' expects an integer argument between 0 and 100."),
        "tune.pool-low-fd-ratio": .range(0...100, "'{k}' expects an integer argument between 0 and 100."),
        "tune.rcvbuf.client": .onlyInteger(number), "tune.rcvbuf.server": .onlyInteger(number),
        "tune.sndbuf.client": .onlyInteger(number), "tune.sndbuf.server": .onlyInteger(number),
        "tune.recv_enough": .onlyInteger(number), "tune.runqueue-depth": .onlyInteger(number),
        "tune.sched.low-latency": .onOff,
        "tune.ssl.cachesize": .integer(number), "tune.ssl.capture-buffer-size": .integer(number),
        "tune.ssl.capture-cipherlist-size": .integer(number), "tune.ssl.default-dh-param": .integer(number),
        "tune.ssl.force-private-cache": .anything, "tune.ssl.hard-maxrecord": .integer(number),
        "tune.ssl.keylog": .onOff,
        "tune.ssl.lifetime": .time("'{k}' expects ssl sessions <lifetime> in seconds as argument."),
        "tune.ssl.maxrecord": .integer(number), "tune.ssl.ssl-ctx-cache-size": .integer(number),
        "tune.bufsize": .onlyInteger(number),
    ]
}
