import DataPlaneModel
import Glibc
import Syscalls
import TestSupport
import Testing

private let configuration = """
    global
      maxconn 100

    defaults
      mode tcp
      timeout connect 1s
      timeout client 1s
      timeout server 1s

    userlist controller
      user admin insecure-password secret

    """
/// admin:secret
private let authorization = "Authorization: Basic YWRtaW46c2VjcmV0\r\n"

/// What strangers send and hold, over real sockets; the API goes on for the others.
@Suite(.blocking) struct LiveLimitTests {
    private func answers(_ live: LiveServer) throws -> Bool {
        try live.curl("GET", "/v2/services/haproxy/configuration/version").status == 200
    }

    @Test func aRequestThatDripsIsCutOff() throws {
        try withLiveServer(configuration, "--read-timeout=300ms") { live in
            let head = "POST /v2/info HTTP/1.1\r\nHost: a\r\n"
            for begin in [head, head + "Content-Length: 60000\r\n\r\n", head + "Transfer-Encoding: chunked\r\n\r\n"] {
                let socket = try TestSocket.connect(port: UInt16(live.plainPort))
                try socket.send(begin)
                // One byte after the other, until the other side has had enough.
                let isCutOff = eventually {
                    do throws(SystemError) {
                        try socket.send("1")
                        var byte: UInt8 = 0
                        return recv(socket.raw, &byte, 1, CInt(MSG_DONTWAIT)) == 0
                    } catch {
                        return true
                    }
                }
                #expect(isCutOff)
            }
            #expect(try answers(live))
        }
    }

    /// How many are neither closed nor answered.
    private static func areOpen(_ sockets: [TestSocket]) -> Int {
        sockets.count { socket in
            var byte: UInt8 = 0
            return recv(socket.raw, &byte, 1, CInt(MSG_DONTWAIT) | CInt(MSG_PEEK)) < 0 && errno == EAGAIN
        }
    }

    @Test func aThousandIdleConnectionsKeepNobodyOut() throws {
        try withLiveServer(configuration, "--listen-limit=40") { live in
            // Half of them begin TLS and stop there.
            let sockets = try (0..<1000).map { number in
                let socket = try TestSocket.connect(port: UInt16(live.port))
                if number % 2 == 0 { try? socket.send([0x16, 0x03, 0x01]) }
                return socket
            }
            #expect(try answers(live))
            #expect(eventually { Self.areOpen(sockets) <= 40 })
        }
    }

    @Test func slowRequestsKeepNobodyOut() throws {
        try withLiveServer(configuration, "--listen-limit=20", "--read-timeout=10m") { live in
            // Each has begun a request, of which no more comes.
            let sockets = try (0..<60).map { _ in
                let socket = try TestSocket.connect(port: UInt16(live.plainPort))
                try socket.send("GET /health HTTP/1.1\r\nX: ")
                return socket
            }
            for _ in 0..<3 {
                let whole = "GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                // Closed for one that came after it, it tries again.
                #expect(eventually { (try? live.exchange(Array(whole.utf8)))?.hasPrefix("HTTP/1.1 200 ") ?? false })
            }
            #expect(eventually { Self.areOpen(sockets) <= 20 })
        }
    }

    /// Who asks for what only it can tell waits; nobody else does.
    @Test func aProxyThatDoesNotAnswerHoldsNobodyUp() throws {
        try withTemporaryDirectory { directory in
            let place = directory + "/master"
            let silent = try TestServer(unix: place) { connection in _ = try? connection.receiveAll() }
            try withLiveServer(configuration, "--master-runtime=" + place) { live in
                let paths = ["/health", "/v2/services/haproxy/runtime/info", "/v3/appliance/status"]
                // Once at least before those who wait are told that the proxy does not answer.
                let isAnswered = try eventually {
                    let waiting = try (0..<30).map { number in
                        let socket = try TestSocket.connect(port: UInt16(live.plainPort))
                        try socket.send("GET \(paths[number % 3]) HTTP/1.1\r\nHost: a\r\n\(authorization)\r\n")
                        return socket
                    }
                    return try answers(live) && Self.areOpen(waiting) > 0
                }
                #expect(isAnswered)
            }
            withExtendedLifetime(silent) {}
        }
    }

