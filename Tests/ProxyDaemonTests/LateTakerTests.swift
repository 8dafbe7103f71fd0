import Glibc
import Synchronization
import TestSupport
import Testing

/// A client that has ended takes the last bytes of an answer late, and the server says nothing more: who is waited for changes
/// when all is taken, and nobody tells of that moment. Beside the real HAProxy.
@Suite(.blocking) struct LateTakerTests {
    /// How much waits for a client: in its own socket, and in the proxy's.
    private static func held(_ client: TestSocket, port: UInt16) throws -> Int {
        let own = TestSocket.localPort(client.raw)
        let lines = try run(
            "ss",
            "-Htn",
            "( sport = :\(port) and dport = :\(own) ) or ( sport = :\(own) and dport = :\(port) )"
        )
        return lines.split(separator: "\n").reduce(0) { sum, line in
            let words = line.split(separator: " ")
            guard words.count > 4 else { return sum }
            return sum + (Int(words[words[3].hasSuffix(":\(port)") ? 2 : 1]) ?? 0)
        }
    }

    private static func isSteady(_ client: TestSocket, port: UInt16) throws -> Int {
        var last = -1
        var count = 0
        let isSteady = try eventually {
            let now = try held(client, port: port)
            count = now > 0 && now == last ? count + 1 : 0
            last = now
            return count == 20
        }
        try #require(isSteady)
        return last
    }

    private static func client(_ host: UInt8) throws -> TestSocket {
        let socket = try TestSocket.connect(port: 1000, host: host)
        try socket.send("?")
        socket.shutdownWrite()
        return socket
    }

    @Test(arguments: ["", "  timeout client 10m\n"]) func theServerIsWaitedForThen(clientTimeout: String) throws {
        try withDaemonRoom { directory in
            let amount = Mutex(Int.max)
            let sent = Mutex([Int]())
            let open = Mutex([TestSocket]())
            let server = try TestServer { connection in
                open.withLock { $0.append(connection) }
                _ = try connection.receive()
                var rest = amount.withLock { $0 }
                let piece = [UInt8](repeating: 7, count: 16384)
                while rest > 0 {
                    let count = min(rest, piece.count)
                    try connection.send(Array(piece[..<count]))
                    rest -= count
                }
                sent.withLock { $0.append(amount.withLock { $0 }) }
            }
            let both = try BothProxies(in: directory, ports: [1000]) { host in
                "defaults\n  mode tcp\n  timeout connect 5s\n" + clientTimeout
                    + "  timeout server 2s\nlisten l\n  bind 127.0.0.\(host):1000\n  server s1 127.0.0.1:\(server.port)\n"
            }
            for host in BothProxies.hosts {
                amount.withLock { $0 = .max }
                // What fits behind the proxy; a little more waits in it.
                let endless = try Self.client(host)
                let room = try Self.isSteady(endless, port: 1000)
                endless.reset()
                for more in [2000, 10000, 20000, 30000] {
                    amount.withLock { $0 = room + more }
                    let socket = try Self.client(host)
                    let isSent = eventually { sent.withLock { $0.contains(room + more) } }
                    try #require(isSent)
                    _ = try Self.isSteady(socket, port: 1000)
                    #expect(try socket.receiveAll().utf8.count == room + more, "127.0.0.\(host)")
                }
            }
            _ = both
        }
    }
}
