import Syscalls
import TestSupport
import Testing

/// Every kind of health check, beside the real HAProxy and on the same servers: the same verdicts, in the same words.
@Suite(.blocking) struct HealthOracleTests {
    typealias Case = HealthCase

    private static func answer(_ status: String, _ body: String = "") -> [ServerStep] {
        [.hear, .say("HTTP/1.0 \(status)\r\nContent-Type: text/plain\r\nX-Foo: a, bar\r\n\r\n\(body)")]
    }

    private static func packet(_ body: [UInt8], _ number: UInt8 = 0) -> ServerStep {
        .say([UInt8(body.count), 0, 0, number] + body)
    }

    private static let greeting = [10] + Array("5.7.30-log".utf8) + [0] + [UInt8](repeating: 1, count: 20)

    private static let tcp = "option tcp-check"
    private static let http = "option httpchk"

    static let plain: [Case] = [
        Case(name: "plain_ok", script: [.hold], lines: []),
        Case(name: "plain_refused", script: nil, lines: []),
        Case(name: "plain_unreachable", script: [.hold], lines: [], options: "addr 10.9.9.9"),
        Case(name: "tcp_empty", script: nil, lines: [tcp]),
        Case(name: "tcp_connect", script: [.hold], lines: [tcp, "tcp-check connect"]),
        Case(name: "tcp_connect_refused", script: nil, lines: [tcp, "tcp-check connect comment hello"]),
        Case(name: "tcp_send", script: [.hold], lines: [tcp, "tcp-check send x"]),
        Case(name: "tcp_string", script: [.say("hello"), .hold], lines: [tcp, "tcp-check expect string hell"]),
        Case(
            name: "tcp_string_ends",
            script: [.hear, .say("nothing\r\n")],
            lines: [tcp, "tcp-check send x\\n", "tcp-check expect string hell comment why"]
        ),
        Case(
            name: "tcp_empty_answer",
            script: [.hear],
            lines: [tcp, "tcp-check send x", "tcp-check expect string hell comment why"]
        ),
        Case(
            name: "tcp_reset",
            script: [.hear, .reset],
            lines: [tcp, "tcp-check send x", "tcp-check expect string hell"]
        ),
        Case(
            name: "tcp_negated",
            script: [.say("error 5\r\n"), .hold],
            lines: [tcp, "tcp-check expect ! string error"]
        ),
        Case(
            name: "tcp_negated_ends",
            script: [.hear, .say("fine\r\n")],
            lines: [tcp, "tcp-check send x", "tcp-check expect !string error"]
        ),
        Case(
            name: "tcp_negated_minimum",
            script: [.say("fine\r\n"), .hold],
            lines: [tcp, "tcp-check expect min-recv 4 ! string error"]
        ),
        Case(
            name: "tcp_minimum_zero",
            script: [.say("fine\r\n"), .hold],
            lines: [tcp, "tcp-check expect min-recv 0 rstring ^error"]
        ),
        Case(
            name: "tcp_rstring",
            script: [.hear, .say("fine\r\n")],
            lines: [tcp, "tcp-check send-lf x%%\\ %[srv_name]", "tcp-check expect rstring ^error|^bad"]
        ),
        Case(
            name: "tcp_binary",
            script: [.hear, .say("fine\r\n")],
            lines: [tcp, "tcp-check send-binary 4142", "tcp-check expect binary 66696e65"]
        ),
        Case(
            name: "tcp_binary_fails",
            script: [.hear, .say("fine\r\n")],
            lines: [tcp, "tcp-check send-binary-lf 41%[str(B),hex]", "tcp-check expect binary 99"]
        ),
        Case(
            name: "tcp_rbinary",
            script: [.hear, .say("fine\r\n")],
            lines: [tcp, "tcp-check send x", "tcp-check expect rbinary ^99"]
        ),
        Case(
            name: "tcp_on_error",
            script: [.hear, .say("fi\"<n>e\u{1}\r\n")],
            lines: [
                tcp, "tcp-check send x",
                "tcp-check expect string no on-error it\\ broke\\ %[res.payload(0,0)] error-status L7STS",
            ]
        ),
        Case(
            name: "tcp_on_success",
            script: [.hear, .say("fine\r\n")],
            lines: [
                tcp, "tcp-check send x",
                "tcp-check expect string fine on-success good\\ %[res.payload(0,2)] ok-status L6OK",
            ]
        ),
        Case(
            name: "tcp_ok_conditionally",
            script: [.hear, .say("fine\r\n")],
            lines: [tcp, "tcp-check send x", "tcp-check expect string fine ok-status L7OKC"]
        ),
        Case(
            name: "tcp_comments",
            script: [.say("a\r\n"), .hold],
            lines: [
                tcp, "tcp-check comment section", "tcp-check connect", "tcp-check comment later",
                "tcp-check expect string b min-recv 0",
            ]
        ),
        Case(
            name: "tcp_second_port",
            script: [.say("a"), .hold],
            lines: [
                tcp, "tcp-check connect", "tcp-check expect string a", "tcp-check connect port 1 linger",
                "tcp-check expect string b",
            ]
        ),
        Case(
            name: "tcp_timeout",
            script: [.hold],
            lines: [tcp, "tcp-check expect string hell comment why"],
            isTimeout: true
        ),
        Case(
            name: "tcp_timeout_status",
            script: [.say("x"), .hold],
            lines: [tcp, "tcp-check send y", "tcp-check expect binary 6162 tout-status L6TOUT"],
            isTimeout: true
        ),
        Case(name: "http_timeout", script: [.hold], lines: [http], isTimeout: true),
        Case(name: "hello_timeout", script: [.hold], lines: ["option ssl-hello-chk"], isTimeout: true),
    ]

