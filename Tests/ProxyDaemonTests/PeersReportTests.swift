import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `show peers` and `show peers dict`, line by line as the real HAProxy's.
@Suite(.blocking) struct PeersReportTests {
    private static func start(_ program: String, _ name: String, _ server: UInt16, in directory: String) throws
        -> (program: Background, client: MasterClient)
    {
        let host = name == "A" ? 3 : 2
        let path = "\(directory)/\(name)"
        let text = """
            global
              localpeer \(name)
            \(ConfigurationHead.asked(at: "\(path).sock"))
            peers pp
              peer C 127.0.0.9:10000
              peer A 127.0.0.3:10000
              peer B 127.0.0.2:10000
            listen f
              bind 127.0.0.\(host):1000
              stick on src table t2
              server s1 127.0.0.1:\(server)
            backend t1
              stick-table type ip size 1k expire 1h peers pp store conn_cnt,conn_rate(10m),gpc0
            backend t2
              stick-table type ip size 1k expire 1h peers pp

            """
        try FileDescriptor.open("\(path).cfg", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600).writeAll(Array(text.utf8))
        let process = try Background([program, "-db", "-f", "\(path).cfg"], in: directory)
        let isThere = eventually { access("\(path).sock", F_OK) == 0 }
        try #require(isThere, "\(process.errors)")
        return (process, MasterClient(path: "\(path).sock", timeoutMilliseconds: 60000))
    }

    /// What A says, whose neighbour is HAProxy.
    private static func answers(_ program: String, _ directory: String) throws -> [[String]] {
        let server = try TestServer.staying("x")
        let neighbour = try start("haproxy", "B", server.port, in: directory)
        let own = try start(program, "A", server.port, in: directory)
        for (side, host) in [(neighbour, UInt8(2)), (own, 3)] {
            #expect(try side.client.send("set table t1 key 10.0.0.\(host) data.gpc0 5") == "\n")
            #expect(try TestSocket.asking(port: 1000, host: host).answer == "x")
        }
        func text() -> String { (try? own.client.send("show peers dict pp")) ?? "" }
        // Both know of both tables, and each has got what the other one had to tell.
        let isThere = eventually {
            let lines = text().split(separator: "\n")
            return text().contains("last_status=ESTA") && text().contains(" 0 -> s1    1 -> -")
                && lines.filter { $0.contains("remote_data=0x80001") }.count >= 1
                && lines.filter { $0.contains("last_local_table") }.count == 1
        }
        try #require(isThere, "\(text()) \(own.program.errors)")
        let information = try own.client.send("show info").split(separator: "\n").map { String($0) }
        func value(_ name: String) -> String? {
            information.first { $0.hasPrefix("\(name): ") }.map { String($0.dropFirst(name.count + 2)) }
        }
        // Of a try to reach C there may be one just now.
        #expect(["1", "2"].contains(value("ActivePeers")), "\(program)")
        #expect(value("ConnectedPeers") == "1", "\(program)")
        // Each connection of TCP is a request; HAProxy counts those of its sockets and of peers, too.
        #expect(program != proxyd || value("CumReq") == "1")
        let answers = try lines(own.client)
        neighbour.program.signal(SIGTERM)
        let isAlone = eventually {
            (try? own.client.send("show info"))?.contains("\nConnectedPeers: 0\n") == true
        }
        #expect(isAlone, "\(program)")
        return answers
    }

    private static func lines(_ client: MasterClient) throws -> [[String]] {
        try ["show peers dict pp", "show peers", "show peers pp", "show peers nope"].map { command in
            try client.send(command).split(separator: "\n", omittingEmptySubsequences: false).map { masked($0) }
                // Who has connected to whom is chance, and what was told last.
                .filter { !$0.contains("xprt=") }
        }
    }

    /// Without addresses, times, counters and flags.
    private static func masked(_ line: Substring) -> String {
        var text = String(line)
        if text.contains("_table:") { return String(text.prefix { $0 != ":" }) + text.filter { "=".contains($0) } }
        text.replace(/0x[0-9a-f]+/, with: "0x")
        text.replace(/\[[^\]]+\]/, with: "[DATE]")
        text.replace(/<PAST>|<NEVER>|=[0-9]+s/, with: "=T")
        text.replace("==T", with: "=T")
        text.replace(/=[0-9]+/, with: "=N")
        text.replace(/state=[A-Z]+/, with: "state=S")
        return text
    }

    @Test func everyLineIsHAProxys() throws {
        try withDaemonRoom { directory in
            mkdir("\(directory)/ours", 0o755)
            mkdir("\(directory)/theirs", 0o755)
            let ours = try Self.answers(proxyd, "\(directory)/ours")
            let theirs = try Self.answers("haproxy", "\(directory)/theirs")
            for (mine, their) in zip(ours, theirs) {
                #expect(mine.count == their.count)
                // C is never there, and what is told of a connection that is under way changes.
                for (own, other) in zip(mine, their) where !own.contains("id=C(") && !other.contains("appctx") {
                    #expect(own.replacing("localupdate", with: "") == other.replacing("localupdate", with: ""))
                }
            }
        }
    }
}
