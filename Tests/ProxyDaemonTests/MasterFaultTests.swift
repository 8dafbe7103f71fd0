import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What must not disturb the master, and what it must survive.
@Suite(.blocking) struct MasterFaultTests {
    private static func body(_ server: TestServer) -> String {
        "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
    }

    @Test func silentClientsOfTheMasterSocketHoldNobodyUp() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(Self.body(server), in: directory)
            let path = "\(directory)/master.sock"
            // Each of the silent ones has two seconds; the answers come before those are over. Tried again where this test
            // took that long itself.
            let areInTime = try eventually {
                let first = try UnixSocket.connect(path, timeoutMilliseconds: 60000)
                let second = try UnixSocket.connect(path, timeoutMilliseconds: 60000)
                try UnixSocket.send("show pr", to: second.raw)
                #expect(try daemon.client.send("help").contains("show quarantine"))
                guard (try? UnixSocket.send("oc\n", to: second.raw)) != nil,
                    let answer = try? second.readToEnd(), String(decoding: answer, as: UTF8.self).contains("master")
                else { return false }
                var wait = pollfd(fd: first.raw, events: Int16(POLLIN), revents: 0)
                guard poll(&wait, 1, 0) == 0 else { return false }
                // Who says nothing is sent away in the end.
                #expect(try first.readToEnd().isEmpty)
                return true
            }
            #expect(areInTime)
            #expect(try daemon.client.reload().success)
        }
    }

    @Test func aChangeReplacesAWorkerThatIsDead() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(Self.body(server), in: directory)
            for _ in 0..<3 {
                kill(try #require(pid_t(try daemon.worker())), SIGKILL)
                #expect(try daemon.client.reload().success)
                #expect(try daemon.ask(port: 80) == "s1")
            }
        }
    }

    /// systemd's watchdog is fed with signs of life of the worker: a stopped one gives none.
    @Test func theWatchdogIsFedByTheWorker() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let path = "\(directory)/notify"
            let listener = TestSocket(
                owning: try syscall("socket") {
                    socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
                }
            )
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            try syscall("bind") {
                withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        bind(listener.raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                }
            }
            let daemon = try DaemonFixture(
                Self.body(server),
                in: directory,
                environment: ["NOTIFY_SOCKET=\(path)", "WATCHDOG_USEC=200000"]
            )
            func next() throws -> String { String(decoding: try listener.receive(), as: UTF8.self) }
            #expect(try next().hasPrefix("READY=1"))
            for _ in 0..<3 { #expect(try next() == "WATCHDOG=1") }
            let worker = try #require(pid_t(try daemon.worker()))
            kill(worker, SIGSTOP)
            // What was on its way may still come, then nothing more.
            var limit = timeval(tv_sec: 1, tv_usec: 0)
            setsockopt(listener.raw, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
            var silent = false
            for _ in 0..<20 where !silent { silent = (try? next()) == nil }
            #expect(silent)
            kill(worker, SIGCONT)
            #expect(eventually { (try? next()) == "WATCHDOG=1" })
        }
    }

    @Test func systemdIsToldWhenItServes() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let path = "\(directory)/notify"
            let listener = FileDescriptor(
                owning: try syscall("socket") { socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue), 0) }
            )
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
            let raw = listener.raw
            try syscall("bind") {
                withUnsafePointer(to: &address) { pointer in
                    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        bind(raw, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
                    }
                }
            }
            let messages = TestSocket(owning: listener.release())
            func next() throws -> [Substring] {
                String(decoding: try messages.receive(), as: UTF8.self).split(separator: "\n")
            }
            let daemon = try DaemonFixture(Self.body(server), in: directory, environment: ["NOTIFY_SOCKET=\(path)"])
            let ready = try next()
            #expect(ready.contains("READY=1") && ready.contains("MAINPID=\(daemon.program.pid)"))
            #expect(try daemon.ask(port: 80) == "s1")
            daemon.program.signal(SIGUSR2)
            #expect(try next().contains("RELOADING=1"))
            #expect(try next().first == "READY=1")
            daemon.program.signal(SIGTERM)
            #expect(try next() == ["STOPPING=1"])
        }
    }

    /// Clients beyond the limit wait, the worker does not spin, and it goes on when there is room again.
    @Test func descriptorsThatRunOutMakeClientsWait() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            let daemon = try DaemonFixture(Self.body(server), in: directory)
            let worker = try daemon.worker()
            let open = try run("ls", "/proc/\(worker)/fd").split(separator: "\n").count
            try run("prlimit", "--pid", worker, "--nofile=\(open + 20)")
            var clients = try (0..<60).map { _ in try TestSocket.connect(port: 80) }
            let begin = ContinuousClock.now
            for client in clients { try client.send("x") }
            func ticks() throws -> Int {
                let words = try run("cat", "/proc/\(worker)/stat").split(separator: " ")
                return (Int(words[13]) ?? 0) + (Int(words[14]) ?? 0)
            }
            let before = try ticks()
            sleep(1)
            // A tick is 10 ms of processor time.
            #expect(try ticks() - before < 20)
            var dropped = 0
            while !clients.isEmpty {
                let client = clients.removeFirst()
                let answer = (try? client.receive()) ?? []
                if answer.isEmpty { dropped += 1 }
            }
            // Each thread may lose one client whenever it looks whether there is room, ten times a second: not the queue.
            let looks = 2 * (Int((ContinuousClock.now - begin) / .milliseconds(100)) + 1)
            #expect(dropped <= min(looks, 45))
            #expect(try daemon.client.reload().success)
            #expect(try daemon.worker() == worker)
        }
    }

    /// Changes of listeners and servers under connections: nothing is left of them, and nobody is cut.
    @Test func twoHundredReloadsLeaveNothingBehind() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            func body(_ round: Int) -> String {
                var text = "frontend f\n  bind 127.0.0.1:80 name kept\n  default_backend b\n"
                for extra in 0..<round % 4 {
                    text += "  bind 127.0.0.1:\(1000 + (round + extra) % 50) name x\(extra)\n"
                }
                text += "backend b\n"
                for extra in 0...round % 3 { text += "  server s\(extra) 127.0.0.1:\(server.port) check weight 5\n" }
                return text
            }
            let daemon = try DaemonFixture(body(0), in: directory)
            let worker = try daemon.worker()
            let held = try (0..<20).map { _ in try TestSocket.connect(port: 80) }
            func talk() throws {
                for socket in held {
                    try socket.send("x")
                    #expect(try socket.receive() == Array("x".utf8))
                }
            }
            func descriptors(_ pid: String) throws -> Int {
                try run("ls", "/proc/\(pid)/fd").split(separator: "\n").count
            }
            func memory(_ pid: String) throws -> Int {
                let line = try run("cat", "/proc/\(pid)/status").split(separator: "\n").first { $0.hasPrefix("VmRSS") }
                return Int(line?.filter { $0.isNumber } ?? "") ?? 0
            }
            let pids = [worker, "\(daemon.program.pid)"]
            // The first rounds fill pools and grow tables.
            for round in 0..<60 { #expect(try daemon.reload(body(round)).success) }
            try talk()
            #expect(try daemon.reload(body(0)).success)
            let before = try pids.map { pid in (try memory(pid), try descriptors(pid)) }
            for round in 0..<200 {
                #expect(try daemon.reload(body(round)).success)
                if round % 50 == 0 { try talk() }
            }
            try talk()
            #expect(try daemon.reload(body(0)).success)
            for (pid, former) in zip(pids, before) {
                // A health check may be under way.
                #expect(try eventually { try descriptors(pid) <= former.1 + 1 })
                // 200 plans that were kept would be more; so would a listener table for each.
                #expect(try memory(pid) <= former.0 + 1024)
            }
            #expect(try daemon.worker() == worker)
            for socket in held { socket.shutdownWrite() }
            for socket in held { #expect(try socket.receiveAll() == "") }
            let (first, count) = (pids[0], before[0].1)
            #expect(try eventually { try descriptors(first) <= count - 2 * held.count + 1 })
        }
    }
}