    static let web: [Case] = [
        Case(name: "http_ok", script: answer("200 Fine"), lines: [http]),
        Case(name: "http_503", script: answer("503 No Way"), lines: [http]),
        Case(name: "http_404", script: answer("404 Not Here"), lines: [http, "http-check disable-on-404"]),
        Case(name: "http_refused", script: nil, lines: [http]),
        Case(name: "http_ends", script: [.hear], lines: [http]),
        Case(name: "http_part", script: [.hear, .say("HTTP/1.0 200 OK\r\nFoo")], lines: [http]),
        Case(name: "http_junk", script: [.hear, .say("blah blah\r\n\r\n")], lines: [http]),
        Case(
            name: "http_string",
            script: answer("200 OK", "all is well"),
            lines: [http, "http-check expect string well"]
        ),
        Case(
            name: "http_string_fails",
            script: answer("200 OK", "all is well"),
            lines: [http, "http-check expect string bad"]
        ),
        Case(name: "http_no_body", script: answer("200 OK"), lines: [http, "http-check expect string bad"]),
        Case(
            name: "http_negated",
            script: answer("200 OK", "SQL Error"),
            lines: [http, "http-check expect ! string SQL\\ Error"]
        ),
        Case(
            name: "http_rstring",
            script: answer("200 OK", "all"),
            lines: [http, "http-check expect rstring ^b"]
        ),
        Case(
            name: "http_status",
            script: answer("201 Made"),
            lines: [http, "http-check expect status 200,300-310 comment why"]
        ),
        Case(
            name: "http_status_range",
            script: answer("305 Made"),
            lines: [http, "http-check expect status 200,300-310"]
        ),
        Case(name: "http_rstatus", script: answer("500 Oops"), lines: [http, "http-check expect ! rstatus ^5"]),
        Case(name: "http_hdr", script: answer("200 OK"), lines: [http, "http-check expect hdr name x-foo value bar"]),
        Case(
            name: "http_hdr_fails",
            script: answer("200 OK"),
            lines: [http, "http-check expect hdr name x-foo value -m beg zzz"]
        ),
        Case(
            name: "http_fhdr",
            script: answer("200 OK"),
            lines: [http, "http-check expect fhdr name x-foo value bar"]
        ),
        Case(
            name: "http_length",
            script: [.hear, .say("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"), .hold],
            lines: [http, "http-check expect string world"]
        ),
        Case(
            name: "http_chunked",
            script: [
                .hear, .say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"), .hold,
            ],
            lines: ["option httpchk GET / HTTP/1.1", "http-check expect string hello"]
        ),
        Case(
            name: "http_connect",
            script: answer("200 OK"),
            lines: [
                http, "http-check connect", "http-check send meth GET uri /x", "http-check expect status 200",
                "http-check connect port 1",
                "http-check send meth GET uri /x",
            ]
        ),
    ]

    static let protocols: [Case] = [
        Case(name: "redis_ok", script: [.hear, .say("+PONG\r\n")], lines: ["option redis-check"]),
        Case(name: "redis_fails", script: [.hear, .say("-ERR no\r\n")], lines: ["option redis-check"]),
        Case(name: "hello_ok", script: [.hear, .say([22, 3, 0, 0, 2, 1, 1])], lines: ["option ssl-hello-chk"]),
        Case(name: "hello_fails", script: [.hear, .say("plain text")], lines: ["option ssl-hello-chk"]),
        Case(
            name: "smtp_ok",
            script: [
                .say("220 hi there\r\n"), .hear, .say("250-mail\r\n250 ok go\r\n"), .hear, .say("221 bye\r\n"), .hold,
            ],
            lines: ["option smtpchk EHLO me.example"]
        ),
        Case(name: "smtp_busy", script: [.say("554 busy now\r\n"), .hold], lines: ["option smtpchk"]),
        Case(name: "smtp_junk", script: [.say("hello there\r\n"), .hold], lines: ["option smtpchk"]),
        Case(
            name: "pgsql_ok",
            script: [.hear, .say([82, 0, 0, 0, 8, 0, 0, 0, 0])],
            lines: ["option pgsql-check user bob"]
        ),
        Case(
            name: "pgsql_error",
            script: [.hear, .say("E\0\0\0\u{20}SFATAL\0Cxx\0")],
            lines: ["option pgsql-check user bob"]
        ),
        Case(name: "pgsql_junk", script: [.hear, .say("hello there you")], lines: ["option pgsql-check user bob"]),
        Case(
            name: "mysql_ok",
            script: [packet(greeting), .hear, packet([0, 0, 0, 2, 0, 0, 0], 2), .hold],
            lines: ["option mysql-check user bob"]
        ),
        Case(
            name: "mysql_old",
            script: [packet(greeting), .hear, packet([0, 0, 0], 2), .hold],
            lines: ["option mysql-check user bob pre-41"]
        ),
        Case(name: "mysql_without_user", script: [packet(greeting), .hold], lines: ["option mysql-check"]),
        Case(
            name: "mysql_full",
            script: [packet([0xff, 0x10, 4] + Array("Too many connections".utf8)), .hold],
            lines: ["option mysql-check"]
        ),
        Case(
            name: "mysql_denied",
            script: [packet(greeting), .hear, packet([0xff, 0x15, 4] + Array("#28000Denied".utf8), 2), .hold],
            lines: ["option mysql-check user bob post-41"]
        ),
        Case(
            name: "ldap_ok",
            script: [.hear, .say([0x30, 0x0c, 2, 1, 1, 0x61, 7, 10, 1, 0, 4, 0, 4, 0])],
            lines: ["option ldap-check"]
        ),
        Case(
            name: "ldap_refused",
            script: [.hear, .say([0x30, 0x0c, 2, 1, 1, 0x61, 7, 10, 1, 49, 4, 0, 4, 0])],
            lines: ["option ldap-check"]
        ),
        Case(name: "ldap_junk", script: [.hear, .say("hello there is no ldap")], lines: ["option ldap-check"]),
    ]

