import Diagnostics
import TestSupport
import Testing

@testable import ProxyConfig

/// What `haproxy -c` says of actions of rules without arguments, with wrong ones and with too many: word by word.
@Suite struct ActionOracleTests {
    /// Actions and their right arguments. Those on maps without any end HAProxy 2.6 by a signal, and are not here.
    private static let actions: [(name: String, arguments: String)] = [
        ("allow", ""), ("deny", ""), ("tarpit", ""), ("return", "status 200"), ("reject", ""), ("silent-drop", ""),
        ("accept", ""), ("close", ""), ("disable-l7-retry", ""), ("wait-for-handshake", ""), ("auth", "realm x"),
        ("capture", "src len 10"), ("capture", "src id 0"), ("track-sc0", "src"), ("track-sc3", "src"),
        ("set-src", "src"), ("set-src-port", "int(1)"), ("set-dst", "dst"), ("set-dst-port", "int(1)"),
        ("set-mark", "0x1"), ("set-tos", "1"), ("set-nice", "1"), ("set-log-level", "info"),
        ("set-priority-class", "int(1)"), ("set-priority-offset", "int(1)"), ("sc-inc-gpc0", ""),
        ("sc-inc-gpc0(0)", ""), ("sc-inc-gpc0(x)", ""), ("sc-inc-gpc1(3)", ""), ("sc-inc-gpc(0,0)", ""),
        ("sc-inc-gpc", ""), ("sc-inc-gpc(0,3)", ""), ("sc-inc-gpc(x,0)", ""), ("sc-inc-gpc(0,x)", ""),
        ("sc-set-gpt0(0)", "1"), ("sc-set-gpt0(5)", "1"), ("sc-set-gpt0(x)", "1"), ("sc-set-gpt(0,0)", "1"),
        ("set-var(txn.a)", "src"), ("set-var(a)", "src"), ("set-var-fmt(txn.a)", "%[src]"),
        ("unset-var(txn.a)", ""), ("use-service", "prometheus-exporter"), ("do-resolve(txn.a,r)", "str(a)"),
        ("do-resolve(txn.a)", "str(a)"), ("send-spoe-group", "a b"), ("ot-group", "a b"), ("redirect", "location /"),
        ("add-header", "X a"), ("set-header", "X a"), ("early-hint", "X a"), ("del-header", "X"),
        ("del-header", "(a -m reg"), ("replace-header", "X a b"), ("replace-header", "X (a b"),
        ("replace-value", "X a b"), ("replace-path", "a b"), ("replace-path", "(a b"), ("replace-pathq", "a b"),
        ("replace-uri", "a b"), ("set-method", "GET"), ("set-path", "/"), ("set-pathq", "/"), ("set-query", "a"),
        ("set-uri", "/"), ("cache-use", "c"), ("cache-store", "c"), ("normalize-uri", "fragment-strip"),
        ("strict-mode", "on"), ("wait-for-body", "time 1s"), ("wait-for-body", "time 1s at-least 5kk"),
        ("set-timeout", "server 1s"), ("set-timeout", "server 0"), ("set-timeout", "tunnel 5y"),
        ("set-status", "200"), ("set-status", "99"), ("set-status", "200x"), ("set-status", "200 reason"),
    ]

    /// Lines of one rule set: each action with less, other and more words than it takes; one line of what it does not know.
    private static func lines(_ set: RuleSet) -> [String] {
        var lines: [String] = []
        for (name, arguments) in actions {
            let words = arguments.split(separator: " ").map { String($0) }
            var variants = [[], ["zz"], words, words + ["zz"], words + ["if", "zz"]]
            for index in words.indices {
                variants.append(Array(words[..<index]))
                variants.append(words[..<index] + ["zz"] + words[(index + 1)...])
                variants.append(words[..<index] + ["if", "TRUE"])
            }
            let isKnown = RuleAction.all[String(name.prefix { $0 != "(" })]?.sets.contains(set.rawValue) ?? false
            for variant in isKnown ? variants : [[]] {
                let line = ([set.label, name] + variant).joined(separator: " ")
                if !lines.contains(line) { lines.append(line) }
            }
        }
        return lines
    }

