import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// The commands of a stats socket beside those of the real HAProxy, after the same traffic.
@Suite(.blocking) struct RuntimeTests {
    /// What the moment decides, and what HAProxy estimates of connections that it keeps for others.
    private static let chance: Set<String> = [
        "rate", "rate_max", "conn_rate", "conn_rate_max", "lastchg", "downtime", "check_duration", "ctime", "ttime",
        "ctime_max", "ttime_max", "lastsess", "smax", "need_conn_est",
    ]

    @Test func countersAndStatesAreThoseOfHAProxy() throws {
        try withRuntimePair { ours, theirs in
            for side in [ours, theirs] {
                for _ in 0..<3 { #expect(try side.ask(1000) == "1") }
                // Without a word: whether it is read before the server refuses is not for us to say.
                #expect(try side.ask(1001, "").isEmpty)
                let settled = try eventually {
                    let table = try side.statistics()
                    return table["c/down"]?["status"] == "DOWN" && table["c/up"]?["status"] == "UP"
                        && table.values.allSatisfy { $0["scur"] == "0" }
                }
                #expect(settled, "\(side.host)")
            }
            let (mine, theirTable) = (try ours.statistics(), try theirs.statistics())
            #expect(Set(mine.keys) == Set(theirTable.keys))
            for (name, row) in theirTable {
                for (column, value) in row where !Self.chance.contains(column) {
                    // Nobody says whether a check is under way just now; the last one's words are not told then.
                    if column == "last_chk", value.isEmpty || mine[name]?[column]?.isEmpty ?? true { continue }
                    let own = mine[name]?[column]?.replacing("* ", with: "")
                    #expect(own == value.replacing("* ", with: ""), "\(name) \(column)")
                }
            }
            // A check that is under way shows.
            let areSame = try eventually { try ours.states() == theirs.states() }
            let states = (try ours.states(), try theirs.states())
            #expect(areSame, "\(states)")
        }
    }

    /// Lines of the typed formats, their names, places, tags and types; of JSON the same.
    @Test(arguments: [
        "show stat typed", "show stat typed desc", "show stat json", "show info typed desc", "show info typed float",
        "show info json", "show info", "show stat",
    ])
    func formatsAreThoseOfHAProxy(command: String) throws {
        try withRuntimePair { ours, theirs in
            let (mine, their) = (try ours.shape(command), try theirs.shape(command))
            #expect(mine.count == their.count)
            for (a, b) in zip(mine, their) { #expect(a == b) }
        }
    }

    @Test func ordersHaveTheEffectThatTheyHaveInHAProxy() throws {
        try withRuntimePair { ours, theirs in
            let lines = [
                "set server b/s1 state maint", "set server b/s1 state drain", "set server b/s1 state ready",
                "set server b/s1 weight 7", "get weight b/s1", "set server b/s1 weight 50%", "get weight b/s1",
                "set weight b/s1 256", "set server b/s1 weight 500", "set weight b/s1 x",
                "set server b/s1 state asleep",
                "set server b/nobody state maint", "set server nobody/s1 state maint", "set server b health up",
                "set server b/s1 health down", "set server b/s1 health up", "disable server b/s1", "enable server b/s1",
                "set maxconn server b/s1 9", "show backend", "show servers state nobody",
            ]
            for line in lines {
                let (mine, their) = (try ours.client.send(line), try theirs.client.send(line))
                #expect(mine == their, "\(line)")
                for column in ["status", "weight", "slim", "act", "bck"] {
                    let (a, b) = (try ours.statistics()["b/s1"]?[column], try theirs.statistics()["b/s1"]?[column])
                    #expect(a == b, "\(column) after \(line)")
                }
                // Who is used: the backup stands in for who is not.
                let answer = try ours.ask(1000)
                let other = try theirs.ask(1000)
                #expect(answer == other, "after \(line)")
            }
        }
    }

    @Test func onlyAnAdministratorChangesServers() throws {
        try withRuntimePair(level: "user") { ours, theirs in
            for line in ["set server b/s1 state maint", "set weight b/s1 3"] {
                let (mine, their) = (try ours.client.send(line), try theirs.client.send(line))
                #expect(mine == their, "\(line)")
            }
            let status = try ours.statistics()["b/s1"]?["status"]
            #expect(status == "no check")
        }
    }

    /// One master, one worker: the commands of the worker behind `@1`, as those who know HAProxy's master socket say them.
    @Test func theMasterHandsCommandsOn() throws {
        try withDaemonRoom { directory in
            let server = try TestServer { connection in try connection.send("x") }
            let body = "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
            let daemon = try DaemonFixture(body, in: directory)
            #expect(try daemon.ask(port: 80) == "x")
            let counted = try eventually { try daemon.client.send("@1 show stat").contains("l,s1,0,0,0,1,,1,1,1,") }
            #expect(counted)
            #expect(try daemon.client.send("@1 set server l/s1 state drain") == "\n")
            #expect(try daemon.client.send("@!\(try daemon.worker()) show stat l 4 -1").contains(",DRAIN,"))
            // What somebody ordered, and what was counted, stays when the configuration changes around it.
            #expect(try daemon.reload(body + "  server s2 127.0.0.1:\(server.port)\n").success)
            let rows = try daemon.client.send("@1 show stat l 4 -1")
            #expect(rows.contains("l,s1,0,0,0,1,,1,1,1,") && rows.contains(",DRAIN,"), "\(rows)")
            #expect(try daemon.client.send("@1 show info; show backend").contains("\n\n# name\nl\n\n"))
        }
    }
}

/// A program with a stats socket, whose listeners are on `host`.
private struct RuntimeSide {
    let program: Background
    let client: MasterClient
    /// Of 127.0.0.x
    let host: UInt8

    func ask(_ port: UInt16, _ words: String = "hello") throws -> String {
        let socket = try TestSocket.connect(port: port, host: host)
        if !words.isEmpty { try socket.send(words) }
        // A proxy without a server resets.
        return (try? socket.receiveAll()) ?? ""
    }

    /// `show stat` by `proxy/server` and column.
    func statistics() throws -> [String: [String: String]] {
        let lines = try client.send("show stat").split(separator: "\n")
        let names = lines[0].dropFirst(2).split(separator: ",", omittingEmptySubsequences: false)
        var table: [String: [String: String]] = [:]
        for line in lines.dropFirst() {
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            let row = Dictionary(zip(names, cells).map { (String($0), String($1)) }) { first, _ in first }
            table["\(cells[0])/\(cells[1])"] = row
        }
        return table
    }

    /// The answer line by line, or object by object, without the values.
    func shape(_ command: String) throws -> [String] {
        let answer = try client.send(command)
        if command.contains("json") {
            return answer.split(separator: "{\"objType\":").flatMap { $0.split(separator: "{\"field\":") }.map { part in
                part.split(separator: "\"value\":").dropLast().joined()
            }
        }
        guard command.contains("typed") else {
            return answer.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.hasPrefix("#") ? String(line) : String(line.prefix { $0 != ":" && $0 != "," })
            }
        }
        return answer.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let parts = line.split(separator: ":", omittingEmptySubsequences: false)
            let meaning = command.contains("desc") ? parts.last.map { [$0] } ?? [] : []
            return (parts.prefix(3) + meaning).joined(separator: ":")
        }
    }

