import ProxyPages
import Testing

struct HTTPReaderTests {
    private func outcomes(_ text: String, by size: Int = .max) -> [HTTPReader.Outcome] {
        var reader = HTTPReader()
        var result: [HTTPReader.Outcome] = []
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            reader.take(rest.prefix(size))
            rest = rest.dropFirst(size)
            while true {
                let outcome = reader.next()
                if outcome == .incomplete { break }
                result.append(outcome)
                if outcome == .malformed { return result }
            }
        }
        return result
    }

    @Test(arguments: [1, 3, 7, 1000]) func requestsComeInAnyPieces(_ size: Int) throws {
        let text =
            "\r\nGET /a?b HTTP/1.1\r\nHost: x\r\n\r\nPOST /c HTTP/1.1\r\nHost:x\r\nContent-Length: 3\r\n\r\nabc"
            + "POST /d HTTP/1.1\nhost: x\nTransfer-Encoding: chunked\n\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\nT: t\r\n\r\n"
            + "HEAD / HTTP/1.0\r\n\r\n"
        let requests = outcomes(text, by: size).compactMap { outcome -> HTTPRequest? in
            if case .request(let request) = outcome { request } else { nil }
        }
        try #require(requests.count == 4)
        #expect(
            requests.map { $0.line } == [
                "GET /a?b HTTP/1.1", "POST /c HTTP/1.1", "POST /d HTTP/1.1", "HEAD / HTTP/1.0",
            ]
        )
        #expect(requests.map { String(decoding: $0.body, as: UTF8.self) } == ["", "abc", "hello", ""])
        #expect(requests.map { $0.keepsAlive } == [true, true, true, false])
        #expect(requests[0].path == "/a" && requests[0].query == "b")
    }

    @Test(arguments: [
        "BAD\r\n\r\n", "GET / HTTP/1.1\r\nHost x\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "GET /\r\n\r\n",
        "G@T / HTTP/1.1\r\n\r\n",
        "GET /\u{1} HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: a\r\n\r\n",
        "GET / HTTP/1.1\r\n: a\r\n\r\n", "GET / HTTP/1.1\r\nA : a\r\n\r\n",
        "GET /\(String(repeating: "a", count: 17000))",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", "\u{16}\u{3}\u{1}",
    ])
    func whatIsNoRequestIsRefused(_ text: String) {
        #expect(outcomes(text) == [.malformed])
        #expect(outcomes(text, by: 1).last == .malformed)
    }

    /// What HAProxy lets pass, by the letter of RFC 9112 or not.
    @Test(arguments: [
        "GET  /a HTTP/1.1\r\n\r\n", "GET\t/a\tHTTP/1.1\r\n\r\n", "GET foo HTTP/1.1\r\n\r\n",
        "GET /a HTTP/1.1\r\nA: \u{1}b\r\n\r\n", "GET /a HTTP/1.1\r\nHost: x\r\nHost: X\r\n\r\n",
        "GET http://x:80/a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\na",
        "POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n1 ;a\na\n0\r\nA: b\n\n",
    ])
    func whatHAProxyTakesIsTaken(_ text: String) {
        for size in [1, 5, 1000] {
            let found = outcomes(text, by: size)
            #expect(found.count == 1 && found != [.malformed], "\(size)")
        }
    }

    /// Bytes that are passed over only if that is asked for; where the first of them is.
    @Test(arguments: [
        ("GET /ä HTTP/1.1\r\n\r\n", 5), ("GET /a#b HTTP/1.1\r\n\r\n", 6), ("GET / HTTP/1.1\r\nA@: b\r\n\r\n", 17),
        ("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n", 30), ("CONNECT a HTTP/1.1\r\n\r\n", 8),
    ])
    func someFaultsArePassedOver(_ text: String, _ position: Int) throws {
        for isLenient in [true, false] {
            var reader = HTTPReader(isLenient: isLenient)
            reader.take(Array(text.utf8))
            let outcome = reader.next()
            let fault = try #require(reader.fault)
            #expect(fault.position == position && fault.isAccepted == isLenient)
            #expect((outcome == .malformed) != isLenient)
        }
    }

    @Test func aBodyThatIsTooLongIsNotWaitedFor() throws {
        let outcome = try #require(outcomes("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\nx").first)
        guard case .request(let request) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(request.isBodyTooLong && !request.keepsAlive)
    }

    @Test func credentialsAreRead() throws {
        var request = HTTPRequest(method: "GET", target: "/")
        #expect(request.credentials == nil)
        request.fields = [HTTPField("authorization", "Basic dTpwOnE=")]
        let credentials = try #require(request.credentials)
        #expect(credentials.user == "u" && credentials.password == "p:q")
        request.fields = [HTTPField("authorization", "Basic !")]
        #expect(request.credentials == nil)
    }
}
