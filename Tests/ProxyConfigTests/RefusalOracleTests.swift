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
        headers + servers + ends + answers + binds + lines + [
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

    /// HAProxy takes what 32 bits of these leave, whatever that is.
    @Test(arguments: ["-9223372036854775808", "9223372036854775807", "+9223372036854775807"])
    func portsAtTheEndsAreRefused(_ port: String) {
        for text in [Self.back("server x 127.0.0.1:\(port)"), Self.section("peers p", "peer a 127.0.0.1:\(port)")] {
            let result = ConfigurationFile(text, file: "a.cfg").checked(surroundings: Oracle.surroundings)
            let isNamed = result.diagnostics.contains { $0.severity == .error && $0.message.contains(port) }
            #expect(isNamed, "\(text)")
        }
    }

    private static let answers = [
        "status 200 string ok", "status 200 lf-string ok", "status 200 string ok content-type text/plain",
        "status 200 file /etc/hosts", "status 200 lf-file /etc/hosts", "string ok", "content-type a",
        "content-type a lf-string \"\"", "content-type a string \"\"", "status 200", "status 99", "status 600",
    ].map { front + "  http-request return \($0)\n" }

    private static let binds = [
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
        check("tcp-check connect port 99999"), check("tcp-check connect port 0"), check("tcp-check connect port 99"),
        front + "  http-request use-service foo\n",
        tcp + bind("127.0.0.1:1") + "  tcp-request content use-service foo\n",
    ]

    private static let warned = [
        front + "  acl never src\n  http-request deny if never\n", front + "  http-request deny if { src }\n",
        front + "  acl a req.hdr(a)\n  acl b always_true\n  acl c hdr(a) -i\n  acl d ssl_fc\n  acl e src -m found\n",
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
