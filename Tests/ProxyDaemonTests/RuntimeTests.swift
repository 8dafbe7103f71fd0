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
                        .replacing("127.0.0.3", with: "127.0.0.2")
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
            var (mine, their): ([String], [String]) = ([], [])
            // While a check is under way there are no words of the last one to tell.
            let areSame = try eventually {
                (mine, their) = (try ours.shape(command), try theirs.shape(command))
                return mine == their
            }
            let difference = zip(mine, their).first { $0 != $1 }
            #expect(areSame, "\(String(describing: difference))")
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
            #expect(try daemon.client.send("@1 show info;@1 show backend").contains("\n\n# name\nl\n\n"))
        }
    }
}
