import Glibc
import Synchronization
import Syscalls
import TestSupport
import Testing

/// How both sides see the end of a connection whose server's words a rule refuses, beside the real HAProxy.
@Suite(.blocking) struct ResponseEndTests {
    /// Everything that was said, and whether the end came in order.
    private static func end(_ socket: TestSocket) -> String {
        var words: [UInt8] = []
        do {
            while true {
                let more = try socket.receive()
                if more.isEmpty { return String(decoding: words, as: UTF8.self) + " end" }
                words += more
            }
        } catch {
            return String(decoding: words, as: UTF8.self) + " \(error.code == ECONNRESET ? "reset" : "\(error)")"
        }
    }

    @Test func refusedWordsEndInOrder() throws {
        try withDaemonRoom { directory in
            let seen = Mutex<[String]>([])
            let server = try TestServer { connection in
                var count = 0
                while count < 5 {
                    let words = try connection.receive()
                    if words.isEmpty { return }
                    count += words.count
                }
                try connection.send("ANSWER")
                let end = Self.end(connection)
                seen.withLock { $0.append(end) }
            }
            func body(_ host: UInt8) -> String {
                """
                listen refused
                  bind 127.0.0.\(host):80
                  tcp-response inspect-delay 60s
                  tcp-response content reject if { res.len gt 2 }
                  server s1 127.0.0.1:\(server.port)

                """
            }
            let both = try BothProxies(in: directory, ports: [80], body)
            var ends: [[String]] = []
            for host in BothProxies.hosts {
                let client = try TestSocket.connect(port: 80, host: host)
                try client.send("hello")
                let own = Self.end(client)
                let isSeen = eventually { seen.withLock { !$0.isEmpty } }
                try #require(isSeen)
                let servers = seen.withLock { list in
                    defer { list = [] }
                    return list
                }
                ends.append([own] + servers)
            }
            #expect(ends[0] == [" end", " end"])
            #expect(ends[0] == ends[1])
            try both.wait { $0.split(separator: "\n").filter { $0.contains(" [") }.count >= 1 }
            let (ours, theirs) = (both.connectionLines(1), both.connectionLines(2))
            #expect(ours == theirs)
        }
    }
}
