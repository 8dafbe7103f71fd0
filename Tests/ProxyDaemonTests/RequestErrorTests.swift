import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Requests that are none, to a frontend that is strict and one that is not: who answers them, and `show errors` of each, word
/// for word those of the real HAProxy.
@Suite(.blocking) struct RequestErrorTests {
    private static let chunked = "POST /s HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static let requests: [String] = {
        let lines = [
            "G@T / HTTP/1.1", "GET  HTTP/1.1", "GET /", "GET", "POST /m", "GET /\u{1} HTTP/1.1", "GET /ä HTTP/1.1",
            "GET /m\u{7f} HTTP/1.1", "GET /m#a HTTP/1.1", "GET foo HTTP/1.1", "GET * HTTP/1.1", "OPTIONS * HTTP/1.1",
            "GET /m HTTP/2.x", "GET /m HTTP/1.10", "GET /m http/1.1", "GET /m RTSP/1.0", "GET /m HTTP/11",
            "GET /m HTTP/0.9", "GET /m HTTP/9.9", "GET /m HTTP/1.1 ", "GET\t/m\tHTTP/1.1", " GET /m HTTP/1.1",
            "CONNECT /m HTTP/1.1", "CONNECT a HTTP/1.1", "CONNECT a:443 HTTP/1.1", "\rGET /m HTTP/1.1",
        ]
        let heads = [
            "Host x", "Host: x\r\nHost: y", "Host: x\r\nHost: X", "A : a", ": a", " A: a", "A", "A: b\rc",
            "A: b\r\n c\r\nB@: d", "A:\r\n\tb\r\nB d: e", "Content-Length: 3\r\nContent-Length: 4", "Content-Length: a",
            "Content-Length:", "Content-Length: ,3", "Content-Length: 99999999999999999999",
            "Transfer-Encoding: chunked, gzip", "Transfer-Encoding: gzip", "Transfer-Encoding: gzip, chunked",
            "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "Connection: close\r\nA@: b",
            "Connection: keep-alive\r\nA@: b", "Upgrade: websocket\r\nConnection: upgrade",
        ]
        let targets = [
            "http://a:80/m", "http://A/m", "http://u@a/m", "http:///m", "foo://x/m", "https://a:443/m", "a:80",
            "*A", "*/m", "http://u@a:/80/m", "http://a:/m", "https://a:/m", "ftp://a:/m", "a:", "1://a", "://a",
        ]
        func fields(_ count: Int) -> String { (0..<count).map { "A\($0): x\r\n" }.joined() }
        return lines.map { $0 + "\r\n\r\n" } + heads.map { "GET /m HTTP/1.1\r\n\($0)\r\n\r\n" }
            + targets.map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }
            + ["http://a/m", "http://a:80/m", "http://a:81/m", "x://a/m", "a"].map {
                "GET \($0) HTTP/1.1\r\nHost: a:\r\n\r\n"
            }
            + ["*:80", "*a:80", "u@a:80", "a:443", "a:81"].map { "CONNECT \($0) HTTP/1.1\r\nHost: a:\r\n\r\n" }
            + ["5\r\nhelloX\r\n", "x\r\n", "0\rx", "5x\r\n", "0\r\nA b\r\n\r\n", "fffffffffffffff\r\n"].map {
                chunked + $0
            }
            + ["GET", "HEAD", "DELETE", "POST"].flatMap { method in
                [
                    "\(method) /m HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
                    "\(method) /m HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                ]
            }
            + [
                "GET /m HTTP/1.0\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "POST /m HTTP/1.0\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
                "GET /m HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "GET /m HTTP/1.0\r\nContent-Length: 5\r\n\r\n",
                "\u{16}\u{3}\u{1}\u{1b}\\\t", "\r\n\r\n\0abc", "GET /m HTTP/1.1\nHost: a\r\n\rX",
                "GET /m HTTP/1.1\r\nHost: a\r\n\r\nG@T /x HTTP/1.1\r\n\r\n",
                "GET /\(String(repeating: "a", count: 150))\u{2} HTTP/1.1\r\n\r\n",
                "GET /\(String(repeating: "a", count: 17000))", "GET /m HTTP/1.1\r\n\(fields(100))\r\n",
                "GET /m HTTP/1.1\r\n\(fields(101))\r\n", "GET /m HTTP/1.1\r\n\(fields(120))\r\n",
                "GET /m HTTP/1.1\r\nA: \(String(repeating: "x", count: 15253))\r\n\r\n",
                "GET /m HTTP/1.1\r\nA: \(String(repeating: "x", count: 15254))\r\n\r\n",
            ]
    }()

    /// Without dates and ports. Events are counted alike.
    private static func masked(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            if line.hasPrefix("Total events") { return "Total" + (line.split(separator: "]").last ?? "") }
            if line.hasPrefix("[") { return String(line.drop { $0 != "]" }) }
            guard let source = line.firstRange(of: ", src 127.0.0.") else { return String(line) }
            return String(line[..<source.lowerBound])
        }
    }

    @Test func whatIsWrongWithRequestsIsShown() throws {
        try withDaemonRoom { directory in
            let both = try BothProxies(in: directory, ports: [80, 81]) { host in
                """
                global
                  stats socket \(directory)/\(host).sock level admin
                defaults
                  mode http
                  log global
                  option httplog
                  timeout client 5s
                  timeout http-request 5s
                  timeout http-keep-alive 50ms
                frontend strict
                  bind 127.0.0.\(host):80
                  monitor-uri /none
                  stats enable
                  stats uri /s
                listen lenient
                  bind 127.0.0.\(host):81
                  option accept-invalid-http-request
                  monitor-uri /none
                  stats enable
                  stats uri /s

                """
            }
            func show(_ host: UInt8, _ arguments: String = "") throws -> String {
                try MasterClient(path: "\(directory)/\(host).sock", timeoutMilliseconds: 60000)
                    .send("show errors" + arguments)
            }
            for port in [UInt16(80), 81] {
                for text in Self.requests {
                    let starts: [[String]] = try BothProxies.hosts.map { host in
                        let answer = try PageTests.exchange(text, port: port, host: host)
                        // What HAProxy says itself is the same in each byte; of pages only what they are.
                        if answer.hasPrefix("HTTP/1.1 4") { return [answer] }
                        return answer.split(separator: "\r\n").filter { $0.hasPrefix("HTTP/1.1 ") }.map { String($0) }
                    }
                    #expect(starts[0] == starts[1], "\(port): \(text.prefix(200))")
                    let shown = try BothProxies.hosts.map { Self.masked(try show($0)) }
                    #expect(shown[0] == shown[1], "\(port): \(text.prefix(200))")
                }
            }
            for arguments in [
                " -1", " -2", " 0", " 2", " 3", " 99", " strict request", " strict response", " request", " response",
                " strict zz", " zz", " zz request", " 2 request", " 3 response", " -1 response", " -1 request", " 2x",
                " REQUEST", " lenient",
            ] {
                let shown = try BothProxies.hosts.map { Self.masked(try show($0, arguments)) }
                #expect(shown[0] == shown[1], "\(arguments)")
            }
            #expect(try show(1).contains("frontend lenient (#3): invalid request"))
            func lines(_ host: UInt8) -> [String] { both.pageLines(host) }
            try both.wait { $0.split(separator: "\n").count { $0.contains(" lenient ") } >= Self.requests.count }
            #expect(lines(1) == lines(2))
        }
    }

    /// A fault outlives a reload, and a sender that says nothing wrong keeps none.
    @Test func aReloadKeepsWhatWasWrong() throws {
        try withDaemonRoom { directory in
            func body(_ other: String) -> String {
                """
                global
                  stats socket \(directory)/s.sock level admin
                defaults http
                  mode http
                  timeout client 5s
                frontend f from http
                  bind 127.0.0.1:80
                  monitor-uri /m
                \(other)
                """
            }
            let daemon = try DaemonFixture(body(""), in: directory)
            func show() throws -> String {
                try MasterClient(path: "\(directory)/s.sock", timeoutMilliseconds: 60000).send("show errors f")
            }
            let isThere = try eventually { try Oracle.listens("127.0.0.1:80") }
            try #require(isThere)
            _ = try PageTests.exchange("GET /m HTTP/1.0\r\n\r\n", port: 80, host: 1)
            #expect(try show().hasSuffix("] : 0\n\n"))
            _ = try PageTests.exchange("G@T /m HTTP/1.0\r\n\r\n", port: 80, host: 1)
            let before = RequestErrorTests.masked(try show())
            #expect(before.contains("  len 19, wraps at 16336, error at position 1"), "\(before)")
            let answer = try daemon.reload(body("frontend g from http\n  bind 127.0.0.1:81\n  monitor-uri /m\n"))
            #expect(answer.success)
            let after = RequestErrorTests.masked(try show())
            #expect(after == before)
        }
    }
}
