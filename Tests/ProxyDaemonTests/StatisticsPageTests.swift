import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// The statistics by HTTP beside those of the real HAProxy: exports, metrics, forms, and who may see them.
@Suite(.blocking) struct StatisticsPageTests {
    private static func configuration(_ host: UInt8, _ directory: String) -> String {
        // With a stats socket the numbers of proxies begin with the same one.
        "global\n  stats socket \(directory)/stats\(host)\n" + PageTests.http + """
            listen open from http
              bind 127.0.0.\(host):80
              stats enable
              stats uri /st
              stats show-legends
              stats admin if { src 127.0.0.0/8 }
              http-request use-service prometheus-exporter if { path /metrics }
            listen closed from http
              bind 127.0.0.\(host):81
              stats uri /st
              stats realm Some\\ Place
              stats auth u:p
              stats auth other:pa:ss
              stats hide-version
              stats refresh 7s
            frontend part from http
              bind 127.0.0.\(host):82
              stats scope .
              stats scope pool
              stats show-node here
              stats show-desc What\\ it\\ is
              stats http-request deny if { url_sub secret }
              stats http-request auth realm Place2 if { url_sub asked }
            backend pool
              mode tcp
              server one 127.0.0.1:1
              server two 127.0.0.1:2 weight 7
              server off 127.0.0.1:2 disabled
              server spare 127.0.0.1:2 backup
            listen tcp
              mode tcp
              bind 127.0.0.\(host):83
              server s 127.0.0.1:3 maxconn 9

            """
    }

    private static func both(in directory: String) throws -> BothProxies {
        try BothProxies(in: directory, ports: [80, 81, 82, 83]) { configuration($0, directory) }
    }

    /// What a page says, without its head and its chunks.
    private static func get(_ target: String, port: UInt16 = 80, host: UInt8, _ fields: String...) throws -> String {
        // HTTP/1.0 gets no chunks from ours; HAProxy sends them all the same.
        let head = fields.reduce("") { $0 + $1 + "\r\n" }
        let text = "GET \(target) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\(head)\r\n"
        let answer = try PageTests.exchange(text, port: port, host: host)
        guard let end = answer.firstRange(of: "\r\n\r\n")?.upperBound else { return answer }
        guard answer[..<end].contains("transfer-encoding: chunked") else { return answer }
        var body = ""
        var rest = answer[end...]
        while let newline = rest.firstRange(of: "\r\n"), let size = Int(rest[..<newline.lowerBound], radix: 16),
            size > 0
        {
            let bytes = rest[newline.upperBound...].utf8.prefix(size)
            body += String(decoding: bytes, as: UTF8.self)
            rest = rest[(rest.utf8.index(bytes.endIndex, offsetBy: 2))...]
        }
        return body
    }

    /// Two requests of one connection are one request more than connections; each of TCP is both.
    @Test func requestsAreCountedAsByHAProxy() throws {
        try withDaemonRoom { directory in
            let both = try Self.both(in: directory)
            for host in BothProxies.hosts {
                let client = MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
                func requestsBeyondConnections() throws -> Int {
                    let lines = try client.send("show info").split(separator: "\n")
                    func value(_ name: String) -> Int {
                        lines.first { $0.hasPrefix(name) }.flatMap { Int($0.dropFirst(name.count)) } ?? -1
                    }
                    return value("CumReq: ") - value("CumConns: ")
                }
                let before = try requestsBeyondConnections()
                let pair = "GET /st HTTP/1.1\r\nHost: x\r\n\r\nGET /st HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                _ = try PageTests.exchange(pair, port: 80, host: host)
                let isCounted = try eventually { try requestsBeyondConnections() == before + 1 }
                #expect(isCounted, "\(host) \(before)")
                _ = try? TestSocket.connect(port: 83, host: host).receiveAll()
                let isEqual = try eventually { try requestsBeyondConnections() == before + 1 }
                #expect(isEqual, "\(host) \(before)")
            }
            withExtendedLifetime(both) {}
        }
    }

