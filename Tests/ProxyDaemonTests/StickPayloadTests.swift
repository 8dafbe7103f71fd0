import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `stick` rules by what clients say, with conditions, and filters of `show table`, beside the real HAProxy.
@Suite(.blocking) struct StickPayloadTests {
    private static func configuration(_ socket: String, _ ports: [UInt16]) -> String {
        let tables = (1...5).map { number in
            let type = number == 4 ? "binary len 6" : "string len 20"
            return "backend t\(number)\n  stick-table type \(type) size 1k expire 1h store conn_cnt,gpc0\n"
        }
        return """
            \(ConfigurationHead.asked(at: socket))
            listen l
              bind 127.0.0.1:80
              tcp-request inspect-delay 10s
              tcp-request content track-sc0 req.payload(0,4) table t1 if { req.len gt 3 }
              tcp-request content track-sc1 bin(61626300) table t2
              acl big req.payload(0,1) -m str B
              stick match req.payload(0,4) table t3 if big
              stick store-request req.payload(0,4) table t3 unless big
              stick on req.payload(1,3) table t4 if !big { req.len gt 4 }
              stick on bin(6162ff) table t5 if big
              server s1 127.0.0.1:\(ports[0])
              server s2 127.0.0.1:\(ports[1])
            \(tables.joined())
            """
    }

    private static let filters = [
        "show table t1", "show table t2", "show table t3", "show table t4", "show table t5",
        "show table t1 data.conn_cnt gt 1",
        "show table t1 data.conn_cnt le 1", "show table t1 data.conn_cnt eq 2", "show table t1 data.conn_cnt ne 2",
        "show table t1 data.conn_cnt ge 1 data.gpc0 eq 5", "show table t1 data.gpc0 gt 4 data.conn_cnt lt 2",
        "show table t1 data.gpc0 gt 4 data.conn_cnt lt 2 data.conn_cnt ne 7 data.gpc0 ge 0", "show table t1 key abcd",
        "show table t1 key", "show table t1 key nope", "show table t4 key 62636465", "show table t1 data.conn_cnt",
        "show table t1 data.nope eq 1",
        "show table t1 data.bytes_in_cnt gt 1", "show table t1 data.conn_cnt xx 1", "show table t1 data.conn_cnt gt",
        "show table t1 data.conn_cnt gt x", "show table t1 nope", "show table nope",
        "show table t1 data.server_id eq 1",
        "show table t3 data.server_id eq 1", "show table t3 data.server_id gt 1",
        "show table t1 data.gpc0 eq 5 data.conn_cnt",
    ]

    @Test func keysAndFiltersAreHAProxys() throws {
        try withDaemonRoom { directory in
            let servers = try [TestServer.staying("one"), TestServer.staying("two")]
            let results = try Background.ofBoth(in: directory) { start -> [String] in
                let path = "\(directory)/stats.sock"
                let program = try start(Self.configuration(path, servers.map { $0.port }))
                let isThere = try eventually { try Oracle.listens("127.0.0.1:80") && access(path, F_OK) == 0 }
                try #require(isThere, "\(program.errors)")
                var answers: [String] = []
                for text in ["abcdef", "abcdef", "Babc", "efgh", "Bxyz", "ejklo", "a\u{0}cdefg", "abcd"] {
                    let socket = try TestSocket.connect(port: 80)
                    try socket.send(text)
                    answers.append(String(decoding: try socket.receive(), as: UTF8.self))
                    socket.finish()
                }
                let client = MasterClient(path: path, timeoutMilliseconds: 60000)
                answers.append(try client.send("set table t1 key abcd data.gpc0 5"))
                answers.append(try client.send("set table t1 key efgh data.gpc0 7"))
                for filter in Self.filters { answers.append(filter + "\n" + masked(try client.send(filter))) }
                answers.append("\(program.poll() ?? 0)")
                return answers
            }
            #expect(results.ours.count == results.theirs.count)
            for (ours, theirs) in zip(results.ours, results.theirs) { #expect(ours == theirs) }
        }
    }
}
