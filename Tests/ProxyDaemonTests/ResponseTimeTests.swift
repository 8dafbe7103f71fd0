import Glibc
import Synchronization
import TestSupport
import Testing

/// When a connection ends whose server's words rules have looked at: each side's time goes on from what it has said itself, beside the
/// real HAProxy.
@Suite(.blocking) struct ResponseTimeTests {
    struct Case: Sendable {
        var frontend: String
        var backend: String
        /// When the server speaks: so many milliseconds after the client, and after that.
        var words: [Int]
        /// How long the connection takes. Times are never over before they are, and what counts from elsewhere takes at least
        /// as long as the upper bound; a busy machine may, too.
        var takes: Range<Int>

        init(_ frontend: String, _ backend: String, words: [Int] = [0], _ takes: Range<Int>) {
            (self.frontend, self.backend, self.words, self.takes) = (frontend, backend, words, takes)
        }
    }

    private static let delay = "  tcp-response inspect-delay"
    private static let passing = "\(delay) 60s\n  tcp-response content accept if { res.len gt 2 }\n"
    private static let waiting = "\(delay) 500ms\n  tcp-response content accept if WAIT_END\n"
    private static let undecided = "\(delay) 60s\n  tcp-response content reject if { res.len gt 20 }\n"

    private static let cases = [
        Case("  timeout client 1s\n", "", words: [600], 1599..<2600),
        Case("  timeout client 1s\n", passing, words: [600], 999..<1600),
        Case("  timeout client 1s\n", passing, words: [600, 300], 1899..<2900),
        Case("  timeout client 1s\n", waiting, 999..<1500),
        Case("  timeout client 1s\n", waiting, words: [0, 800], 1799..<2800),
        Case("  timeout client 1s\n", undecided, words: [600], 999..<1600),
        Case("  timeout client 1s\n", "  timeout server 400ms\n" + undecided, 999..<1400),
        Case("  timeout client-fin 1s\n", "  timeout server 400ms\n" + undecided, 1399..<2400),
        Case("", "  timeout tunnel 1s\n" + waiting, 1499..<2500),
    ]

    /// Of each case, how long its connection took at one of both.
    private static func times(in directory: String) throws -> [[Int]] {
        let servers = try cases.map { one in
            try TestServer { connection in
                _ = try connection.receive()
                for pause in one.words {
                    poll(nil, 0, CInt(pause))
                    try connection.send("words")
                }
                _ = try connection.receiveAll()
            }
        }
        let ports = cases.indices.map { UInt16(1000 + $0) }
        let both = try BothProxies(in: directory, ports: ports) { host in
            cases.enumerated().map { index, one in
                "frontend f\(index)\n  bind 127.0.0.\(host):\(ports[index])\n\(one.frontend)  default_backend b\(index)\n"
                    + "backend b\(index)\n\(one.backend)  server s1 127.0.0.1:\(servers[index].port)\n"
            }.joined()
        }
        let listens = try eventually { try Oracle.listens("127.0.0.1:\(ports.last ?? 0)") }
        try #require(listens)
        return try BothProxies.hosts.map { host in
            let clients = try ports.map { port in
                let client = try TestSocket.connect(port: port, host: host)
                try client.send("hello")
                return client
            }
            var times: [Int] = []
            for index in cases.indices {
                let found = eventually { time(both.output(host), index) != nil }
                try #require(found, "\(index) \(both.output(host))")
                times.append(time(both.output(host), index) ?? -1)
            }
            _ = clients
            return times
        }
    }

    /// The last of `Tw/Tc/Tt`.
    private static func time(_ log: String, _ index: Int) -> Int? {
        let line = log.split(separator: "\n").first { $0.contains(" f\(index) b\(index)/s1 ") }
        return line?.split(separator: " ").dropFirst(4).first?.split(separator: "/").last.flatMap { Int($0) }
    }

    @Test func eachSideHasItsOwnTime() throws {
        var late = Set(0..<Self.cases.count * 2)
        var seen: [[[Int]]] = []
        // What is later than it should be may be so because the machine is busy.
        while !late.isEmpty, seen.count < 5 {
            let attempt = Mutex<[[Int]]>([])
            try withDaemonRoom { directory in
                let times = try Self.times(in: directory)
                attempt.withLock { $0 = times }
            }
            let times = attempt.withLock { $0 }
            seen.append(times)
            for (side, times) in times.enumerated() {
                for (index, time) in times.enumerated() {
                    let takes = Self.cases[index].takes
                    #expect(time >= takes.lowerBound, "case \(index), host \(side + 1)")
                    if time < takes.upperBound { late.remove(index * 2 + side) }
                }
            }
        }
        #expect(late.isEmpty, "\(late.sorted()) \(seen)")
    }
}
