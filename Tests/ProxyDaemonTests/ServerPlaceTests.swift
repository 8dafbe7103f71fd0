import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Where servers, their checks and their agents are: `show servers state`, what checks say of it, and commands that change it, beside
/// the real HAProxy.
@Suite(.blocking) struct ServerPlaceTests {
    /// An own port for each program would be seen in its rows.
    private static func servers(_ port: UInt16, _ directory: String) -> [String] {
        [
            "127.0.0.1:\(port)", "127.0.0.1:\(port) check", "127.0.0.1:\(port) check port 9",
            "127.0.0.1:\(port) check addr 127.0.0.5", "127.0.0.1:\(port) check addr 127.0.0.5 port 9",
            "127.0.0.1:\(port) port 9", "127.0.0.1:\(port) addr 127.0.0.5",
            "127.0.0.1:\(port) agent-check agent-port 9",
            "127.0.0.1:\(port) agent-check agent-addr 127.0.0.6 agent-port 9",
            "127.0.0.1:\(port) agent-addr 127.0.0.6 agent-port 9",
            "127.0.0.1:\(port) check port 8 agent-check agent-port 9",
            "127.0.0.1:\(port) check addr 127.0.0.5 agent-check agent-port 9",
            "127.0.0.1:\(port) check addr 127.0.0.1", "\(directory)/none.sock", "abns@none check",
            "unix@\(directory)/none.sock check port \(port)",
            "unix@\(directory)/none.sock check addr 127.0.0.1 port \(port)",
            "127.0.0.1:\(port) check addr \(directory)/none.sock", "::1:9 check port 10",
            "127.0.0.1:+5 check port \(port)",
            "127.0.0.1 check port \(port)", "127.0.0.1:-5", "localhost:9 weight 7", "127.0.0.1:9 disabled id 99",
            "127.0.0.1:9 track b/s2", "/etc/passwd check",
            "127.0.0.1:\(port) check addr localhost", "127.0.0.3:\(port) check addr localhost port 9",
            "127.0.0.1:\(port) check addr localhost agent-check agent-port 9",
            "127.0.0.1:\(port) agent-check agent-addr localhost agent-port 9",
            "127.0.0.1:\(port) check addr localhost agent-check agent-addr localhost agent-port 9",
            "127.0.0.1:\(port) check addr localhost addr 127.0.0.5",
        ]
    }

    private static let commands = [
        "set server b/s1 check-port 5", "set server b/s2 check-port 5", "set server b/s2 check-addr 127.0.0.7",
        "set server b/s3 addr 127.0.0.9 port 9", "set server b/s5 check-port 12", "set server b/s8 agent-port 8",
        "set server b/s8 agent-addr 127.0.0.8", "set server b/s12 check-addr 127.0.0.7 port 77",
        "set server b/s14 addr 1.2.3.4", "set server b/s15 addr 1.2.3.4 port 5",
        "set server b/s20 check-port 0", "set server b/s20 check-addr 127.0.0.7 port 0",
        "set server b/s21 check-port 0",
        "set server b/s17 check-port 0", "set server b/s3 check-port 0", "set server b/s20 addr 127.0.0.1 port +7",
        "set server b/s20 addr 127.0.0.1 port +7", "set server b/s20 addr 127.0.0.1 port -1",
        "set server b/s20 addr 127.0.0.1 port -2", "set server b/s20 addr 127.0.0.2 port 65534",
        "set server b/s20 addr 127.0.0.2 port 80", "set server b/s20 addr 127.0.0.2 port +80",
        "set server b/s22 addr 127.0.0.1 port -7", "set server b/s22 addr 127.0.0.1 port -7",
        "set server b/s22 addr 127.0.0.1 port 4", "set server b/s22 addr 127.0.0.1 port +4",
        "set server b/s1 addr 127.0.0.4 port +10", "set server b/s1 addr 127.0.0.4 port -0",
        "set server b/s1 addr 127.0.0.4 port +", "set server b/s1 addr 127.0.0.4 port x",
        "set server b/s3 addr 127.0.0.9 port +10", "set server b/s3 addr 127.0.0.9 port +70000",
    ]

    @Test func theyAreHAProxys() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s")
            let both = try BothProxies(in: directory, ports: [80]) { host in
                let lines = Self.servers(server.port, directory).enumerated().map { index, words in
                    "  server s\(index + 1) \(words)\n"
                }
                return """
                    global
                      stats socket \(directory)/stats\(host) level admin
                      max-spread-checks 10ms
                    listen f
                      bind 127.0.0.\(host):80
                      server s 127.0.0.1:9
                    backend b
                      option log-health-checks
                      id 40
                      default-server inter 1h agent-inter 1h
                    \(lines.joined())
                    """
            }
            let clients = BothProxies.hosts.map {
                MasterClient(path: "\(directory)/stats\($0)", timeoutMilliseconds: 60000)
            }
            let checks = Self.servers(server.port, directory).count { $0.contains("check ") || $0.hasSuffix("check") }
            for host in BothProxies.hosts {
                let areChecked = eventually {
                    both.output(host).split(separator: "\n").count { $0.hasPrefix("Health check") } >= checks - 3
                        && both.output(host).split(separator: "\n").count { $0.hasPrefix("Agent check") } >= 4
                }
                #expect(areChecked, "\(both.output(host))")
            }
            func state(_ client: MasterClient) throws -> [String] {
                try client.send("show servers state b").split(separator: "\n").map { line in
                    var words = line.split(separator: " ")
                    // Seconds since its last change.
                    if words.count > 20, words[0] != "#" { words[9] = "n" }
                    return words.joined(separator: " ")
                }
            }
            #expect(try state(clients[0]) == state(clients[1]))
            // Of the first check of each; which comes first is chance.
            let said = BothProxies.hosts.map { host in
                both.serverLines(host).filter { $0.contains(" check for ") }.sorted()
            }
            #expect(said[0] == said[1])
            #expect(said[1].contains { $0.contains("info: \"General socket error (No such file or directory)\"") })
            for command in Self.commands {
                let answers = try clients.map { try $0.send(command) }
                #expect(answers[0] == answers[1], "\(command)")
                let states = try clients.map { try state($0) }
                #expect(states[0] == states[1], "\(command)")
            }
        }
    }

    /// A port that follows the client's, by a command.
    @Test func aMappedPortIsConnectedTo() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("mapped")
            // The listener's port is as much below the server's as is said.
            let body = """
                global
                  stats socket \(directory)/stats level admin
                listen f
                  bind 127.0.0.1:\(server.port - 10)
                  server s 127.0.0.3:9 check port \(server.port) addr 127.0.0.1 inter 1h

                """
            let daemon = try DaemonFixture(body, in: directory)
            let client = MasterClient(path: "\(directory)/stats", timeoutMilliseconds: 60000)
            _ = try client.send("set server f/s state drain")
            #expect(try client.send("set server f/s addr 127.0.0.1 port +10").contains("to '+10'"))
            // It is the same server as before.
            #expect(try client.send("show stat f 4 -1").contains("DRAIN"))
            _ = try client.send("set server f/s state ready")
            #expect(try daemon.ask(port: server.port - 10) == "mapped")
            #expect(try client.send("set server f/s addr 127.0.0.1 port \(server.port)").contains("from '+10'"))
            #expect(try daemon.ask(port: server.port - 10) == "mapped")
        }
    }
}
