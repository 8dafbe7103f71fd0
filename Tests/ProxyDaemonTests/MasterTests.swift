import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct MasterTests {
    @Test func aReloadChangesWhatMustAndKeepsTheRest() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let echo = try TestServer.echo()
            let backends = """
                backend b
                  server s1 127.0.0.1:\(server.port)
                backend echo
                  server s1 127.0.0.1:\(echo.port)

                """
            func frontend(_ binds: String) -> String {
                "frontend f\n\(binds)  use_backend echo if { dst_port 81 }\n  default_backend b\n" + backends
            }
            let daemon = try DaemonFixture(
                frontend("  bind 127.0.0.1:80 name one\n  bind 127.0.0.1:81 name two\n"),
                in: directory
            )
            #expect(try daemon.ask(port: 80) == "s1")
            let worker = try daemon.worker()
            let held = try TestSocket.connect(port: 81)
            try held.send("before")
            #expect(try held.receive() == Array("before".utf8))

            let answer = try daemon.reload(
                frontend("  bind 127.0.0.1:80 name one\n  bind 127.0.0.1:82 name three\n  bind 192.0.2.1:80 name far\n")
            )
            #expect(answer.success)
            #expect(
                answer.text == """
                    bind f/three 127.0.0.1:82 added
                    bind f/two 127.0.0.1:81 removed
                    bind f/far 192.0.2.1:80 quarantined EADDRNOTAVAIL (Cannot assign requested address)
                    kept=1 added=1 removed=1 quarantined=1

                    """
            )
            #expect(try daemon.client.send("show quarantine") == answer.quarantined.map { $0 + "\n" }.joined())
            #expect(try daemon.ask(port: 80) == "s1")
            #expect(try daemon.ask(port: 82) == "s1")
            #expect(throws: SystemError.self) { try TestSocket.connect(port: 81) }
            try held.send("after")
            #expect(try held.receive() == Array("after".utf8))
            #expect(try daemon.worker() == worker)

            // The quarantined address appears: it is served without anybody asking.
            try run("ip", "address", "add", "192.0.2.1/32", "dev", "lo")
            #expect(try eventually { try daemon.client.send("show quarantine").isEmpty })
            #expect(try run("bash", "-c", "exec 3<>/dev/tcp/192.0.2.1/80; echo ? >&3; cat <&3") == "s1")

            daemon.program.signal(SIGTERM)
            #expect(eventually { daemon.program.poll() != nil })
            #expect(daemon.program.poll() == 0)
        }
    }

    @Test func aBrokenFileChangesNothing() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let body = "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
            let daemon = try DaemonFixture(body, in: directory)
            let answer = try daemon.reload(body + "  nonsense here\n")
            #expect(!answer.success)
            #expect(answer.text.contains("unknown keyword 'nonsense'"))
            #expect(answer.text.contains("Fatal errors found in configuration."))
            #expect(try daemon.ask(port: 80) == "s1")
            let again = try daemon.reload(body)
            #expect(again.text == "kept=1 added=0 removed=0 quarantined=0\n")
        }
    }

    @Test func aWorkerThatDiesIsReplacedWithTheSameListeners() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(
                "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n",
                in: directory
            )
            let worker = try daemon.worker()
            kill(try #require(pid_t(worker)), SIGKILL)
            // The listener stays open in the master, so that nobody is refused: the connection waits.
            #expect(try daemon.ask(port: 80) == "s1")
            #expect(try daemon.worker() != worker)
        }
    }

    @Test func aGracefulStopWaitsForConnections() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            let daemon = try DaemonFixture(
                "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n",
                in: directory
            )
            let held = try TestSocket.connect(port: 80)
            try held.send("x")
            #expect(try held.receive() == Array("x".utf8))
            daemon.program.signal(SIGUSR1)
            try held.send("y")
            #expect(try held.receive() == Array("y".utf8))
            #expect(daemon.program.poll() == nil)
            // Nobody listens any more, the master neither: a client is refused instead of waiting for nobody.
            #expect(eventually { (try? TestSocket.connect(port: 80)) == nil })
            held.shutdownWrite()
            #expect(try held.receiveAll() == "")
            #expect(eventually { daemon.program.poll() != nil })
        }
    }

    @Test func theWorkerIsLockedInAndGivesUpRoot() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            mkdir("\(directory)/jail", 0o755)
            let daemon = try DaemonFixture(
                """
                listen l
                  bind 127.0.0.1:80
                  server s1 127.0.0.1:\(server.port)
                global
                  chroot \(directory)/jail
                  uid 12345
                  gid 12346

                """,
                in: directory
            )
            let worker = try daemon.worker()
            #expect(try run("readlink", "/proc/\(worker)/root") == "\(directory)/jail\n")
            let status = try run("cat", "/proc/\(worker)/status").split(separator: "\n")
            #expect(status.contains("Uid:\t12345\t12345\t12345\t12345"))
            #expect(status.contains("Gid:\t12346\t12346\t12346\t12346"))
            #expect(status.contains("CapEff:\t0000000000000000"))
            #expect(try daemon.ask(port: 80) == "s1")
            // It can still be changed, privileged ports included: the master binds.
            let answer = try daemon.reload("listen l\n  bind 127.0.0.1:81\n  server s1 127.0.0.1:\(server.port)\n")
            #expect(answer.success)
            #expect(try daemon.ask(port: 81) == "s1")
        }
    }

    @Test func commandsThatAreNoneGetHelp() throws {
        try withDaemonRoom { directory in
            let daemon = try DaemonFixture("listen l\n  bind 127.0.0.1:80\n", in: directory)
            #expect(try daemon.client.send("explode now").hasPrefix("Unknown command, but maybe"))
            #expect(try daemon.client.send("").contains("show quarantine"))
            #expect(try daemon.client.send(String(repeating: "x", count: 60000)).hasPrefix("Unknown command"))
            var info = stat()
            #expect(stat("\(directory)/master.sock", &info) == 0)
            #expect(info.st_mode & 0o777 == 0o600)
        }
    }
}
