import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `show table`, `set table` and `clear table` beside the real HAProxy: the same words, answer by answer.
@Suite(.blocking) struct TableCommandTests {
    private static let commands = [
        "show table", "show table t1", "show table nope", "show table t1 foo", "clear table", "set table",
        "clear table t1 foo", "set table t1 foo", "set table x key", "set table t1 key", "show table t1 key",
        "set table t1 data.gpc0 gt 1",
        "set table t1 key 10.0.0.1 data.gpc0 5 data.conn_rate 7 data.conn_cnt -3 data.bytes_in_cnt 99999999999",
        "set table t1 key 10.0.0.2 data.gpc0 6 foo", "set table t1 key 10.0.0.3 data.foo 5",
        "set table t1 key 10.0.0.3 data.gpc 5", "set table t1 key 10.0.0.4 data.gpt0 8 data.gpc0 x",
        "set table t1 key 10.0.0.3 data.gpc0", "set table t1 key zz data.gpc0 1", "set table t1 key ::1 data.gpc0 1",
        "set table t1 key 300.1.1.1", "set table t1 key 1.2.3.4 data.conn_cnt 1s",
        "set table t1 key 9.9.9.9 data.bytes_out_cnt 12 data.http_req_cnt 4 data.http_err_rate 3",
        "show table t1", "show table t1 key 10.0.0.1", "show table t1 key 10.9.9.9",
        "show table t1 data.gpc0 gt 5", "show table t1 data.gpc0 ge 5", "show table t1 data.gpc0 eq 5",
        "show table t1 data.gpc0 ne 5", "show table t1 data.gpc0 lt 5", "show table t1 data.gpc0 le 5",
        "show table t1 data.gpc0 gt 1 data.conn_cnt lt 7", "show table t1 data.conn_rate eq 7",
        "show table t1 data.gpc0 zz 1", "show table t1 data.gpc0 gt", "show table t1 data.gpc0 gt 1x",
        "show table t1 data.gpc0 gt 1 data.conn_cnt lt 7 data.gpc0 gt 1 data.gpc0 gt 1 data.gpc0 gt 1",
        "show table t1 data.foo gt 1", "show table t1 data.gpc gt 1", "show table t2 data.server_key eq 1",
        "show table t2 data.server_name eq 0",
        "clear table t1 key 10.0.0.1", "clear table t1 key 10.0.0.1", "clear table t1 data.gpt0 eq 8", "show table t1",
        "set table t3 key 8081 data.gpc 9", "set table t3 key 7 data.gpc_rate 9", "set table t3 key 256 data.gpt 3",
        "show table t3", "show table t3 data.gpc gt 1", "show table t3 data.gpt eq 3", "set table t3 key -1",
        "set table t3 key 99999999999", "set table t3 key x", "set table t3 key 7x", "show table t3",
        "set table t2 key abcdefghijklmnopqrstuvwxyz data.server_id 4", "set table t2 key abc data.server_key foo",
        "set table t2 key abd data.server_key 4 data.conn_cnt 3", "show table t2",
        "show table t2 key abcdefghijklmnopqrs", "show table t2 key abcdefghijklmnopqrst", "show table t2 key nope",
        "set table t4 key abc data.gpc0 1", "show table t4 key abc", "clear table t4 key abc", "show table t4",
        "set table t5 key 127.0.0.1", "set table t5 key ::ffff:1.2.3.4", "set table t5 key 2001:db8::7",
        "show table t5", "clear table t5 key ::2", "clear table t5 key ::ffff:1.2.3.4", "show table t5",
        "show table b", "clear table t1", "show table t1", "show table",
    ]

    private static let tables = """
        backend t1
          stick-table type ip size 1k expire 1h store conn_cnt,conn_cur,conn_rate(10m),sess_cnt,sess_rate(10m),bytes_in_cnt,\
        bytes_in_rate(10m),bytes_out_cnt,bytes_out_rate(10m),gpc0,gpc0_rate(10m),gpc1,gpc1_rate(10m),gpt0,http_req_cnt,\
        http_req_rate(10m),http_err_cnt,http_err_rate(10m),http_fail_cnt,http_fail_rate(10m)
        backend t2
          stick-table type string len 20 size 10 store conn_cnt,sess_cnt,server_id,server_key,bytes_in_cnt
        backend t3
          stick-table type integer size 20 store conn_cnt,sess_cnt,gpc(3),gpt(2),gpc_rate(2,10m),bytes_in_cnt
        backend t4
          stick-table type binary len 8 size 100 expire 10m store gpc0
        backend t5
          stick-table type ipv6 size 100 expire 10m store conn_cur
        backend b
          stick-table type ip size 1m expire 30m
          stick on src
          server s1 127.0.0.1:9

        """

    @Test func tablesAreShownAndChangedInHAProxysWords() throws {
        try withTablePair(Self.tables) { ours, theirs in
            for command in Self.commands {
                let (mine, their) = (masked(try ours.send(command)), masked(try theirs.send(command)))
                #expect(mine == their, "\(command)")
            }
        }
    }

    @Test func onlyAnOperatorSeesAndChangesEntries() throws {
        try withTablePair(Self.tables, level: "user") { ours, theirs in
            let commands = [
                "show table", "show table t1", "show table t1 key 127.0.0.1", "show table t1 data.gpc0 gt 1",
                "clear table t1",
                "clear table t1 key 1.1.1.1", "set table t1 key 1.1.1.1 data.gpc0 1", "set table t1 key",
                "show table t1",
            ]
            for command in commands {
                let (mine, their) = (masked(try ours.send(command)), masked(try theirs.send(command)))
                #expect(mine == their, "\(command)")
            }
        }
    }
}

/// Addresses of entries are nobody else's, and what is left of an hour is not the same twice.
func masked(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line.split(separator: " ", omittingEmptySubsequences: false).map { word in
            if word.hasPrefix("0x") { return "0x" }
            return word.hasPrefix("exp=") && word != "exp=0" ? "exp=n" : String(word)
        }.joined(separator: " ")
    }.joined(separator: "\n")
}

/// Clients of the stats sockets of both, with the same tables.
private func withTablePair(
    _ body: String,
    level: String = "admin",
    _ check: @escaping @Sendable (MasterClient, MasterClient) throws -> Void
) throws {
    try withDaemonRoom { directory in
        func start(_ program: String, _ host: UInt8) throws -> (Background, MasterClient) {
            let path = "\(directory)/\(host)"
            let text = """
                global
                  stats socket \(path).sock level \(level)
                  nbthread 1
                defaults
                  mode tcp
                  timeout connect 60s
                  timeout client 60s
                  timeout server 60s
                listen f
                  bind 127.0.0.\(host):1000
                \(body)
                """
            try FileDescriptor.open("\(path).cfg", O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
            let process = try Background([program, "-db", "-f", "\(path).cfg"], in: directory)
            let listens = try eventually {
                try Oracle.listens("127.0.0.\(host):1000") && access("\(path).sock", F_OK) == 0
            }
            try #require(listens, "\(process.errors)")
            return (process, MasterClient(path: "\(path).sock", timeoutMilliseconds: 60000))
        }
        let (ours, theirs) = (try start(proxyd, 3), try start("haproxy", 2))
        try check(ours.1, theirs.1)
        _ = (ours, theirs)
    }
}
