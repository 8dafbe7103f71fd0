import Diagnostics
import TestSupport
import Testing

@testable import ProxyConfig

/// Files that `haproxy -c` refuses are refused, and for the same reason; those beside them that it takes are taken.
@Suite struct RefusalOracleTests {
    private static let timeouts = "  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n"
    private static let http = "defaults\n  mode http\n" + timeouts
    private static let tcp = "defaults\n  mode tcp\n" + timeouts
    private static let front = http + "frontend f\n  bind 127.0.0.1:8101\n"

    private static func bind(_ words: String, _ defaults: String = http) -> String {
        defaults + "frontend f\n  bind \(words)\n"
    }

    private static func back(_ lines: String..., defaults: String = http) -> String {
        defaults + "backend b\n" + lines.map { "  \($0)\n" }.joined()
    }

    private static func server(_ options: String, _ defaults: String = http) -> String {
        back("server x 127.0.0.1:1 \(options)", defaults: defaults)
    }

    private static func table(_ words: String) -> String {
        back("stick-table type ip \(words)", "server s 127.0.0.1:1")
    }

    private static func check(_ rule: String) -> String { back(rule, "server s 127.0.0.1:1", defaults: tcp) }

    private static func section(_ header: String, _ lines: String...) -> String {
        header + "\n" + lines.map { "  \($0)\n" }.joined() + front
    }

    private static let forwarder = "log-forward f\n  bind 127.0.0.1:8199\n  log 127.0.0.1:514 local0\n"
    private static let users = "userlist u\n  group g\n" + front

    static let all =
        headers + servers + ends + paths + tables + answers + codes + binds + threads + processors + portless + disabled
        + lines + [
            section("peers p", "peer a 127.0.0.1:x"),
            section("peers p", "peer a 300.0.0.1:1"), section("peers p", "peer a 127.0.0.1"),
            section("peers p", "peer"), section("peers p", "peer a 127.0.0.1:1 tfa"),
            section("peers p", "bind 127.0.0.1:9999", "peer a 127.0.0.1:1"),
            section("peers p", "peer a 127.0.0.1:1", "bind 127.0.0.1:9999"),
            section("peers p", "server a 127.0.0.1:1", "bind 127.0.0.1:9999"),
            section("peers p", "bind 127.0.0.1:9999", "bind 127.0.0.1:9998"),
            section("peers p", "bind 127.0.0.1"), section("peers p", "bind 127.0.0.1:9998 tfa"),
            section("peers p", "bind"), section("peers p", "default-bind tfa"),
            section("resolvers r", "nameserver x 127.0.0.1:53", "nameserver x 127.0.0.1:54"),
            section("ring buf0", "description a"), section("ring r", "size 32768"),
            section("userlist u", "group 1,2"), section("userlist u", "user a,b insecure-password x"),
            users + "  acl a http_auth_group(u) nope\n", users + "  acl a http_auth_group(u) g\n",
            users + "  http-request deny if { http_auth_group(u) g nope }\n",
            front + forwarder, http + forwarder + "frontend f\n  bind 127.0.0.1:8101\n",
            front + forwarder.replacing(" f\n", with: " g\n"),
            "mailers m\n  mailer a 127.0.0.1:25\n" + back("email-alert to", "server s 127.0.0.1:1"),
            back("email-alert from", "server s 127.0.0.1:1"), back("email-alert level", "server s 127.0.0.1:1"),
        ]

    private static let headers = [
        http + "listen web 10.0.0.1:80\n  server a 127.0.0.1:1\n", http + "frontend f x\n  bind 127.0.0.1:8101\n",
        http + "backend b x\n  server s 127.0.0.1:1\n", http + "backend b x\n",
        "defaults a\n  mode http\nfrontend f from a c\n  bind 127.0.0.1:8101\n", section("global x"),
        section("cache a b", "total-max-size 4"), section("log-forward a b"), section("userlist a b"),
        section("resolvers a b"), section("ring a b"), section("mailers a b"), section("http-errors a b"),
    ]

    private static let servers = [
        server("track x"), back("server x 127.0.0.1:1 track b/y", "server y 127.0.0.1:1 track x"),
        back("server x 127.0.0.1:1 track y", "server y 127.0.0.1:1 track z", "server z 127.0.0.1:1 check"),
        server("resolvers none"), "resolvers r\n  nameserver n 127.0.0.1:53\n" + server("resolvers r"),
        server("redir /", tcp), server("redir /"), server("proto h2", tcp), server("proto h2"), server("proto h1", tcp),
        server("proto none"), server("proto none", tcp), server("proto fcgi"), server("proto fcgi", tcp),
        server("ssl verify required ca-file /nope"), server("check check-ssl verify required ca-file /nope"),
        server("ca-file /nope"), server("ssl verify none crl-file /nope"),
        "global\n  ca-base /etc/ssl\n" + server("ssl verify required ca-file certs/ca-certificates.crt"),
    ]