    /// `show servers state`, but for the numbers of backends and the seconds since the last change.
    func states() throws -> [[Substring]] {
        try client.send("show servers state").split(separator: "\n").map { line in
            var words = line.split(separator: " ")
            if words.count > 20, words[0] != "#" {
                words[0] = ""
                words[9] = ""
            }
            return words
        }
    }
}

private func withRuntimePair(
    level: String = "admin",
    _ body: @escaping @Sendable (RuntimeSide, RuntimeSide) throws -> Void
) throws {
    try withDaemonRoom { directory in
        let servers = try (1...2).map { number in
            try TestServer { connection in
                _ = try connection.receive()
                try connection.send("\(number)")
            }
        }
        let (closed, closedPort) = try TestSocket.bound(listening: false)
        func start(_ program: String, _ host: UInt8) throws -> RuntimeSide {
            let name = program.split(separator: "/").last ?? ""
            let text = """
                global
                  stats socket \(directory)/\(name).sock level \(level)
                  nbthread 1
                  maxconn 1000
                defaults
                  mode tcp
                  timeout connect 60s
                  timeout client 60s
                  timeout server 60s
                  retries 0
                frontend f
                  bind 127.0.0.\(host):1000
                  default_backend b
                frontend g
                  bind 127.0.0.\(host):1001
                  default_backend c
                backend b
                  balance leastconn
                  server s1 127.0.0.1:\(servers[0].port) weight 10 maxconn 20
                  server s2 127.0.0.1:\(servers[1].port) backup
                  server s3 127.0.0.1:9 disabled
                backend c
                  server refused 127.0.0.1:\(closedPort)
                  server up 127.0.0.1:\(servers[1].port) check inter 100ms weight 0
                  server down 127.0.0.1:\(closedPort) check inter 100ms

                """
            let path = "\(directory)/\(name).cfg"
            try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
            let process = try Background([program, "-db", "-f", path], in: directory)
            let listens = try eventually {
                try Oracle.listens("127.0.0.\(host):1000") && Oracle.listens("127.0.0.\(host):1001")
            }
            try #require(listens, "\(process.errors)")
            return RuntimeSide(
                program: process,
                client: MasterClient(path: "\(directory)/\(name).sock", timeoutMilliseconds: 60000),
                host: host
            )
        }
        try body(start(proxyd, 3), start("haproxy", 2))
        _ = closed
    }
}
