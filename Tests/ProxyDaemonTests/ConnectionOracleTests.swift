import Glibc
import Synchronization
import Syscalls
import TestSupport
import Testing

/// What lines of the configuration do to connections, beside the real HAProxy.
@Suite(.blocking) struct ConnectionOracleTests {
    @Test func optionsOfBothSidesAreHAProxys() throws {
        try withDaemonRoom { directory in
            let servers = try (0..<4).map { _ in try TestServer.staying("s") }
            let both = try BothProxies(in: directory, ports: [80, 81, 82, 83]) { host in
                """
                listen alive
                  bind 127.0.0.\(host):80
                  option clitcpka
                  clitcpka-cnt 4
                  clitcpka-idle 100
                  clitcpka-intvl 20s
                  option srvtcpka
                  srvtcpka-cnt 5
                  srvtcpka-idle 200
                  srvtcpka-intvl 30s
                  server s 127.0.0.1:\(servers[0].port)
                listen plain
                  bind 127.0.0.\(host):81
                  server s 127.0.0.1:\(servers[1].port)
                listen bounded
                  bind 127.0.0.\(host):82 tcp-ut 30s defer-accept
                  server s 127.0.0.1:\(servers[2].port) tcp-ut 40s
                listen lazy
                  bind 127.0.0.\(host):83
                  option tcp-smart-accept
                  server s 127.0.0.1:\(servers[3].port)

                """
            }
            let names = SocketOptions.all.map { $0.name }.filter { $0 != "TCP_QUICKACK" }
            // Keep-alive is inherited from our listeners; HAProxy sets it on each connection.
            let listening = ["TCP_USER_TIMEOUT", "TCP_DEFER_ACCEPT", "TCP_QUICKACK"]
            let processes = [try #require(pid_t(try both.ours.worker())), both.theirs.program.pid]
            for (index, server) in servers.enumerated() {
                let port = UInt16(80 + index)
                let values = try zip(BothProxies.hosts, processes).map { host, process in
                    let (client, _) = try TestSocket.asking(port: port, host: host)
                    let listener = try SocketOptions.values(of: process, listening) {
                        $0 == port && $1 == 0
                    }
                    let front = try SocketOptions.values(of: process, names) { $0 == port && $1 != 0 }
                    let back = try SocketOptions.values(of: process, names) { $1 == server.port }
                    client.finish()
                    #expect(listener.count == 1 && front.count == 1 && back.count == 1)
                    return [listener, front, back]
                }
                #expect(values[0][0] == values[1][0], "listener on \(port)")
                #expect(values[0][1] == values[1][1], "client's side on \(port)")
                #expect(values[0][2] == values[1][2], "server's side on \(port)")
                // They are no sockets of the kernel's own making.
                if index == 0 { #expect(values[0][1] == [[1, 100, 20, 4, 0, 0]]) }
                if index == 0 { #expect(values[0][2] == [[1, 200, 30, 5, 0, 0]]) }
                if index == 2 { #expect(values[0][1].first?[4] == 30000 && values[0][2].first?[4] == 40000) }
            }
        }
    }

    /// `option tcp-smart-connect`: the handshake's last acknowledgement goes with the client's first bytes. A machine that
    /// is slow sends it alone now and then, and without the option it always does. The real HAProxy has not read anything
    /// when it connects, and sends it alone too.
    @Test func theFirstBytesGoWithTheHandshake() throws {
        try withDaemonRoom { directory in
            let servers = try [TestServer.staying("s"), TestServer.staying("s")]
            let daemon = try DaemonFixture(
                """
                listen plain
                  bind 127.0.0.1:80 defer-accept
                  server s 127.0.0.1:\(servers[0].port)
                listen smart
                  bind 127.0.0.1:81 defer-accept
                  option tcp-smart-connect
                  server s 127.0.0.1:\(servers[1].port)

                """,
                in: directory
            )
            /// Packets that a server has got when it has answered.
            func packets(_ index: Int) throws -> Int {
                let (client, _) = try TestSocket.asking(port: UInt16(80 + index))
                defer { client.finish() }
                let text = try run("ss", "-Htni", "state", "established", "sport = :\(servers[index].port)")
                let words = text.split { " \n\t".contains($0) }
                return words.compactMap { $0.hasPrefix("segs_in:") ? Int($0.dropFirst(8)) : nil }.first ?? 0
            }
            let least = try (0..<5).map { _ in try packets(0) }.min() ?? 0
            #expect(try eventually { (1..<least).contains(try packets(1)) })
            withExtendedLifetime(daemon) {}
        }
    }

    /// Who is silent once the other side has ended, and who is silent after a first answer.
    @Test func silenceAfterAnEndIsMeasuredByItsOwnTimes() throws {
        try withDaemonRoom { directory in
            let named = try TestServer.named("s")
            // The client has ended, and this side does not.
            let kept = Mutex<[TestSocket]>([])
            let deaf = try TestServer { connection in
                kept.withLock { $0.append(connection) }
                if try connection.receive().isEmpty { return }
                try connection.send("s")
            }
            let both = try BothProxies(in: directory, ports: [80, 81, 82]) { host in
                """
                listen client_fin
                  bind 127.0.0.\(host):80
                  timeout client-fin 100ms
                  server s 127.0.0.1:\(named.port)
                listen server_fin
                  bind 127.0.0.\(host):81
                  timeout server-fin 100ms
                  server s 127.0.0.1:\(deaf.port)
                listen tunnel
                  bind 127.0.0.\(host):82
                  timeout tunnel 100ms
                  server s 127.0.0.1:\(deaf.port)

                """
            }
            for host in BothProxies.hosts {
                let stays = try TestSocket.asking(port: 80, host: host).socket
                let ends = try TestSocket.asking(port: 81, host: host).socket
                ends.shutdownWrite()
                let talks = try TestSocket.asking(port: 82, host: host).socket
                #expect(eventually { both.output(host).split(separator: "\n").count == 3 }, "\(both.output(host))")
                withExtendedLifetime((stays, ends, talks)) {}
            }
            #expect(both.connectionLines(1) == both.connectionLines(2))
            #expect(both.connectionLines(1).map { $0.split(separator: " ")[4] } == ["cD", "sD", "cD"])
        }
    }

    @Test func conditionsDecideAsWithHAProxy() throws {
        try withDaemonRoom { directory in
            let servers = try ["a", "b"].map { try TestServer.staying($0) }
            let conditions = [
                "TRUE", "FALSE", "{ always_true }", "{ always_false }", "LOCALHOST", "!LOCALHOST",
                "{ src_port 1:65535 }",
                "{ src_port lt 1 }", "{ dst 127.0.0.1 } or { dst 127.0.0.2 }", "{ dst 127.0.0.3 }",
                "{ src 127.0.0.0/8 }",
                "{ dst_port 80:85 }", "{ dst_port ge 85 } !FALSE",
            ]
            let ports = conditions.indices.map { UInt16(80 + $0) }
            let both = try BothProxies(in: directory, ports: ports) { host in
                var text = "backend a\n  server a 127.0.0.1:\(servers[0].port)\n"
                text += "backend b\n  server b 127.0.0.1:\(servers[1].port)\n"
                for (port, condition) in zip(ports, conditions) {
                    text += "frontend f\(port)\n  bind 127.0.0.\(host):\(port)\n  use_backend a if \(condition)\n"
                    text += "  default_backend b\n"
                }
                return text
            }
            let answers = try BothProxies.hosts.map { host in
                try ports.map { port in
                    let (socket, answer) = try TestSocket.asking(port: port, host: host)
                    socket.finish()
                    return answer
                }.joined()
            }
            #expect(answers[0] == answers[1])
            #expect(answers[0].hasPrefix("ababab"))
            withExtendedLifetime(both) {}
        }
    }

    /// `minconn` and `fullconn`: places come with the load. Who is served after each end is the same.
    @Test func placesGrowWithTheLoadAsWithHAProxy() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.staying("s")
            let both = try BothProxies(in: directory, ports: [80]) { host in
                """
                listen l
                  bind 127.0.0.\(host):80
                  fullconn 8
                  server s 127.0.0.1:\(server.port) minconn 1 maxconn 4

                """
            }
            func served(_ clients: [TestSocket?]) -> [Int] {
                var byte: UInt8 = 0
                return clients.indices.filter { index in
                    guard let raw = clients[index]?.raw else { return false }
                    return recv(raw, &byte, 1, CInt(MSG_DONTWAIT) | CInt(MSG_PEEK)) > 0
                }
            }
            for host in BothProxies.hosts {
                var clients: [TestSocket?] = []
                for _ in 0..<8 {
                    let client = try TestSocket.connect(port: 80, host: host)
                    try client.send("?")
                    clients.append(client)
                    #expect(try eventually { try Oracle.queue("127.0.0.\(host):80") == 0 })
                }
                // Nobody is called before a place is given back; then there are as many as the load asks for.
                for expected in [[0], [1, 2, 3, 4], [2, 3, 4], [3, 4, 5], [4, 5], [5, 6], [6], [7]] {
                    try #require(
                        eventually { served(clients) == expected },
                        "\(host): \(served(clients)), not \(expected)"
                    )
                    let first = try #require(expected.first)
                    clients[first]?.finish()
                    clients[first] = nil
                }
            }
            withExtendedLifetime(both) {}
        }
    }

    /// `check-send-proxy`: a check begins with the header that connections have.
    @Test func checksBeginWithTheHeaderOfHAProxys() throws {
        try withDaemonRoom { directory in
            let heads = [Heads(), Heads()]
            let servers = try heads.map { heads in
                try TestServer { connection in
                    let bytes = try connection.receive(most: 16)
                    heads.add(bytes)
                    _ = try connection.receiveAll()
                }
            }
            let both = try BothProxies(in: directory, ports: [80]) { host in
                let port = servers[Int(host) - 1].port
                return """
                    global
                      max-spread-checks 10ms
                    frontend f
                      bind 127.0.0.\(host):80
                    backend b
                      option tcp-check
                      tcp-check send x
                      server one 127.0.0.9:80 check addr 127.0.0.1 port \(port) inter 1h send-proxy check-send-proxy
                      server two 127.0.0.9:80 check addr 127.0.0.1 port \(port) inter 1h send-proxy-v2 check-send-proxy
                      server three 127.0.0.9:80 check addr 127.0.0.1 port \(port) inter 1h send-proxy-v2

                    """
            }
            for head in heads { #expect(eventually { head.all.count == 3 }, "\(head.all)") }
            #expect(heads[0].all == heads[1].all)
            withExtendedLifetime(both) {}
        }
    }
}
