import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Conditions of `stick` rules that have effects, beside the real HAProxy: each is evaluated once for a connection.
@Suite(.blocking) struct StickOnceTests {
    private static func configuration(_ socket: String, _ ports: [UInt16]) -> String {
        let tables = (0...15).map { number in
            "backend t\(number)\n  stick-table type string len 20 size 1k expire 1h store gpc0,server_id\n"
        }
        let rules = """
              tcp-request content track-sc0 src table COUNT
              stick store-request src table t1 if { sc0_inc_gpc0 gt 1000 }
              stick store-request src table t1 if { sc0_inc_gpc0 gt 0 }
              stick store-request dst_port table t1 if { sc0_inc_gpc0 gt 0 }
              stick match src table t2 if { sc0_inc_gpc0 gt 0 }
              stick on src table t2 if { sc0_inc_gpc0 gt 0 }
              stick on dst table t2 if { sc0_inc_gpc0 gt 0 }
              stick match dst table t1 unless { sc0_inc_gpc0 gt 0 }
              stick store-request src,concat(x) table t15
              stick store-response src table t3 if { sc0_inc_gpc0 gt 1000 }
              stick store-response src table t3 if { sc0_inc_gpc0 gt 0 }
              stick store-response dst table t3 if { sc0_inc_gpc0 gt 0 }
              stick store-response dst table t2 if { sc0_inc_gpc0 gt 0 }
            """
        let servers = """
              server s1 127.0.0.1:\(ports[0])
              server s2 127.0.0.1:\(ports[1])
            """
        let many = (4...14).map { "  stick store-request src table t\($0) if { sc0_inc_gpc0 gt 0 }" }
        return """
            \(ConfigurationHead.asked(at: socket))
            listen plain
              bind 127.0.0.1:80
            \(rules.replacing("COUNT", with: "t0"))
            \(servers)
            listen judged
              bind 127.0.0.1:81
              tcp-response content accept if { res.len gt 0 }
            \(rules.replacing("COUNT", with: "t0"))
            \(servers)
            listen ruled
              bind 127.0.0.1:82
              use-server s2 if { src 127.0.0.1 }
            \(rules.replacing("COUNT", with: "t0"))
            \(servers) non-stick
            listen many
              bind 127.0.0.1:83
              tcp-request content track-sc0 src table t0
            \(many.joined(separator: "\n"))
              stick store-response dst table t4 if { sc0_inc_gpc0 gt 0 }
            \(servers)
            \(tables.joined())
            """
    }

    @Test func conditionsCountOnce() throws {
        try withDaemonRoom { directory in
            let servers = try [TestServer.staying("one"), TestServer.staying("two")]
            let results = try Background.ofBoth(in: directory) { start -> [String] in
                let path = "\(directory)/stats.sock"
                let program = try start(Self.configuration(path, servers.map { $0.port }))
                let isThere = try eventually { try Oracle.listens("127.0.0.1:83") && access(path, F_OK) == 0 }
                try #require(isThere, "\(program.errors)")
                let client = MasterClient(path: path, timeoutMilliseconds: 60000)
                var answers: [String] = []
                for port in [80, 81, 82, 83] as [UInt16] {
                    for _ in 0..<3 {
                        let socket = try TestSocket.connect(port: port)
                        try socket.send("hello")
                        answers.append(String(decoding: try socket.receive(), as: UTF8.self))
                        socket.finish()
                        _ = try? socket.receiveAll()
                    }
                    for table in 0...15 {
                        let lines = masked(try client.send("show table t\(table)"))
                            // Who still looks at an entry is chance.
                            .replacing("use=1", with: "use=0").split(separator: "\n")
                        answers.append("\(port) " + lines.sorted().joined(separator: "\n"))
                    }
                }
                answers.append("\(program.poll() ?? 0)")
                return answers
            }
            #expect(results.ours.count == results.theirs.count)
            for (ours, theirs) in zip(results.ours, results.theirs) { #expect(ours == theirs) }
        }
    }
}