    /// Numbers at the ends of their range.
    private static let ends = [
        back("server x 127.0.0.1:-65535"), bind("127.0.0.1:8101 mss -9223372036854775808"),
        bind("127.0.0.1:8101 mss -65535"), bind("127.0.0.1:8101 mss -65536"),
        back("stick-table type string len 9223372036854775807 size 1", "server s 127.0.0.1:1"),
    ]

    /// HAProxy takes what 32 bits of the largest leave, whatever that is.
    @Test(arguments: ["9223372036854775807", "4294967376"])
    func portsAtTheEndsAreRefused(_ port: String) {
        for text in [Self.back("server x 127.0.0.1:\(port)"), Self.section("peers p", "peer a 127.0.0.1:\(port)")] {
            let result = ConfigurationFile(text, file: "a.cfg").checked(surroundings: Oracle.surroundings)
            let isNamed = result.diagnostics.contains { $0.severity == .error && $0.message.contains(port) }
            #expect(isNamed, "\(text)")
        }
    }

    /// Paths and abstract names of sockets, about as long as they may be.
    private static let paths =
        [96, 97, 98].flatMap { count in
            let path = "/" + String(repeating: "a", count: count - 1)
            return [
                bind(path), bind("unix@" + path), back("server x \(path)"), back("server x unix@\(path)"),
                server("check addr \(path)"), section("global", "log \(path) local0"),
                "global\n  unix-bind prefix /tmp\n" + bind(path.dropLast(4).description),
            ]
        }
        + [106, 107, 108].flatMap { count in
            let name = "abns@" + String(repeating: "a", count: count)
            return [bind(name), back("server x \(name)"), "global\n  unix-bind prefix /tmp\n" + bind(name)]
        }
        + ["0", "-1", "65535", "65536", "70000", "x", "12x"].map { server("agent-check agent-port \($0)") }
        + ["127.0.0.1:+5", "127.0.0.1:-5", "127.0.0.1:5", "127.0.0.1:5-6"].map { server("check addr \($0)") }

    private static let tables =
        ["1g", "2G", "3g", "4g", "5g", "4095m", "4096m", "4294967295", "1kk", "1gx", "g", "0"]
        .map { table("size \($0)") }
        + [
            "gpc_rate(2)", "gpc_rate(2,10s)", "gpc_rate(2,)", "gpc_rate", "gpc_rate()", "gpc_rate(2", "gpc_rate(,10s)",
            "gpc_rate(0)", "gpc_rate(0,x)", "gpc_rate(2,x)", "gpc_rate(2,10s),conn_cnt", "gpc_rate(2,10s)x",
            "gpc_rate(2,10s)x,foo", "gpc(2,3)", "gpc(0,3)", "gpc()", "gpc", "conn_cnt()", "conn_cnt(5)", "conn_rate()",
            "conn_rate", "conn_rate(10s,5)", "conn_cnt,", ",conn_cnt", "conn_cnt,,gpc0", "foo(2", "foo(2)",
        ].map { table("size 10 store \($0)") }

    private static let answers = [
        "status 200 string ok", "status 200 lf-string ok", "status 200 string ok content-type text/plain",
        "status 200 file /etc/hosts", "status 200 lf-file /etc/hosts", "string ok", "content-type a",
        "content-type a lf-string \"\"", "content-type a string \"\"", "status 200", "status 99", "status 600",
    ].map { front + "  http-request return \($0)\n" }

    /// An answer without a body asks for no type, and only `default-errorfiles` for a page of its code.
    private static let codes = [
        "deny status 418", "tarpit status 418", "deny status 418 default-errorfiles", "deny deny_status 418",
        "deny deny_status 429", "deny status 421 default-errorfiles", "deny status 418 hdr a b", "deny status 600",
        "return status 418", "return status 200 file /dev/null", "return lf-file /dev/null",
        "deny deny_status 418 hdr a b",
        "deny file /dev/null", "return file /etc/hosts", "return hdr a b file /dev/null", "deny string a",
    ].flatMap { rule in
        [front + "  http-request \(rule)\n", tcp + "frontend f\n  bind 127.0.0.1:8101\n  http-request \(rule)\n"]
    }

