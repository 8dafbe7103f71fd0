import TestSupport
import Testing

@testable import ProxyConfig

/// Keywords that are no more, that are misspelt, and that are in the wrong section: what `haproxy -c` says of them.
@Suite struct KeywordOracleTests {
    private static let http = "defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n"
    private static let frontend = http + "frontend f\n  bind 127.0.0.1:8101\n"
    private static let backend = http + "backend b\n  server s 127.0.0.1:1\n"

    private static let removed = [
        "grace 1", "reqadd x", "reqallow x", "reqiallow x", "reqdel x", "reqidel x", "reqdeny x", "reqideny x",
        "reqpass x", "reqipass x", "reqrep a b", "reqirep a b", "reqtarpit x", "reqitarpit x", "reqsetbe a b",
        "reqisetbe a b", "rspadd x", "rspdel x", "rspidel x", "rspdeny x", "rspideny x", "rsprep a b",
        "rspirep a b", "block if TRUE", "block", "monitor-net 10.0.0.0/8", "contimeout 1", "clitimeout 1",
        "srvtimeout 1", "redispatch", "dispatch 127.0.0.1:1", "transparent", "bind-process 1", "appsession x",
        "tcpcheck", "httpcheck", "option forceclose", "option http_proxy", "option http-tunnel",
        "timeout clitimeout 1s", "timeout contimeout", "mode health", "mode health x", "option", "fullconn",
        "maxconn",
    ]

    /// Lines of one half that the other is without; some are of both.
    private static let halves = [
        "persist rdp-cookie", "persist", "unique-id-format %ci", "unique-id-header X",
        "log 127.0.0.1 local0\n  log-format %[foo]",
        "log-format-sd %ci", "log-format %ci", "option httplog", "option tcplog", "error-log-format %ci",
        "retry-on none", "retry-on", "use-fcgi-app", "declare capture request len 3",
        "declare", "cookie X insert", "cookie", "dynamic-cookie-key x", "http-reuse safe", "http-reuse",
        "server-state-file-name x", "load-server-state-from-file none", "http-send-name-header X",
        "http-send-name-header", "fullconn 3", "maxconn 3", "balance roundrobin", "balance foo", "hash-type consistent",
        "hash-type foo", "hash-balance-factor 150", "retries 3", "retries", "backlog 3", "source 0.0.0.0", "source",
        "monitor fail", "monitor", "monitor-uri /", "monitor-uri", "force-persist if TRUE", "force-persist",
        "stick store-request src table nope if", "rate-limit foo", "capture", "capture x", "timeout client 3",
        "timeout server 3", "timeout connect 3", "timeout check 3", "timeout queue 3", "timeout tunnel 3",
        "timeout client-fin 3", "timeout server-fin 3", "timeout tarpit 3", "clitcpka-cnt 3", "srvtcpka-cnt 3",
        "max-keep-alive-queue 3", "max-session-srv-conns 3", "option abortonclose", "option clitcpka",
        "option srvtcpka", "option httpchk", "option tcp-check", "option redispatch", "option allbackups",
        "option dontlognull", "option persist", "option socket-stats", "option log-health-checks",
        "option ssl-hello-chk",
        "no option abortonclose", "option pgsql-check", "http-check expect status 200", "bind-process 1",
    ]

    private static let actions = [
        "http-request foo", "http-request den", "http-request", "http-response set-heade", "http-after-response foo",
        "tcp-request content acept", "tcp-request content", "tcp-request connection foo", "http-request deny foo",
        "http-request deny deny_status 418", "http-request deny deny_status 418 hdr a b", "http-request deny status x",
        "http-request deny deny_status", "http-request return status 999", "http-request return status 418",
        "http-request return string x", "http-request return content-type a string x string y",
        "http-request return file /nope", "http-request return hdr a", "http-request return content-type",
        "http-request return errorfiles", "http-request tarpit deny_status 418", "http-request allow foo",
        "http-request set-var(x) src", "http-request set-var(txn.x) foo", "http-request set-log-level x",
        "http-request set-mark x", "http-request set-src", "http-request redirect", "http-request redirect location",
        "http-response set-var(txn.x) path", "redirect", "redirect prefix", "tcp-request content foo",
        "log 127.0.0.1 local0\n  log-format %foo", "log-format", "unique-id-format %foo", "use_backend %[foo]",
    ]

