import Glibc
import Syscalls
import TestSupport
import Testing

/// The same connections reach the same servers as with the real HAProxy.
@Suite(.blocking) struct DistributionTests {
    @Test func everyConnectionReachesTheServerThatHAProxyChooses() throws {
        try withDaemonRoom { directory in
            let servers = try (1...5).map { number in
                try TestServer { connection in
                    if try connection.receive().isEmpty { return }
                    try connection.send("\(number)")
                    _ = try connection.receiveAll()
                }
            }
            let (closed, closedPort) = try TestSocket.bound(listening: false)
            let scenarios = Scenario.all
            let path = "\(directory)/haproxy.cfg"
            let text = scenarios.configuration(servers.map { $0.port }, closed: closedPort)
            try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))

            func answers(_ program: String) throws -> [[String]] {
                let process = try Background([program, "-db", "-f", path], in: directory)
                // The last one in the file.
                #expect(eventually { (try? TestSocket.connect(port: 999)) != nil }, "\(process.errors)")
                return try scenarios.enumerated().map { try $1.run(port: UInt16(1000 + $0)) }
            }
            let theirs = try answers("haproxy")
            let ours = try answers(proxyd)
            for (index, scenario) in scenarios.enumerated() {
                #expect(
                    ours[index] == theirs[index],
                    """
                    \(scenario.backend.joined(separator: "\n"))
                    haproxy \(theirs[index].joined(separator: " "))
                    ours    \(ours[index].joined(separator: " "))
                    """
                )
            }
            _ = closed
        }
    }
}

/// A backend, and the connections that come to it.
private struct Scenario {
    enum Step {
        /// A connection that ends before the next step; from 127.0.0.`source`.
        case ask(source: UInt8)
        /// A connection that stays until it is closed by its number.
        case open(Int)
        case close(Int)
    }

    /// Lines of the backend. `@1` to `@5` are the addresses of the servers, `@x` one that refuses.
    var backend: [String]
    var steps: [Step]

    func run(port: UInt16) throws -> [String] {
        var open: [Int: TestSocket] = [:]
        return try steps.map { step in
            switch step {
            case .ask(let source):
                let socket = try TestSocket.connect(port: port, from: source)
                defer { Self.end(socket) }
                return Self.name(socket)
            case .open(let number):
                let socket = try TestSocket.connect(port: port, from: 1)
                open[number] = socket
                return Self.name(socket)
            case .close(let number):
                if let socket = open.removeValue(forKey: number) { Self.end(socket) }
                return "-"
            }
        }
    }

    /// Who answers; empty if nobody does.
    private static func name(_ socket: TestSocket) -> String {
        try? socket.send("?")
        return String(decoding: (try? socket.receive()) ?? [], as: UTF8.self)
    }

    /// The proxy is through with the connection when this returns.
    private static func end(_ socket: TestSocket) {
        socket.shutdownWrite()
        _ = try? socket.receiveAll()
    }

    // MARK: - All of them

    static var all: [Scenario] {
        var result: [Scenario] = []
        let weights = [
            [1, 1, 1], [1, 2, 3], [5, 1, 1], [10, 20, 30, 40], [256, 1, 100], [3, 3, 2, 0], [7, 7, 7, 7, 1],
        ]
        for algorithm in ["roundrobin", "static-rr"] {
            for list in weights { result.append(Scenario(["balance \(algorithm)"] + servers(list), asks(60))) }
        }
        for list in [[1, 1, 1], [1, 2, 4], [100, 50, 10, 1]] {
            result.append(Scenario(["balance leastconn"] + servers(list), comingAndGoing(most: 14, seed: list.count)))
        }
        result.append(Scenario(["balance leastconn"] + servers([2, 2, 1, 1], "maxconn 4"), comingAndGoing(most: 15)))
        result.append(Scenario(["balance first"] + servers([1, 1, 1, 1], "maxconn 3"), comingAndGoing(most: 11)))
        let numbered = ["server a @1 id 9 maxconn 2", "server b @2 maxconn 2", "server c @3 id 1 maxconn 2"]
        result.append(Scenario(["balance first"] + numbered, comingAndGoing(most: 5)))
        for list in [[1, 1, 1], [4, 2, 1], [10, 15, 20, 25, 30]] {
            let places = servers(list)
            result.append(Scenario(["balance source"] + places, fromEverywhere))
            result.append(Scenario(["balance source", "hash-type map-based sdbm avalanche"] + places, fromEverywhere))
            for type in ["", " sdbm", " djb2 avalanche", " wt6", " crc32 avalanche"] {
                result.append(Scenario(["balance source", "hash-type consistent\(type)"] + places, fromEverywhere))
            }
        }
        result.append(Scenario(["balance source", "hash-type consistent"] + numbered, fromEverywhere))
        let bounded = ["balance source", "hash-type consistent", "hash-balance-factor 125"]
        result.append(Scenario(bounded + servers([1, 2, 3]), comingAndGoing(most: 12)))
        // Full servers are passed over, and lose their place.
        for algorithm in ["roundrobin", "static-rr"] {
            let limited = servers([3, 2, 1], "maxconn 3")
            result.append(Scenario(["balance \(algorithm)"] + limited, comingAndGoing(most: 8)))
        }
        result.append(contentsOf: backups)
        result.append(contentsOf: rules)
        return result
    }

