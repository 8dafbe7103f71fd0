import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Stick tables that tell each other of their entries: ours and the real HAProxy, and two of ours.
@Suite(.blocking) struct PeerTests {
    private static let tables = ["t1", "t2", "t3", "t4", "t5", "pp/own"]

    /// One of two peers, A on 127.0.0.3 and B on 127.0.0.2.
    private struct Side {
        let process: Background
        let client: MasterClient
        let host: UInt8

        func tables() throws -> [String] {
            try PeerTests.tables.map { masked(try client.send("show table \($0)")) }
        }

        func has(_ text: String) -> Bool {
            (try? tables().contains { $0.contains(text) }) ?? false
        }
    }

    private static func start(_ program: String, _ host: UInt8, _ server: UInt16, in directory: String) throws -> Side {
        let path = "\(directory)/\(host)"
        let text = """
            \(ConfigurationHead.asked(at: "\(path).sock"))
            peers pp
              disabled
              enabled
              peer A 127.0.0.3:10000
              peer B 127.0.0.2:10000
              table own type string len 10 size 10 expire 10m store gpc0
            listen f
              bind 127.0.0.\(host):1000
              stick on src table t2
              server s1 127.0.0.1:\(server)
            backend t1
              stick-table type ip size 1k expire 1h peers pp store conn_cnt,conn_rate(10m),sess_cnt,bytes_in_cnt,\
            bytes_in_rate(10m),gpc0,gpc0_rate(10m),gpt0
            backend t2
              stick-table type string len 40 size 1k expire 1h peers pp
            backend t3
              stick-table type integer size 20 peers pp store gpc(3),gpt(2),gpc_rate(2,10m),bytes_out_cnt
            backend t4
              stick-table type binary len 8 size 100 expire 10m peers pp store gpc0
            backend t5
              stick-table type ipv6 size 100 expire 10m peers pp store conn_cnt

            """
        let file = try FileDescriptor.open("\(path).cfg", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try file.writeAll(Array(text.utf8))
        let name = host == 3 ? "A" : "B"
        let process = try Background([program, "-db", "-f", "\(path).cfg", "-L", name], in: directory)
        let listens = try eventually {
            try Oracle.listens("127.0.0.\(host):1000") && access("\(path).sock", F_OK) == 0
        }
        try #require(listens, "\(process.errors)")
        return Side(
            process: process,
            client: MasterClient(path: "\(path).sock", timeoutMilliseconds: 60000),
            host: host
        )
    }

    private static func fill(_ side: Side, _ number: Int) throws {
        for command in [
            "set table t1 key 10.0.0.\(number) data.gpc0 5 data.conn_rate 7 data.conn_cnt 300 data.bytes_in_cnt 99999999999",
            "set table t1 key 10.0.1.\(number) data.gpt0 \(number) data.gpc0_rate 1000",
            "set table t3 key \(number)000 data.gpc \(number) data.gpc_rate 9 data.bytes_out_cnt 241",
            "set table t5 key 2001:db8::\(number) data.conn_cnt 240", "set table pp/own key k\(number) data.gpc0 1",
        ] { #expect(try side.client.send(command) == "\n") }
        #expect(try TestSocket.asking(port: 1000, host: side.host).answer == "x")
    }

    private static func check(_ first: String, _ second: String) throws {
        try withDaemonRoom { directory in
            let server = try TestServer.staying("x")
            var ours = try start(first, 3, server.port, in: directory)
            var theirs = try start(second, 2, server.port, in: directory)
            func agree(_ words: String...) throws {
                let isThere = eventually { words.allSatisfy { ours.has($0) && theirs.has($0) } }
                let (mine, their) = (try ours.tables(), try theirs.tables())
                #expect(isThere, "\(words)\n\(mine)\n\(their)\n\((try? ours.client.send("show peers")) ?? "")")
                let areSame = eventually { (try? ours.tables() == theirs.tables()) ?? false }
                #expect(areSame, "\(mine)\n\(their)")
            }
            // What is there before the peers find each other, and what comes later, both ways.
            try fill(ours, 1)
            try agree("key=10.0.0.1 ", "key=1000 ", "key=2001:db8::1 ", "key=k1 ", "server_key=s1")
            try fill(theirs, 2)
            try agree("key=10.0.0.2 ", "key=2000 ", "key=2001:db8::2 ", "key=k2 ")
            try fill(ours, 3)
            try agree("key=10.0.0.3 ", "key=k3 ")
            // A process that begins is told by the other one.
            theirs.process.signal(SIGKILL)
            _ = eventually { theirs.process.poll() != nil }
            theirs = try start(second, 2, server.port, in: directory)
            try agree("key=10.0.0.1 ", "key=2000 ", "key=k3 ", "server_key=s1")
            ours.process.signal(SIGKILL)
            _ = eventually { ours.process.poll() != nil }
            ours = try start(first, 3, server.port, in: directory)
            try agree("key=10.0.0.1 ", "key=2000 ", "key=k3 ", "server_key=s1")
            try fill(theirs, 4)
            try fill(ours, 5)
            try agree("key=10.0.0.4 ", "key=10.0.0.5 ", "key=k4 ", "key=k5 ")
            let peers = try ours.client.send("show peers pp")
            #expect(peers.contains("id=B(remote,active) addr=127.0.0.2:10000 last_status=ESTA"), "\(peers)")
            #expect(try ours.client.send("show peers nope") == theirs.client.send("show peers nope"))
        }
    }

    @Test func entriesAreToldToHAProxyAndLearntFromIt() throws { try Self.check(proxyd, "haproxy") }

    @Test func entriesAreToldToAnotherOfOurs() throws { try Self.check(proxyd, proxyd) }

    /// Many entries, more than a slow reader is told of at once.
    @Test func manyEntriesArrive() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.staying("x")
            let ours = try Self.start(proxyd, 3, server.port, in: directory)
            let commands = (0..<1000).map { "set table t1 key 10.1.\($0 / 250).\($0 % 250) data.gpc0 \($0)" }
            for start in stride(from: 0, to: 1000, by: 50) {
                _ = try ours.client.send(commands[start..<start + 50].joined(separator: ";"))
            }
            let theirs = try Self.start("haproxy", 2, server.port, in: directory)
            let areSame = eventually { (try? ours.tables() == theirs.tables()) ?? false }
            #expect(areSame)
            #expect(try theirs.client.send("show table t1").contains("used:1000"))
        }
    }
}
