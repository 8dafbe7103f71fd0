import Glibc
import RuntimeAPI
import TestSupport
import Testing

/// `add server` and what becomes of servers that it adds, beside the real HAProxy.
@Suite(.blocking) struct DynamicServerTests {
    private static let backends = """
        backend d
          server w 127.0.0.1:9 weight 10
          server c 127.0.0.1:9 check inter 1h
          server k 127.0.0.1:9 id 77
        backend st
          balance static-rr
        backend src
          balance source
          server s 127.0.0.1:9
        backend srcc
          balance source
          hash-type consistent
          server s 127.0.0.1:9
        backend dflt
          default-server inter 1h weight 5
          server s 127.0.0.1:9
        backend none
        """

    /// Behind `add server`.
    private static let lines = [
        "", "d", "d/", "/x", "x/y 127.0.0.1:9", "d/w 127.0.0.1:9", "d/n0", "d/w", "d/n2 127.0.0.1:70000",
        "d/n8 ipv4@127.0.0.1:9",
        "d/n9 [::1]:9", "st/a 127.0.0.1:9", "src/a 127.0.0.1:9", "srcc/a 127.0.0.1:9", "dflt/a 127.0.0.1:9",
        "none/a 127.0.0.1:9", "d/k1 127.0.0.1:9 cookie x", "d/k2 127.0.0.1:9 redir http://x",
        "d/k3 127.0.0.1:9 init-addr last", "d/k4 127.0.0.1:9 resolvers r", "d/k5 127.0.0.1:9 resolve-prefer ipv4",
        "d/k6 127.0.0.1:9 slowstart 10s", "d/k7 127.0.0.1:9 track d/c", "d/k8 127.0.0.1:9 track d/w",
        "d/k9 127.0.0.1:9 track d/zz", "d/k10 127.0.0.1:9 track zz/zz", "d/k11 127.0.0.1:9 track c",
        "d/k111 127.0.0.1:9 track k7", "d/k12 127.0.0.1:9 check track d/c", "d/k14 127.0.0.1:9 id 99",
        "d/k141 127.0.0.1:9 id 99", "d/k15 127.0.0.1:9 id 0", "d/k16 127.0.0.1:9 id -3", "d/k18 127.0.0.1:9 id",
        "d/k19 127.0.0.1:9 weight 300", "d/k20 127.0.0.1:9 weight x", "d/k21 127.0.0.1:9 weight 0",
        "d/k211 127.0.0.1:9 weight 5",
        "d/k22 127.0.0.1:9 maxconn 5 maxqueue 3 minconn 2", "d/k23 127.0.0.1:9 disabled", "d/k24 127.0.0.1:9 enabled",
        "d/k241 127.0.0.1:9 enabled disabled", "d/k242 127.0.0.1:9 check inter 1h enabled",
        "d/k25 127.0.0.1:9 backup", "d/k26 127.0.0.1:9 nosuch", "d/k27 127.0.0.1:9 check inter 1h rise 3 fall 4",
        "d/k28 127.0.0.1:9 check inter x", "d/k29 127.0.0.1:9 check inter", "d/k30 127.0.0.1:9 rise 0",
        "d/k301 127.0.0.1:9 rise", "d/k302 127.0.0.1:9 rise 0 cookie x", "d/k303 127.0.0.1:9 cookie x rise 0",
        "d/k31 127.0.0.1:9 agent-check agent-port 9 agent-inter 1h", "d/k32 127.0.0.1:9 agent-check",
        "d/k35 127.0.0.1:9 check inter 1h port x", "d/k39 127.0.0.1 check", "d/k40 127.0.0.1:9 send-proxy",
        "d/k41 127.0.0.1:9 send-proxy-v2", "d/k45 127.0.0.1:9 proxy-v2-options x", "d/k46 127.0.0.1:9 source 127.0.0.1",
        "d/k48 127.0.0.1:9 source", "d/k49 127.0.0.1:9 namespace x", "d/k50 127.0.0.1:9 non-stick",
        "d/k51 127.0.0.1:9 on-error fastinter observe layer4", "d/k53 127.0.0.1:9 error-limit 5",
        "d/k54 127.0.0.1:9 on-marked-down shutdown-sessions", "d/k56 127.0.0.1:9 on-marked-down x",
        "d/k561 127.0.0.1:9 observe x", "d/k57 127.0.0.1:9 max-reuse 5", "d/k60 127.0.0.1:9 proto x",
        "d/k61 127.0.0.1:9 check-proto x", "d/k62 127.0.0.1:9 check-send-proxy",
        "d/k64 127.0.0.1:9 socks4 127.0.0.1:1080",
        "d/k65 127.0.0.1:9 no-check", "d/k66 127.0.0.1:9 no-backup", "d/k73 127.0.0.1:9 verify x",
        "d/k74 127.0.0.1:9 log-proto legacy", "d/k75 127.0.0.1:9 shard 1", "d/k77 127.0.0.1:9 resolve-net 1.2.3.0/24",
        "d/k78 127.0.0.1:9 resolve-opts allow-dup-ip", "d/k79 127.0.0.1:9 stick", "d/k81 127.0.0.1:9 no-send-proxy",
        "d/k82 127.0.0.1:9 no-agent-check", "d/k83 127.0.0.1:9 downinter 5s fastinter 5s", "d/k85 127.0.0.1:9 maxconn",
        "d/k87 127.0.0.1:9 weigt 5", "d/k.88 127.0.0.1:9", "d/k@89 127.0.0.1:9", "d/k27 127.0.0.1:9",
        "d/k92 127.0.0.1:9 tcp-ut 5s", "d/k93 127.0.0.1:9 source 127.0.0.1 cookie x",
    ]

