import TestSupport
import Testing

/// What servers that go down and come up do to sessions and to the choice, beside the real HAProxy. Agents say when: an
/// agent that is slow to answer changes nothing, so that nothing here hangs on how fast the machine is.
@Suite(.blocking) struct ServerStateOracleTests {
    @Test func sessionsEndWithTheirServerWhereHAProxyEndsThem() throws {
        try withDaemonRoom { directory in
            let main = try TestServer.staying("a")
            let spare = try TestServer.staying("b")
            let agent = try ScriptedAgent("down")
            let ports: [UInt16] = [80, 81, 82, 83, 84]
            let both = try BothProxies(in: directory, ports: ports) { host in
                let server = "server a 127.0.0.1:\(main.port) agent-check agent-port \(agent.port(host)) agent-inter 50"
                let backup = "server b 127.0.0.1:\(spare.port) backup"
                return """
                    listen ends
                      bind 127.0.0.\(host):80
                      \(server) on-marked-down shutdown-sessions
                    listen goes_on
                      bind 127.0.0.\(host):81
                      \(server)
                    listen returns
                      bind 127.0.0.\(host):82
                      \(server) on-marked-up shutdown-backup-sessions
                      \(backup)
                    listen stays
                      bind 127.0.0.\(host):83
                      \(server)
                      \(backup)
                    listen follows
                      bind 127.0.0.\(host):84
                      server a 127.0.0.1:\(main.port) track ends/a on-marked-down shutdown-sessions

                    """
            }
            func say(_ word: String, _ sign: String) throws {
                try agent.say(word, servers: 4)
                try both.wait { log in log.split(separator: "\n").count { $0.contains(sign) } == 5 }
            }
            func open(_ port: UInt16, _ name: String) throws -> [TestSocket] {
                try BothProxies.hosts.map { host in
                    let (socket, answer) = try TestSocket.asking(port: port, host: host)
                    #expect(answer == name, "\(port) of \(host)")
                    return socket
                }
            }
            try both.wait { log in log.split(separator: "\n").count { $0.contains(" is DOWN") } == 5 }
            let cutByReturn = try open(82, "b")
            let stays = try open(83, "b")
            try say("up", "/a is UP")
            for socket in cutByReturn { #expect(socket.isCut()) }
            let cut = try open(80, "a") + open(84, "a")
            let goesOn = try open(81, "a")
            // Lines are counted from the beginning: each server goes down twice in all.
            try agent.say("down", servers: 4)
            try both.wait { log in log.split(separator: "\n").count { $0.contains("/a is DOWN") } == 10 }
            for socket in cut { #expect(socket.isCut()) }
            for socket in stays + goesOn { socket.finish() }
            try both.wait { log in log.split(separator: "\n").count { $0.contains(" [") } == 5 }
            #expect(both.connectionLines(1) == both.connectionLines(2))
            #expect(both.connectionLines(1).map { $0.split(separator: " ")[4] } == ["D-", "D-", "--", "U-", "--"])
            #expect(Set(both.serverLines(1)) == Set(both.serverLines(2)))
        }
    }

    /// A start of an hour stays at its beginning as long as any test: one part of sixteen of the weight, and one place.
    @Test func aServerComesBackAsSlowlyAsWithHAProxy() throws {
        try withDaemonRoom { directory in
            let servers = try ["a", "b"].map { try TestServer.staying($0) }
            let agent = try ScriptedAgent("up")
            let both = try BothProxies(in: directory, ports: [80, 81, 82]) { host in
                let slow = "slowstart 1h agent-check agent-port \(agent.port(host)) agent-inter 50"
                let body = { (port: Int, balance: String) in
                    """
                    listen \(balance)
                      bind 127.0.0.\(host):\(port)
                      balance \(balance)
                      server a 127.0.0.1:\(servers[0].port) weight 16
                      server b 127.0.0.1:\(servers[1].port) weight 16 \(slow)

                    """
                }
                return body(80, "roundrobin") + body(81, "leastconn") + """
                    listen places
                      bind 127.0.0.\(host):82
                      server b 127.0.0.1:\(servers[1].port) maxconn 4 \(slow)

                    """
            }
            /// Who takes connections that all stay until the last is there.
            func answers(_ count: Int, _ host: UInt8) throws -> [String] {
                try ([80, 81] as [UInt16]).map { port in
                    let sockets = try (0..<count).map { _ in try TestSocket.asking(port: port, host: host) }
                    for (socket, _) in sockets { socket.finish() }
                    return sockets.map { $0.answer }.joined()
                }
            }
            func compare(_ count: Int) throws -> [String] {
                let ours = try answers(count, 1)
                #expect(try answers(count, 2) == ours)
                return ours
            }
            #expect(try compare(6) == ["ababab", "ababab"])
            try agent.say("down", servers: 3)
            try both.wait { log in log.split(separator: "\n").count { $0.contains("/b is DOWN") } == 3 }
            #expect(try compare(2) == ["aa", "aa"])
            try agent.say("up", servers: 3)
            try both.wait { log in log.split(separator: "\n").count { $0.contains("/b is UP") } == 3 }
            for answers in try compare(68) { #expect((3...6).contains(answers.count { $0 == "b" }), "\(answers)") }
            // Of four places there is one for now.
            for host in BothProxies.hosts {
                let first = try TestSocket.asking(port: 82, host: host).socket
                let second = try TestSocket.connect(port: 82, host: host)
                try second.send("?")
                // It is in the queue when it has been accepted: nobody else connects.
                #expect(try eventually { try Oracle.queue("127.0.0.\(host):82") == 0 })
                first.finish()
                #expect(try second.receive() == Array("b".utf8))
                second.finish()
            }
            try both.wait { log in log.split(separator: "\n").count { $0.contains(" places places/b ") } == 2 }
            let lines = BothProxies.hosts.map { host in both.connectionLines(host).filter { $0.hasPrefix("places ") } }
            #expect(lines[0] == lines[1])
            // The second waited.
            #expect(lines[0].map { $0.hasSuffix("/1") }.sorted { !$0 && $1 } == [false, true], "\(lines[0])")
        }
    }

    /// Every word of an agent, asked with `agent-send` at `agent-addr`: the same lines, and the same servers chosen.
    @Test func agentsAreUnderstoodAsByHAProxy() throws {
        try withDaemonRoom { directory in
            let servers = try ["a", "b"].map { try TestServer.staying($0) }
            let agent = try ScriptedAgent("up", question: "how is it")
            let both = try BothProxies(in: directory, ports: [80]) { host in
                """
                listen l
                  bind 127.0.0.\(host):80
                  server a 127.0.0.1:\(servers[0].port) weight 10
                  server b 127.0.0.1:\(servers[1].port) weight 10 agent-check agent-send how\\ is\\ it\\n \
                  agent-addr 127.0.0.1 agent-port \(agent.port(host)) agent-inter 50
                backend followers
                  server f 127.0.0.1:\(servers[0].port) track l/b

                """
            }
            var seen = [0, 0]
            for word in [
                "up", "down # broken disk", "up", "drain", "ready", "maint", "ready", "stopped", "fail", "up 50%", "0%",
                "100%", "maint", "drain", "ready up", "drain", "maint", "ready", "down", "drain", "ready", "75% up",
                "nonsense", "drain", "down", "up", "ready 100% maxconn:30",
            ] {
                try agent.say(word)
                let answers = try BothProxies.hosts.map { host in
                    try (0..<24).map { _ in
                        let (socket, answer) = try TestSocket.asking(port: 80, host: host)
                        socket.finish()
                        return answer
                    }.count { $0 == "b" }
                }
                // Where the turn begins depends on what came before.
                #expect(abs(answers[0] - answers[1]) <= 1, "\(word): \(answers)")
                let lines = BothProxies.hosts.map { both.serverLines($0) }
                #expect(lines[0].dropFirst(seen[0]) == lines[1].dropFirst(seen[1]), "\(word)")
                seen = lines.map { $0.count }
            }
        }
    }
}
