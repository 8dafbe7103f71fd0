import TestSupport
import Testing

/// A server, and how it is checked.
struct HealthCase: Sendable, CustomStringConvertible {
    var name: String
    /// Nobody listens if there is none.
    var script: [ServerStep]? = nil
    var lines: [String]
    var options = ""
    /// Somebody else listens there.
    var port: UInt16?
    /// The server stays silent, and that is the point.
    var isTimeout = false
    var description: String { name }

    /// Both programs check the same servers, and say the same of each.
    static func compare(_ cases: [HealthCase], head: String = "", in directory: String) throws {
        var servers: [TestServer] = []
        var closed: [TestSocket] = []
        var body = head
        for item in cases {
            let port: UInt16
            if let known = item.port {
                port = known
            } else if let script = item.script {
                let server = try scriptedServer(script)
                servers.append(server)
                port = server.port
            } else {
                let (socket, free) = try TestSocket.bound(listening: false)
                closed.append(socket)
                port = free
            }
            body += "backend \(item.name)\n  option log-health-checks\n"
            body += "  timeout check \(item.isTimeout ? "1s" : "60s")\n"
            for line in item.lines { body += "  \(line)\n" }
            // Only the first check of each is compared: all of them begin within the interval.
            body += "  server s1 127.0.0.1:\(port) check inter 3s fall 1 rise 1 \(item.options)\n"
        }
        let names = cases.map { $0.name }
        // HAProxy does not start without a listener.
        try DaemonFixture.write("frontend f\n  bind 127.0.0.1:80\n\(body)", in: directory)
        let start = ContinuousClock.now
        let oracle = try Background(["haproxy", "-db", "-f", "\(directory)/haproxy.cfg"], in: directory)
        try withTemporaryDirectory { ours in
            let daemon = try DaemonFixture(body, in: ours)
            compare(names, daemon.program, oracle)
            let passed = ContinuousClock.now - start
            for duration in durations(daemon.program.output) {
                #expect(.milliseconds(duration) <= passed, "a check of \(duration) ms")
            }
        }
        _ = (servers, closed)
    }

    private static func compare(_ names: [String], _ daemon: Background, _ oracle: Background) {
        #expect(eventually { names.allSatisfy { isDecided($0, daemon.output) } }, "\(daemon.output)")
        #expect(eventually { names.allSatisfy { isDecided($0, oracle.output) } }, "\(oracle.output)")
        for name in names {
            #expect(lines(name, daemon.output) == lines(name, oracle.output))
        }
    }

    /// How long checks took, in milliseconds.
    private static func durations(_ log: String) -> [Int] {
        log.split(whereSeparator: { $0 == " " || $0 == "\n" }).compactMap { word in
            word.hasSuffix("ms,") || word.hasSuffix("ms.") ? Int(word.dropLast(3)) : nil
        }
    }

    private static func isDecided(_ name: String, _ log: String) -> Bool {
        guard let first = lines(name, log).first else { return false }
        return first.contains("succeeded, ") && !first.contains("conditionally")
            || log.contains("\nbackend \(name) has no server available!")
    }

    /// What was said of a backend up to its second check, the durations masked.
    private static func lines(_ name: String, _ log: String) -> [String] {
        var result: [String] = []
        for line in log.split(separator: "\n").map({ String($0) }) {
            guard line.contains(" \(name)/s1 ") || line.hasPrefix("backend \(name) ") else { continue }
            if line.hasPrefix("Health check"), !result.isEmpty { break }
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            result.append(
                parts.map { $0.hasSuffix("ms,") || $0.hasSuffix("ms.") ? "N" : String($0) }.joined(separator: " ")
            )
        }
        return result
    }
}