    @Test func metricsAreHAProxys() throws {
        try withDaemonRoom { directory in
            let both = try Self.both(in: directory)
            for query in ["", "?scope=server", "?scope=global&scope=backend", "?scope=*&no-maint", "?scope="] {
                let texts = try BothProxies.hosts.map { try Self.get("/metrics\(query)", host: $0) }
                let lines = texts.map { $0.split(separator: "\n") }
                let heads = lines.map { $0.filter { $0.hasPrefix("#") } }
                #expect(heads[0] == heads[1], "names, types and words of \(query)")
                let samples = lines.map { lines in
                    lines.filter { !$0.hasPrefix("#") && !$0.contains("build_info") }.map { line in
                        line.prefix { $0 != " " }
                    }
                }
                #expect(samples[0] == samples[1], "labels of \(query)")
                // What servers and proxies are is no matter of the moment.
                let states = lines.map { lines in
                    lines.filter { $0.contains("_status{") || $0.contains("weight{") || $0.contains("_servers{") }
                }
                #expect(states[0] == states[1], "states of \(query)")
            }
            #expect(try Self.get("/metrics", host: 1).split(separator: "\n").count > 500)
            let wrong = try BothProxies.hosts.map { try Self.get("/metrics?scope=nothing", host: $0) }
            #expect(wrong[0] == wrong[1] && wrong[0].hasPrefix("HTTP/1.1 400 "))
            withExtendedLifetime(both) {}
        }
    }

    @Test func exportsShowWhatHAProxysShow() throws {
        try withDaemonRoom { directory in
            let both = try Self.both(in: directory)
            /// Names, states, weights and limits: what the moment does not decide.
            func rows(_ target: String, _ port: UInt16, _ host: UInt8) throws -> [String] {
                try Self.get(target, port: port, host: host).split(separator: "\n").map { line in
                    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                    guard fields.count > 80 else { return "short: \(line)" }
                    return [0, 1, 17, 18, 19, 20, 32, 73, 75, 76].map { String(fields[$0]) }.joined(separator: ",")
                        .replacing("127.0.0.2:", with: "127.0.0.1:")
                        // How many servers of all are shown.
                        .replacing(/UP \(\d+\/\d+\)/, with: "UP")
                }
            }
            let targets: [(String, UInt16)] = [
                ("/st;csv", 80), ("/st;csv;up", 80), ("/st;csv;no-maint", 80), ("/st;csv?scope=po", 80),
                ("/haproxy?stats;csv", 82), ("/haproxy?stats;csv?scope=ar", 82),
            ]
            for (target, port) in targets {
                let tables = try BothProxies.hosts.map { try rows(target, port, $0) }
                #expect(tables[0] == tables[1], "\(target)")
                #expect(tables[0].count > 1)
            }
            for target in ["/st;typed", "/st;typed?scope=po"] {
                let keys = try BothProxies.hosts.map { host in
                    try Self.get(target, host: host).split(separator: "\n").map { line in
                        line.split(separator: ":").prefix(3).joined(separator: ":")
                    }
                }
                #expect(keys[0] == keys[1], "\(target)")
                #expect(keys[0].count > 50)
            }
            // A list of lists, whatever is left out.
            let names = try run(
                "python3",
                "-c",
                "import json,sys; print([x[0]['value']['value'] for x in json.load(sys.stdin)])",
                input: try Self.get("/st;json?scope=po", host: 1)
            )
            #expect(names == "['pool', 'pool', 'pool', 'pool', 'pool']\n")
            withExtendedLifetime(both) {}
        }
    }

    @Test func thePageHasHAProxysAnchorsAndTellsWhatItIsTold() throws {
        try withDaemonRoom { directory in
            let both = try Self.both(in: directory)
            func anchors(_ page: String) -> Set<String> {
                Set(page.matches(of: /<a name="([^"]*)"/).map { String($0.output.1) })
            }
            for (target, port) in [
                ("/st", UInt16(80)), ("/st;up?scope=po", 80), ("/st;up;norefresh", 80), ("/haproxy?stats", 82),
            ] {
                let pages = try BothProxies.hosts.map { try Self.get(target, port: port, host: $0) }
                #expect(anchors(pages[0]) == anchors(pages[1]), "\(target)")
            }
            let page = try Self.get("/st;st=DONE;norefresh", host: 1)
            #expect(page.contains("Action processed successfully.") && page.contains("<form method=\"post\">"))
            #expect(page.contains("name=\"b\" value=\"#") && page.contains("2.6.12"))
            // Nobody checks a server here: nothing is wrong but the one that is disabled, which somebody wanted.
            #expect(try Self.get("/st;problems", host: 1).contains("Nothing is wrong."))
            let hidden = try Self.get("/st", port: 81, host: 1, "Authorization: Basic dTpw")
            #expect(!hidden.contains("2.6.12") && !hidden.contains("method=\"post\""))
            let part = try Self.get("/haproxy?stats", port: 82, host: 1)
            #expect(part.contains(" on here: What it is") && !part.contains("name=\"tcp\""))
            // What a client sends comes back as text.
            let odd = try Self.get("/st?scope=<b>", host: 1)
            #expect(odd.contains("value=\"&lt;b&gt;\"") && !odd.contains("<b>"))
            for fields in [[], ["Authorization: Basic dTpx"], ["Authorization: Basic b3RoZXI6cGE6c3M="]] {
                let heads = try BothProxies.hosts.map { host in
                    let own = fields.reduce("") { $0 + $1 + "\r\n" }
                    let text = "HEAD /st HTTP/1.1\r\nHost: x\r\n\(own)\r\n"
                    return try PageTests.exchange(text, port: 81, host: host)
                }
                #expect(heads[0] == heads[1], "\(fields)")
            }
            for target in ["/haproxy?stats;secret", "/haproxy?stats;asked", "/haproxy"] {
                let answers = try BothProxies.hosts.map { try Self.get(target, port: 82, host: $0) }
                #expect(answers[0] == answers[1], "\(target)")
            }
            withExtendedLifetime(both) {}
        }
    }