    private static let threads = [
        "3-2", "60-1", "2-1", "1/3-2", "5-4", "3-", "60-64", "1/60-64", "0-1", "1-0", "all/1", "all/all", "1/all",
        "odd/",
        "1-1/1", "/1", "1/", "01/1", "2/1", "1/x", "-3", "3-a", "1--2", "65", "99999999999/1",
    ].map {
        "global\n  nbthread 2\n" + bind("127.0.0.1:8101 thread \($0)")
    }

    private static let processors = [
        "auto:1/1-4 3-0", "1/1-4 0-", "auto:1/1-4 0-", "auto:1/1-4 0-1 3-2", "auto:1/1-3 0,2-1", "auto:1/4-1 0-3",
        "auto:1/1-4 0-4", "1/1 3-a", "1/1 a", "1/1 -3", "1/1 ,", "1/1 all", "1/1 1023", "1/1 1024", "1/1 0-5000",
        "1 0-", "1/1-4 63-", "1/1 0,2-",
    ].map { section("global", "cpu-map \($0)") }

    private static let resolvers = "resolvers r\n  nameserver a 127.0.0.1:53\n"

    /// What a check without a port may go to.
    private static let portless =
        [
            ["check addr /run/x.sock"], ["check addr unix@/run/x"], ["check addr abns@x"], ["check addr 127.0.0.2"],
            ["check addr 127.0.0.2:80"], ["check addr 127.0.0.2 addr /run/x"], ["check addr /run/x addr 127.0.0.2"],
            ["check", "option tcp-check", "tcp-check comment a", "tcp-check connect port 80"],
            ["check", "option tcp-check", "tcp-check comment a"],
            ["check", "option tcp-check", "tcp-check set-var(check.a) int(1)", "tcp-check connect port 80"],
            ["check", "option tcp-check", "tcp-check unset-var(check.a)", "tcp-check connect port 80"],
            [
                "check", "option tcp-check", "tcp-check connect addr 127.0.0.1:80",
                "tcp-check connect addr 127.0.0.1:81",
            ],
            ["check", "option tcp-check", "tcp-check connect addr 127.0.0.1"],
            ["check", "option tcp-check", "tcp-check connect addr 127.0.0.1:0"],
            ["check", "option tcp-check", "tcp-check connect addr /run/x"],
            ["check", "option tcp-check", "tcp-check connect port str(80)"],
            ["check", "option tcp-check", "tcp-check connect comment port"],
            ["check", "option tcp-check", "tcp-check connect port 80", "tcp-check connect"],
            ["check"], ["check", "option tcp-check"], ["check", "option httpchk"], ["check disabled"],
        ].map { lines in
            tcp + "backend b\n" + lines.dropFirst().map { "  \($0)\n" }.joined() + "  server s 127.0.0.1 \(lines[0])\n"
        } + [
            back("server s /run/x check addr 127.0.0.1"), back("server s /run/x check addr 127.0.0.1 port 8"),
            resolvers + back("server-template s 3 _a._tcp.x resolvers r check init-addr none"),
            resolvers + back("server s foo.invalid resolvers r check init-addr none"),
            resolvers + back("server s foo.invalid resolvers r check addr 127.0.0.1 init-addr none"),
        ]

    /// A disabled section may name what is not there.
    private static let disabled =
        [
            "server s 127.0.0.1 check", "server s 127.0.0.1:1 resolvers nope", "server s 127.0.0.1 track y/x",
            "server s 127.0.0.1:1\n  server s 127.0.0.1:2", "stick on src table nope", "acl a nbsrv(nope) gt 1",
            "server s 127.0.0.1:1 id 5\n  server t 127.0.0.1:2 id 5", "errorfiles nope", "option external-check",
            "http-request deny if { http_auth(nope) }", "server s 127.0.0.1:1 redir /",
            "server s 127.0.0.1:1 weight 300",
        ].map { tcp + "backend b\n  disabled\n  \($0)\n" } + [
            tcp + "  disabled\nbackend b\n  server s 127.0.0.1 check\n",
            tcp + "  disabled\nbackend b\n  enabled\n  server s 127.0.0.1 check\n",
        ]
        + [
            "bind 127.0.0.1:8102 thread 60-64", "default_backend nope", "use_backend nope if TRUE",
            "bind 127.0.0.1:8102 proto fcgi", "http-request track-sc0 src table nope", "log-format %[nope]",
            "bind 127.0.0.1:8102 thread 65",
        ].map { front + "frontend off\n  disabled\n  \($0)\n" }

