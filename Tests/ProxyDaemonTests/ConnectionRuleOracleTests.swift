import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `tcp-request` and `tcp-response` rules, against the real HAProxy with the same clients.
@Suite(.blocking) struct ConnectionRuleOracleTests {
    private static let ports: ClosedRange<UInt16> = 80...99

    private func body(_ host: UInt8, _ servers: [UInt16], _ directory: String) -> String {
        func bind(_ port: UInt16) -> String { "bind 127.0.0.\(host):\(port)" }
        return """
            global
              stats socket \(directory)/stats\(host) mode 600
            frontend refused-connection
              \(bind(80))
              tcp-request connection reject if { src 127.0.0.7 }
              tcp-request connection accept
              tcp-request connection reject
              default_backend one
            frontend refused-session
              \(bind(81))
              tcp-request session reject if { src 127.0.0.7 }
              default_backend one
            frontend refused-content
              \(bind(82))
              tcp-request inspect-delay 60s
              tcp-request content reject if { req.payload(0,3) -m str 424144 } or { req.payload(0,3) -m bin 424144 }
              tcp-request content accept if { req.len gt 5 }
              default_backend one
            frontend hello
              \(bind(83))
              tcp-request inspect-delay 60s
              tcp-request content accept if { req.ssl_hello_type 1 }
              use_backend two if { req.ssl_sni -i two.example.com }
              use_backend one if { req.ssl_sni -m end .example.com }
              use_backend two unless { req.ssl_sni -m found }
              default_backend nobody
            frontend delayed
              \(bind(84))
              tcp-request inspect-delay 300ms
              tcp-request content reject if { req.len 0 } WAIT_END
              tcp-request content accept
              default_backend one
            frontend named
              \(bind(85))
              tcp-request inspect-delay 60s
              acl shop req.ssl_sni -i one.example.com
              acl shop req.ssl_sni -i two.example.com
              tcp-request content reject unless shop
              use_backend %[req.ssl_sni,field(1,.),lower]
              default_backend nobody
            frontend backend-rules
              \(bind(86))
              default_backend choosy
            backend choosy
              tcp-request inspect-delay 60s
              tcp-request content reject if { req.payload(0,3) -m bin 424144 }
              tcp-request content accept if REQ_CONTENT
              use-server s2 if { req.payload(0,1) -m bin 32 }
              server s1 127.0.0.1:\(servers[0])
              server s2 127.0.0.1:\(servers[1])
            frontend response
              \(bind(87))
              default_backend heard
            backend heard
              tcp-response inspect-delay 60s
              tcp-response content reject if { res.payload(0,3) -m bin 6f6e65 }
              tcp-response content accept if { res.len gt 0 }
              balance roundrobin
              use-server s1 if { src 127.0.0.7 }
              server s1 127.0.0.1:\(servers[0])
              server s2 127.0.0.1:\(servers[1])
            frontend short
              \(bind(88))
              timeout client 300ms
              tcp-request inspect-delay 60s
              tcp-request content accept if { req.len gt 5 }
              default_backend one
            listen both
              \(bind(89))
              tcp-request inspect-delay 60s
              tcp-request content set-var(txn.count) var(txn.count,0),add(1)
              tcp-request content set-src ipv4(192.0.2.7) if { var(txn.count) -m int 1 }
              tcp-request content set-dst-port int(77)
              tcp-request content accept if { req.len gt 0 }
              log-format "%ci %fp %[src] %[dst_port] %[fc_src] %b/%s %ts"
              server s1 127.0.0.1:\(servers[0])
            frontend levels
              \(bind(90))
              tcp-request inspect-delay 60s
              tcp-request content set-log-level silent if { req.payload(0,1) -m bin 73 }
              tcp-request content set-log-level err
              tcp-request content accept if { req.len gt 0 }
              default_backend one
            frontend switched
              \(bind(91))
              use_backend nobody if RDP_COOKIE
              use_backend nobody if HTTP
              use_backend two if { src_port ge 1 } { be_conn(one) ge 0 } { nbsrv(two) 1 } !{ srv_is_up(one/off) }
              default_backend one
            backend one
              server s1 127.0.0.1:\(servers[0])
              server off 127.0.0.1:9 disabled
            backend two
              server s1 127.0.0.1:\(servers[1])
            backend nobody

            """
    }

    /// What one client does: the port, its address, what it says, and whether it ends then.
    private struct Client {
        var port: UInt16
        var source: UInt8 = 1
        var words: [[UInt8]]
        var ends = true
        var resets = false

        init(_ port: UInt16, _ words: String..., source: UInt8 = 1, ends: Bool = true, resets: Bool = false) {
            self.port = port
            self.words = words.map { Array($0.utf8) }
            self.source = source
            self.ends = ends
            self.resets = resets
        }

