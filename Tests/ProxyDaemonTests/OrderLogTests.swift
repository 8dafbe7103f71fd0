import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What the log tells of commands about servers, beside the real HAProxy.
@Suite(.blocking) struct OrderLogTests {
    private static let commands = [
        "set server b/s1 state maint", "set server b/s1 state maint", "set server b/s1 state drain",
        "set server b/s1 state ready", "set server b/s1 state drain", "set server b/s1 state maint",
        "set server b/s1 state ready", "set server b/s2 state maint", "set server b/s2 state ready",
        "disable server b/s3", "enable server b/s3", "set server b/s1 health down", "set server b/s1 health down",
        "set server b/s1 health up", "set server b/s1 health stopping", "set server b/s1 health up",
        "set server b/s1 weight 0", "set server b/s1 weight 50%", "set server l/s1 state maint",
        "set server l/s2 health down", "set server l/s2 health up", "set server l/s1 state ready",
        "set server c/s1 state maint", "set server c/s1 health down", "set server c/s1 state ready",
        "set server b/s1 state drain", "set server b/s1 health down", "set server b/s1 health up",
        "disable health b/s2", "set maxconn server b/s1 3",
    ]

    @Test func linesAreHAProxys() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s")
            let both = try BothProxies(in: directory, ports: [80]) { host in
                """
                global
                  stats socket \(directory)/stats\(host) level admin
                backend b
                  server s1 127.0.0.1:\(server.port)
                  server s2 127.0.0.1:\(server.port) check inter 60s
                  server s3 127.0.0.1:\(server.port) track b/s2
                listen l
                  bind 127.0.0.\(host):80
                  server s1 127.0.0.1:\(server.port)
                  server s2 127.0.0.1:\(server.port) backup
                backend m
                  server s1 127.0.0.1:\(server.port)
                backend c
                  server s1 127.0.0.1:\(server.port) track b/s2

                """
            }
            let isChecked = try BothProxies.hosts.allSatisfy { host in
                try eventually {
                    let client = MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
                    return try access("\(directory)/stats\(host)", F_OK) == 0
                        && client.send("show stat").contains("L4OK")
                }
            }
            try #require(isChecked)
            var marksUp = false
            for command in Self.commands {
                let lines = try BothProxies.hosts.map { host in
                    let before = both.serverLines(host).count
                    let client = MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
                    _ = try client.send(command)
                    // Lines come in order: once that of this command is there, all before it are.
                    _ = try client.send("set server m/s1 health \(marksUp ? "up" : "stopping")")
                    let isTold = eventually {
                        both.serverLines(host).dropFirst(before).contains { $0.contains(" m/s1 ") }
                    }
                    #expect(isTold, "\(command)")
                    return Array(both.serverLines(host).dropFirst(before))
                }
                marksUp.toggle()
                #expect(lines[0] == lines[1], "\(command)")
            }
            #expect(both.serverLines(2).contains { $0.contains("going DOWN for maintenance via b/s2") })
            #expect(both.serverLines(2).contains { $0.contains("proxy l has no server available!") })
        }
    }

    /// Whoever gets a weight later is one of those that are left.
    @Test func aServerWithoutAWeightGetsOne() throws {
        try withDaemonRoom { directory in
            let agent = try ScriptedAgent("up")
            let both = try BothProxies(in: directory, ports: [80]) { host in
                """
                global
                  stats socket \(directory)/stats\(host) level admin
                listen l
                  bind 127.0.0.\(host):80
                  server s 127.0.0.1:9
                backend b
                  server s1 127.0.0.1:9 agent-check agent-port \(agent.port(host)) agent-inter 50
                  server s2 127.0.0.1:9 weight 0
                  server s3 127.0.0.1:9 weight 0 backup

                """
            }
            let clients = BothProxies.hosts.map {
                MasterClient(path: "\(directory)/stats\($0)", timeoutMilliseconds: 60000)
            }
            for (index, client) in clients.enumerated() {
                let isThere = eventually { (try? client.send("show version"))?.isEmpty == false }
                try #require(isThere, "\(both.output(BothProxies.hosts[index]))")
            }
            for (step, server) in ["", "s2", "s3", "s2 weight 0"].enumerated() {
                let order = server.isEmpty || server.contains(" ") ? server : "\(server) weight 5"
                for client in clients where !order.isEmpty { _ = try client.send("set server b/\(order)") }
                for word in ["down", "up"] {
                    try agent.say(word)
                    let count = 2 * step + (word == "down" ? 1 : 2)
                    for host in BothProxies.hosts {
                        let isTold = eventually {
                            both.serverLines(host).count { $0.contains("Server b/s1 is ") } >= count
                        }
                        #expect(isTold, "\(order) \(word)")
                    }
                }
            }
            try agent.say("down")
            for client in clients { _ = try client.send("set server l/s health down") }
            let lines = BothProxies.hosts.map { host in
                let isTold = eventually { both.serverLines(host).contains { $0.contains(" l/s ") } }
                #expect(isTold)
                return both.serverLines(host).filter { $0.contains(" b/s1 ") || $0.contains("backend b ") }
            }
            for (own, other) in zip(lines[0], lines[1]) { #expect(own == other) }
            #expect(lines[0].count == lines[1].count)
            #expect(lines[1].contains { $0.contains("1 active and 1 backup servers left") })
        }
    }
}
