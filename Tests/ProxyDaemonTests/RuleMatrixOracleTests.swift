import Glibc
import Syscalls
import TestSupport
import Testing

/// Every action in every place where HAProxy 2.6 takes it, and what comes of it, against the real one.
@Suite(.blocking) struct RuleMatrixOracleTests {
    private static let requests = [
        "accept", "reject", "set-var(sess.a) int(5)", "set-var(txn.a) int(5)", "set-var(proc.a) int(5)",
        "set-var(req.a) int(5)", "set-var(res.a) int(5)", "set-var-fmt(sess.a) x%[src]", "unset-var(sess.b)",
        "set-src ipv4(192.0.2.9)",
        "set-src-port int(4711)", "set-dst ipv4(192.0.2.8)", "set-dst-port int(99)", "set-mark 7", "set-tos 16",
        "sc-inc-gpc0(0)", "sc-inc-gpc1(0)", "sc-inc-gpc(1,1)", "sc-set-gpt0(0) 9", "sc-set-gpt(1,1) 5",
        "sc-inc-gpc0(2)", "track-sc0 src table t", "track-sc1 src table t", "track-sc2 src table t",
        "track-sc2 dst table arrays", "track-sc2 int(7) table t",
    ]
    private static let contents = [
        "set-log-level notice", "set-log-level silent", "set-nice 3", "set-priority-class int(1)",
        "set-priority-offset int(3)", "sc-set-gpt0(0) int(9)", "capture src len 3",
    ]
    private static let responses = [
        "accept", "reject", "close", "set-var(sess.a) int(5)", "set-var(txn.a) int(5)", "set-var(res.a) int(5)",
        "set-var(req.a) int(5)",
        "set-var-fmt(sess.a) x%[src]", "unset-var(sess.b)", "set-mark 7", "set-tos 16", "sc-inc-gpc0(0)",
        "sc-inc-gpc1(0)",
        "sc-inc-gpc(1,1)", "sc-set-gpt0(0) int(9)", "sc-set-gpt0(0) 9", "sc-set-gpt(1,1) 5", "set-log-level notice",
        "set-log-level silent", "set-nice 3",
    ]

    /// Rules and their conditions: in a place an action does, and does not; and behind one that has decided.
    private static let cases: [String] = {
        var lines: [String] = []
        for place in ["connection", "session", "content"] {
            for action in requests + (place == "content" ? contents : []) {
                lines.append("  tcp-request \(place) \(action)")
                lines.append("  tcp-request \(place) \(action) if { src 192.0.2.1 }")
            }
            lines.append("  tcp-request \(place) accept if TRUE\n  tcp-request \(place) set-var(sess.a) int(6)")
            lines.append("  tcp-request \(place) reject if FALSE\n  tcp-request \(place) set-var(sess.a) int(6)")
        }
        // A variable of the request is there until a server is looked for.
        for read in [
            "tcp-request content set-var(sess.a) var(req.a)", "tcp-response content set-var(sess.a) var(req.a)",
        ] {
            lines.append("  tcp-request content set-var(req.a) int(8)\n  \(read)")
        }
        // Whether the server has answered by the time that nobody waits for it would be chance.
        let wait = "  tcp-response inspect-delay 60s\n"
        for action in responses {
            lines.append(wait + "  tcp-response content \(action) if WAIT_END")
            lines.append(wait + "  tcp-response content \(action) if WAIT_END !{ src 127.0.0.0/8 }")
        }
        lines.append(
            wait + "  tcp-response content accept if WAIT_END\n  tcp-response content set-var(sess.a) int(6)"
        )
        return lines
    }()

    /// All that actions change. The port of a client is chance, unless a rule sets it.
    private static let format =
        [
            "%ci", "%[src_port,sub(4711),bool]", "%[src_port,bool]", "%fi", "%fp", "%[src]", "%[dst]", "%[dst_port]",
            "%[var(sess.a)]",
            "%[var(txn.a)]", "%[var(proc.a)]", "%[var(req.a)]", "%[var(res.a)]", "%[var(sess.b)]", "%ts", "%B",
        ].joined(separator: "|")
        + ["sc0_get_gpc0", "sc0_get_gpc1", "sc0_get_gpt0", "sc_get_gpc(1,1)", "sc_get_gpt(1,1)"].map { "|%[\($0)]" }
        .joined() + (0..<3).map { "|%[sc\($0)_tracked]%[sc\($0)_conn_cnt]" }.joined()

    private static func lines(_ port: UInt16, _ start: (String) throws -> Background) throws -> [String] {
        let receiver = try LogReceiver()
        var text = """
            \(receiver.head(length: 4096))
            backend t
              stick-table type ip size 1k expire 1h store gpc0,gpc1,gpt0,conn_cnt
            backend arrays
              stick-table type ip size 1k expire 1h store gpc(2),gpt(2),conn_cnt
            listen last
              bind 127.0.0.1:999
              log-format last
              server s1 127.0.0.1:\(port)

            """
        for (index, rules) in cases.enumerated() {
            // Keys of their own: what one counts is not seen by another.
            let isTracking = rules.contains("track-sc0") || rules.contains("track-sc1")
            text += "listen l\(index)\n  bind 127.0.0.1:\(1000 + index)\n"
            if !isTracking {
                text += "  tcp-request connection track-sc0 dst_port table t\(index)\n"
                text += "  tcp-request connection track-sc1 dst_port table a\(index)\n"
            }
            text += "  tcp-request connection set-var(sess.b) str(b)\n\(rules)\n"
            text += "  log-format \"l\(index)|\(format)\"\n  server s1 127.0.0.1:\(port)\n"
            if !isTracking {
                text += "backend t\(index)\n  stick-table type integer size 10 store gpc0,gpc1,gpt0,conn_cnt\n"
                text += "backend a\(index)\n  stick-table type integer size 10 store gpc(2),gpt(2),conn_cnt\n"
            }
        }
        let program = try start(text)
        let listens = try eventually { try Oracle.listens("127.0.0.1:\(999 + cases.count)") }
        #expect(listens, "\(program.errors)")
        var seen: [String] = []
        for index in cases.indices {
            let socket = try TestSocket.connect(port: UInt16(1000 + index))
            // Words that nobody reads make a reset of an end, if they come in time.
            let isUnheard = ["session reject", "connection reject"].contains {
                cases[index].contains($0) && !cases[index].contains(" if ")
            }
            if !isUnheard {
                try? socket.send("abc")
                socket.shutdownWrite()
            }
            seen.append(socket.rest())
        }
        _ = try TestSocket.asking(port: 999)
        let isTold = eventually { receiver.received().contains { $0.hasPrefix("last") } }
        #expect(isTold)
        let told = receiver.received()
        return seen.enumerated().map { index, words in
            let line = told.first { $0.hasPrefix("l\(index)|") } ?? "no line"
            return words + " " + line.filter { $0 != "\n" }
        }
    }

    @Test func everyActionDoesWhatHAProxysDoes() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            let results = try Background.ofBoth(in: directory) { try Self.lines(server.port, $0) }
            #expect(results.ours.count == Self.cases.count)
            for (rules, (ours, theirs)) in zip(Self.cases, zip(results.ours, results.theirs)) where ours != theirs {
                Issue.record("\(rules): '\(ours)', HAProxy '\(theirs)'")
            }
            // What is compared is there.
            for part in ["192.0.2.9", "192.0.2.8", "|99|", "|5|", "|x127.0.0.1|", "no line", " reset"] {
                let isThere = results.theirs.contains { $0.contains(part) }
                #expect(isThere, "\(part)")
            }
        }
    }
}
