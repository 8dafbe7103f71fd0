import Glibc
import Synchronization
import Syscalls
import TestSupport
import Testing

/// Each field of the log and each counter of `show stat`, case by case, beside the real HAProxy.
@Suite(.blocking) struct CounterOracleTests {
    /// What depends on the moment of asking, and what is another number by nature: nothing of ours reckons how many idle
    /// connections would be worth keeping.
    private static let ofTheMoment: Set<String> = [
        "need_conn_est", "pid", "rate", "rate_max", "conn_rate", "conn_rate_max", "lastsess", "lastchg", "downtime", "",
        "-",
    ]
    private static let times: Set<String> = [
        "qtime", "ctime", "rtime", "ttime", "qtime_max", "ctime_max", "rtime_max", "ttime_max",
    ]
    /// Shorter is at once in a line; what waits does so for twice as long. Counters are of two connections at times, and half as long
    /// is long.
    private static let atOnce = 900

    /// Where clients go.
    private struct Servers {
        let echo = try? TestServer.echo()
        let silent = try? TestServer { _ = try $0.receiveAll() }
        let talking = try? TestServer { connection in
            try connection.send("hello")
            _ = try connection.receiveAll()
        }
        let answering = try? TestServer { connection in
            if try connection.receive().isEmpty { return }
            try connection.send("ANSWER")
            _ = try connection.receiveAll()
        }
        /// Speaks when the client does so no more.
        let late = try? TestServer { connection in
            _ = try connection.receiveAll()
            try connection.send("ANSWER")
        }
        /// Never silent for as long as the time of a server, and longer than that in all.
        let dripping = try? TestServer { connection in
            if try connection.receive().isEmpty { return }
            for _ in 0..<4 {
                poll(nil, 0, CInt(CounterCase.wait / 2))
                try connection.send(".")
            }
            connection.shutdownWrite()
        }
        let ending = try? TestServer { connection in
            if try connection.receive().isEmpty { return }
            try connection.send("ANSWER")
            connection.shutdownWrite()
            _ = try connection.receiveAll()
        }
        let resetting = try? TestServer { connection in
            _ = try connection.receive()
            connection.resetOnClose()
        }
        let failing = try? TestServer { connection in
            try connection.send(try connection.receive())
            _ = try connection.receive()
            connection.resetOnClose()
        }
        let closed = try? TestSocket.bound(listening: false)

        func lines(_ text: String, _ directory: String) -> String {
            text.replacing("ECHO", with: "127.0.0.1:\(echo?.port ?? 0)")
                .replacing("SILENT", with: "127.0.0.1:\(silent?.port ?? 0)")
                .replacing("TALKING", with: "127.0.0.1:\(talking?.port ?? 0)")
                .replacing("ANSWERING", with: "127.0.0.1:\(answering?.port ?? 0)")
                .replacing("LATE", with: "127.0.0.1:\(late?.port ?? 0)")
                .replacing("DRIPPING", with: "127.0.0.1:\(dripping?.port ?? 0)")
                .replacing("ENDING", with: "127.0.0.1:\(ending?.port ?? 0)")
                .replacing("RESETTING", with: "127.0.0.1:\(resetting?.port ?? 0)")
                .replacing("FAILING", with: "127.0.0.1:\(failing?.port ?? 0)")
                .replacing("REFUSED", with: "127.0.0.1:\(closed?.port ?? 0)")
                .replacing("NOWHERE", with: "unix@\(directory)/nowhere")
        }
    }

    @Test func linesAndCountersAreHAProxys() throws {
        try withDaemonRoom { directory in
            let cases = CounterCase.all
            let servers = Servers()
            let ports = cases.indices.map { UInt16(1000 + $0) }
            let both = try BothProxies(in: directory, ports: ports) { host in
                var text = "global\n  stats socket \(directory)/stats\(host) level admin\n  stats maxconn 200\n"
                text += "defaults\n  mode tcp\n  log global\n  option tcplog\n  retries 1\n"
                text += "  timeout connect 2s\n  timeout client 60s\n  timeout server 60s\n  timeout queue 60s\n"
                for (index, one) in cases.enumerated() {
                    text += "frontend f\(index)\n  bind 127.0.0.\(host):\(ports[index])\n"
                    text += servers.lines(one.frontend, directory) + "\n  default_backend b\(index)\n"
                    text += "backend b\(index)\n" + servers.lines(one.backend, directory) + "\n"
                }
                return text
            }
            for host in BothProxies.hosts {
                let listens = try eventually {
                    try access("\(directory)/stats\(host)", F_OK) == 0
                        && Oracle.listens("127.0.0.\(host):\(ports.last ?? 0)")
                }
                try #require(listens)
            }
            let sides = BothProxies.hosts.map { host in
                cases.indices.map { index in
                    CounterCase.Side(host: host, port: ports[index], number: index, path: "\(directory)/stats\(host)")
                }
            }
            let answers = Self.drive(cases, sides)
            for side in sides {
                // Every connection has ended, and is counted.
                let isThrough = try eventually {
                    try side[0].rows().allSatisfy { ["0", ""].contains($0["scur"] ?? "") && $0["qcur"] != "1" }
                }
                try #require(isThrough)
            }
            let (ours, theirs) = (try sides[0][0].rows(), try sides[1][0].rows())
            for (index, one) in cases.enumerated() {
                #expect(answers[0][index] == answers[1][index], "\(one.name)")
                #expect(Self.lines(both.output(1), index) == Self.lines(both.output(2), index), "\(one.name)")
                let own = Self.counters(ours, index)
                let expected = Self.counters(theirs, index)
                #expect(own.count == expected.count && own.count >= 2, "\(one.name)")
                let differences = zip(own, expected).flatMap { a, b in
                    Set(a.keys).union(b.keys).sorted().compactMap { a[$0] == b[$0] ? nil : Self.words(a, b, $0) }
                }
                #expect(differences == [], "\(one.name)")
            }
            // What is compared is there: each of these was counted somewhere.
            for column in [
                "wretr", "wredis", "lbtot", "qtime", "bin", "bout", "econ", "cli_abrt", "srv_abrt", "dreq", "dresp",
                "ereq", "dcon", "dses", "qmax", "connect", "chkdown",
            ] {
                let isCounted = theirs.contains { !["", "0"].contains($0[column] ?? "") }
                #expect(isCounted, "\(column)")
            }
        }
    }

