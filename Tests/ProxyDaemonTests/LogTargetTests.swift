import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `log` lines of every kind, against the real HAProxy: the same bytes, but for times, ports and process ids.
@Suite(.blocking) struct LogTargetTests {
    private static let formats = ["local", "rfc3164", "rfc5424", "priority", "short", "timed", "iso", "raw"]

    /// The lines that a program sends to each receiver.
    private func lines(_ global: String, _ directory: String, _ start: (String) throws -> Background) throws -> [String]
    {
        let receivers = try (0..<Self.formats.count + 4).map { _ in try LogReceiver() }
        let unix = try LogReceiver(path: "\(directory)/log.socket")
        let named = try TestServer.named("hello")
        let (closed, closedPort) = try TestSocket.bound(listening: false)
        var targets = zip(Self.formats, receivers).map { "log \($1.place) format \($0) local1" }
        let others = receivers.dropFirst(Self.formats.count).map { $0.place }
        targets += [
            "log \(others[0]) daemon", "log \(others[1]) len 80 format rfc5424 local0",
            "log \(others[2]) format priority local7 notice warning", "log \(others[3]) format short kern err",
            "log \(unix.place) local3",
        ]
        let program = try start(
            """
            global
              \(global)
              \(targets.joined(separator: "\n  "))
            defaults
              mode tcp
              log global
              retries 0
              timeout connect 60s
              timeout client 60s
              timeout server 60s
            frontend plain
              bind 127.0.0.1:80
              default_backend named
            frontend tcp
              bind 127.0.0.1:81
              option tcplog
              log-tag other
              default_backend named
            frontend separate
              bind 127.0.0.1:82
              option tcplog
              option log-separate-errors
              default_backend refused
            frontend silent
              bind 127.0.0.1:83
              option tcplog
              option dontlog-normal
              use_backend refused if { src 127.0.0.2 }
              default_backend named
            listen own
              bind 127.0.0.1:84
              no log
              option tcplog
              log \(others[0]) user
              server s1 127.0.0.1:\(named.port)
            backend named
              server s1 127.0.0.1:\(named.port)
            backend refused
              server s1 127.0.0.1:\(closedPort)
            backend checked
              option log-health-checks
              server s1 127.0.0.1:\(closedPort) check inter 60s fall 1

            """
        )
        try #require(
            try eventually { try run("ss", "-Hltn", "sport >= 80 and sport <= 84").split(separator: "\n").count == 5 }
        )
        // The check's lines come first.
        try #require(eventually { unix.received().count == 3 }, "\(unix.received()) \(program.errors)")
        for (port, source, count) in [(80, 1, 4), (81, 1, 5), (82, 1, 6), (83, 1, 6), (83, 2, 7), (84, 1, 7)]
            as [(UInt16, UInt8, Int)]
        {
            do {
                let socket = try TestSocket.connect(port: port, from: source)
                try? socket.send("?")
                _ = try? socket.receiveAll()
            }
            try #require(eventually { unix.received().count == count }, "\(port): \(unix.received())")
            if port == 84 { try #require(eventually { receivers[Self.formats.count].received().count == 8 }) }
        }
        _ = closed
        return (receivers + [unix]).enumerated().flatMap { index, receiver in
            receiver.received().map { line in
                // A line that is cut is cut somewhere in what is masked.
                "\(index): " + (index == Self.formats.count + 1 ? "\(line.utf8.count)" : Self.masked(line))
            }
        }
    }