    private static let binds = [
        bind("127.0.0.1:8101 id 5\n  bind 127.0.0.1:8102 id 5"), bind("127.0.0.1:8101,127.0.0.1:8102 id 5"),
        bind("127.0.0.1:8101-8103 id 5"), bind("127.0.0.1:8101 id 5 id 6"), bind("127.0.0.1:8101 id 5 id 5"),
        bind("127.0.0.1:8101 id 5\n  bind 127.0.0.1:8102-8102 id 6"), bind("127.0.0.1:8101 id 0"),
        bind("127.0.0.1:8101 id 5\nfrontend g\n  bind 127.0.0.1:8102 id 5"),
        bind("127.0.0.1:8101\n  bind 127.0.0.1:8102 id 1"),
        bind("127.0.0.1:8101 thread 99"), bind("127.0.0.1:8101 thread 65"), bind("127.0.0.1:8101 thread 0"),
        bind("127.0.0.1:8101 thread 1/99"), bind("127.0.0.1:8101 thread 2/1"), bind("127.0.0.1:8101 thread 1-99"),
        bind("127.0.0.1:8101 thread 1"), bind("127.0.0.1:8101 thread 1/all"), bind("127.0.0.1:8101 process 1/99"),
        bind("127.0.0.1:8101 process 2"), bind("127.0.0.1:8101 process 1/1"), bind("127.0.0.1:8101 proto h2", tcp),
        bind("127.0.0.1:8101 proto h2"), bind("127.0.0.1:8101 proto fcgi"), bind("127.0.0.1:8101 proto none"),
        bind("127.0.0.1:8101 proto none", tcp), bind("127.0.0.1:8101 ca-file /nope"),
        bind("127.0.0.1:8101 crl-file /nope"),
        section("global", "stats socket /tmp/x.sock expose-fd foo"),
        section("global", "stats socket /tmp/x.sock user nosuchuser"),
        section("global", "stats socket /tmp/x.sock group nosuchgroup"),
        section("global", "stats socket /tmp/x.sock mode 6z0"),
        section("global", "stats socket /tmp/x.sock level foo"),
    ]

    private static let lines = [
        back("retries 3 x", "server s 127.0.0.1:1"), back("server-state-file-name a b", "server s 127.0.0.1:1"),
        front + "  monitor-uri /a b\n", section("global", "user root x"), section("global", "group root x"),
        front + "  use-server x if TRUE\n", front + "  rate-limit sessions x\n", front + "  rate-limit sessions 3x\n",
        front + "  rate-limit sessions -1\n", front + "  rate-limit sessions 3\n",
        table("size 10 store gpc(200)"), table("size 10 store gpt(200)"), table("size 10 store gpc(0)"),
        table("size 10 store gpc(100)"), table("size 10 store gpc(x)"), table("size 10 store gpc_rate(200,1s)"),
        table("size 10 store gpc_rate(2,1s)"), table("size 1m|"), table("size 1mm"), table("size 1M"),
        check("tcp-check expect error-status L7OKC string x"), check("tcp-check expect error-status L4OK string x"),
        check("http-check expect error-status L7OKC string x"),
        server("ssl verify none sni srv_name"), server("ssl verify none sni srv_id"),
        server("ssl verify none sni res.hdr(a)"), server("ssl verify none sni bc_src"),
        server("ssl verify none sni req.hdr(host)"), server("ssl verify none sni 'srv_name'", tcp),
        check("tcp-check connect port 99999"), check("tcp-check connect port 0"), check("tcp-check connect port 99"),
        front + "  http-request use-service foo\n",
        tcp + bind("127.0.0.1:1") + "  tcp-request content use-service foo\n",
    ]

    private static let warned =
        [
            front + "  acl never src\n  http-request deny if never\n", front + "  http-request deny if { src }\n",
            front
                + "  acl a req.hdr(a)\n  acl b always_true\n  acl c hdr(a) -i\n  acl d ssl_fc\n  acl e src -m found\n",
            front + "  acl a src --\n  acl b path_beg\n  acl c dst_port\n  acl d path -f /dev/null\n",
            back("http-check expect status 200", "server s 127.0.0.1:1"),
            back("option tcp-check", "http-check expect status 200", "server s 127.0.0.1:1"),
            back("option httpchk", "http-check expect status 200", "server s 127.0.0.1:1"),
            back("http-check disable-on-404", "http-check send-state", "server s 127.0.0.1:1"),
            tcp + "defaults\n  mode tcp\n" + timeouts + "  tcp-check send a\nbackend b\n  server s 127.0.0.1:1\n",
            back("tcp-check send a", "server s 127.0.0.1:1", defaults: tcp),
            back("option tcp-check", "tcp-check send a", "server s 127.0.0.1:1", defaults: tcp),
            tcp + "listen l\n  bind 127.0.0.1:8101\n  stats enable\n  stats uri /a\n  cookie X insert\n"
                + "  http-request deny\n  http-response deny\n  server s 127.0.0.1:1\n",
            tcp + "frontend f\n  bind 127.0.0.1:8101\n  monitor-uri /\n  redirect location /\n"
                + "  http-after-response set-header a b\n",
            front + "  stats enable\n  monitor-uri /a\n  http-request deny\n",
        ]
        + [SectionKind.listen, .frontend, .backend].flatMap { kind in ["", "no "].map { modeOptions(of: kind, $0) } }
        + [tcp + options("", .defaults) + modeOptions(of: .listen, "no ").dropFirst(tcp.count)]

