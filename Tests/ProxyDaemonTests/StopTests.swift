import Glibc
@testable import ProxyDaemon
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// How a proxy ends: `grace`, `hard-stop-after`, the drain of what a change took away, and the ports lent to another.
@Suite(.blocking) struct StopTests {
    @Test func theScheduleOfAStop() {
        var plain = StopSchedule(now: 100, grace: nil, hardStopAfter: nil)
        #expect(plain.step(100) == .stopListening)
        #expect(plain.step(1_000_000) == .wait)
        #expect(plain.wait(100) == -1)
        var bounded = StopSchedule(now: 100, grace: 50, hardStopAfter: 1000)
        #expect(bounded.wait(100) == 50)
        #expect(bounded.step(149) == .wait)
        #expect(bounded.step(150) == .stopListening)
        #expect(bounded.wait(150) == 1000)
        #expect(bounded.step(1149) == .wait)
        #expect(bounded.step(1150) == .stopAll)
    }

    @Test(arguments: [["-W"], ["-db"]]) func listeningGoesOnForGrace(mode: [String]) throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            try DaemonFixture.write(
                "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\nglobal\n  grace 1h\n",
                in: directory
            )
            let program = try Background([proxyd] + mode + ["-f", "\(directory)/haproxy.cfg"], in: directory)
            func ask() -> String? {
                (try? TestSocket.connect(port: 80)).flatMap { socket in
                    try? socket.send("?")
                    return try? socket.receiveAll()
                }
            }
            #expect(eventually { ask() == "s1" })
            program.signal(SIGUSR1)
            for _ in 0..<20 { #expect(ask() == "s1") }
            #expect(program.poll() == nil)
            program.signal(SIGTERM)
            // Without a master it is the signal that ends it, as in HAProxy.
            #expect(eventually { program.poll() == (mode == ["-W"] ? 0 : 256 + SIGTERM) })
        }
    }

    /// A worker that was replaced still has a connection when the proxy is told to finish; the newest has none.
    @Test func formerWorkersFinishToo() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            let body = "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
            let daemon = try DaemonFixture(body, in: directory)
            let held = try TestSocket.connect(port: 80)
            func talk() throws {
                try held.send("x")
                #expect(try held.receive() == Array("x".utf8))
            }
            try talk()
            #expect(try daemon.reload(body + "global\n  user daemon\n").success)
            let newest = try #require(pid_t(try daemon.worker()))
            daemon.program.signal(SIGUSR1)
            #expect(eventually { hasEnded(newest) })
            for _ in 0..<3 { try talk() }
            #expect(try daemon.client.send("show proc").contains("# old workers"))
            #expect(daemon.program.poll() == nil)
            held.shutdownWrite()
            #expect(try held.receiveAll() == "")
            #expect(eventually { daemon.program.poll() == 0 })
        }
    }

    @Test func connectionsEndAtHardStopAfter() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            let listen = "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
            let daemon = try DaemonFixture(listen + "global\n  hard-stop-after 200\n", in: directory)
            let held = try TestSocket.connect(port: 80)
            try held.send("x")
            #expect(try held.receive() == Array("x".utf8))
            daemon.program.signal(SIGUSR1)
            #expect(eventually { daemon.program.poll() == 0 })
            #expect(((try? held.receive()) ?? []).isEmpty)
        }
    }

    /// A server and a frontend that are gone lose their connections after hard-stop-after; what stays keeps its own.
    @Test func whatAChangeTookAwayIsDrained() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            let other = try TestServer.echo()
            let end = "global\n  hard-stop-after 200\n"
            let backends = "backend b\n  server s1 127.0.0.1:\(server.port)\n"
            let gone = "listen gone\n  bind 127.0.0.1:81\n  server g1 127.0.0.1:\(other.port)\n"
            let kept = "frontend f\n  bind 127.0.0.1:80\n  default_backend b\n"
            let daemon = try DaemonFixture(kept + backends + gone + end, in: directory)
            let stays = try TestSocket.connect(port: 80)
            let leaves = try TestSocket.connect(port: 81)
            for socket in [stays, leaves] {
                try socket.send("x")
                #expect(try socket.receive() == Array("x".utf8))
            }
            #expect(try daemon.reload(kept + backends + end).success)
            #expect(((try? leaves.receive()) ?? []).isEmpty)
            try stays.send("y")
            #expect(try stays.receive() == Array("y".utf8))
            // The server goes, its frontend stays.
            let replaced = "backend b\n  server s2 127.0.0.1:\(other.port)\n"
            #expect(try daemon.reload(kept + replaced + end).success)
            #expect(((try? stays.receive()) ?? []).isEmpty)
        }
    }

    /// Without hard-stop-after nobody is cut.
    @Test func removedServersKeepTheirConnections() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            func body(_ name: String) -> String {
                "listen l\n  bind 127.0.0.1:80\n  server \(name) 127.0.0.1:\(server.port)\n"
            }
            let daemon = try DaemonFixture(body("s1"), in: directory)
            let held = try TestSocket.connect(port: 80)
            for round in 0..<5 {
                try held.send("x")
                #expect(try held.receive() == Array("x".utf8))
                #expect(try daemon.reload(body("t\(round)")).success)
            }
            try held.send("x")
            #expect(try held.receive() == Array("x".utf8))
        }
    }

    @Test func portsAreLentAndTakenBack() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(
                "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n",
                in: directory
            )
            let worker = try daemon.worker()
            daemon.program.signal(SIGTTOU)
            #expect(eventually { (try? TestSocket.connect(port: 80)) == nil })
            daemon.program.signal(SIGTTIN)
            #expect(eventually { (try? daemon.ask(port: 80)) == "s1" })
            #expect(try daemon.worker() == worker)
        }
    }

    @Test func threadsComeAndGo() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            func body(_ threads: Int) -> String {
                "global\n  nbthread \(threads)\nlisten l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
            }
            let daemon = try DaemonFixture(body(1), in: directory)
            let worker = try daemon.worker()
            func threads() throws -> Int { try run("ls", "/proc/\(worker)/task").split(separator: "\n").count }
            let before = try threads()
            let held = try (0..<20).map { _ in try TestSocket.connect(port: 80) }
            #expect(try daemon.reload(body(3)).success)
            #expect(try threads() == before + 2)
            let more = try (0..<50).map { _ in try TestSocket.connect(port: 80) }
            #expect(try daemon.reload(body(1)).success)
            for socket in held + more {
                try socket.send("x")
                #expect(try socket.receive() == Array("x".utf8))
            }
            for _ in 0..<20 {
                let socket = try TestSocket.connect(port: 80)
                try socket.send("x")
                #expect(try socket.receive() == Array("x".utf8))
            }
            #expect(try daemon.worker() == worker)
        }
    }
}