    /// HAProxy says this of the whole once no line is wrong.
    private static let later = ["Proxy '", "proxy '", "config: ", "unable to find "]

    /// Both say the same of the same lines. HAProxy stops at the fiftieth mistake, or at the first one in a rule of HTTP.
    private static func compare(_ lines: [String], by count: Int, in head: String) throws -> Int {
        var said = 0
        try withTemporaryDirectory { directory in
            for (number, start) in stride(from: 0, to: lines.count, by: count).enumerated() {
                // One that is wrong for certain, so that nothing is said of the whole.
                let part = Array(lines[start..<min(start + count, lines.count)])
                let text = head + (part + ["nonsense"]).map { "  \($0)\n" }.joined()
                let verdict = try Oracle.check(text, in: directory, name: "\(number).cfg")
                let theirs = verdict.alerts.filter { $0.line != nil }.map { Self.words($0.line, $0.message) }
                let file = ConfigurationFile(text, file: "\(number).cfg")
                let ours = file.checked(surroundings: Oracle.surroundings).diagnostics.filter { diagnostic in
                    diagnostic.severity == .error && !later.contains { diagnostic.message.hasPrefix($0) }
                }
                var words = ours.map { Self.words($0.position?.line, Oracle.trimmed($0.message)) }
                if count == 1 { words = Array(words.prefix(theirs.count)) }
                #expect(words == theirs, "\(part)")
                said += theirs.count
            }
        }
        return said
    }

    /// Without the guess of what was meant, which may be another one of what is as near.
    private static func words(_ line: Int?, _ message: String) -> String {
        let end = message.firstRange(of: ". Did you mean ")?.lowerBound ?? message.endIndex
        return "\(line ?? 0) \(message[..<end])"
    }

    private static let times = "  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\n"

    @Test(arguments: [RuleSet.request, .response, .afterResponse])
    func saysOfActionsOfHTTPWhatHAProxySays(_ set: RuleSet) throws {
        let section = set == .request ? "frontend f\n  bind 127.0.0.1:8101\n" : "backend f\n"
        #expect(try Self.compare(Self.lines(set), by: 1, in: "defaults\n  mode http\n" + Self.times + section) > 100)
    }

    @Test(arguments: [RuleSet.connection, .session, .content, .responseContent])
    func saysOfActionsOfConnectionsWhatHAProxySays(_ set: RuleSet) throws {
        let head = "defaults\n  mode tcp\n" + Self.times + "listen f\n  bind 127.0.0.1:8101\n"
        #expect(try Self.compare(Self.lines(set), by: 45, in: head) > 100)
    }

    private static let front = "defaults\n  mode http\n" + times + "frontend f\n  bind 127.0.0.1:8101\n"
    private static let list = front.replacing("frontend f", with: "listen f")
    private static let back = front.replacing("frontend f\n  bind 127.0.0.1:8101\n", with: "backend b\n")
    private static let unnamed = "defaults\n  mode http\n" + times
    private static let named = "defaults d\n  mode http\n" + times