        init(_ port: UInt16, bytes: [UInt8], inPieces: Bool = false, ends: Bool = true) {
            self.port = port
            words = inPieces ? bytes.map { [$0] } : [bytes]
            self.ends = ends
        }

        /// What it got, or how it ended.
        func run(_ host: UInt8) throws -> String {
            let socket = try TestSocket.connect(port: port, host: host, from: source)
            for word in words {
                if (try? socket.send(word)) == nil { return "cut" }
                // In pieces of their own, that each is looked at.
                if words.count > 1 { usleep(500) }
            }
            if resets {
                // Words that nobody has looked at go with the connection.
                let isSeen = try eventually { try hasSeen(host) }
                try #require(isSeen)
                socket.resetOnClose()
                return "reset"
            }
            if ends { socket.shutdownWrite() }
            return (try? socket.receiveAll()) ?? "cut"
        }

        /// The proxy has accepted the connection and, where it reads what it looks at as HAProxy does, read it.
        private func hasSeen(_ host: UInt8) throws -> Bool {
            let sockets = try TestSupport.run(
                "ss",
                "-Htnp",
                "state",
                "established",
                "src = 127.0.0.\(host):\(port)"
            )
            return sockets.contains("users:") && (host == 1 || sockets.hasPrefix("0 "))
        }
    }

    private static func clients() throws -> [Client] {
        let one = try SampleOracleTests.hello(["-servername", "one.example.com"])
        let two = try SampleOracleTests.hello(["-servername", "Two.Example.Com"])
        let other = try SampleOracleTests.hello(["-servername", "example.net"])
        let none = try SampleOracleTests.hello(["-noservername"])
        var clients = [
            Client(80, "?"), Client(80, "?", source: 7), Client(81, "?"), Client(81, source: 7),
            Client(82, "BAD"), Client(82, "BADBAD"), Client(82, "B", "A", "D"), Client(82, "good words"),
            Client(82, "go"),
            Client(82), Client(82, "go", resets: true), Client(84), Client(84, ends: false),
            Client(84, "x", ends: false),
            Client(86, "BAD"), Client(86, "1"), Client(86, "2"), Client(86), Client(87, "?"),
            Client(87, "?", source: 7),
            Client(88, "x", ends: false), Client(88, ends: false), Client(89, "?"), Client(90, "?"),
            Client(90, "silent"),
            Client(91, "?"),
        ]
        for bytes in [one, two, other, none] {
            clients += [Client(83, bytes: bytes), Client(83, bytes: bytes, inPieces: true), Client(85, bytes: bytes)]
        }
        return clients + [Client(83, "SSH-2.0"), Client(83), Client(85)]
    }

    /// Lines of a format of their own.
    private static func otherLines(_ log: String) -> [String] {
        log.split(separator: "\n").map { String($0) }.filter { $0.hasPrefix("192.0.2.7 ") }.sorted()
    }

    /// What was refused and counted, proxy by proxy.
    private static func counters(_ directory: String, _ host: UInt8) throws -> [String] {
        let client = MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
        let lines = try client.send("show stat").split(separator: "\n")
        let names = lines[0].dropFirst(2).split(separator: ",", omittingEmptySubsequences: false)
        return lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            let wanted: Set<Substring> = [
                "pxname", "svname", "stot", "dreq", "dresp", "ereq", "dcon", "dses", "conn_tot", "cli_abrt", "bout",
            ]
            return zip(names, cells).filter { wanted.contains($0.0) }.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
        }.sorted()
    }

    @Test func everyRuleIsHAProxys() throws {
        try withDaemonRoom { directory in
            // They say who they are, then what they have heard is over.
            let servers = try ["one", "two"].map { name in
                try TestServer { connection in
                    _ = try connection.receive()
                    try connection.send(name)
                    connection.shutdownWrite()
                    _ = try connection.receiveAll()
                }
            }
            let ports = servers.map(\.port)
            let both = try BothProxies(in: directory, ports: Array(80...91)) { body($0, ports, directory) }
            let clients = try Self.clients()
            var lines = 0
            for client in clients {
                let (ours, theirs) = (try client.run(1), try client.run(2))
                #expect(ours == theirs, "\(client)")
                lines += 1
            }
            // The last line of either is there when nothing more comes.
            func count(_ host: UInt8) -> Int { both.output(host).split(separator: "\n").count }
            try #require(
                eventually { count(1) == count(2) && count(1) > clients.count / 2 },
                "\(both.output(1))\n\(both.output(2))"
            )
            #expect(both.connectionLines(1) == both.connectionLines(2))
            #expect(Self.otherLines(both.output(1)) == Self.otherLines(both.output(2)))
            let (ours, theirs) = (try Self.counters(directory, 1), try Self.counters(directory, 2))
            #expect(ours.count > 20)
            #expect(ours == theirs)
        }
    }
}