    private static func words(_ ours: [String: String], _ theirs: [String: String], _ column: String) -> String {
        let row = "\(theirs["pxname"] ?? "")/\(theirs["svname"] ?? "")"
        return "\(row) \(column): \(ours[column] ?? "none"), HAProxy \(theirs[column] ?? "none")"
    }

    /// Those of one proxy one beside the other, a few at a time.
    private static func drive(_ cases: [CounterCase], _ sides: [[CounterCase.Side]]) -> [[String]] {
        let answers = Mutex([[String]](repeating: [String](repeating: "", count: cases.count), count: 2))
        let next = Mutex(0)
        let running = Mutex(0)
        for _ in 0..<6 {
            running.withLock { $0 += 1 }
            startThread {
                while true {
                    let turn = next.withLock { value in
                        value += 1
                        return value - 1
                    }
                    if turn >= cases.count * 2 { break }
                    let (index, side) = (turn / 2, turn % 2)
                    var answer = ""
                    do { answer = try cases[index].drive(sides[side][index]) } catch { answer = "\(error)" }
                    let words = answer
                    answers.withLock { $0[side][index] = words }
                }
                running.withLock { $0 -= 1 }
            }
        }
        let hasEnded = eventually(seconds: 240) { running.withLock { $0 == 0 } }
        #expect(hasEnded)
        return answers.withLock { $0 }
    }

    /// The rows of a case, times as what they are about.
    private static func counters(_ rows: [[String: String]], _ index: Int) -> [[String: String]] {
        rows.filter { $0["pxname"] == "f\(index)" || $0["pxname"] == "b\(index)" }.map { row in
            var result: [String: String] = [:]
            for (name, value) in row where !ofTheMoment.contains(name) {
                result[name] = times.contains(name) ? Int(value).map { $0 < atOnce / 2 ? "short" : "long" } : value
            }
            return result
        }
    }

    /// The lines about a case, sorted: dates, ports and numbers of all are chance.
    private static func lines(_ log: String, _ index: Int) -> [String] {
        let names = ["f\(index)", "b\(index)"]
        return log.split(separator: "\n").compactMap { line -> String? in
            var words = line.split(separator: " ").map { String($0) }
            let isOfCase = words.contains { word in
                names.contains { word == $0 || word == "\($0)." || word.hasPrefix("\($0)/") }
            }
            guard isOfCase else { return nil }
            if words.count > 6, words[1].hasPrefix("[") {
                words[0] = String(words[0].prefix { $0 != ":" })
                words[1] = ""
                words[4] = words[4].split(separator: "/").map(Self.time).joined(separator: "/")
                words[7] = "n/n/" + words[7].split(separator: "/").dropFirst(2).joined(separator: "/")
            } else if words.count > 1, words[1].hasPrefix("[") {
                words[0] = String(words[0].prefix { $0 != ":" })
                words[1] = ""
            } else if let sessions = words.firstIndex(of: "sessions"), words.count > sessions + 1,
                words[sessions + 1].hasPrefix("active")
            {
                // Whether those that are cut have ended yet is chance.
                words[sessions - 1] = "n"
            }
            return words.joined(separator: " ").replacing("127.0.0.1", with: "host").replacing(
                "127.0.0.2",
                with: "host"
            )
        }.sorted()
    }

    private static func time(_ text: Substring) -> String {
        if text == "-1" { return "-1" }
        let isEarly = text.hasPrefix("+")
        guard let value = Int(isEarly ? text.dropFirst() : text) else { return String(text) }
        return (isEarly ? "+" : "") + (value < atOnce ? "short" : "long")
    }
}