    private static let checks = [
        "tcp-check", "tcp-check foo", "tcp-check send", "tcp-check send-binary", "tcp-check send-lf",
        "tcp-check connect foo", "tcp-check connect port x", "tcp-check connect port", "tcp-check connect addr",
        "tcp-check connect addr 127.0.0.1:+1", "tcp-check connect addr 127.0.0.1:1-2",
        "tcp-check connect sni", "tcp-check connect proto foo", "tcp-check expect", "tcp-check expect foo",
        "tcp-check expect string", "tcp-check expect binary x", "tcp-check expect string a ok-status x",
        "tcp-check comment", "tcp-check set-var", "tcp-check set-var(check.x)", "tcp-check set-var(check.x) foo",
        "tcp-check set-var(check.x) path", "tcp-check set-var-fmt(check.x) %[foo]", "http-check foo",
        "http-check set-var(check.x) path", "http-check connect proto foo", "http-check expect status x",
        "http-check expect hdr", "http-check send foo", "http-check send meth", "http-check send hdr a",
        "http-check send hdr a %[foo]", "http-check comment",
    ]

    private static let global = [
        "nosuchthing", "maxcon 3", "stats socket /tmp/x lev", "cpu-map 1/65 0", "cpu-map 0 0", "cpu-map auto:1 0-3",
        "cpu-map auto:1/1-4 0-3", "cpu-map auto:1/1-4 0", "cpu-map auto:1/all 0-63", "cpu-map 1/x 0", "cpu-map 1- 0",
        "cpu-map 1/1 x", "cpu-map auto:1/1-2 0 1", "log 127.0.0.1",
        "ca-base /a b", "crt-base /a b", "ssl-default-bind-ciphers a b", "ssl-default-server-ciphersuites a b",
        "log global",
        "stats timeout x", "hard-stop-after x",
    ]

    @Test func namesWhatTookThePlaceOfWhatIsNoMore() throws {
        #expect(try Self.compare(Self.removed, in: [Self.frontend, Self.backend]) > 60)
    }

    @Test func readsWhatIsOfNoUseAndWarns() throws {
        #expect(try Self.compare(Self.halves, in: [Self.frontend, Self.backend]) > 80)
    }

    @Test func saysWhatRulesAndChecksAreWithout() throws {
        #expect(try Self.compare(Self.actions, in: [Self.frontend]) > 30)
        #expect(try Self.compare(Self.checks, in: [Self.backend]) > 25)
        #expect(try Self.compare(Self.global, in: ["global\n"]) > 8)
    }

    /// Names of sections have few characters.
    @Test func sectionsHaveRightNames() throws {
        let kinds = ["userlist", "peers", "resolvers", "http-errors", "mailers", "backend", "defaults"]
        let others = ["zz\n", "userlist\n", "userlist u\n  zz\n", "defaults a,b\nbackend b from a,b\n"]
        let said = try Self.compare([""], in: kinds.map { "\($0) *\n" } + others)
        #expect(said > 8)
    }

    /// Formats without a place for their lines, and frontends that listen on nothing.
    @Test func whoIsSilentIsWarnedOf() throws {
        let formats = [
            "", "  option httplog\n", "  log-format %ci\n", "  option tcplog\n", "  log global\n  option httplog\n",
            "  log 127.0.0.1 local0\n  option httplog\n", "  log-format-sd %ci\n", "  error-log-format %ci\n",
        ]
        let frontends = [
            "frontend f\n  bind :8101\n", "frontend f\n  bind :8101\n  disabled\n", "frontend f\n",
            "frontend f\n  disabled\n", "listen f\n  bind :8101\n  no log\n",
        ]
        let texts = [Self.http, Self.http.replacing("http", with: "tcp")].flatMap { head in
            formats.flatMap { format in frontends.map { head + format + $0 } }
        }
        #expect(try Self.compare([""], in: texts) > 50)
    }

