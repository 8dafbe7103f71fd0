import Glibc
import RuntimeAPI
import Synchronization
import Syscalls
import TestSupport
import Testing

/// What `bind`, `server` and `option` lines say about sockets.
@Suite(.blocking) struct SocketTests {
    @Test func everyKindOfBindServes() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let (inherited, port) = try TestSocket.bound()
            // The shell leaves the descriptor open for what it becomes.
            let body = """
                frontend f
                  bind 127.0.0.1:80,127.0.0.2:81
                  bind 127.0.0.1:100-102
                  bind [::1]:83
                  bind \(directory)/f.sock mode 640 gid 0
                  bind abns@appliance
                  bind fd@\(inherited.raw)
                  bind 127.0.0.1:84 interface lo
                  bind 192.0.2.7:85 transparent
                  bind :::86 v4v6
                  bind :::87 v6only
                  bind :88
                  bind :::88
                  default_backend b
                backend b
                  server s1 127.0.0.1:\(server.port)

                """
            _ = fcntl(inherited.raw, F_SETFD, 0)
            let daemon = try DaemonFixture(body, in: directory)
            _ = fcntl(inherited.raw, F_SETFD, FD_CLOEXEC)
            #expect(try daemon.client.send("show quarantine") == "")
            func ask(_ socket: TestSocket) throws -> String {
                try socket.send("?")
                return try socket.receiveAll()
            }
            for port in [80, 100, 101, 102, port, 84, 86, 88] as [UInt16] {
                #expect(try ask(TestSocket.connect(port: port)) == "s1", "\(port)")
            }
            #expect(try ask(TestSocket.connect(port: 81, host: 2)) == "s1")
            for port in [83, 86, 87, 88] as [UInt16] {
                #expect(try ask(TestSocket.connectV6(port: port)) == "s1", "\(port)")
            }
            #expect(throws: SystemError.self) { try TestSocket.connect(port: 87) }
            #expect(try ask(TestSocket.connect(unix: "\(directory)/f.sock")) == "s1")
            #expect(try ask(TestSocket.connect(unix: "@appliance")) == "s1")
            #expect(try run("stat", "-c", "%a", "\(directory)/f.sock") == "640\n")
            try run("ip", "route", "add", "local", "192.0.2.7", "dev", "lo")
            #expect(try run("curl", "-s", "--http0.9", "192.0.2.7:85") == "s1")
            #expect(eventually { daemon.program.output.contains("unix:") }, "\(daemon.program.output)")
            // Away with the file too, and back: the same worker.
            let worker = try daemon.worker()
            let answer = try daemon.reload("listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n")
            #expect(answer.text.contains("removed=14 "), "\(answer.text)")
            #expect(access("\(directory)/f.sock", F_OK) != 0)
            #expect(throws: SystemError.self) { try TestSocket.connect(unix: "@appliance") }
            #expect(try daemon.reload(body).text.contains("kept=1 added=14"))
            #expect(try ask(TestSocket.connect(unix: "\(directory)/f.sock")) == "s1")
            #expect(try daemon.worker() == worker)
        }
    }

    /// HAProxy connects to our unix sockets, and we to its.
    @Test func unixSocketsBetweenHAProxyAndUs() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("end")
            let local = try TestServer(unix: "\(directory)/end.sock") { connection in
                if try connection.receive().isEmpty { return }
                try connection.send("local")
            }
            let daemon = try DaemonFixture(
                """
                global
                  unix-bind prefix \(directory) mode 666
                listen path
                  bind /ours.sock
                  server next \(directory)/theirs.sock send-proxy-v2
                listen abstract
                  bind abns@ours accept-proxy
                  server next abns@theirs check inter 50
                listen direct
                  bind 127.0.0.1:90
                  server s1 \(directory)/end.sock check inter 50

                """,
                in: directory
            )
            let oracle = try Oracle(
                """
                listen path
                  bind 127.0.0.2:81
                  bind \(directory)/theirs.sock accept-proxy
                  use_backend ours if { dst_port 81 }
                  server s1 127.0.0.1:\(server.port)
                listen abstract
                  bind 127.0.0.2:82
                  bind abns@theirs
                  use_backend oursAbstract if { dst_port 82 }
                  server s1 127.0.0.1:\(server.port)
                backend ours
                  server next unix@\(directory)/ours.sock
                backend oursAbstract
                  server next abns@ours send-proxy

                """,
                in: directory,
                ports: [81, 82]
            )
            func ask(_ port: UInt16, _ host: UInt8) throws -> String {
                let socket = try TestSocket.connect(port: port, host: host)
                try socket.send("?")
                return try socket.receiveAll()
            }
            #expect(try ask(81, 2) == "end")
            // Checked as all are: down until HAProxy is there.
            #expect(eventually { (try? ask(82, 2)) == "end" })
            #expect(!daemon.program.output.contains("direct/s1 is DOWN"))
            #expect(try ask(90, 1) == "local")
            _ = (daemon, oracle, local)
        }
    }

    /// What the kernel says of our sockets, and what it says of HAProxy's.
    @Test func optionsOfSocketsAreHAProxys() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            func body(_ host: String) -> String {
                """
                listen alive
                  bind \(host):80
                  option tcpka
                  clitcpka-idle 100
                  clitcpka-intvl 20s
                  clitcpka-cnt 4
                  srvtcpka-idle 200
                  server s1 127.0.0.1:\(server.port)
                listen small
                  bind \(host):81 mss 1000 tcp-ut 30s backlog 7
                  server s1 127.0.0.1:\(server.port)

                """
            }
            let daemon = try DaemonFixture(body("127.0.0.1"), in: directory)
            let oracle = try Oracle(body("127.0.0.2"), in: directory, ports: [80, 81])
            /// The timer of an established connection and its largest segment.
            func state(_ host: UInt8, _ port: UInt16) throws -> (timer: String, size: String) {
                let socket = try TestSocket.connect(port: port, host: host)
                try socket.send("?")
                _ = try socket.receive()
                let text = try run("ss", "-Hton", "-i", "sport = \(port) and src = 127.0.0.\(host)")
                let words = text.split { " \t\n".contains($0) }.map { String($0) }
                return (
                    String(words.first { $0.hasPrefix("timer:(keepalive") }?.prefix { $0 != "," } ?? ""),
                    words.first { $0.hasPrefix("mss:") } ?? ""
                )
            }
            let (ours, theirs) = (try state(1, 80), try state(2, 80))
            #expect(ours == theirs)
            #expect(ours.timer == "timer:(keepalive")
            #expect(try state(1, 81).size == state(2, 81).size)
            let queues = try run("ss", "-Hltn", "sport = 81").split(separator: "\n").map { $0.split(separator: " ")[2] }
            #expect(queues == ["7", "7"])
            _ = (daemon, oracle)
        }
    }

    /// A changed option is set on the socket that stays.
    @Test func optionsOfAKeptListenerChange() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            func body(_ options: String) -> String {
                "listen l\n  bind 127.0.0.1:80 \(options)\n  server s1 127.0.0.1:\(server.port)\n"
            }
            let daemon = try DaemonFixture(body("backlog 5"), in: directory)
            func queue() throws -> String {
                String(
                    try run("ss", "-Hltn").split(separator: "\n").first { $0.contains(":80 ") }?.split(separator: " ")[
                        2
                    ] ?? ""
                )
            }
            #expect(try queue() == "5")
            #expect(try daemon.reload(body("backlog 9 mss 900")).text.contains("kept=1 added=0 removed=0"))
            #expect(try queue() == "9")
            let socket = try TestSocket.connect(port: 80)
            try socket.send("?")
            _ = try socket.receive()
            let text = try run("ss", "-Hton", "-i", "sport = 80")
            #expect(text.contains("mss:8"), "\(text)")
        }
    }

    /// `defer-accept`: who says nothing is not there.
    @Test func deferredClientsAreAcceptedWithTheirFirstByte() throws {
        try withDaemonRoom { directory in
            let server = try TestServer { try $0.send("greeting") }
            let daemon = try DaemonFixture(
                "listen l\n  bind 127.0.0.1:80 defer-accept tfo\n  bind 127.0.0.1:81\n  server s1 127.0.0.1:\(server.port)\n",
                in: directory
            )
            // The server speaks first; with defer-accept it is not even connected to before the client has spoken.
            #expect(try TestSocket.connect(port: 81).receiveAll() == "greeting")
            let silent = try TestSocket.connect(port: 80)
            let established = try run("ss", "-Htn", "state", "established", "sport = 80")
            #expect(established.isEmpty, "\(established)")
            try silent.send("?")
            #expect(try silent.receive() == Array("greeting".utf8))
            #expect(try run("sh", "-c", "cat /proc/net/netstat").contains("TCPFastOpen"))
            _ = daemon
        }
    }

    /// `option nolinger`: of an end by a time-out the client hears before the reset, the server hears the reset only, and an orderly
    /// end loses nothing.
    @Test func endsThatAreNotOrderlyAreResets() throws {
        try withDaemonRoom { directory in
            let sawReset = Mutex(false)
            let idle = try TestServer { connection in
                do {
                    while true { if try connection.receive().isEmpty { return } }
                } catch { sawReset.withLock { $0 = true } }
            }
            let answer = [UInt8](repeating: 7, count: 1_000_000)
            let late = try TestServer { connection in
                _ = try connection.receiveAll()
                try connection.send(answer)
            }
            let daemon = try DaemonFixture(
                """
                listen idle
                  bind 127.0.0.1:80
                  option nolinger
                  timeout client 100ms
                  server s1 127.0.0.1:\(idle.port)
                listen late
                  bind 127.0.0.1:81
                  option nolinger
                  server s1 127.0.0.1:\(late.port)

                """,
                in: directory
            )
            let silent = try TestSocket.connect(port: 80)
            #expect(try silent.receive() == [])
            #expect(eventually { sawReset.withLock { $0 } })
            let socket = try TestSocket.connect(port: 81)
            try socket.send("?")
            socket.shutdownWrite()
            #expect(try socket.receiveAll().utf8.count == answer.count)
            _ = daemon
        }
    }

    /// `option abortonclose`: who has gone is not connected any further.
    @Test func whoHasGoneIsNotWaitedFor() throws {
        try withDaemonRoom { directory in
            let (full, port) = try TestSocket.bound(listening: false)
            listen(full.raw, 0)
            // The queue is full: whoever connects now waits.
            let first = try TestSocket.connect(port: port)
            let daemon = try DaemonFixture(
                """
                listen abort
                  bind 127.0.0.1:81
                  option abortonclose
                  timeout connect 60s
                  server s1 127.0.0.1:\(port)

                """,
                in: directory
            )
            var waiting: [TestSocket] = []
            // The kernel keeps one more than it was told; the second of ours waits for sure.
            for _ in 0..<2 { waiting.append(try TestSocket.connect(port: 81)) }
            for socket in waiting {
                try socket.send("?")
                socket.shutdownWrite()
            }
            #expect(eventually { daemon.program.output.contains(" CC ") }, "\(daemon.program.output)")
            _ = (first, full)
        }
    }

    @Test func aBindInANetworkNamespaceIsThere() throws {
        try withDaemonRoom { directory in
            let name = "appliance-\(getpid())"
            try run("ip", "netns", "add", name)
            defer { _ = try? run("ip", "netns", "delete", name) }
            try run("ip", "-n", name, "link", "set", "lo", "up")
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(
                "listen l\n  bind 127.0.0.1:80 namespace \(name)\n  server s1 127.0.0.1:\(server.port)\n",
                in: directory
            )
            #expect(throws: SystemError.self) { try TestSocket.connect(port: 80) }
            let answer = try run("ip", "netns", "exec", name, "curl", "-s", "--http0.9", "127.0.0.1:80")
            #expect(answer == "s1")
            _ = daemon
        }
    }
}
