import Glibc
import RuntimeAPI
import Synchronization
import Syscalls
import TestSupport
import Testing

/// A new process takes the listening sockets of the one before it, over `-x` or by `-sf` alone, and nobody is refused:
/// from ours to ours, from the real HAProxy to ours, and back.
@Suite(.blocking) struct TakeOverTests {
    /// Who is started, and how it finds the sockets of the former one.
    struct Change: CustomStringConvertible, Sendable {
        var from: String
        var to: String
        var overSocket: Bool
        /// `-sf` names the master alone, as its pid file does.
        var byPidFile = false

        var description: String {
            "\(name(from)) to \(name(to))\(overSocket ? " over -x" : "")\(byPidFile ? " by the pid file" : "")"
        }

        private func name(_ program: String) -> String { program == "haproxy" ? "haproxy" : "proxyd" }
    }

    static let changes = [
        Change(from: proxyd, to: proxyd, overSocket: true), Change(from: proxyd, to: proxyd, overSocket: false),
        Change(from: "haproxy", to: proxyd, overSocket: true), Change(from: proxyd, to: "haproxy", overSocket: true),
        Change(from: "haproxy", to: proxyd, overSocket: false),
        Change(from: "haproxy", to: proxyd, overSocket: false, byPidFile: true),
        Change(from: proxyd, to: proxyd, overSocket: false, byPidFile: true),
    ]

    /// Clients that connect without a pause, and count those that did not get their answer.
    final class Load: Sendable {
        private let stopped = Atomic(false)
        private let failures = Atomic(0)
        private let answers = Atomic(0)
        private let running = Atomic(0)

        init(clients: Int, port: UInt16) {
            for _ in 0..<clients {
                running.add(1, ordering: .relaxed)
                startThread { [self] in
                    while !stopped.load(ordering: .relaxed) {
                        let answer = (try? TestSocket.connect(port: port)).flatMap { socket -> String? in
                            guard (try? socket.send("?")) != nil else { return nil }
                            return try? socket.receiveAll()
                        }
                        if answer == "s1" {
                            answers.add(1, ordering: .relaxed)
                        } else {
                            failures.add(1, ordering: .relaxed)
                        }
                    }
                    running.subtract(1, ordering: .relaxed)
                }
            }
        }

        var count: Int { answers.load(ordering: .relaxed) }

        /// The number of failures.
        func stop() -> Int {
            stopped.store(true, ordering: .relaxed)
            _ = eventually { running.load(ordering: .relaxed) == 0 }
            return failures.load(ordering: .relaxed)
        }
    }

    @Test(arguments: changes, [false, true]) func nobodyIsRefused(change: Change, asMaster: Bool) throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let body = """
                listen l
                  bind 127.0.0.1:80
                  server s1 127.0.0.1:\(server.port)
                global
                  stats socket \(directory)/stats.sock mode 600 level admin expose-fd listeners

                """
            try DaemonFixture.write(body, in: directory)
            let mode = asMaster ? ["-W"] : ["-db"]
            let start = { (program: String, more: [String]) throws -> Background in
                mkdir("\(directory)/\(more.count)", 0o755)
                return try Background(
                    [program] + mode + ["-f", "\(directory)/haproxy.cfg"] + more,
                    in: "\(directory)/\(more.count)"
                )
            }
            let former = try start(change.from, [])
            #expect(try eventually { try run("ss", "-Hltn", "sport = 80").contains(":80") }, "\(former.errors)")
            #expect(
                eventually { (try? UnixSocket.connect("\(directory)/stats.sock", timeoutMilliseconds: 9000)) != nil }
            )
            let load = Load(clients: 4, port: 80)
            #expect(eventually { load.count > 100 })
            let held = try TestSocket.connect(port: 80)
            let next = try start(
                change.to,
                (change.overSocket ? ["-x", "\(directory)/stats.sock"] : []) + ["-sf"]
                    + (change.byPidFile ? ["\(former.pid)"] : Self.processes(former.pid))
            )
            // The former one finishes with its last connection, which it still serves.
            #expect(try eventually { try run("ss", "-Hltnp", "sport = 80").contains("pid=\(former.pid),") == false })
            #expect(former.poll() == nil)
            let sofar = load.count
            #expect(eventually { load.count > sofar + 100 })
            try held.send("?")
            #expect(try held.receiveAll() == "s1")
            held.shutdownWrite()
            #expect(eventually { former.poll() != nil })
            #expect(load.stop() == 0, "\(next.errors) \(former.errors)")
            #expect(next.poll() == nil)
        }
    }

    /// A process and its children, as `pidof` names them.
    static func processes(_ pid: pid_t) -> [String] {
        let children = (try? run("cat", "/proc/\(pid)/task/\(pid)/children")) ?? ""
        return ["\(pid)"] + children.split(whereSeparator: { $0 == " " || $0 == "\n" }).map { String($0) }
    }

    @Test func onlyASocketThatMayGivesListenersAway() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(
                """
                listen l
                  bind 127.0.0.1:80
                  bind :::81 v4v6 interface lo
                  server s1 127.0.0.1:\(server.port)
                global
                  stats socket \(directory)/plain.sock
                  stats socket \(directory)/open.sock expose-fd listeners

                """,
                in: directory
            )
            #expect(throws: SystemError.self) { try ListenerTransfer.request(from: "\(directory)/plain.sock") }
            for path in ["open.sock", "master.sock"] {
                let listeners = try ListenerTransfer.request(from: "\(directory)/\(path)")
                defer { for listener in listeners { close(listener.descriptor) } }
                #expect(listeners.map { $0.interface }.sorted() == ["", "lo"])
                #expect(listeners.map { TestSocket.localPort($0.descriptor) }.sorted() == [80, 81])
            }
            #expect(try daemon.ask(port: 80) == "s1")
        }
    }

    /// More sockets than one message holds: the acknowledgements between them.
    @Test func sixHundredListenersChangeHands() throws {
        try withDaemonRoom { directory in
            let body = """
                frontend f
                  bind 127.0.0.1:1000-1599
                global
                  stats socket \(directory)/stats.sock expose-fd listeners

                """
            let former = try DaemonFixture(body, in: directory)
            let path = "\(directory)/stats.sock"
            let listeners = try ListenerTransfer.request(from: path)
            for listener in listeners { close(listener.descriptor) }
            #expect(listeners.count == 600)
            let next = try Background(
                [
                    proxyd, "-W", "-f", "\(directory)/haproxy.cfg", "-x", path, "-S", "\(directory)/next.sock", "-sf",
                    "\(former.program.pid)",
                ],
                in: directory
            )
            #expect(eventually { former.program.poll() != nil })
            let client = MasterClient(path: "\(directory)/next.sock", timeoutMilliseconds: 60000)
            #expect(try client.reload().text == "kept=600 added=0 removed=0 quarantined=0\n")
            _ = next
        }
    }
}