    private static var backups: [Scenario] {
        var result: [Scenario] = []
        let down = ["server m @1 disabled", "server n @2 weight 0"]
        let spare = ["server o @3 backup weight 2", "server p @4 backup weight 3", "server q @5 backup weight 1"]
        for algorithm in ["roundrobin", "static-rr", "leastconn", "first", "source", "source\nhash-type consistent"] {
            for all in [[], ["option allbackups"]] {
                let lines = "balance \(algorithm)".split(separator: "\n").map { String($0) }
                result.append(Scenario(lines + all + down + spare, fromEverywhere))
                result.append(Scenario(lines + all + ["server m @1"] + spare, asks(4)))
            }
        }
        return result
    }

    private static var rules: [Scenario] {
        let ruled = ["use-server c if { src 127.0.0.3 127.0.0.5 }", "use-server b unless { src 127.0.0.1/29 }"]
        let refused = ["timeout connect 50ms", "server a @x", "server b @2", "server c @3"]
        return [
            Scenario(ruled + ["server a @1", "server b @2", "server c @3 weight 0"], fromEverywhere),
            Scenario(["use-server b if TRUE", "server a @1", "server b @2 disabled", "server c @3"], asks(6)),
            Scenario(["server-template s 2-3 @2", "default-server weight 3", "server z @4"], asks(9)),
            Scenario(["default-server weight 3 backup", "server y @3", "server z @4 no-backup weight 1"], asks(3)),
            // Another one takes what one refuses.
            Scenario(["option redispatch"] + refused, asks(8)),
            Scenario(["option redispatch 1", "balance leastconn"] + refused, asks(8)),
            Scenario(["option redispatch 2", "balance leastconn"] + refused, asks(5)),
            Scenario(["option redispatch 2", "retries 1", "balance leastconn"] + refused, asks(5)),
            Scenario(["option redispatch 3", "retries 2", "balance first"] + refused, asks(5)),
            Scenario(["option redispatch -1", "retries 2", "balance leastconn"] + refused, asks(5)),
            Scenario(["option redispatch 1", "balance source"] + refused, fromEverywhere(6)),
            Scenario(["option redispatch 1", "balance source", "hash-type consistent"] + refused, fromEverywhere(6)),
            Scenario(["option redispatch 1", "balance first"] + refused, asks(3)),
            // Without the option it does not.
            Scenario(["retries 1"] + refused, asks(6)),
        ]
    }

    private init(_ backend: [String], _ steps: [Step]) {
        self.backend = backend
        self.steps = steps
    }

    private static func servers(_ weights: [Int], _ options: String = "") -> [String] {
        weights.enumerated().map { "server s\($0 + 1) @\($0 + 1) weight \($1) \(options)" }
    }

    private static func asks(_ count: Int) -> [Step] { (0..<count).map { _ in .ask(source: 1) } }

    private static var fromEverywhere: [Step] { fromEverywhere(30) }

    private static func fromEverywhere(_ count: Int) -> [Step] { (0..<count).map { .ask(source: UInt8(1 + $0 * 7)) } }

    /// Connections that come and go, never more than `most` at a time; the same ones for the same seed.
    private static func comingAndGoing(most: Int, seed: Int = 1) -> [Step] {
        var state = UInt32(seed)
        func random(_ count: Int) -> Int {
            state = state &* 1_664_525 &+ 1_013_904_223
            return Int(state >> 8) % count
        }
        var open: [Int] = []
        return (0..<80).map { number in
            if open.isEmpty || open.count < most && random(5) < 3 {
                open.append(number)
                return .open(number)
            }
            return .close(open.remove(at: random(open.count)))
        }
    }
}

extension [Scenario] {
    /// A frontend on port 1000 and up for each, and one on port 999 at the end.
    fileprivate func configuration(_ servers: [UInt16], closed: UInt16) -> String {
        var text = """
            global
              nbthread 1
              maxconn 500
            defaults
              mode tcp
              timeout connect 5s
              timeout client 60s
              timeout server 60s

            """
        for (index, scenario) in enumerated() {
            text += "frontend f\(index)\n  bind 127.0.0.1:\(1000 + index)\n  default_backend b\(index)\n"
            text += "backend b\(index)\n"
            for line in scenario.backend {
                var words = line.split(separator: " ").map { String($0) }
                for (place, word) in words.enumerated() where word.hasPrefix("@") {
                    let port = Int(word.dropFirst()).map { servers[$0 - 1] } ?? closed
                    words[place] = "127.0.0.1:\(port)"
                }
                text += "  \(words.joined(separator: " "))\n"
            }
        }
        return text + "frontend ready\n  bind 127.0.0.1:999\n  default_backend none\n"
            + "backend none\n"
    }
}