    @Test func threadsOfBindsAreThere() throws {
        let sets = ["1", "2", "3", "1-5", "3-", "1/5", "1/1-5", "all", "odd", "even", "1/even", "2-4", "1/3-4", "64"]
        let texts = (1...4).flatMap { count in
            sets.map { set in
                "global\n  nbthread \(count)\n" + Self.http + "frontend f\n  bind 127.0.0.1:8101 thread \(set)\n"
            }
        }
        #expect(try Self.compare([""], in: texts) > 15)
    }

    /// A line that is no line: its mark stands where HAProxy's does.
    @Test func marksWhatCannotBeSplit() throws {
        let long = String(repeating: "y", count: 100)
        let lines = [
            "acl a src \"x", "acl a src 'x", "acl a \"${x", "acl a src \\x4", "acl a \"${}\"", "acl tab\t\"x",
            "  acl   a    src    \"${HOME", "acl a \(long) \"x", "acl a \"x\(long)", "acl a \(long) \"x\(long)",
        ]
        #expect(try Self.compare(lines, in: [Self.frontend]) == lines.count)
    }

    /// Both guess the same, but where words are as near as each other and the order of HAProxy's lists decides.
    @Test func guessesWhatWasMeantAsHAProxyDoes() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("KeywordOracleTests: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let kinds: [([String], (String, Int) -> String)] = [
            (ProxyKeyword.names, { word, _ in word }), (ProxyOption.names.sorted(), { word, _ in "option \(word)" }),
            (LineOptions.server.words.sorted(), { "server s\($1) 127.0.0.1:1 \($0)" }),
            (LineOptions.bind.words.sorted(), { word, _ in "bind 127.0.0.1:1 \(word)" }),
        ]
        try withTemporaryDirectory { directory in
            for (kind, (words, line)) in kinds.enumerated() {
                let wrong = (0..<40).map { _ in
                    Self.misspelt(words[Int.random(in: 0..<words.count, using: &generator)], &generator)
                }
                let text =
                    Self.http + "listen l\n  bind 127.0.0.1:8101\n"
                    + wrong.enumerated().map { "  \(line($1, $0))\n" }.joined()
                let verdict = try Oracle.check(text, in: directory, name: "\(kind).cfg")
                let path = "\(directory)/\(kind).cfg"
                let theirs = Spoken.theirs(verdict).filter { $0.contains("unknown ") }
                let ours = Spoken.ours(text, path, Oracle.surroundings, besides: []).filter { $0.contains("unknown ") }
                #expect(theirs.count > 30)
                #expect(ours.count == theirs.count)
                let others = zip(ours, theirs).filter { $0 != $1 }
                #expect(others.count <= 2, "seed \(seed): \(others)")
            }
        }
    }

    private static func misspelt(_ word: String, _ generator: inout SeededGenerator) -> String {
        var letters = Array(word)
        let place = Int.random(in: 0..<letters.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0 where letters.count > 3: letters.remove(at: place)
        case 1 where place > 0: letters.swapAt(place, place - 1)
        case 2: letters[place] = "q"
        default: letters.insert("x", at: place)
        }
        return String(letters)
    }

    /// How many lines were compared.
    private static func compare(_ lines: [String], in sections: [String]) throws -> Int {
        try withTemporaryDirectory { directory in
            var said = 0
            for (number, section) in sections.enumerated() {
                for (index, line) in lines.enumerated() {
                    let name = "\(number)-\(index).cfg"
                    said += try Spoken.compare(
                        line.isEmpty ? section : "\(section)  \(line)\n",
                        in: directory,
                        name: name
                    )
                }
            }
            return said
        }
    }
}
