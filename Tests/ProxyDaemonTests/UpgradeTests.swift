import Glibc
@testable import ProxyDaemon
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// A new program on disk goes on in the master's process at the next change; a start on a broken file.
@Suite(.blocking) struct UpgradeTests {
    @Test func aNewProgramGoesOnInTheSameProcess() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let program = "\(directory)/haproxy"
            try run("cp", proxyd, program)
            let body =
                "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
                + "program p\n  command sleep 1000\n  no option start-on-reload\n"
            let daemon = try DaemonFixture(body, in: directory, program: program)
            let worker = try daemon.worker()
            let held = try TestSocket.connect(port: 80)
            let load = TakeOverTests.Load(clients: 2, port: 80)
            #expect(eventually { load.count > 50 })
            let before = try daemon.client.send("show proc")
            // As a package manager does it: another file takes the name.
            try run("cp", proxyd, "\(program).new")
            try run("mv", "\(program).new", program)
            let answer = try daemon.client.reload()
            #expect(answer.success)
            #expect(answer.text == "kept=1 added=0 removed=0 quarantined=0\n")
            #expect(try run("readlink", "/proc/\(daemon.program.pid)/exe") == "\(program)\n")
            let next = try daemon.worker()
            #expect(next != worker)
            let sofar = load.count
            #expect(eventually { load.count > sofar + 50 })
            // The former worker serves what it has, and ends with it.
            try held.send("?")
            #expect(try held.receiveAll() == "s1")
            held.shutdownWrite()
            #expect(eventually { access("/proc/\(worker)/exe", F_OK) != 0 })
            #expect(load.stop() == 0, "\(daemon.program.errors)")
            let programs = { (text: String) in
                text.split(separator: "\n").filter { $0.contains("  p  ") }.map { $0.prefix(8) }
            }
            #expect(try programs(daemon.client.send("show proc")) == programs(before))
            // Nothing is new now.
            #expect(try daemon.client.reload().success)
            #expect(try daemon.worker() == next)
        }
    }

    @Test func signalsThatComeMeanwhileWait() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let program = "\(directory)/haproxy"
            try run("cp", proxyd, program)
            // What has no address at this moment is no warning that refuses the file.
            let body =
                "global\n  zero-warning\nlisten l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
                + "  server s2 none.invalid:80 init-addr none\n"
            let daemon = try DaemonFixture(body, in: directory, program: program)
            let worker = try daemon.worker()
            try run("cp", proxyd, "\(program).new")
            try run("mv", "\(program).new", program)
            // They come all through the time in which one program gives way to the other, milliseconds apart.
            for _ in 0..<1000 where daemon.program.poll() == nil {
                daemon.program.signal(SIGUSR2)
                usleep(1000)
            }
            let isNext = eventually { (try? daemon.worker()).map { $0 != worker } ?? false }
            #expect(isNext, "\(daemon.program.errors)")
            #expect(daemon.program.poll() == nil)
            let client = try TestSocket.connect(port: 80)
            try client.send("?")
            #expect(try client.receiveAll() == "s1")
        }
    }

    @Test func aNewProgramThatCannotServeIsLeftAlone() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let program = "\(directory)/haproxy"
            try run("cp", proxyd, program)
            let body = "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
            let daemon = try DaemonFixture(body, in: directory, program: program)
            let worker = try daemon.worker()
            try run("cp", "/bin/false", "\(program).new")
            try run("mv", "\(program).new", program)
            #expect(try daemon.client.reload().success)
            #expect(daemon.program.errors.contains("is new, and refuses the configuration"))
            #expect(try daemon.worker() == worker)
        }
    }

    /// Who a worker is cannot change in it: another one takes its place, with the sockets, and nobody is cut.
    @Test func anotherUserIsAnotherWorker() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let body = "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
            let daemon = try DaemonFixture(body, in: directory)
            let worker = try daemon.worker()
            let held = try TestSocket.connect(port: 80)
            let load = TakeOverTests.Load(clients: 2, port: 80)
            #expect(eventually { load.count > 50 })
            let answer = try daemon.reload(body + "global\n  uid 12345\n  gid 12346\n  chroot \(directory)\n")
            #expect(answer.text == "kept=1 added=0 removed=0 quarantined=0\n")
            let next = try daemon.worker()
            #expect(next != worker)
            #expect(try run("cat", "/proc/\(next)/status").contains("Uid:\t12345\t12345"))
            #expect(try daemon.client.send("show proc").contains("# old workers\n\(worker)"))
            // A place that is not there: nothing changes.
            let refused = try daemon.reload(body + "global\n  chroot \(directory)/nowhere\n")
            #expect(!refused.success && refused.text.contains("nowhere"))
            #expect(try daemon.worker() == next)
            let sofar = load.count
            #expect(eventually { load.count > sofar + 50 })
            try held.send("?")
            #expect(try held.receiveAll() == "s1")
            held.shutdownWrite()
            #expect(eventually { access("/proc/\(worker)/exe", F_OK) != 0 })
            #expect(load.stop() == 0, "\(daemon.program.errors)")
        }
    }

    @Test func whatIsHandedOverIsRead() {
        var handover = Handover()
        handover.listeners = [3, 44]
        handover.namespaces = [44: "blue"]
        handover.named = [9]
        handover.commandSocket = 5
        handover.client = 6
        handover.workers = [.init(pid: 100, channel: 7)]
        var program = Programs.Running(settings: ProgramSettings(name: "a b", command: []), pid: 200, startedAt: 12345)
        program.reloads = 4
        program.isFormer = true
        handover.programs = [program]
        handover.reloads = 8
        #expect(Handover(text: handover.text) == handover)
        #expect(Handover(text: "nonsense\nlistener\nprogram 1 2\nworker x\n") == Handover())
    }

    @Test func aLastGoodCopyThatCannotBeWrittenIsToldOf() throws {
        try withDaemonRoom { directory in
            let copy = "\(directory)/none/there/last-good.cfg"
            let body = "\(ConfigurationHead.asked(at: "\(directory)/stats"))\nlisten l\n  bind 127.0.0.1:80\n"
            let daemon = try DaemonFixture(body, in: directory, options: ["--last-good", copy])
            func said() -> [Substring] {
                daemon.program.errors.split(separator: "\n").filter { $0.contains(copy) }
            }
            let isSaid = eventually { said().count == 1 }
            #expect(isSaid)
            let line = said().first ?? ""
            #expect(line.hasPrefix("[WARNING]") && line.contains("cannot keep a copy"), "\(line)")
            #expect(line.hasSuffix(": ENOENT (No such file or directory)"), "\(line)")
            let client = MasterClient(path: "\(directory)/stats", timeoutMilliseconds: 60000)
            let logs = try client.send("show startup-logs")
            #expect(logs.contains(line), "\(logs)")
            #expect(try daemon.reload(body + "  maxconn 5\n").success)
            let isSaidAgain = eventually { said().count == 2 }
            #expect(isSaidAgain)
        }
    }

    @Test func aRefusedFileAtStartIsReplacedByTheLastGoodOne() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let copy = "\(directory)/last-good.cfg"
            let body = "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
            let options = ["--last-good", copy]
            do {
                let daemon = try DaemonFixture(body, in: directory, options: options)
                #expect(eventually { access(copy, F_OK) == 0 })
                var info = stat()
                #expect(stat(copy, &info) == 0 && info.st_mode & 0o777 == 0o600)
                daemon.program.signal(SIGTERM)
                #expect(eventually { daemon.program.poll() == 0 })
                unlink("\(directory)/pid")
            }
            let broken = body + "  nonsense here\n"
            try DaemonFixture.write(broken, in: directory)
            #expect(try Subprocess.run([proxyd, "-c", "-f", "\(directory)/haproxy.cfg"] + options).status == 1)
            let daemon = try DaemonFixture(broken, in: directory, options: options)
            #expect(try daemon.ask(port: 80) == "s1")
            #expect(daemon.program.errors.contains("the last one that served, serves instead"))
            let quarantine = try daemon.client.send("show quarantine")
            #expect(quarantine.hasPrefix("file \(directory)/haproxy.cfg - quarantined"))
            #expect(quarantine.contains("unknown keyword 'nonsense'"))
            // The file is put right.
            #expect(try daemon.reload(body).success)
            #expect(try daemon.client.send("show quarantine").isEmpty)
        }
    }
}
