/// What may stand behind `option` in a proxy section (configuration manual, section 4.1).
enum ProxyOption {
    /// Options that `no` and `default` may precede.
    static let invertible: Set<String> = [
        "abortonclose", "accept-invalid-http-request", "accept-invalid-http-response", "allbackups", "checkcache",
        "clitcpka", "contstats", "disable-h2-upgrade", "dontlog-normal", "dontlognull", "h1-case-adjust-bogus-client",
        "h1-case-adjust-bogus-server", "http-buffer-request", "http-ignore-probes", "http-keep-alive", "http-no-delay",
        "http-pretend-keepalive", "http-server-close", "http-use-proxy-header", "httpclose", "idle-close-on-response",
        "independent-streams", "log-health-checks", "log-separate-errors", "logasap", "nolinger", "persist",
        "prefer-last-server", "redispatch", "socket-stats", "splice-auto", "splice-request", "splice-response",
        "srvtcpka", "tcp-smart-accept", "tcp-smart-connect", "transparent",
    ]

    static let plain: Set<String> = [
        "external-check", "forwardfor", "http-restrict-req-hdr-names", "httpchk", "httplog", "httpslog", "ldap-check",
        "mysql-check", "originalto", "pgsql-check", "redis-check", "smtpchk", "spop-check", "ssl-hello-chk",
        "tcp-check", "tcpka", "tcplog",
    ]

    static let names = invertible.union(plain)

    /// Those that HAProxy suggests where a name is none: not all, and one that it does not know.
    static let suggested = names.subtracting(["httpslog", "http-restrict-req-hdr-names", "originalto"]).union([
        "original-to"
    ])

    /// Options that words may stand behind.
    static let takesArguments: Set<String> = [
        "forwardfor", "http-restrict-req-hdr-names", "httpchk", "httplog", "httpslog", "mysql-check",
        "originalto", "pgsql-check", "redispatch", "smtpchk",
    ]

    /// Options that need `mode http`; HAProxy warns and goes on.
    static let needsHTTP: Set<String> = [
        "accept-invalid-http-request", "accept-invalid-http-response", "checkcache", "disable-h2-upgrade", "forwardfor",
        "http-buffer-request", "http-ignore-probes", "http-no-delay", "http-pretend-keepalive", "http-use-proxy-header",
        "idle-close-on-response", "originalto", "prefer-last-server",
    ]

    /// Health checks.
    static let checks: Set<String> = [
        "external-check", "httpchk", "ldap-check", "mysql-check", "pgsql-check", "redis-check", "smtpchk", "spop-check",
        "ssl-hello-chk", "tcp-check",
    ]

    /// Where an option is of use; elsewhere HAProxy warns of it.
    static func side(_ name: String) -> ProxyKeyword.Side {
        frontendOnly.contains(name) ? .frontend : backendOnly.contains(name) ? .backend : .both
    }

    private static let frontendOnly: Set<String> = [
        "accept-invalid-http-request", "clitcpka", "contstats", "disable-h2-upgrade", "dontlog-normal", "dontlognull",
        "h1-case-adjust-bogus-client", "http-ignore-probes", "http-use-proxy-header", "idle-close-on-response",
        "log-separate-errors", "logasap", "socket-stats", "tcp-smart-accept",
    ]

    private static let backendOnly: Set<String> = checks.subtracting(["external-check"]).union([
        "abortonclose", "accept-invalid-http-response", "allbackups", "checkcache", "h1-case-adjust-bogus-server",
        "http-pretend-keepalive", "log-health-checks", "persist", "prefer-last-server", "redispatch", "srvtcpka",
        "tcp-smart-connect", "transparent",
    ])

    /// Options of `mode http`, of splicing (which is always used) and of statistics: nothing to do for them.
    static let meaningless: Set<String> = [
        "h1-case-adjust-bogus-client", "h1-case-adjust-bogus-server", "http-keep-alive", "http-restrict-req-hdr-names",
        "http-server-close", "httpclose", "independent-streams", "persist", "socket-stats", "splice-auto",
        "splice-request", "splice-response",
    ]
}
