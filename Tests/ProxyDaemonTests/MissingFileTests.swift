import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Files that a configuration names and that are not there: who starts serves what it can without them, who serves already goes on
/// as it was.
@Suite(.blocking) struct MissingFileTests {
    /// Where a rule cannot be asked nobody may go to another backend.
    @Test func aMapThatIsMissingSendsNobodyElsewhere() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let map = "\(directory)/nowhere.map"
            let body = """
                frontend f
                  bind 127.0.0.1:80
                  use_backend early if { src 127.0.0.9 }
                  use_backend %[src,map_ip(\(map),other)]
                  default_backend other
                frontend logged
                  bind 127.0.0.1:81
                  log-format "%[src,map_ip(\(map))]"
                  default_backend other
                backend other
                  server s1 127.0.0.1:\(server.port)
                backend early
                  server s1 127.0.0.1:\(server.port)

                """
            let daemon = try DaemonFixture(body, in: directory)
            let quarantine = try daemon.client.send("show quarantine")
            #expect(quarantine.contains("rule f/%[src,map_ip(\(map),other)] - quarantined"))
            #expect(quarantine.contains("'\(map)' cannot be read"))
            let errors = daemon.program.errors
            #expect(errors.contains("'log-format' : the pattern file '\(map)' cannot be read"), "\(errors)")
            let answer = try? daemon.ask(port: 80)
            #expect((answer ?? "") == "")
            #expect(try daemon.ask(port: 81) == "s1")
            // A rule before it decides still.
            let early = try TestSocket.connect(port: 80, from: 9)
            try early.send("?")
            #expect(try early.receiveAll() == "s1")
            // It comes with the file.
            try FileDescriptor.open(map, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array("127.0.0.0/8 other\n".utf8))
            #expect(try daemon.client.reload().success)
            #expect(try daemon.ask(port: 80) == "s1")
        }
    }

    @Test func whatServesIsNotReplacedByLess() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let list = "\(directory)/deny.lst"
            let body = """
                listen l
                  bind 127.0.0.1:80
                  tcp-request connection reject if { src -f \(list) }
                  server s1 127.0.0.1:\(server.port)

                """
            try FileDescriptor.open(list, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array("10.0.0.0/8\n".utf8))
            let daemon = try DaemonFixture(body, in: directory)
            #expect(try daemon.ask(port: 80) == "s1")
            unlink(list)
            for round in 1...2 {
                let answer = try daemon.client.reload()
                #expect(!answer.success)
                #expect(answer.text.contains("failed to open pattern file <\(list)>"), "\(answer.text)")
                #expect(try daemon.ask(port: 80) == "s1")
                #expect(try daemon.client.send("show proc").contains("[failed: \(round)]"))
            }
            // By a signal, it says what became of it.
            kill(daemon.program.pid, SIGUSR2)
            let hasFailed = eventually {
                daemon.program.errors.contains("Loading failure! What was served before is still served.")
            }
            #expect(hasFailed)
            try FileDescriptor.open(list, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array("10.0.0.0/8\n".utf8))
            kill(daemon.program.pid, SIGUSR2)
            let hasSucceeded = eventually { daemon.program.errors.components("Loading success.") == 2 }
            #expect(hasSucceeded, "\(daemon.program.errors)")
            // As HAProxy counts: those since one succeeded.
            #expect(try daemon.client.send("show proc").contains("[failed: 0]"))
            // A process that is to replace another one gives up, and the other goes on.
            unlink(list)
            let next = try Background(
                [proxyd, "-W", "-f", "\(directory)/haproxy.cfg", "-sf", "\(daemon.program.pid)"],
                in: directory
            )
            let hasGivenUp = eventually { next.poll() != nil }
            #expect(hasGivenUp)
            #expect(next.poll() == 1)
            #expect(try daemon.ask(port: 80) == "s1")
        }
    }

    /// Standard output that is a file is written by several: nobody writes over the lines of others.
    @Test func linesInAFileStay() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            try DaemonFixture.write(
                "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n",
                in: directory
            )
            let all = "\(directory)/all"
            let program = try Background(
                [
                    "sh", "-c", "exec \"$0\" -W -f \(directory)/haproxy.cfg -S \(directory)/master.sock > \(all) 2>&1",
                    proxyd,
                ],
                in: directory
            )
            let client = MasterClient(path: "\(directory)/master.sock", timeoutMilliseconds: 60000)
            #expect(try eventually { try Oracle.listens("127.0.0.1:80") })
            for _ in 0..<8 {
                let socket = try TestSocket.connect(port: 80)
                try socket.send("?")
                #expect(try socket.receiveAll() == "s1")
            }
            func text() throws -> String {
                String(decoding: try FileDescriptor.open(all, O_RDONLY).readToEnd(), as: UTF8.self)
            }
            let areThere = try eventually { try text().components(" l/s1 ") == 8 }
            #expect(areThere)
            for round in 1...2 {
                kill(program.pid, SIGUSR2)
                let isDone = try eventually { try text().components("Loading success.") == round + 1 }
                #expect(isDone)
            }
            #expect(try client.send("show proc").contains("worker"))
            let end = try text()
            #expect(end.components(" l/s1 ") == 8, "\(end)")
        }
    }

    /// As in HAProxy: who stays in front and is no master has no pid file.
    @Test func whoStaysInFrontHasNoPidFile() throws {
        try withDaemonRoom { directory in
            for program in [proxyd, "haproxy"] {
                let server = try TestServer.named("s1")
                try DaemonFixture.write(
                    "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
                        + "global\n  pidfile \(directory)/nope/pid\n",
                    in: directory
                )
                let daemon = try Background([program, "-db", "-f", "\(directory)/haproxy.cfg"], in: directory)
                #expect(try eventually { try Oracle.listens("127.0.0.1:80") }, "\(daemon.errors)")
                #expect(daemon.poll() == nil)
            }
        }
    }
}

extension String {
    /// How often a text is in it.
    fileprivate func components(_ text: String) -> Int { ranges(of: text).count }
}
