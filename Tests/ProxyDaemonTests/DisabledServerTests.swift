import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Servers that are `disabled` in the configuration, and servers that others track: what commands make of them, beside the
/// real HAProxy.
@Suite(.blocking) struct DisabledServerTests {
    /// How servers are, in numbers and in words; no check and no agent is ever asked but the first, which passes.
    private static func look(_ client: MasterClient) throws -> [String] {
        let numbers = try client.send("show servers state").split(separator: "\n").compactMap { line -> String? in
            let words = line.split(separator: " ")
            // Neither the numbers of backends nor the seconds since the last change.
            return words.count > 20 && words[0] != "#" ? (words[1...8] + words[10...]).joined(separator: " ") : nil
        }
        let lines = try client.send("show stat").split(separator: "\n")
        let names = lines[0].dropFirst(2).split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        let columns = [
            "status", "weight", "act", "bck", "chkfail", "chkdown", "tracked", "check_status", "check_desc",
            "check_health", "check_rise", "check_fall", "agent_status", "agent_health", "last_chk", "throttle",
        ]
        let table = lines.dropFirst().map { line in
            let cells = line.split(separator: ",", omittingEmptySubsequences: false)
            let row = Dictionary(zip(names, cells)) { first, _ in first }
            return "\(cells[0])/\(cells[1]) " + columns.map { row[$0] ?? "?" }.joined(separator: ",")
        }
        return numbers + table
    }

    private static let commands = [
        "enable server off/a", "enable server off/b", "set server off/a state maint", "set server off/b state drain",
        "set server off/a state drain", "set server off/b state ready", "set server off/a state ready",
        "set server off/b state maint", "disable server off/a", "set server off/f state ready",
        "set weight off/a 50%", "set server off/b health up", "enable health off/b", "disable health off/b",
        "enable server off/b", "enable health off/b",
        // What others track.
        "set server off/c health down", "set server off/c state maint", "set server off/c state ready",
        "set server tr/c state maint", "set server off/c state maint", "set server tr/c state ready",
        "set server tr/c state drain", "set server off/c state drain", "set server tr/c state ready",
        "set server off/c health down", "set server off/c health stopping", "set server off/c state ready",
        "set server off/c health up", "set server tr/c state maint", "set server off/c health down",
        "set server tr/c state ready", "set server off/c health up", "set server off/b state maint",
        "set server tr/a state maint", "set server off/b state ready", "set server tr/a state ready",
        "set server tr/a state drain", "set server t2/a state drain", "set server tr/a state ready",
        "set server t2/a state ready",
        // Agents.
        "set server off/d agent down", "set server off/d state maint", "set server off/d state ready",
        "set server off/d state drain", "set server off/d agent up", "set server off/d state maint",
        "set server off/d agent down", "set server off/d state ready", "set server off/d agent up",
        "set server off/e state drain", "disable health off/e", "disable agent off/e", "set server off/e state maint",
        "enable health off/e", "set server off/e state ready", "set server off/e state drain", "enable agent off/e",
        "enable server tr/dd", "disable server tr/dd",
    ]

    @Test func commandsDoWhatTheyDoToHAProxys() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s")
            let both = try BothProxies(in: directory, ports: [80]) { host in
                """
                global
                  stats socket \(directory)/stats\(host) level admin
                listen l
                  bind 127.0.0.\(host):80
                  server first 127.0.0.1:\(server.port) check inter 1h
                backend off
                  server a 127.0.0.1:9 disabled weight 10
                  server b 127.0.0.1:9 disabled check inter 1h
                  server c 127.0.0.1:9 check inter 1h
                  server d 127.0.0.1:9 agent-check agent-port 9 agent-inter 1h
                  server e 127.0.0.1:9 check inter 1h agent-check agent-port 9 agent-inter 1h
                  server f 127.0.0.1:9 disabled backup
                backend tr
                  server a 127.0.0.1:9 track off/b
                  server c 127.0.0.1:9 track off/c
                  server d 127.0.0.1:9 track off/d
                  server dd 127.0.0.1:9 track off/d disabled
                backend t2
                  server a 127.0.0.1:9 track tr/a
                backend m
                  server s1 127.0.0.1:9

                """
            }
            let clients = BothProxies.hosts.map { host in
                MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
            }
            for client in clients {
                let isChecked = try eventually { try client.send("show stat").contains("L4OK") }
                try #require(isChecked)
            }
            let beginnings = try clients.map { try Self.look($0) }
            for (own, other) in zip(beginnings[0], beginnings[1]) { #expect(own == other) }
            #expect(beginnings[0].contains { $0.hasPrefix("t2/a MAINT (via tr/a),") })
            var marksUp = false
            for command in Self.commands {
                let before = BothProxies.hosts.map { both.serverLines($0).count }
                var answers: [String] = []
                for client in clients {
                    answers.append(try client.send(command))
                    _ = try client.send("set server m/s1 health \(marksUp ? "up" : "stopping")")
                }
                func lines(_ side: Int) -> [String] {
                    Array(both.serverLines(BothProxies.hosts[side]).dropFirst(before[side]))
                }
                // Lines come in order: once that of this command is there, all before it are. What is said of agents takes
                // effect a moment later, and may be told then.
                func isTold() -> Bool {
                    let own = lines(0)
                    return own.contains { $0.contains(" m/s1 ") } && own.sorted() == lines(1).sorted()
                }
                _ = try eventually { try isTold() && Self.look(clients[0]) == Self.look(clients[1]) }
                let isOfAgent = command.contains(" agent ")
                let (own, other) = (lines(0), lines(1))
                let looks = try clients.map { try Self.look($0) }
                marksUp.toggle()
                #expect(answers[0] == answers[1], "\(command)")
                #expect((isOfAgent ? own.sorted() : own) == (isOfAgent ? other.sorted() : other), "\(command)")
                for (own, other) in zip(looks[0], looks[1]) { #expect(own == other, "\(command)") }
                #expect(looks[0].count == looks[1].count)
            }
            #expect(both.serverLines(1).contains { $0.contains("remains in maintenance via off/c") })
        }
    }

    /// Checks begin when somebody fetches it out of maintenance, and a client is served.
    @Test func aServerThatIsEnabledIsCheckedAndServes() throws {
        let backends = """
            backend failing
              server c 127.0.0.1:9 disabled check inter 100ms
            """
        try withRuntimePair(backend: backends) { ours, theirs in
            for side in [ours, theirs] {
                #expect(try side.client.send("set server b/s1 state maint") == "\n")
                #expect(try side.client.send("set server b/s2 state maint") == "\n")
                #expect(try side.ask(1000) == "")
                // A server that nobody can reach is no server either, but its sessions are counted.
                #expect(try side.statistics()["b/s3"]?["stot"] == "0")
                #expect(try side.client.send("set server b/s3 state ready") == "\n")
                #expect(try side.ask(1000) == "")
                #expect(try side.statistics()["b/s3"]?["stot"] != "0")
                #expect(try side.statistics()["failing/c"]?["status"] == "MAINT")
                #expect(try side.client.send("enable server failing/c") == "\n")
                let isChecked = try eventually { try side.statistics()["failing/c"]?["status"] == "DOWN" }
                #expect(isChecked, "\(side.host)")
                #expect(try side.client.send("disable server failing/c") == "\n")
                let row = try side.statistics()["failing/c"] ?? [:]
                #expect([row["status"], row["check_status"], row["chkdown"]] == ["MAINT", "", "1"], "\(side.host)")
            }
        }
    }
}
