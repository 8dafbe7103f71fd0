import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What is answered by HTTP itself, beside the real HAProxy: byte for byte, and line for line in the log.
@Suite(.blocking) struct PageTests {
    /// All that comes back until the proxy ends the connection.
    static func exchange(_ text: String, port: UInt16, host: UInt8) throws -> String {
        let socket = try TestSocket.connect(port: port, host: host)
        try socket.send(text)
        return try socket.receiveAll()
    }

    static let http = """
        defaults http
          mode http
          log global
          option httplog
          option dontlognull
          timeout client 5s
          timeout http-request 300ms
          timeout http-keep-alive 100ms

        """

    @Test func answersAreHAProxysByteForByte() throws {
        try withDaemonRoom { directory in
            try write(
                "HTTP/1.0 503 Mine\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\nbusy\n",
                "\(directory)/503"
            )
            try write("HTTP/1.1 404 None\r\nX-Foo: Bar\r\nContent-Length: 2\r\n\r\nno", "\(directory)/404")
            let both = try BothProxies(in: directory, ports: [80, 81, 82, 83]) { host in
                Self.http + """
                    http-errors files
                      errorfile 404 \(directory)/404
                    listen health from http
                      bind 127.0.0.\(host):80
                      monitor-uri /ready
                      acl internal src 127.0.0.0/8
                      http-request deny if { path_beg /deny } internal
                      http-request deny deny_status 404 if { path /nf } METH_GET
                      http-request deny deny_status 429 if { hdr(host) -i Bad.Example } || { req.fhdr(x-bad) -m found }
                      http-request return status 200 content-type text/plain string "hello" hdr x-a b if { path /ret }
                      http-request return status 404 if { path_end .gif }
                      http-request redirect location /ready if { path /red }
                      http-request redirect prefix http://x code 301 drop-query if { path_sub here }
                      http-request auth realm "Some Realm" if { path /auth }
                      http-request auth if { path -i /auTH2 }
                      http-request reject if { path_reg ^/re[jx]$ }
                      http-request tarpit if { url_param(slow) -m str yes }
                      http-request allow if { path_dir allowed }
                      http-request deny if { path_len ge 40 } ! { method POST }
                      timeout tarpit 100ms
                    listen files from http
                      bind 127.0.0.\(host):81
                      errorfile 503 \(directory)/503
                      errorfiles files
                      http-error status 403 content-type text/plain string nope
                      http-request deny if { path /no }
                      http-request deny deny_status 404 if { path /nf }
                    listen plain from http
                      bind 127.0.0.\(host):82
                      option tcplog
                      monitor-uri /m
                    frontend front from http
                      bind 127.0.0.\(host):83
                      monitor-uri /m
                      monitor fail if { nbsrv(pool) lt 2 }
                      default_backend back
                    backend back from http
                      http-request deny if { path /secret }
                    backend pool
                      mode tcp
                      server a 127.0.0.1:1
                      server b 127.0.0.1:2
                      server c 127.0.0.1:2 disabled
                      server d 127.0.0.1:2 backup

                    """
            }
            func request(_ target: String, _ fields: String = "", method: String = "GET") -> String {
                "\(method) \(target) HTTP/1.1\r\nHost: x\r\n\(fields)\r\n"
            }
            var cases: [(UInt16, String)] = [
                "/ready", "/ready?q", "/readyx", "/", "/deny/it", "/nf", "/ret", "/a.gif", "/red", "/out/here?q",
                "/auth",
                "/auth2", "/rej", "/?slow=yes", "/allowed/" + String(repeating: "x", count: 50),
                "/other/" + String(repeating: "x", count: 50),
            ].map { (80, request($0)) }
            cases += [
                (80, request("/x", "X-Bad: 1\r\n")), (80, "GET /x HTTP/1.1\r\nHost: bad.example\r\n\r\n"),
                (80, request("/ready", method: "HEAD") + request("/ready")), (80, request("/deny", method: "HEAD")),
                (80, request("/ready", "Content-Length: 3\r\n", method: "POST") + "abc"),
                (80, request("/ready", "Connection: close\r\n")), (80, "GET /ready HTTP/1.0\r\n\r\n"),
                (80, "GET /ready HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"), (80, "GET / HTTP/1.0\r\n\r\n"),
                (80, "GET http://x/ready HTTP/1.1\r\nHost: x\r\n\r\n"), (80, request("/nf", method: "PUT")),
                (80, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n"), (80, "\r\nGET / HTTP/1.1\nHost: x\n\n"),
                (80, "BAD\r\n\r\n"), (80, "GET /\r\n\r\n"), (80, "GET / HTTP/1.1\r\nHost x\r\n\r\n"), (80, "GET /rea"),
                (80, "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"), (80, ""),
                (81, request("/")), (81, request("/no")), (81, request("/nf")), (82, request("/")), (82, request("/m")),
                (83, request("/m")), (83, request("/")), (83, request("/secret")),
            ]
            for (port, text) in cases {
                let answers = try BothProxies.hosts.map { try Self.exchange(text, port: port, host: $0) }
                #expect(answers[0] == answers[1], "\(port): \(text)")
            }
            // The monitor fails with one server less.
            let page = "GET /m HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            #expect(try Self.exchange(page, port: 83, host: 1).hasPrefix("HTTP/1.1 200 "))
            _ = try both.ours.client.send("@1 set server pool/a state maint")
            #expect(try Self.exchange(page, port: 83, host: 1).hasPrefix("HTTP/1.1 503 "))
            try both.wait { $0.split(separator: "\n").contains { $0.contains("/secret") } }
            #expect(both.pageLines(1) == both.pageLines(2))
            #expect(both.pageLines(1).count > 30)
        }
    }

    private func write(_ text: String, _ path: String) throws {
        let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        try file.writeAll(Array(text.utf8))
    }
}

extension BothProxies {
    /// The lines about requests, in order. Ports, dates and times are masked, how many connections there are, and bytes:
    /// HAProxy counts what it keeps of an answer, ours what is sent. A `tarpit` has times of its own there.
    func pageLines(_ host: UInt8) -> [String] {
        output(host).split(separator: "\n").filter { $0.contains(" [") && !$0.contains("slow=") }.map { line in
            var words = line.split(separator: " ").map { String($0) }
            guard words.count > 8 else { return String(line) }
            let isTCP = words[4].split(separator: "/").count == 3
            words[4] = words[4].split(separator: "/").map { $0 == "-1" ? "-1" : "t" }.joined(separator: "/")
            words[isTCP ? 5 : 6] = words[isTCP ? 5 : 6] == "0" ? "0" : "bytes"
            let counts = isTCP ? 7 : 10
            words[counts] = "n/n/" + words[counts].split(separator: "/").dropFirst(2).joined(separator: "/")
            return words.dropFirst(2).joined(separator: " ")
        }
    }
}
