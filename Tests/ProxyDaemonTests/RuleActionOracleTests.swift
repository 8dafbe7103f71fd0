import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What actions of rules do to packets and connections, asked of the kernel, against the real HAProxy.
@Suite(.blocking) struct RuleActionOracleTests {
    /// Counts packets of either proxy by port and what they must look like; gives how often each was seen.
    private struct PacketCounters {
        let questions: [(port: UInt16, expression: String)]

        init(_ questions: [(port: UInt16, expression: String)], in directory: String) throws {
            self.questions = questions
            var text = "table ip seen {\n  chain out {\n    type filter hook output priority 0;\n"
            for host in BothProxies.hosts {
                for (port, expression) in questions {
                    text += "    ip saddr 127.0.0.\(host) tcp sport \(port) \(expression) counter\n"
                }
            }
            let file = try FileDescriptor.open("\(directory)/rules.nft", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
            try file.writeAll(Array((text + "  }\n}\n").utf8))
            _ = try run("nft", "-f", "\(directory)/rules.nft")
        }

        /// Whether each of the questions held for some packet.
        func answers(_ host: UInt8) throws -> [String] {
            let lines = try run("nft", "list", "chain", "ip", "seen", "out").split(separator: "\n").filter {
                $0.contains("127.0.0.\(host) ")
            }
            return zip(questions, lines).map { question, line in
                "\(question.port) \(question.expression): \(!line.contains("packets 0 "))"
            }
        }
    }

    /// Says its words, and gives what came of it.
    private func ask(_ port: UInt16, _ host: UInt8, _ words: String, from source: UInt8 = 1) throws -> String {
        let socket = try TestSocket.connect(port: port, host: host, from: source)
        if (try? socket.send(words)) == nil { return "cut" }
        socket.shutdownWrite()
        do { return try socket.receiveAll() } catch { return "cut" }
    }

    private static func counters(_ directory: String, _ host: UInt8) throws -> [String] {
        let client = MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
        let lines = try client.send("show stat").split(separator: "\n")
        let names = lines[0].dropFirst(2).split(separator: ",", omittingEmptySubsequences: false)
        let wanted: Set<Substring> = [
            "pxname", "svname", "stot", "dreq", "dresp", "ereq", "dcon", "dses", "conn_tot", "srv_abrt", "eresp",
        ]
        return lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            return zip(names, cells).filter { wanted.contains($0.0) }.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
        }.sorted()
    }

