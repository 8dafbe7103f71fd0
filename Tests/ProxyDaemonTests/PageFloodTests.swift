import TestSupport
import Testing

/// Clients of pages that say more than anybody should, or read nothing.
@Suite(.blocking) struct PageFloodTests {
    /// Everything with a limit of a minute: what waits for time-outs is late.
    private static let head = """
        import socket, sys, threading
        port = int(sys.argv[1])
        def connect(small=False):
            client = socket.socket()
            if small: client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(60)
            client.connect(("127.0.0.1", port))
            return client
        def send(client, data):
            try: client.sendall(data)
            except OSError: pass
        def all_of(client):
            answer = b""
            try:
                while chunk := client.recv(1 << 18): answer += chunk
            except ConnectionResetError: pass
            return answer
        def exchange(data):
            with connect() as client:
                sender = threading.Thread(target=send, args=(client, data))
                sender.start()
                answer = all_of(client)
                sender.join()
            return answer

        """

    private static func ask(_ script: String, servers: Int = 1) throws {
        try withDaemonRoom { directory in
            let lines = (0..<servers).map { "  server s\($0) 127.0.0.9:9\n" }.joined()
            let body = """
                defaults http
                  mode http
                  timeout client 60s
                  timeout http-request 60s
                frontend pages from http
                  bind 127.0.0.1:80
                  monitor-uri /m
                  http-request use-service prometheus-exporter if { path /metrics }
                backend pool
                  mode tcp
                \(lines)

                """
            let daemon = try DaemonFixture(body, in: directory)
            let worker = try daemon.worker()
            try run("python3", "-c", head + script, "80")
            // It is the same that it was.
            #expect(try daemon.worker() == worker)
        }
    }

    @Test func requestsBehindEachOther() throws {
        try Self.ask(
            """
            request, last = b"GET /m HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n", b"GET /m HTTP/1.1\\r\\nConnection: close\\r\\n\\r\\n"
            count = exchange(request * 50000 + last).count(b"HTTP/1.1 200 ")
            if count != 50001: sys.exit(f"{count} answers")
            """
        )
    }

    /// Chunks of one byte with much beside it, and empty lines without end.
    @Test func bytesWithoutARequest() throws {
        try Self.ask(
            """
            chunk = b"1;" + b"e" * 1000 + b"\\r\\nx\\r\\n"
            answer = exchange(b"POST /x HTTP/1.1\\r\\nHost: x\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n" + chunk * 60)
            if not answer.startswith(b"HTTP/1.1 "): sys.exit(f"chunks: {answer[:80]}")
            answer = exchange(b"\\r\\n" * 10000)
            if b" 400 " not in answer[:20]: sys.exit(f"empty lines: {answer[:80]}")
            # Others are answered beside them.
            clients = [connect() for _ in range(8)]
            for client in clients: threading.Thread(target=send, args=(client, b"\\r\\n" * (1 << 22)), daemon=True).start()
            if b" 200 " not in exchange(b"GET /m HTTP/1.0\\r\\n\\r\\n"): sys.exit("no monitor beside them")
            for client in clients: client.close()
            """
        )
    }

    /// Reports of megabytes that nobody reads give way to those that somebody waits for.
    @Test func reportsThatNobodyReads() throws {
        try Self.ask(
            """
            request = b"GET /metrics HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n"
            silent = [connect(small=True) for _ in range(12)]
            for client in silent: client.sendall(request)
            for client in silent[:8]: client.recv(1)
            answer = exchange(b"GET /metrics HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\n\\r\\n")
            if b"haproxy_server_" not in answer or not answer.endswith(b"0\\r\\n\\r\\n"): sys.exit(f"{len(answer)} bytes")
            """,
            servers: 3000
        )
    }

    /// As characters, what has a mark behind it is another text; a rule sees its bytes.
    @Test func rulesSeeBytes() throws {
        try withDaemonRoom { directory in
            let both = try BothProxies(in: directory, ports: [80]) { host in
                PageTests.http + """
                    listen l from http
                      bind 127.0.0.\(host):80
                      http-request deny deny_status 429 if { hdr_beg(x-beg) abc }
                      http-request deny deny_status 404 if { hdr_sub(x-sub) bc }
                      http-request deny deny_status 405 if { hdr(x-each) abc }
                      http-request deny deny_status 408 if { hdr_dir(x-dir) -i Abc }
                      http-request deny deny_status 410 if { hdr_end(x-end) -i ÄBC }

                    """
            }
            let fields = [
                "x-beg: abc\u{301}", "x-sub: abc\u{301}", "x-each: abc,\u{301}x", "x-each: \u{301},abc",
                "x-dir: x/abc/\u{301}",
                "x-dir: x/abc\u{301}/y", "x-end: \u{301}Äbc", "x-end: \u{301}äbc",
            ]
            for field in fields {
                let answers = try BothProxies.hosts.map { host in
                    try PageTests.exchange("GET / HTTP/1.0\r\n\(field)\r\n\r\n", port: 80, host: host)
                }
                #expect(answers[0] == answers[1], "\(field)")
            }
            _ = both
        }
    }
}
