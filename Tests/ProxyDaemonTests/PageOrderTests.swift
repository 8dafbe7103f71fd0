import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What forms of the statistics page say to servers: the answer's word, and the lines of the log, beside the real HAProxy.
@Suite(.blocking) struct PageOrderTests {
    private static let actions = [
        "hdown", "hdown", "hrunn", "hrunn", "hnolb", "hnolb", "hdown", "drain", "hrunn", "ready", "maint", "hdown",
        "hrunn",
        "ready", "dagent", "adown", "arunn", "eagent", "dagent", "eagent", "adown", "arunn", "dhlth", "ehlth",
        "shutdown",
        "disable", "disable", "enable", "enable", "start", "stop", "stop", "start",
    ]

    @Test func theyAreHAProxys() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s")
            // An agent that never says anything.
            let (closed, agent) = try TestSocket.bound(listening: false)
            let both = try BothProxies(in: directory, ports: [80]) { host in
                """
                global
                  stats socket \(directory)/stats\(host) level admin
                  max-spread-checks 10ms
                listen page
                  mode http
                  no log
                  bind 127.0.0.\(host):80
                  stats enable
                  stats uri /
                  stats admin if TRUE
                backend b
                  server s1 127.0.0.1:\(server.port)
                  server s2 127.0.0.1:\(server.port) check inter 1h agent-check agent-port \(agent) agent-inter 1h
                  server s3 127.0.0.1:\(server.port) track b/s2
                  server s4 127.0.0.1:\(server.port) check inter 1h
                backend mark
                  server s 127.0.0.1:9

                """
            }
            for host in BothProxies.hosts {
                let client = MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
                let isChecked = eventually {
                    let rows = (try? client.send("show stat b 4 -1")) ?? ""
                    return rows.split(separator: "\n").count { $0.contains("L4OK") } == 2 && rows.contains("L4CON")
                }
                try #require(isChecked)
            }
            var forms = Self.actions.flatMap { action in (1...4).map { "s=s\($0)&action=\(action)&b=b" } }
            forms += [
                "s=s1&s=s2&action=dagent&b=b", "s=s1&s=nobody&action=dagent&b=b", "s=s2&s=nobody&action=eagent&b=b",
                "s=s1&s=s4&action=maint&b=b",
            ]
            var marksUp = false
            for form in forms {
                var told: [[String]] = []
                for host in BothProxies.hosts {
                    let before = both.serverLines(host).count
                    let head =
                        "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(form.utf8.count)\r\n\r\n"
                    let answer = try PageTests.exchange(head + form, port: 80, host: host)
                    // Lines come in order: once that of this command is there, all before it are.
                    let client = MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
                    _ = try client.send("set server mark/s health \(marksUp ? "up" : "stopping")")
                    let isTold = eventually {
                        both.serverLines(host).dropFirst(before).contains { $0.contains(" mark/s ") }
                    }
                    #expect(isTold, "\(form)")
                    told.append([answer] + both.serverLines(host).dropFirst(before))
                }
                marksUp.toggle()
                #expect(told[0] == told[1], "\(form)")
            }
            let log = both.serverLines(1)
            #expect(log.contains { $0.hasPrefix("Server b/s2 is DOWN, changed from Web interface.") })
            #expect(log.contains { $0.contains("('disable' on stats page) via b/s2") })
            withExtendedLifetime(closed) {}
        }
    }
}