    @Test func aHeadThatIsTooLongIsNamed() throws {
        try withLiveServer(configuration, "--max-header-size=4096") { live in
            let head = "GET /health HTTP/1.1\r\nHost: a\r\nX: "
            for length in [4096, 100_000] {
                let answer = try live.exchange(Array((head + String(repeating: "x", count: length) + "\r\n\r\n").utf8))
                #expect(answer.hasPrefix("HTTP/1.1 431 "), "\(answer.prefix(100))")
            }
            #expect(try live.exchange(Array((head + "\r\nConnection: close\r\n\r\n").utf8)).hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func longBodiesAreRefusedUnread() throws {
        try withLiveServer(configuration) { live in
            let target = "POST /v2/services/haproxy/configuration/raw?version=1 HTTP/1.1\r\nHost: a\r\n"
            let long = target + authorization + "Content-Type: text/plain\r\nContent-Length: 104857600\r\n\r\n"
            // Nothing of the body is sent: the head alone is refused.
            let refused = try live.exchange(Array(long.utf8))
            #expect(refused.hasPrefix("HTTP/1.1 413 "), "\(refused.prefix(200))")
            #expect(refused.lowercased().contains("connection: close\r\n"))
            let chunked = target + authorization + "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
            let socket = try TestSocket.connect(port: UInt16(live.plainPort))
            try socket.send(chunked)
            let chunk = Array("100000\r\n".utf8) + [UInt8](repeating: 0x78, count: 1 << 20) + Array("\r\n".utf8)
            // The other side reads on for a moment, so that the answer is seen, and closes then.
            #expect(eventually { (try? socket.send(chunk)) == nil })
            #expect(try answers(live))
        }
    }

    @Test func nonsenseIsRefused() throws {
        try withLiveServer(configuration) { live in
            let head = "GET /health HTTP/1.1\r\nHost: a\r\n"
            let inputs: [(String, [UInt8])] = [
                ("a header without a colon", Array((head + "Bad Header\r\n\r\n").utf8)),
                ("TLS without TLS", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xFC, 0x0D, 0x0A, 0x0D, 0x0A]),
                ("a header of a megabyte", Array((head + "X: " + String(repeating: "x", count: 1 << 20)).utf8)),
                ("many headers", Array((head + String(repeating: "X: x\r\n", count: 20_000) + "\r\n").utf8)),
                ("two lengths", Array((head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nx").utf8)),
            ]
            for (name, bytes) in inputs {
                // The rest of a long one may be answered by a reset.
                let answer = (try? live.exchange(bytes)) ?? "HTTP/1.1 400 "
                let isRefused = ["HTTP/1.1 400 ", "HTTP/1.1 431 "].contains { answer.hasPrefix($0) }
                #expect(isRefused || answer.isEmpty, "\(name): \(answer.prefix(100))")
            }
            // Bytes that are no UTF-8: in the path, in the query, in JSON.
            let odd = try live.curl("GET", "/v2/services/haproxy/configuration/backends/%ff%fe?x=%ff")
            #expect(odd.status == 404)
            let json = Array(#"{"name":""#.utf8) + [0xFF, 0xC0, 0x80] + Array(#""}"#.utf8)
            let body =
                "POST /v2/services/haproxy/configuration/backends?version=1 HTTP/1.1\r\nHost: a\r\n"
                + authorization + "Content-Type: application/json\r\nConnection: close\r\n"
                + "Content-Length: \(json.count)\r\n\r\n"
            #expect(try live.exchange(Array(body.utf8) + json).hasPrefix("HTTP/1.1 400 "))
            let deep = [UInt8](repeating: UInt8(ascii: "["), count: 60_000)
            let nested = body.replacing("Content-Length: \(json.count)", with: "Content-Length: \(deep.count)")
            #expect(try live.exchange(Array(nested.utf8) + deep).hasPrefix("HTTP/1.1 400 "))
            #expect(try answers(live))
        }
    }

    @Test func whoGuessesPasswordsIsNotListenedTo() throws {
        try withLiveServer(configuration) { live in
            let wrong =
                "GET /v2/info HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Basic YWRtaW46eA==\r\n\r\n"
            let sockets = try (0..<30).map { _ in
                let socket = try TestSocket.connect(port: UInt16(live.plainPort), from: 9)
                try socket.send(wrong)
                return socket
            }
            // Ten are held back for seconds; one of the others is refused at once.
            let answers = sockets.reversed().lazy.map { (try? $0.receiveAll()) ?? "" }
            let answer = answers.first { $0.hasPrefix("HTTP/1.1 429 ") } ?? ""
            #expect(answer.contains("Retry-After: "))
            #expect(answer.contains("too many wrong passwords"))
            // Even with the right password, but only from there.
            let right = wrong.replacing("YWRtaW46eA==", with: "YWRtaW46c2VjcmV0")
            #expect(try live.exchange(Array(right.utf8)).hasPrefix("HTTP/1.1 200 "))
            #expect(!(try live.log.contains("YWRtaW")))
        }
    }

    @Test func changesAreLoggedWithWhoAndWhat() throws {
        try withLiveServer(configuration) { live in
            let json = ["--header", "Content-Type: application/json", "--data"]
            let body = #"{"name":"b","mode":"tcp"}"#
            let target = "/v2/services/haproxy/configuration/backends?version=1"
            #expect(try live.curl("POST", target, json[0], json[1], json[2], body).status == 202)
            let started = try live.curl("POST", "/v2/services/haproxy/transactions?version=2")
            let id = try #require(try JSONParser.parse(Array(started.body.utf8))["id"]?.string)
            let inside = "/v2/services/haproxy/configuration/backends/b?transaction_id=\(id)"
            #expect(try live.curl("DELETE", inside).status == 202)
            #expect(try live.curl("PUT", "/v2/services/haproxy/transactions/\(id)").status == 202)
            let raw = configuration.replacing("secret", with: "hidden-4711")
            let text = ["--header", "Content-Type: text/plain", "--data-binary", raw]
            let place = "/v2/services/haproxy/configuration/raw?version=3"
            #expect(try live.curl("POST", place, text[0], text[1], text[2], text[3]).status == 202)
            let lines = try live.log.split(separator: "\n").filter { $0.contains("configuration changed") }
            #expect(lines.count == 3)
            #expect(lines.first?.contains("from=127.0.0.1 method=POST") ?? false)
            #expect(lines.first?.contains(#"diff="+ backend b\n+   mode tcp"#) ?? false, "\(lines)")
            #expect(lines.first?.contains("user=admin version=2") ?? false)
            #expect(lines[1].contains("transaction=\(id) user=admin version=3"), "\(lines)")
            #expect(lines[1].contains(#"diff="- backend b"#))
            #expect(lines.last?.contains("insecure-password ***") ?? false)
            #expect(!(try live.log.contains("4711")))
        }
    }
}