    /// Options of `mode http` in a section of `mode tcp`.
    private static func modeOptions(of kind: SectionKind, _ negation: String) -> String {
        tcp + "\(kind.rawValue) x\n" + (kind == .backend ? "" : "  bind 127.0.0.1:8101\n")
            + (kind == .frontend ? "" : "  server s 127.0.0.1:1\n") + options(negation, kind)
    }

    private static func options(_ negation: String, _ kind: SectionKind) -> String {
        let names = ProxyOption.invertible.sorted().filter {
            $0 != "transparent" && ProxyOption.side($0).missing(in: kind) == nil
        }
        return names.map { "  \(negation)option \($0)\n" }.joined()
    }

    @Test func wrongLinesAreNotIgnoredOnes() throws {
        let text =
            Self.tcp + "listen l\n  bind 127.0.0.1:8101\n  stats maxconn 5\n  http-request return string ok\n"
            + "  http-request set-timeout\n  http-response return lf-string a\n  server s 127.0.0.1:1\n"
        let verdict = try withTemporaryDirectory { try Oracle.check(text, in: $0, name: "a.cfg") }
        let isWarned = verdict.text.contains("[WARNING]")
        let ours = ConfigurationFile(text, file: "a.cfg").checked(surroundings: Oracle.surroundings).diagnostics
        let severities = ours.map { $0.severity }
        #expect(!isWarned && severities == [.error, .error, .error, .error], "\(ours)\n\(verdict.text)")
    }

    @Test func warnsOfWhatIsInVainAsHAProxyDoes() throws {
        func words(_ text: String) -> String { text.split { $0 == " " || $0 == "\n" }.joined(separator: " ") }
        try withTemporaryDirectory { directory in
            var warnings = 0
            for (index, text) in Self.warned.enumerated() {
                let verdict = try Oracle.check(text, in: directory, name: "\(index).cfg")
                let parts = verdict.text.split(separator: "[WARNING]", omittingEmptySubsequences: false)
                let theirs = parts.dropFirst().map { part in
                    let ends = ["[NOTICE]", "Configuration file", "Warnings were found"].compactMap {
                        part.firstRange(of: $0)?.lowerBound
                    }
                    let line = part[..<(ends.min() ?? part.endIndex)]
                    return words(String(line[(line.firstRange(of: " : config : ")?.upperBound ?? line.startIndex)...]))
                }
                let result = ConfigurationFile(text, file: "a.cfg").checked(surroundings: Oracle.surroundings)
                let ours = result.diagnostics.map { words($0.message) }.filter {
                    !$0.hasPrefix("accepted and not acted upon")
                }
                #expect(ours.sorted() == theirs.sorted(), "\(text)\n\(verdict.text)")
                warnings += theirs.count
            }
            #expect(warnings > 12)
        }
    }

    @Test func refusesWhatHAProxyRefuses() throws {
        try withTemporaryDirectory { directory in
            var refused = 0
            for (index, text) in Self.all.enumerated() {
                let verdict = try Oracle.check(text, in: directory, name: "\(index).cfg")
                let name = "\(directory)/\(index).cfg"
                let result = ConfigurationFile(text, file: name).checked(surroundings: Oracle.surroundings)
                let ours = result.diagnostics.filter { $0.severity == .error }.map { Oracle.trimmed($0.message) }
                let context = "\(text)\n--- haproxy: \(verdict.text)\n--- ours: \(ours)"
                #expect((result.model != nil) == verdict.isAccepted, "\(context)")
                if !verdict.isAccepted { refused += 1 }
                // HAProxy says some things of a file, some of the whole, and each in its words.
                for message in ours {
                    let said = verdict.text.contains(message)
                    #expect(said, "\(context)")
                }
            }
            #expect(refused > 60)
        }
    }
}
