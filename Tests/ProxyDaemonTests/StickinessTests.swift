import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `stick-table` and `stick`, beside the real HAProxy.
@Suite(.blocking) struct StickinessTests {
    /// Clients from many addresses, as PROXY headers say, one after the other: both send each to the same server.
    @Test func clientsStickWhereHAProxySticksThem() throws {
        try withDaemonRoom { directory in
            let servers = try ["a", "b", "c"].map { try TestServer.named($0) }
            let list = zip(["a", "b", "c"], servers).map { "  server \($0) 127.0.0.1:\($1.port)" }.joined(
                separator: "\n"
            )
            func body(_ host: String) -> String {
                """
                listen source
                  bind \(host):80 accept-proxy
                  stick-table type ip size 1k expire 1h
                  stick on src
                \(list)
                listen network
                  bind \(host):81 accept-proxy
                  stick-table type string len 40 size 1k
                  stick on src,ipmask(24)
                \(list)
                listen ports
                  bind \(host):82 accept-proxy
                  stick-table type integer size 1k nopurge
                  stick match dst_port if { src 192.0.2.1 192.0.2.3 }
                  stick store-request dst_port unless { src 192.0.2.3 }
                \(list) non-stick
                listen reader
                  bind \(host):83 accept-proxy
                  stick match src table source
                \(list)
                listen tiny
                  bind \(host):84 accept-proxy
                  stick-table type ipv6 size 2 nopurge store conn_cnt,conn_rate(10s)
                  stick on src
                  stick store-response dst
                \(list)

                """
            }
            let daemon = try DaemonFixture(body("127.0.0.1"), in: directory)
            let oracle = try Oracle(body("127.0.0.2"), in: directory, ports: [80, 81, 82, 83, 84])
            func answers(_ host: UInt8) throws -> [String] {
                try ([80, 83, 81, 82, 84, 83] as [UInt16]).map { port in
                    try [1, 2, 3, 1, 2, 3, 9, 7, 1, 7, 9, 2].map { (client: UInt16) in
                        let socket = try TestSocket.connect(port: port, host: host)
                        let line = "PROXY TCP4 192.0.\(client % 4).\(client) 10.0.0.\(client % 2) 7 \(client % 5)\r\n"
                        try socket.send(line + "?")
                        return try socket.receiveAll()
                    }.joined()
                }
            }
            let (ours, theirs) = (try answers(1), try answers(2))
            #expect(ours == theirs)
            // Once stuck, a client stays.
            let first = Array(try #require(ours.first))
            #expect(first[0] == first[3] && first[3] == first[8])
            _ = (daemon, oracle)
        }
    }

    @Test func stickinessOutlivesAReloadAndALostServer() throws {
        try withDaemonRoom { directory in
            let servers = try ["a", "b", "c"].map { try TestServer.named($0) }
            func body(_ size: String, _ names: [String]) -> String {
                var text = "listen l\n  bind 127.0.0.1:80\n  stick-table type ip size \(size)\n  stick on src\n"
                for (name, server) in zip(["a", "b", "c"], servers) where names.contains(name) {
                    text += "  server \(name) 127.0.0.1:\(server.port)\n"
                }
                return text
            }
            let daemon = try DaemonFixture(body("1k", ["a", "b", "c"]), in: directory)
            let stuck = try daemon.ask(port: 80)
            for (size, names) in [("1k", ["c", "b", "a"]), ("2k", ["a", "b", "c"]), ("1k", ["b", "c", "a"])] {
                #expect(try daemon.reload(body(size, names)).success)
                for _ in 0..<4 { #expect(try daemon.ask(port: 80) == stuck) }
            }
            // The server goes: another one takes over, and keeps the client when the first is back.
            let others = ["a", "b", "c"].filter { $0 != stuck }
            #expect(try daemon.reload(body("1k", others)).success)
            let next = try daemon.ask(port: 80)
            #expect(next != stuck)
            #expect(try daemon.reload(body("1k", ["a", "b", "c"])).success)
            for _ in 0..<4 { #expect(try daemon.ask(port: 80) == next) }
        }
    }

    /// With `option redispatch` a server that refuses a stuck client loses it to another one.
    @Test func aRefusedClientSticksToAnother() throws {
        try withDaemonRoom { directory in
            let servers = try ["a", "b"].map { try TestServer.named($0) }
            let daemon = try DaemonFixture(
                """
                listen l
                  bind 127.0.0.1:80
                  option redispatch
                  retries 1
                  stick-table type ip size 10
                  stick on src
                  server a 127.0.0.1:\(servers[0].port)
                  server b 127.0.0.1:\(servers[1].port)

                """,
                in: directory
            )
            let first = try daemon.ask(port: 80)
            servers[first == "a" ? 0 : 1].stop()
            let second = try daemon.ask(port: 80)
            #expect(second != first)
            for _ in 0..<3 { #expect(try daemon.ask(port: 80) == second) }
        }
    }
}