    /// Times, ports, process ids and durations say nothing; how long they are does.
    private static func masked(_ line: String) -> String {
        var line = line
        line.replace(/[A-Z][a-z]{2} [ 1-3][0-9] [0-9:]{8}/, with: "STAMP")
        line.replace(/[0-9-]{10}T[0-9:]{8}\.[0-9]{6}[+-][0-9:]{5}/, with: "ISO")
        line.replace(/\[[0-9]{2}\/[A-Z][a-z]{2}\/[0-9:.]{17}\]/, with: "[DATE]")
        line.replace(/127\.0\.0\.([0-9]):[0-9]{4,5}/) { "127.0.0.\($0.1):PORT" }
        line.replace(/\[[0-9]+\]:/, with: "[PID]:")
        line.replace(/(haproxy|other|tag) [0-9]+ - -/) { "\($0.1) PID - -" }
        line.replace(/[0-9]+ms/, with: "TIME")
        line.replace(#/\ (-1|[0-9]+)/(-1|[0-9]+)/[0-9]+\ /#) { match in
            let times = [match.1, match.2].map { $0 == "-1" ? "-1" : "t" }
            return " \(times[0])/\(times[1])/t "
        }
        // Whether the one before has ended yet is chance.
        line.replace(#/[0-9]+/[0-9]+/[0-9]+/[0-9]+/(\+?[0-9]+)\ /#) { "n/n/n/n/\($0.1) " }
        return line
    }

    @Test(arguments: ["nbthread 2", "log-send-hostname", "log-send-hostname box\n  log-tag tag"])
    func everyKindOfTargetGetsHAProxysBytes(_ global: String) throws {
        try withDaemonRoom { directory in
            let (ours, theirs) = try Background.ofBoth(in: directory) { start in
                try lines(global, directory, start)
            }
            #expect(ours == theirs)
        }
    }

    /// Whoever takes the lines may come later than the proxy, go, and come back; a reload takes another.
    @Test func aReceiverMayGoAndComeBack() throws {
        try withDaemonRoom { directory in
            let named = try TestServer.named("hello")
            func body(_ target: String) -> String {
                """
                frontend f
                  bind 127.0.0.1:80
                  no log
                  log \(target) local0
                  default_backend named
                backend named
                  server s1 127.0.0.1:\(named.port)

                """
            }
            let path = "\(directory)/log.socket"
            let daemon = try DaemonFixture(body(path), in: directory)
            func ask(from source: UInt8) throws {
                let socket = try TestSocket.connect(port: 80, from: source)
                try socket.send("?")
                let answer = try socket.receiveAll()
                #expect(answer == "hello")
            }
            func hasLine(_ receiver: LogReceiver, of source: UInt8) -> Bool {
                eventually { receiver.received().contains { $0.contains(" 127.0.0.\(source):") } }
            }
            try ask(from: 1)
            #expect(try eventually { try daemon.client.send("@1 show info").contains("\nDroppedLogs: 1\n") })
            for source in [2, 4] as [UInt8] {
                let receiver = try LogReceiver(path: path)
                try ask(from: source)
                #expect(hasLine(receiver, of: source))
                unlink(path)
                try ask(from: source + 1)
            }
            let receiver = try LogReceiver()
            let answer = try daemon.reload(body(receiver.place))
            #expect(answer.success)
            try ask(from: 6)
            #expect(hasLine(receiver, of: 6))
            #expect(daemon.program.errors.isEmpty || !daemon.program.errors.contains("not followed"))
        }
    }

    /// What a socket does not take at once comes when it has room, though nothing else happens.
    @Test func linesOfChecksWaitForRoom() throws {
        try withDaemonRoom { directory in
            let receiver = try LogReceiver(path: "\(directory)/log.socket")
            let (closed, port) = try TestSocket.bound(listening: false)
            let servers = (1...40).map { "  server s\($0) 127.0.0.1:\(port) check inter 100 fall 1\n" }.joined()
            let daemon = try DaemonFixture(
                "backend b\n  no log\n  log \(receiver.place) format raw local0\n\(servers)",
                in: directory
            )
            let areDown = try eventually {
                try daemon.client.send("@1 show stat").split(separator: "\n").count { $0.contains(",DOWN,") } == 41
            }
            #expect(areDown)
            let have = eventually { receiver.received().count == 41 }
            #expect(have, "\(receiver.received().count)")
            _ = closed
        }
    }
}