    private static let answers = [
        "http-request return errorfile", "http-request return errorfiles nope", "http-request deny errorfiles nope",
        "http-request return content-type a", "http-request return content-type a errorfile /dev/null",
        "http-request deny status 403 hdr a b default-errorfiles", "http-request deny hdr a %[zz]",
        "http-request deny hdr a %[res.hdr(a)]", "http-request redirect location / code",
        "http-request redirect code 301x location /", "http-request redirect location %[zz]",
        "http-request redirect location / if zz", "http-request redirect location / if { src a }",
        "redirect location %[zz]", "redirect prefix %zz", "redirect location / code", "http-request add-header X %HM",
        "http-request add-header X %[bc_src]", "http-request set-path %[zz", "http-request set-path %[src",
        "http-request set-path %{+Q}", "http-request set-path %[src!a]", "http-request set-path %[src,lower!]",
        "http-request set-var(txn.a) src lower", "http-request set-var(txn.a) src, lower",
        "http-request set-var(txn.a) src ,lower", "http-request set-var(txn.a) bool(x)",
        "http-request set-var(txn.a) src,digest(x)", "http-request deny if { %[src] }", "http-request set-mark -1",
        "http-request set-mark 0x", "http-request set-mark 010", "http-request set-mark 99999999999",
        "http-request add-acl a", "http-request cache-use nope", "http-request capture src id 3",
        "declare capture request len 5\n  http-request capture src id 0", "http-request send-spoe-group a b",
        "http-request ot-group a b", "http-request use-service zz", "http-request del-header X -m zz",
        "http-error status 400 content-type", "http-error status 400 string a", "http-error zz",
        "http-error status 400 content-type a string a if TRUE", "http-error status 418", "http-error status x",
        "http-error status 400 zz", "http-error status 400 errorfile /nope", "http-error status 400 hdr a %[zz]",
        "http-error status 400 lf-string %[res.hdr(a)] content-type a", "errorfile x /dev/null",
        "errorfiles nope 999", "errorfiles nope 400", "errorfiles", "stats http-request", "stats http-request zz",
        "stats show-desc", "stats refresh x", "stats admin if TRUE", "id 5\n  id 6\n  id 5",
        "tcp-response inspect-delay 5s", "tcp-response content accept", "use_backend %zz", "use_backend a%%b",
        "unique-id-format %[path]", "unique-id-format %[res.hdr(a)]",
        "log 127.0.0.1 local0\n  log-format %[path]", "log 127.0.0.1 local0\n  log-format %[res.len]",
        "log 127.0.0.1 local0\n  error-log-format %[hdr(a)]",
    ]

    private static let inDefaults = [
        "stats admin if TRUE", "stats http-request deny", "tcp-response inspect-delay 5s", "tcp-request content accept",
        "tcp-request zz", "tcp-response", "http-response deny", "declare capture request len 3", "id 5",
        "description a", "stick-table type ip size 1m", "capture request header a len 3", "errorfiles nope 999",
        "http-error status 400 zz",
    ]

    private static let ofBackends = [
        "http-response redirect prefix /", "http-response redirect location %[path]",
        "http-response add-header X %[path]",
        "use-server %zz if TRUE", "use-server %[res.hdr(a)] if TRUE", "http-check connect alpn",
        "http-check connect proto", "tcp-check connect addr 127.0.0.1:+5", "tcp-check connect addr 127.0.0.1:99999",
        "stick on src lower table b", "stick on src,lower!", "id 5",
    ]

    private static let addresses = [
        "1.2.3.4:+99999", "1.2.3.4:-65536", "1.2.3.4:+x", "1.2.3.4:+",
        "1.2.3.4:+9223372036854775807", "1.2.3.4:1 check addr 127.0.0.1:+5", "1.2.3.4:1 rise 2147483648",
        "1.2.3.4:1 rise 4294967297", "1.2.3.4:1 fall 4294967296", "1.2.3.4:1 error-limit 2147483648",
        "1.2.3.4:1 id 4294967296", "1.2.3.4:1 weight 4294967297", "1.2.3.4:1 weight 99999999999999999999",
        "1.2.3.4:1 agent-check agent-port 4294967376",
    ]

    /// Lines that one of both once took and the other refused.
    @Test func takesTheLinesThatHAProxyTakes() throws {
        let ids = ["backend g\n  id 5\n", "frontend g\n  bind 127.0.0.1:8102\n  id 5\n"].map {
            Self.front + "  id 5\n" + $0
        }
        let texts =
            Self.answers.flatMap { line in [Self.front, Self.list].map { $0 + "  \(line)\n" } }
            + Self.inDefaults.flatMap { line in [Self.unnamed, Self.named].map { $0 + "  \(line)\n" } }
            + Self.ofBackends.map { Self.back + "  server s 127.0.0.1:1\n  \($0)\n" }
            + Self.addresses.map { Self.back + "  server s \($0)\n" } + ids
        try withTemporaryDirectory { directory in
            var said = 0
            for (index, text) in texts.enumerated() {
                said += try Spoken.compare(text, in: directory, name: "\(index).cfg")
            }
            #expect(said > 100)
        }
    }
}
