import Glibc
import Syscalls
import TestSupport
import Testing

/// When servers are checked, and what connections of clients say of them, beside the real HAProxy. An interval of an hour
/// never ends in a test: what is checked again has another reason, however slow the machine is.
@Suite(.blocking) struct CheckIntervalTests {
    /// Refused first, and accepted once both proxies have seen that.
    @Test func aServerThatChangesIsCheckedAtOtherIntervals() throws {
        try withDaemonRoom { directory in
            let (socket, port) = try TestSocket.bound(listening: false)
            let cases = [
                // Down, and up again.
                ("both", "inter 1h downinter 20ms fastinter 20ms fall 1 rise 3", "1/1 UP"),
                // Checked while it is down, and then not while it comes up.
                ("down", "inter 1h downinter 20ms fall 1 rise 3", "1/3 DOWN"),
            ]
            let both = try BothProxies(in: directory, ports: [80]) { host in
                var text = "global\n  max-spread-checks 10ms\nfrontend f\n  bind 127.0.0.\(host):80\n"
                for (name, options, _) in cases {
                    text +=
                        "backend \(name)\n  option log-health-checks\n  server s 127.0.0.1:\(port) check \(options)\n"
                }
                return text
            }
            for (name, _, _) in cases { try both.wait { $0.contains("Server \(name)/s is DOWN") } }
            try syscall("listen") { listen(socket.raw, 128) }
            for (name, _, last) in cases {
                try both.wait { log in Self.lines(name, log).contains { $0.contains(last) } }
                let lines = BothProxies.hosts.map { Self.lines(name, both.serverLines($0).joined(separator: "\n")) }
                #expect(lines[0] == lines[1])
            }
            #expect(!both.output(1).contains("down/s is UP") && !both.output(2).contains("down/s is UP"))
        }
    }

    private static func lines(_ backend: String, _ log: String) -> [String] {
        log.split(separator: "\n").filter { $0.contains(" \(backend)/s ") }.map { String($0) }
    }

    /// Clients are refused while checks, which go elsewhere, pass.
    @Test func connectionsThatFailSayWhatTheyDoWithHAProxy() throws {
        try withDaemonRoom { directory in
            let (closed, port) = try TestSocket.bound(listening: false)
            let healthy = try TestServer { connection in _ = try connection.receiveAll() }
            let reactions = ["mark-down", "sudden-death", "fail-check"]
            let both = try BothProxies(in: directory, ports: [80, 81, 82]) { host in
                "global\n  max-spread-checks 10ms\n"
                    + reactions.enumerated().map { index, reaction in
                        """
                        listen \(reaction)
                          bind 127.0.0.\(host):\(80 + index)
                          option log-health-checks
                          retries 0
                          server s 127.0.0.1:\(port) check port \(healthy.port) inter 1h rise 2 fall 3 observe layer4 \
                        error-limit 2 on-error \(reaction)

                        """
                    }.joined()
            }
            func lines(_ reaction: String, _ host: UInt8) -> [String] {
                both.serverLines(host).filter { $0.contains(" \(reaction)/s ") }
            }
            // From here on no check says anything.
            for reaction in reactions {
                try both.wait { log in log.contains("Health check for server \(reaction)/s succeeded") }
            }
            // As many failures, two at a time, as it takes.
            for (index, reaction) in reactions.enumerated() {
                for _ in 0...index {
                    for host in BothProxies.hosts {
                        let sofar = lines(reaction, host).count
                        for _ in 0..<2 {
                            let socket = try TestSocket.connect(port: UInt16(80 + index), host: host)
                            try? socket.send("?")
                            #expect(socket.isCut())
                        }
                        try #require(eventually { lines(reaction, host).count > sofar }, "\(both.output(host))")
                    }
                }
                try both.wait { $0.contains("Server \(reaction)/s is DOWN") }
            }
            #expect(both.serverLines(1) == both.serverLines(2))
            _ = closed
        }
    }

    /// `on-error fastinter`, as `fastinter` with any reaction: one failure, and the server is checked again at once.
    @Test func aConnectionThatFailsHastensTheNextCheck() throws {
        try withDaemonRoom { directory in
            let (closed, port) = try TestSocket.bound(listening: false)
            let checks = [Arrivals(), Arrivals()]
            let healthy = try checks.map { count in
                try TestServer { connection in
                    count.count()
                    try connection.send("fine")
                    _ = try connection.receiveAll()
                }
            }
            let both = try BothProxies(in: directory, ports: [80]) { host in
                """
                listen l
                  bind 127.0.0.\(host):80
                  option log-health-checks
                  option tcp-check
                  tcp-check expect string fine
                  retries 0
                  server s 127.0.0.1:\(port) check port \(healthy[Int(host) - 1].port) inter 1h fastinter 20ms fall 1 \
                observe layer4 error-limit 1 on-error fastinter

                """
            }
            try both.wait { $0.contains("Health check for server l/s succeeded") }
            for host in BothProxies.hosts {
                #expect(eventually { checks[Int(host) - 1].value == 1 })
                let socket = try TestSocket.connect(port: 80, host: host)
                try? socket.send("?")
                #expect(socket.isCut())
                #expect(eventually { checks[Int(host) - 1].value == 2 }, "\(both.output(host))")
            }
            _ = closed
        }
    }
}