    private static let later = [
        "enable server d/k27", "enable health d/k27", "enable health d/k12", "enable health d/k6", "enable server d/k7",
        "enable agent d/k31", "enable server d/k31", "set server d/k31 agent up", "enable server d/k23",
        "enable server dflt/a", "enable health dflt/a", "enable health d/k35", "set server d/k35 state ready",
        "enable health d/k242", "set server d/k21 state drain", "disable server d/c", "set server d/k24 state maint",
        "del server d/k22", "del server d/w", "del server d/k27", "del server d/k7", "disable server d/k27",
        "del server d/k27", "disable server d/k7", "del server d/k7", "add server d/k22 127.0.0.1:9",
        "del server d/k241",
        "disable server d/c", "enable server d/c", "del server d/zz", "del server zz/d", "del server d",
    ]

    private static func look(_ side: RuntimeSide) throws -> [String] {
        let rows = try side.states().filter { $0.count > 20 && $0[0] != "#" && $0[1] != "b" && $0[1] != "c" }
        let table = try side.statistics()
        let columns = [
            "status", "weight", "act", "bck", "chkfail", "chkdown", "check_status", "agent_status", "tracked",
        ]
        return rows.map { $0.joined(separator: " ") }
            + rows.map { row in
                let name = "\(row[1])/\(row[3])"
                return "\(name) " + columns.map { table[name]?[$0] ?? "?" }.joined(separator: ",")
            }
    }

    @Test func theyAreAddedAsByHAProxy() throws {
        try withRuntimePair(backend: Self.backends) { ours, theirs in
            for command in Self.lines.map({ "add server \($0)" }) {
                let (own, other) = (try ours.client.send(command), try theirs.client.send(command))
                #expect(own == other, "\(command)")
            }
            var (own, other) = (try Self.look(ours), try Self.look(theirs))
            for (own, other) in zip(own, other) { #expect(own == other) }
            #expect(own.count == other.count)
            for command in Self.later {
                let answers = (try ours.client.send(command), try theirs.client.send(command))
                #expect(answers.0 == answers.1, "\(command)")
                // What is said of agents takes effect a moment later.
                _ = try eventually { try Self.look(ours).sorted() == Self.look(theirs).sorted() }
                (own, other) = (try Self.look(ours), try Self.look(theirs))
                #expect(own.sorted() == other.sorted(), "\(command)")
            }
        }
    }

    /// It serves when it is enabled, and its checks take it away when they are.
    @Test func aServerServesWhenItIsEnabled() throws {
        try withRuntimePair { ours, theirs in
            for side in [ours, theirs] {
                let port = try #require(try side.states().first { $0.count > 20 && $0[1] == "b" && $0[3] == "s2" })[18]
                func taken() throws -> String? { try side.statistics()["b/n"]?["stot"] }
                _ = try side.client.send("disable server b/s1")
                let added = try side.client.send("add server b/n 127.0.0.1:\(port) check inter 50ms port 9")
                #expect(added == "New server registered.\n\n")
                // The backup, then the new one.
                #expect(try side.ask(1000) == "2")
                #expect(try taken() == "0")
                _ = try side.client.send("enable server b/n")
                #expect(try side.ask(1000) == "2")
                #expect(try taken() == "1")
                _ = try side.client.send("enable health b/n")
                let isDown = try eventually { try side.statistics()["b/n"]?["status"] == "DOWN" }
                #expect(isDown, "\(side.host)")
                #expect(try side.ask(1000) == "2")
                #expect(try taken() == "1")
            }
        }
    }
}