    @Test(arguments: [plain, web, protocols]) func verdictsAreHAProxys(cases: [Case]) throws {
        try withDaemonRoom { directory in try HealthCase.compare(cases, in: directory) }
    }

    /// TLS by OpenSSL's own server; its certificate is for good.example and its own authority.
    @Test func verdictsOverTLSAreHAProxys() throws {
        try withDaemonRoom { directory in
            for name in ["good", "other"] {
                try run(
                    "openssl",
                    "req",
                    "-x509",
                    "-newkey",
                    "ec",
                    "-pkeyopt",
                    "ec_paramgen_curve:P-256",
                    "-nodes",
                    "-days",
                    "2",
                    "-subj",
                    "/CN=\(name).example",
                    "-addext",
                    "subjectAltName=DNS:\(name).example",
                    "-keyout",
                    "\(directory)/\(name).key",
                    "-out",
                    "\(directory)/\(name).pem"
                )
            }
            let server = try Background(
                [
                    "openssl", "s_server", "-accept", "127.0.0.1:2001", "-cert", "\(directory)/good.pem", "-key",
                    "\(directory)/good.key", "-www", "-quiet", "-alpn", "http/1.1",
                ],
                in: directory
            )
            let listens = try eventually { try Oracle.listens("127.0.0.1:2001") }
            try #require(listens, "\(server.errors)")
            let verified = "check-ssl ca-file \(directory)/good.pem"
            let cases = [
                Case(name: "tls_none", lines: [], options: "check-ssl verify none", port: 2001),
                Case(name: "tls_verified", lines: [], options: verified, port: 2001),
                Case(name: "tls_name", lines: [], options: "\(verified) check-sni good.example", port: 2001),
                Case(name: "tls_wrong_name", lines: [], options: "\(verified) check-sni bad.example", port: 2001),
                Case(
                    name: "tls_wrong_authority",
                    lines: [],
                    options: "check-ssl ca-file \(directory)/other.pem",
                    port: 2001
                ),
                Case(name: "tls_alpn", lines: [], options: "check-ssl verify none check-alpn http/1.1", port: 2001),
                Case(
                    name: "tls_http",
                    lines: [Self.http, "http-check send meth GET uri /", "http-check expect rstring s_server"],
                    options: "check-ssl verify none",
                    port: 2001
                ),
                Case(
                    name: "tls_step",
                    lines: [
                        Self.tcp, "tcp-check connect ssl sni good.example",
                        "tcp-check send GET\\ /\\ HTTP/1.0\\r\\n\\r\\n",
                        "tcp-check expect string HTTP/1.0",
                    ],
                    options: "verify none",
                    port: 2001
                ),
                Case(name: "tls_refused", script: nil, lines: [], options: "check-ssl verify none"),
                Case(
                    name: "tls_plain",
                    script: [.hear, .say("no TLS here\r\n")],
                    lines: [],
                    options: "check-ssl verify none"
                ),
                Case(name: "tls_silent", script: [.hold], lines: [], options: "check-ssl verify none"),
            ]
            try HealthCase.compare(cases, in: directory)
            // Nobody asks for a certificate where the line does not.
            let other = "check-ssl ca-file \(directory)/other.pem"
            let trusting = [
                Case(name: "trust_unsaid", lines: [], options: "check-ssl", port: 2001),
                Case(name: "trust_authority", lines: [], options: other, port: 2001),
                Case(name: "trust_not", lines: [], options: "\(other) verify required", port: 2001),
            ]
            try HealthCase.compare(trusting, head: "global\n  ssl-server-verify none\n", in: directory)
        }
    }
}
