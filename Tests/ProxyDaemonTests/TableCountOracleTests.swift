import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What rules count in stick tables and what samples say of it, beside the real HAProxy after the same traffic: `show table`
/// word by word, and who is let in.
@Suite(.blocking) struct TableCountOracleTests {
    private struct Side {
        let process: Background
        let client: MasterClient
        let host: UInt8

        /// The tables, rates that fade included: their periods are long.
        func tables(_ names: [String]) throws -> [String] {
            try names.map { masked(try client.send("show table \($0)")) }
        }

        /// Says something and ends; what comes back, `reset` for a reset.
        func ask(_ port: UInt16, _ words: String = "abcd", from client: Int = 1) throws -> String {
            let socket = try TestSocket.connect(port: port, host: host)
            do {
                try socket.send("PROXY TCP4 192.0.2.\(client) 10.0.0.1 700\(client) 80\r\n\(words)")
                let answer = String(decoding: try socket.receive(), as: UTF8.self)
                socket.finish()
                return answer
            } catch {
                return "reset"
            }
        }
    }

    private static let everything =
        "conn_cnt,conn_cur,conn_rate(10m),sess_cnt,sess_rate(10m),bytes_in_cnt,bytes_in_rate(10m),bytes_out_cnt,"
        + "bytes_out_rate(10m),gpc0,gpc0_rate(10m),gpc1,gpc1_rate(10m),gpt0,http_req_cnt,http_req_rate(10m)"