    @Test func formsChangeServersAsHAProxys() throws {
        try withDaemonRoom { directory in
            let both = try Self.both(in: directory)
            func post(_ body: String, _ target: String, _ port: UInt16, _ host: UInt8) throws -> String {
                let head = "POST \(target) HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.utf8.count)\r\n\r\n"
                return try PageTests.exchange(head + body, port: port, host: host)
            }
            func states(_ host: UInt8) throws -> [String] {
                try Self.get("/st;csv?scope=pool", host: host).split(separator: "\n").dropFirst().map { line in
                    let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                    return "\(fields[1]) \(fields[17])"
                }
            }
            let forms: [(String, String)] = [
                ("s=one&action=drain&b=pool", "/st"), ("s=one&s=two&action=maint&b=pool", "/st;up;norefresh"),
                ("s=one&s=nobody&action=ready&b=pool", "/st?scope=po"), ("s=nobody&action=ready&b=pool", "/st"),
                ("s=one&action=ready&b=nowhere", "/st"), ("s=one&action=sleep&b=pool", "/st"),
                ("action=ready&b=pool", "/st"),
                ("s=two&action=ready&b=%70ool&x=y", "/st"), ("nothing", "/st"), ("", "/st"),
                ("s=one&action=ready&b=pool;shutdown", "/st"),
            ]
            for (body, target) in forms {
                let answers = try BothProxies.hosts.map { try post(body, target, 80, $0) }
                #expect(answers[0] == answers[1], "\(body)")
                let tables = try BothProxies.hosts.map { try states($0) }
                #expect(tables[0] == tables[1], "after \(body)")
            }
            // Nobody may there.
            let answers = try BothProxies.hosts.map { try post("s=one&action=maint&b=pool", "/haproxy?stats", 82, $0) }
            #expect(answers[0] == answers[1] && answers[0].contains(";st=DENY"))
            #expect(try states(1).first == "one no check")
            withExtendedLifetime(both) {}
        }
    }

    /// A listener that serves pages stays through changes, and becomes one and ceases to be one.
    @Test func changesReachPages() throws {
        try withDaemonRoom { directory in
            let monitor = Self.head + "  monitor-uri /a\n"
            let daemon = try DaemonFixture(PageTests.http + monitor, in: directory)
            func status(_ path: String) throws -> String {
                let text = try PageTests.exchange("GET \(path) HTTP/1.0\r\n\r\n", port: 80, host: 1)
                return text.split(separator: " ").dropFirst().first.map { String($0) } ?? text
            }
            #expect(try status("/a") == "200" && status("/b") == "503")
            let silent = try TestSocket.connect(port: 80)
            try silent.send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(String(decoding: try silent.receive(), as: UTF8.self).hasPrefix("HTTP/1.1 200"))
            #expect(try daemon.reload(PageTests.http + Self.head + "  monitor-uri /b\n").success)
            #expect(silent.isCut())
            #expect(try status("/a") == "503" && status("/b") == "200")
            let server = try TestServer.named("tcp")
            let passing = "listen l\n  mode tcp\n  bind 127.0.0.1:80\n  server s 127.0.0.1:\(server.port)\n"
            #expect(try daemon.reload(passing).success)
            #expect(try daemon.ask(port: 80) == "tcp")
            #expect(try daemon.reload(PageTests.http + monitor).success)
            #expect(try status("/a") == "200")
            // What leads to servers is not answered in their stead.
            let answer = try daemon.reload(PageTests.http + monitor + "  server s 127.0.0.1:1\n")
            #expect(answer.success && answer.text.contains("HTTP is not passed on to servers yet"))
            #expect((try? TestSocket.connect(port: 80)) == nil)
        }
    }

    private static let head = "listen l from http\n  bind 127.0.0.1:80\n"
}
