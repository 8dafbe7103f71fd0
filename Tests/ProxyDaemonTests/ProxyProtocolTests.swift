import Glibc
import Syscalls
import TestSupport
import Testing

/// `accept-proxy` and `send-proxy`, with the real HAProxy at the other end or beside.
@Suite(.blocking) struct ProxyProtocolTests {
    private static let signature = Array("\r\n\r\n\0\r\nQUIT\n".utf8)
    private static let endpoints: [UInt8] = [192, 0, 2, 1, 192, 0, 2, 2, 0x1f, 0x90, 0x01, 0xbb]

    /// The client's address goes from HAProxy through us to HAProxy, and all three log the same one.
    @Test func addressesPassThroughThreeProxies() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("end")
            let daemon = try DaemonFixture(
                "listen ours\n  bind 127.0.0.1:82 accept-proxy\n  server next 127.0.0.1:83 send-proxy\n",
                in: directory
            )
            let oracle = try Oracle(
                """
                listen first
                  bind 127.0.0.1:81
                  server next 127.0.0.1:82 send-proxy-v2
                listen last
                  bind 127.0.0.1:83 accept-proxy
                  server s1 127.0.0.1:\(server.port)

                """,
                in: directory,
                host: "127.0.0.1",
                ports: [81, 83]
            )
            let client: String
            do {
                let socket = try TestSocket.connect(port: 81)
                client = "127.0.0.1:\(TestSocket.localPort(socket.raw)) "
                try socket.send("?")
                #expect(try socket.receiveAll() == "end")
            }
            #expect(eventually { daemon.program.output.hasPrefix(client) }, "\(daemon.program.output)")
            #expect(eventually { oracle.program.output.split(separator: "\n").count == 2 })
            for line in oracle.program.output.split(separator: "\n") { #expect(line.hasPrefix(client)) }
        }
    }

    /// Every kind of header that we write, byte by byte as HAProxy's.
    @Test func whatWeSendIsWhatHAProxySends() throws {
        try withDaemonRoom { directory in
            let server = try TestServer { connection in
                var bytes: [UInt8] = []
                while bytes.last != UInt8(ascii: "!") {
                    let part = try connection.receive()
                    if part.isEmpty { return }
                    bytes += part
                }
                try connection.send(bytes)
            }
            let kinds = [
                "send-proxy", "send-proxy-v2", "send-proxy send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c",
                "send-proxy-v2 proxy-v2-options ssl", "send-proxy-v2-ssl",
                "send-proxy-v2-ssl-cn proxy-v2-options crc32c",
                "send-proxy-v2 proxy-v2-options unique-id", "send-proxy-v2 proxy-v2-options ssl,unique-id,crc32c",
                "send-proxy-v2 no-send-proxy-v2", "send-proxy-v2 proxy-v2-options authority,crc32c",
            ]
            func body(_ host: String) -> String {
                kinds.enumerated().map { index, kind in
                    """
                    listen l\(index)
                      bind \(host):\(100 + index) accept-proxy
                      unique-id-format \(index % 2 == 0 ? "%{+X}o\\ %ci:%cp_%fi:%fp" : "%ci:%{+X}cp-%fi:%fp%%")
                      server s1 127.0.0.1:\(server.port) \(kind)

                    """
                }.joined()
            }
            let daemon = try DaemonFixture(body("127.0.0.1"), in: directory)
            let oracle = try Oracle(body("127.0.0.2"), in: directory, ports: kinds.indices.map { 100 + UInt16($0) })
            let v6 = "PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 1 65535\r\n"
            let headers: [[UInt8]] = [
                Array("PROXY TCP4 192.0.2.1 192.0.2.2 8080 443\r\n".utf8), Array(v6.utf8),
                Self.signature + [0x21, 0x11, 0, 12] + Self.endpoints,
                // An addition that nobody knows.
                Self.signature + [0x21, 0x11, 0, 16] + Self.endpoints + [0xe0, 0, 1, 7],
            ]
            for index in kinds.indices {
                for header in headers {
                    func answer(_ host: UInt8) throws -> [UInt8] {
                        let socket = try TestSocket.connect(port: 100 + UInt16(index), host: host)
                        try socket.send(header + Array("ask!".utf8))
                        return Array(try socket.receiveAll().utf8)
                    }
                    let (ours, theirs) = (try answer(1), try answer(2))
                    #expect(ours == theirs, "\(kinds[index]) after \(header)")
                    #expect(ours.suffix(4) == Array("ask!".utf8))
                }
            }
            _ = (daemon, oracle)
        }
    }

    /// What is no header: both close, and log the same.
    @Test func whatIsNoHeaderIsRefusedInHAProxysWords() throws {
        try withDaemonRoom { directory in
            func body(_ host: String) -> String {
                """
                frontend f
                  no option dontlognull
                  bind \(host):80 accept-proxy
                  bind \(host):81 accept-proxy name web

                """
            }
            let daemon = try DaemonFixture(body("127.0.0.1"), in: directory)
            let oracle = try Oracle(body("127.0.0.2"), in: directory, ports: [80, 81])
            let attempts: [[UInt8]] = [
                Array("GET / HTTP/1.0\r\n\r\n".utf8), Array("PROXY TCP4 1.2.3.4 1.2.3.x 1 2\r\n".utf8),
                Array("PROXY UDP4 1.2.3.4 1.2.3.x 1 2\r\n".utf8), Self.signature + [0x21, 0x11, 0, 1, 0],
                Self.signature + [0x21, 0x11, 0, 15] + Self.endpoints + [3, 0, 0],
            ]
            func traffic(_ host: UInt8, _ log: () -> String) throws -> [String] {
                for (count, attempt) in attempts.enumerated() {
                    let socket = try TestSocket.connect(port: count == 0 ? 81 : 80, host: host)
                    try socket.send(attempt)
                    _ = try? socket.receiveAll()
                    #expect(eventually { log().split(separator: "\n").count == count + 1 }, "\(log())")
                }
                return log().split(separator: "\n").map { String($0.drop { $0 != "]" }) }
            }
            let ours = try traffic(1) { daemon.program.output }
            let theirs = try traffic(2) { oracle.program.output }
            #expect(ours == theirs)
        }
    }

    /// A header in pieces, with what follows in the same packet, LOCAL ones, and rules that ask for the address in it.
    @Test func headersDecideAboutRules() throws {
        try withDaemonRoom { directory in
            let inside = try TestServer.named("inside")
            let outside = try TestServer.named("outside")
            let daemon = try DaemonFixture(
                """
                frontend f
                  bind 127.0.0.1:80 accept-proxy
                  bind \(directory)/f.sock accept-proxy
                  use_backend inside if { src 192.0.2.0/24 } { dst 192.0.2.2 } { dst_port 443 } { src_port 8080 }
                  use_backend inside if { src 127.0.0.1 } { dst_port 80 }
                  default_backend outside
                backend inside
                  server s1 127.0.0.1:\(inside.port)
                backend outside
                  server s1 127.0.0.1:\(outside.port)

                """,
                in: directory
            )
            func ask(_ pieces: [[UInt8]], _ socket: TestSocket) throws -> String {
                for piece in pieces { try socket.send(piece) }
                try socket.send("?")
                return try socket.receiveAll()
            }
            let header = Self.signature + [0x21, 0x11, 0, 12] + Self.endpoints
            #expect(try ask([header], TestSocket.connect(port: 80)) == "inside")
            #expect(try ask([header], TestSocket.connect(unix: "\(directory)/f.sock")) == "inside")
            let other = Array("PROXY TCP4 192.0.3.1 192.0.2.2 8080 443\r\n".utf8)
            #expect(try ask([other], TestSocket.connect(port: 80)) == "outside")
            #expect(try ask([Self.signature + [0x20, 0, 0, 0]], TestSocket.connect(port: 80)) == "inside")
            // Each byte is a packet of its own.
            let slow = try TestSocket.connect(port: 80)
            var on: CInt = 1
            setsockopt(slow.raw, CInt(IPPROTO_TCP), 1, &on, socklen_t(MemoryLayout<CInt>.size))
            #expect(try ask(header.map { [$0] }, slow) == "inside")
            // The longest there is.
            let long = Self.signature + [0x21, 0x11, 0xff, 0xff] + Self.endpoints + [4, 0xff, 0xf0]
            #expect(try ask([long + [UInt8](repeating: 0, count: 0xfff0)], TestSocket.connect(port: 80)) == "inside")
            _ = daemon
        }
    }

    @Test func aClientWithoutAHeaderIsNotWaitedForForEver() throws {
        try withDaemonRoom { directory in
            let daemon = try DaemonFixture(
                "frontend f\n  timeout client 100ms\n  bind 127.0.0.1:80 accept-proxy\n",
                in: directory
            )
            let socket = try TestSocket.connect(port: 80)
            try socket.send("PROXY ")
            // What it said is never read: the end is a reset.
            #expect(throws: SystemError.self) { try socket.receiveAll() }
            #expect(
                eventually { daemon.program.output.hasSuffix("f/1: Timeout while waiting for PROXY protocol header\n") }
            )
        }
    }
}