    private static func withPair(
        _ body: String,
        ports: [UInt16],
        _ check: @escaping @Sendable (Side, Side) throws -> Void
    ) throws {
        try withDaemonRoom { directory in
            let server = try TestServer.staying("hello")
            func start(_ program: String, _ host: UInt8) throws -> Side {
                let path = "\(directory)/\(host)"
                let text = """
                    \(ConfigurationHead.asked(at: "\(path).sock"))

                    """ + body.replacing("HOST", with: "127.0.0.\(host)").replacing("PORT", with: "\(server.port)")
                try FileDescriptor.open("\(path).cfg", O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
                let process = try Background([program, "-db", "-f", "\(path).cfg"], in: directory)
                let listens = try eventually {
                    try ports.allSatisfy { try Oracle.listens("127.0.0.\(host):\($0)") }
                        && access("\(path).sock", F_OK) == 0
                }
                try #require(listens, "\(process.errors)")
                return Side(
                    process: process,
                    client: MasterClient(path: "\(path).sock", timeoutMilliseconds: 60000),
                    host: host
                )
            }
            try check(start(proxyd, 3), start("haproxy", 2))
        }
    }

    @Test func connectionsSessionsAndBytesAreCountedAsByHAProxy() throws {
        let body = """
            frontend plain
              bind HOST:80 accept-proxy
              tcp-request connection track-sc0 dst_port table ports
              tcp-request session track-sc1 src table clients
              tcp-request content track-sc2 src,ipmask(24) table networks if { req.len gt 0 }
              tcp-request inspect-delay 10s
              tcp-request content sc-inc-gpc0(1)
              tcp-request content sc-inc-gpc(1,2)
              tcp-request content sc-set-gpt0(1) 7
              tcp-request content sc-set-gpt(0,2) int(300),add(1)
              default_backend b
            frontend strict
              bind HOST:81 accept-proxy
              tcp-request session track-sc0 src table clients
              tcp-request session reject if { sc0_conn_cnt gt 2 }
              tcp-request content track-sc1 src table clients
              tcp-request content reject if { src 192.0.2.3 }
              default_backend b
            backend ports
              stick-table type integer size 10 expire 1h store \(Self.everything)
            backend clients
              stick-table type ip size 1k expire 1h store \(Self.everything)
            backend networks
              stick-table type string len 30 size 100 expire 1h store conn_cnt,sess_cnt,gpc(3),gpc_rate(3,10m),gpt(2),bytes_in_cnt
            backend b
              server s1 127.0.0.1:PORT

            """
        let names = ["ports", "clients", "networks"]
        try Self.withPair(body, ports: [80, 81]) { ours, theirs in
            for (port, client) in [(80, 1), (80, 1), (80, 2), (81, 1), (81, 3), (81, 2), (81, 2), (81, 2), (81, 4)] {
                let (mine, their) = (
                    try ours.ask(UInt16(port), from: client), try theirs.ask(UInt16(port), from: client)
                )
                #expect(mine == their, "\(port) \(client)")
                let areSame = eventually(seconds: 10) { (try? ours.tables(names) == theirs.tables(names)) ?? false }
                let (ourTables, theirTables) = (try ours.tables(names), try theirs.tables(names))
                #expect(areSame, "\(port) \(client)\n\(ourTables.joined())\n\(theirTables.joined())")
            }
            // Somebody is there: who is counted cannot be removed, and is counted out at the end.
            let open = try [ours, theirs].map { side in
                let socket = try TestSocket.connect(port: 80, host: side.host)
                try socket.send("PROXY TCP4 192.0.2.9 10.0.0.1 7009 80\r\nabc")
                _ = try socket.receive()
                return socket
            }
            for command in [
                "show table clients key 192.0.2.9", "clear table clients key 192.0.2.9", "clear table ports",
            ] {
                let (mine, their) = (masked(try ours.client.send(command)), masked(try theirs.client.send(command)))
                #expect(mine == their, "\(command)")
            }
            for socket in open { socket.finish() }
            let areSame = eventually(seconds: 10) {
                (try? ours.tables(names) == theirs.tables(names)
                    && ours.client.send("show table clients key 192.0.2.9").contains("use=0"))
                    ?? false
            }
            let (ourTables, theirTables) = (try ours.tables(names), try theirs.tables(names))
            #expect(areSame, "\(ourTables.joined())\n\(theirTables.joined())")
        }
    }

    /// Fetch methods and converters: their answers become tables' keys, which both show.
    @Test func samplesOfTablesAreHAProxys() throws {
        let samples = [
            "sc0_conn_cnt", "sc_conn_cnt(0)", "sc0_conn_cur", "sc0_conn_rate", "sc0_sess_cnt", "sc0_sess_rate",
            "sc0_get_gpc0", "sc0_get_gpc1", "sc0_get_gpt0", "sc0_gpc0_rate", "sc0_kbytes_in", "sc0_kbytes_out",
            "sc0_bytes_in_rate", "sc0_bytes_out_rate", "sc0_http_req_cnt", "sc0_http_err_rate", "sc0_tracked",
            "sc1_tracked", "sc2_tracked", "sc0_trackers", "sc0_inc_gpc0", "sc0_inc_gpc1", "sc0_clr_gpc0",
            "sc_get_gpc(1,1)", "sc_inc_gpc(1,1)", "sc_gpc_rate(1,1)", "sc_get_gpt(1,1)", "sc_clr_gpc(1,1)",
            "sc_get_gpc(7,1)",
            "sc1_get_gpc0", "sc1_conn_cur", "sc2_conn_cnt", "sc0_conn_cnt(other)", "sc0_get_gpc0(other)",
            "src_conn_cnt(clients)", "src_conn_cur(clients)", "src_get_gpc0(other)", "src_inc_gpc0(other)",
            "src_clr_gpc0(other)", "src_updt_conn_cnt(other)", "src_conn_cnt(other)", "src_conn_cnt(six)",
            "src_get_gpc(1,arrays)", "table_cnt(clients)", "table_avl(clients)", "src,in_table(clients)",
            "str(1.2.3.4),in_table(clients)", "src,table_conn_cnt(clients)", "src,table_sess_rate(clients)",
            "str(9.9.9.9),table_conn_cnt(clients)", "src,table_trackers(clients)", "src,table_gpc(0,arrays)",
            "src,table_kbytes_in(clients)", "src,table_server_id(clients)", "src,table_gpt0(clients)",
            "str(9.9.9.9),table_idle(clients,77)", "str(9.9.9.9),table_expire(clients,78)",
            "str(9.9.9.9),table_idle(clients)", "src_kbytes_in(clients),add(1000)",
        ]
        let lines = samples.enumerated().map { index, sample in
            """
            frontend f\(index)
              bind HOST:\(1000 + index) accept-proxy
              tcp-request session track-sc0 src table clients
              tcp-request session track-sc1 src table arrays
              tcp-request content sc-inc-gpc0(0)
              tcp-request content sc-inc-gpc(1,1)
              tcp-request content set-var(txn.v) \(sample)
              tcp-request content track-sc2 str(\(index):),concat(,txn.v) table answers
              default_backend b

            """
        }.joined()
        let body =
            lines + """
                backend answers
                  stick-table type string len 60 size 1k store conn_cnt
                backend clients
                  stick-table type ip size 1k expire 1h store \(Self.everything),http_err_rate(10m)
                backend other
                  stick-table type ip size 1k expire 1h store conn_cnt,gpc0
                backend six
                  stick-table type ipv6 size 1k expire 1h store conn_cnt
                backend arrays
                  stick-table type ip size 1k expire 1h store gpc(3),gpc_rate(3,10m),gpt(3)
                backend b
                  server s1 127.0.0.1:PORT

                """
        let ports = samples.indices.map { UInt16(1000 + $0) }
        let names = ["answers", "clients", "other", "six", "arrays"]
        try Self.withPair(body, ports: ports) { ours, theirs in
            for round in 1...2 {
                for (index, port) in ports.enumerated() {
                    for side in [ours, theirs] {
                        #expect(try side.ask(port, from: round) == "hello", "\(samples[index])")
                        let isOver = eventually {
                            (try? side.tables(names))?.allSatisfy { !$0.contains("use=1") && !$0.contains("use=2") }
                                ?? false
                        }
                        #expect(isOver, "\(samples[index])")
                    }
                }
                for (mine, their) in zip(try ours.tables(names), try theirs.tables(names)) {
                    let (first, second) = (mine.split(separator: "\n"), their.split(separator: "\n"))
                    let differing = Set(first).symmetricDifference(second)
                    #expect(differing.isEmpty, "round \(round)")
                }
            }
        }
    }

    /// A limit of connections at a time and of how fast they come, for each client.
    @Test func clientsAreLimitedAsByHAProxy() throws {
        let body = """
            frontend limited
              bind HOST:80 accept-proxy
              stick-table type ip size 1k expire 1h store conn_cur,conn_rate(10m)
              tcp-request session track-sc0 src
              tcp-request session reject if { sc0_conn_cur gt 2 } or { src_conn_rate gt 6 }
              default_backend b
            backend b
              server s1 127.0.0.1:PORT

            """
        try Self.withPair(body, ports: [80]) { ours, theirs in
            let answers = try [ours, theirs].map { side in
                var open: [TestSocket] = []
                var answers: [String] = []
                for client in [1, 1, 1, 2, 1] {
                    let socket = try TestSocket.connect(port: 80, host: side.host)
                    try socket.send("PROXY TCP4 192.0.2.\(client) 10.0.0.1 7 80\r\nx")
                    answers.append((try? String(decoding: socket.receive(), as: UTF8.self)) ?? "reset")
                    open.append(socket)
                }
                for socket in open { socket.finish() }
                _ = eventually {
                    let table = (try? side.client.send("show table limited")) ?? ""
                    return !table.contains("use=1") && !table.contains("use=2")
                }
                for _ in 0..<4 { answers.append(try side.ask(80, from: 1)) }
                return answers
            }
            #expect(answers[0] == answers[1])
            #expect(answers[0].prefix(5).map { $0 == "hello" } == [true, true, false, true, false])
            #expect(answers[0].last != "hello")
        }
    }

    /// `stick` by what a client says.
    @Test func clientsStickByWhatTheySay() throws {
        try withDaemonRoom { directory in
            let servers = try ["a", "b", "c"].map { try TestServer.staying($0) }
            let list = zip(["a", "b", "c"], servers).map { "  server \($0) 127.0.0.1:\($1.port)\n" }.joined()
            func body(_ host: String) -> String {
                """
                listen l
                  bind \(host):80
                  tcp-request inspect-delay 10s
                  tcp-request content accept if { req.len ge 4 }
                  stick-table type string len 60 size 1k expire 1h
                  stick on req.payload(0,4),lower
                \(list)
                listen m
                  bind \(host):81
                  stick-table type integer size 1k expire 1h
                  stick on src_port,mod(1)
                \(list)

                """
            }
            let daemon = try DaemonFixture(body("127.0.0.1"), in: directory)
            let oracle = try Oracle(body("127.0.0.2"), in: directory, ports: [80, 81])
            func answers(_ host: UInt8) throws -> [String] {
                try ["user1", "USER2", "user3", "User1", "uSER2", "user4", "user1"].map { words in
                    let socket = try TestSocket.connect(port: 80, host: host)
                    try socket.send(String(words.suffix(4)))
                    let answer = String(decoding: try socket.receive(), as: UTF8.self)
                    socket.finish()
                    return answer
                }
                    + (0..<4).map { _ in
                        let asked = try TestSocket.asking(port: 81, host: host)
                        asked.socket.finish()
                        return asked.answer
                    }
            }
            let (mine, theirs) = (try answers(1), try answers(2))
            #expect(mine == theirs)
            #expect(mine[0] == mine[3] && mine[7] == mine[10])
            _ = (daemon, oracle)
        }
    }
}
