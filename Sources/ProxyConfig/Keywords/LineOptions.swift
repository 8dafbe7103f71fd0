/// The options of `bind` and `server` lines and how many arguments each takes (`haproxy -dKcfg` of HAProxy 2.6).
enum LineOptions {
    static let bind = table(flags: bindFlags, valued: bindValued)
    static let server = table(flags: serverFlags, valued: serverValued)

    /// Options of `bind` without an argument.
    static let bindFlags = words(
        """
        accept-proxy allow-0rtt defer-accept force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13
        generate-certificates no-ca-names no-sslv3 no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13
        prefer-client-ciphers ssl strict-sni tfo transparent v4v6 v6only
        """
    )

    /// Options of `bind` with one argument.
    static let bindValued = words(
        """
        accept-netscaler-cip alpn backlog ca-file ca-ignore-err ca-sign-file ca-sign-pass ca-verify-file ciphers
        ciphersuites crl-file crt crt-ignore-err crt-list curves ecdhe expose-fd gid group id interface level
        maxconn mode mss name namespace nice npn process proto severity-output shards ssl-max-ver ssl-min-ver tcp-ut
        thread tls-ticket-keys uid user verify
        """
    )

    /// Options of `server` without an argument.
    static let serverFlags = words(
        """
        agent-check allow-0rtt backup check check-send-proxy check-ssl check-via-socks4 disabled enabled force-sslv3
        force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 no-agent-check no-backup no-check no-check-send-proxy
        no-check-ssl no-send-proxy no-send-proxy-v2 no-send-proxy-v2-ssl no-send-proxy-v2-ssl-cn no-ssl no-ssl-reuse
        no-sslv3 no-tfo no-tls-tickets no-tlsv10 no-tlsv11 no-tlsv12 no-tlsv13 non-stick send-proxy
        send-proxy-v2 send-proxy-v2-ssl send-proxy-v2-ssl-cn ssl ssl-reuse stick tfo tls-tickets
        """
    )

    /// Options of `server` with one argument.
    static let serverValued = words(
        """
        addr agent-addr agent-inter agent-port agent-send alpn ca-file check-alpn check-proto check-sni ciphers
        ciphersuites cookie crl-file crt downinter error-limit fall fastinter id init-addr inter log-proto max-reuse
        maxconn maxqueue minconn namespace npn observe on-error on-marked-down on-marked-up pool-low-conn
        pool-max-conn pool-purge-delay port proto proxy-v2-options redir resolve-net resolve-opts resolve-prefer
        resolvers rise slowstart sni socks4 source ssl-max-ver ssl-min-ver tcp-ut track verify verifyhost weight ws
        """
    )

    /// What `ssl-min-ver` and `ssl-max-ver` take.
    static let tlsVersions: Set<String> = ["SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"]

    /// Options without an argument that speak of TLS on both sides.
    static let tlsFlags: Set<String> = [
        "force-sslv3", "force-tlsv10", "force-tlsv11", "force-tlsv12", "force-tlsv13", "no-sslv3", "no-tls-tickets",
        "no-tlsv10", "no-tlsv11", "no-tlsv12", "no-tlsv13",
    ]

    private static func table(flags: [String], valued: [String]) -> WordTable<Int> {
        WordTable(flags.map { ($0, 0) } + valued.map { ($0, 1) })
    }

    private static func words(_ text: String) -> [String] {
        text.split { $0 == " " || $0 == "\n" }.map { String($0) }
    }
}