    @Test func marksAndTypesOfServiceAreOnPackets() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("hello")
            let packets = try PacketCounters(
                [
                    (80, "meta mark 42"), (80, "meta mark 0"), (81, "meta mark 43"), (81, "meta mark 42"),
                    (82, "ip dscp 4"), (82, "ip dscp 0"), (83, "ip dscp 2"), (83, "ip dscp 4"), (84, "meta mark 7"),
                    (84, "ip dscp 8"), (85, "meta mark 0"), (85, "ip dscp 0"), (85, "meta mark 42"),
                ],
                in: directory
            )
            func body(_ host: UInt8) -> String {
                """
                frontend connection-mark
                  bind 127.0.0.\(host):80
                  tcp-request connection set-mark 42
                  default_backend b
                frontend content-mark
                  bind 127.0.0.\(host):81
                  tcp-request inspect-delay 60s
                  tcp-request content set-mark 0x2b if { req.len gt 0 }
                  default_backend b
                frontend session-type
                  bind 127.0.0.\(host):82
                  tcp-request session set-tos 0x10
                  default_backend b
                frontend content-type
                  bind 127.0.0.\(host):83
                  tcp-request inspect-delay 60s
                  tcp-request content set-tos 8 if { req.len gt 0 }
                  default_backend b
                frontend answer
                  bind 127.0.0.\(host):84
                  default_backend marked
                frontend neither
                  bind 127.0.0.\(host):85
                  tcp-request connection set-mark 42 if { src 127.0.0.7 }
                  default_backend b
                backend marked
                  tcp-response content set-mark 7
                  tcp-response content set-tos 0x20
                  server s1 127.0.0.1:\(server.port)
                backend b
                  server s1 127.0.0.1:\(server.port)

                """
            }
            let both = try BothProxies(in: directory, ports: Array(80...85)) { body($0) }
            for port in UInt16(80)...85 {
                for host in BothProxies.hosts { #expect(try ask(port, host, "?") == "hello") }
            }
            let (ours, theirs) = (try packets.answers(1), try packets.answers(2))
            #expect(ours == theirs)
            #expect(theirs.contains("80 meta mark 42: true"))
            #expect(theirs.contains("84 ip dscp 8: true"))
            #expect(theirs.contains("85 meta mark 42: false"))
            withExtendedLifetime(both) {}
        }
    }

    /// Without CAP_NET_ADMIN, as HAProxy is as another user than root: what the client still hears comes no further than
    /// one router.
    @Test func droppedClientsAreLeftAlone() throws {
        try withDaemonRoom { directory in
            chmod(directory, 0o755)
            let server = try TestServer.named("hello")
            let packets = try PacketCounters(
                (80...83).flatMap { port in
                    [
                        (UInt16(port), "ip ttl 1 tcp flags & (fin | rst) != 0"),
                        (UInt16(port), "ip ttl != 1 tcp flags & (fin | rst) != 0"),
                    ]
                },
                in: directory
            )
            func body(_ host: UInt8) -> String {
                """
                global
                  user nobody
                  stats socket \(directory)/stats\(host) mode 600
                frontend connection
                  bind 127.0.0.\(host):80
                  tcp-request connection silent-drop if { src 127.0.0.7 }
                  default_backend b
                frontend session
                  bind 127.0.0.\(host):81
                  tcp-request session silent-drop if { src 127.0.0.7 }
                  default_backend b
                frontend content
                  bind 127.0.0.\(host):82
                  tcp-request inspect-delay 60s
                  tcp-request content silent-drop if { req.payload(0,3) -m bin 424144 }
                  default_backend b
                frontend answer
                  bind 127.0.0.\(host):83
                  default_backend heard
                backend heard
                  tcp-response inspect-delay 60s
                  tcp-response content silent-drop if { res.payload(0,3) -m str hel }
                  server s1 127.0.0.1:\(server.port)
                backend b
                  server s1 127.0.0.1:\(server.port)

                """
            }
            let both = try BothProxies(in: directory, ports: Array(80...83)) { body($0) }
            for (port, words, source) in [
                (UInt16(80), "?", UInt8(7)), (81, "?", 7), (82, "BAD", 1), (83, "?", 1), (80, "?", 1), (82, "good", 1),
            ] {
                let (ours, theirs) = (try ask(port, 1, words, from: source), try ask(port, 2, words, from: source))
                #expect(ours == theirs, "\(port) \(words)")
            }
            for host in BothProxies.hosts {
                try #require(
                    eventually { both.connectionLines(host).count == 4 },
                    "\(both.output(host))"
                )
            }
            #expect(both.connectionLines(1) == both.connectionLines(2))
            let (ours, theirs) = (try packets.answers(1), try packets.answers(2))
            #expect(ours == theirs)
            for port in 80...83 {
                #expect(theirs.contains("\(port) ip ttl 1 tcp flags & (fin | rst) != 0: true"))
            }
            let (own, other) = (try Self.counters(directory, 1), try Self.counters(directory, 2))
            #expect(own == other)
        }
    }

    @Test func headersAreExpectedAndServersClosed() throws {
        try withDaemonRoom { directory in
            let server = try TestServer { connection in
                let words = try connection.receive()
                if words.isEmpty { return }
                try connection.send("heard " + String(decoding: words, as: UTF8.self))
                _ = try connection.receiveAll()
            }
            func body(_ host: UInt8) -> String {
                """
                global
                  stats socket \(directory)/stats\(host) mode 600
                frontend trusted
                  bind 127.0.0.\(host):80
                  tcp-request connection expect-proxy layer4 if { src 127.0.0.7 }
                  tcp-request session reject if { src 192.0.2.66 }
                  default_backend b
                frontend closed
                  bind 127.0.0.\(host):81
                  default_backend closing
                frontend half
                  bind 127.0.0.\(host):82
                  default_backend choosy
                backend closing
                  tcp-response inspect-delay 60s
                  tcp-response content close if { res.len gt 0 }
                  server s1 127.0.0.1:\(server.port)
                backend choosy
                  tcp-response inspect-delay 60s
                  tcp-response content close if { res.payload(6,3) -m bin 424144 }
                  tcp-response content accept
                  server s1 127.0.0.1:\(server.port)
                backend b
                  server s1 127.0.0.1:\(server.port)

                """
            }
            let both = try BothProxies(in: directory, ports: Array(80...82)) { body($0) }
            let clients: [(UInt16, String, UInt8)] = [
                (80, "?", 1), (80, "PROXY TCP4 192.0.2.9 192.0.2.10 7 8\r\nwords", 7),
                (80, "PROXY TCP4 192.0.2.66 192.0.2.10 7 8\r\nwords", 7), (80, "no header at all, but long\r\n", 7),
                (80, "PROXY TCP4 192.0.2.9 192.0.2.10 7 8\r\nwords", 1), (80, "PROXY UNKNOWN\r\nwords", 7),
                (81, "?", 1), (82, "BAD", 1), (82, "good", 1),
            ]
            for (port, words, source) in clients {
                let (ours, theirs) = (try ask(port, 1, words, from: source), try ask(port, 2, words, from: source))
                #expect(ours == theirs, "\(port) \(words)")
            }
            func lines(_ host: UInt8) -> Int { both.output(host).split(separator: "\n").count }
            try #require(eventually { lines(1) == lines(2) && lines(1) > 6 }, "\(both.output(1))\n\(both.output(2))")
            #expect(both.connectionLines(1) == both.connectionLines(2))
            let (own, other) = (try Self.counters(directory, 1), try Self.counters(directory, 2))
            #expect(own == other)
        }
    }
}
