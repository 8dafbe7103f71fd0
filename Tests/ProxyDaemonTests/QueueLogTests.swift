import Glibc
import Syscalls
import TestSupport
import Testing

/// The lines of connections that waited for a server are HAProxy's.
@Suite(.blocking) struct QueueLogTests {
    private static let body = """
        frontend f
          bind 127.0.0.1:80
          no option dontlognull
          default_backend patient
        frontend g
          bind 127.0.0.1:81
          no option dontlognull
          default_backend impatient
        frontend h
          bind 127.0.0.1:82
          no option dontlognull
          default_backend bounded
        backend patient
          timeout queue 60s
          server s 127.0.0.1:@ maxconn 1
        backend impatient
          timeout queue 100ms
          server s 127.0.0.1:@ maxconn 1
        backend bounded
          timeout queue 60s
          balance source
          server s 127.0.0.1:@ maxconn 1 maxqueue 1

        """

    @Test func linesOfThoseWhoWaitedAreHAProxys() throws {
        try withDaemonRoom { directory in
            let server = try TestServer { connection in
                if try connection.receive().isEmpty { return }
                try connection.send("s")
                _ = try connection.receiveAll()
            }
            let body = Self.body.replacing("@", with: "\(server.port)")
            let ours: [String]
            do {
                let daemon = try DaemonFixture(body, in: directory)
                try Self.traffic { daemon.program.output }
                ours = Self.masked(daemon.program.output)
            }
            // The worker ends a little later than its master, and shares the addresses until then.
            #expect(try eventually { try run("ss", "-Hltn", "sport >= 80 and sport <= 82").isEmpty })
            let theirs = try Background(["haproxy", "-db", "-f", "\(directory)/haproxy.cfg"], in: directory)
            try Self.traffic { theirs.output }
            #expect(ours == Self.masked(theirs.output))
        }
    }

    /// Each part is logged before the next begins: a line counts the connections that exist beside its own.
    private static func traffic(_ log: () -> String) throws {
        #expect(
            try eventually { try run("ss", "-Hltn", "sport >= 80 and sport <= 82").split(separator: "\n").count == 3 }
        )
        func waitForLines(_ count: Int) {
            #expect(eventually { log().split(separator: "\n").count == count }, "\(log())")
        }
        let first = try open(80, answers: true)
        let second = try open(80)
        let third = try open(80)
        end(first)
        waitForLines(1)
        #expect(try second.receive() == [UInt8(ascii: "s")])
        end(second)
        waitForLines(2)
        #expect(try third.receive() == [UInt8(ascii: "s")])
        end(third)
        waitForLines(3)

        let holder = try open(81, answers: true)
        _ = try? open(81).receiveAll()
        waitForLines(4)
        end(holder)
        waitForLines(5)

        let served = try open(82, answers: true)
        let queued = try open(82)
        _ = try? open(82).receiveAll()
        waitForLines(6)
        end(served)
        waitForLines(7)
        #expect(try queued.receive() == [UInt8(ascii: "s")])
        end(queued)
        waitForLines(8)
    }

    /// A connection that the proxy has accepted, and that the server has answered if it is to.
    private static func open(_ port: UInt16, answers: Bool = false) throws -> TestSocket {
        let socket = try TestSocket.connect(port: port)
        try socket.send("?")
        if answers { #expect(try socket.receive() == [UInt8(ascii: "s")]) }
        #expect(try eventually { try run("ss", "-Hltn", "sport = :\(port)").split(separator: " ")[1] == "0" })
        return socket
    }

    private static func end(_ socket: TestSocket) {
        socket.shutdownWrite()
        _ = try? socket.receiveAll()
    }

    private static func masked(_ log: String) -> [String] {
        log.split(separator: "\n").map { line in
            var words = line.split(separator: " ").map { String($0) }
            guard words.count > 4 else { return String(line) }
            words[0] = "client"
            words[1] = "-"
            words[4] = words[4].split(separator: "/").map { $0 == "-1" ? "-1" : "t" }.joined(separator: "/")
            return words.joined(separator: " ")
        }
    }
}
