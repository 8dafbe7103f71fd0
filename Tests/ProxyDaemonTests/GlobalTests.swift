import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Lines of the `global` section that change what the process does.
@Suite(.blocking) struct GlobalTests {
    /// The master that the file asks for, its pid file, and what programs are told.
    @Test func theFileAsksForAMasterAndItsFile() throws {
        try withDaemonRoom { directory in
            try DaemonFixture.write(
                """
                global
                  master-worker
                  pidfile \(directory)/file.pid
                  localpeer somebody
                  log-tag here
                listen l
                  bind 127.0.0.1:80
                program p
                  command sh -c "echo \\$HAPROXY_LOCALPEER > \(directory)/peer; sleep 1000"

                """,
                in: directory
            )
            let program = try Background([proxyd, "-f", "\(directory)/haproxy.cfg"], in: directory)
            func text(_ name: String) -> String { (try? run("cat", "\(directory)/\(name)")) ?? "" }
            #expect(eventually { text("file.pid") == "\(program.pid)\n" }, "\(program.errors)")
            #expect(eventually { text("peer") == "somebody\n" })
            #expect(TakeOverTests.processes(program.pid).count >= 3)
        }
    }

    /// With `nosplice` bytes are copied: no pipes. It changes at a reload, by another worker.
    @Test func bytesAreCopiedWhereThatIsAsked() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.echo()
            let listen = "listen l\n  bind 127.0.0.1:80\n  server s 127.0.0.1:\(server.port)\n"
            let daemon = try DaemonFixture(listen, in: directory)
            /// Pipes that the worker has after it has moved a lot.
            func pipes() throws -> Int {
                let client = try TestSocket.connect(port: 80)
                var missing = 4_000_000
                startThread { try? client.send([UInt8](repeating: 7, count: 4_000_000)) }
                while missing > 0 { missing -= try client.receive().count }
                let worker = try daemon.worker()
                return try run("ls", "-l", "/proc/\(worker)/fd").split(separator: "\n").count { $0.contains("pipe:") }
            }
            let before = try pipes()
            #expect(before > 0)
            let worker = try daemon.worker()
            #expect(try daemon.reload(listen + "global\n  nosplice\n").success)
            #expect(try daemon.worker() != worker)
            #expect(try pipes() < before)
        }
    }

    @Test func limitsOfDescriptors() throws {
        try withTemporaryDirectory { directory in
            func said(_ text: String) throws -> Subprocess.Result {
                let path = "\(directory)/haproxy.cfg"
                let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
                try file.writeAll(Array((text + "defaults\n  mode tcp\n").utf8))
                return try Subprocess.run(["timeout", "-s", "KILL", "60", proxyd, "-W", "-f", path])
            }
            let strict = try said("global\n  maxconn 60000\n  ulimit-n 4096\n  strict-limits\n")
            #expect(strict.status == 1)
            #expect(strict.errors.contains("maxconn 60000 needs 120512 file descriptors, and the limit is 4096"))
        }
    }

    @Test func descriptorsStayBelowTheHardLimit() throws {
        try withDaemonRoom { directory in
            let listen = "listen l\n  bind 127.0.0.1:80\n"
            let daemon = try DaemonFixture(listen + "global\n  fd-hard-limit 3000\n  maxconn 100000\n", in: directory)
            let limits = try run("cat", "/proc/\(daemon.worker())/limits").split(separator: "\n")
            let words = try #require(limits.first { $0.hasPrefix("Max open files") }).split(separator: " ")
            #expect((Int(words[3]) ?? 0) <= 3000, "\(words)")
        }
    }

    @Test func aWarningIsAnErrorWithZeroWarning() throws {
        try withTemporaryDirectory { directory in
            let listen = "listen l\n  mode tcp\n  bind 127.0.0.1:1\n"
            for (head, status) in [("", 0), ("global\n  zero-warning\n", 1)] as [(String, CInt)] {
                let path = "\(directory)/c\(status).cfg"
                try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array((head + listen).utf8))
                for program in [proxyd, "haproxy"] {
                    #expect(try Subprocess.run([program, "-c", "-f", path]).status == status, "\(program)")
                }
            }
        }
    }

    /// What is quarantined or not followed is a warning as well, at a check and at a start.
    @Test(arguments: [
        "frontend f\n  mode http\n  bind 127.0.0.1:1\n  default_backend b\nbackend b\n  mode http\n  server s 127.0.0.1:9\n",
        "backend b\n  balance uri\nlisten l\n  bind 127.0.0.1:1\n",
    ]) func whatIsNotServedIsAWarningToo(text: String) throws {
        try withTemporaryDirectory { directory in
            let times = "defaults\n  timeout client 1s\n  timeout server 1s\n  timeout connect 1s\n"
            let path = "\(directory)/c.cfg"
            func run(_ head: String, _ options: [String]) throws -> (status: CInt, errors: String) {
                let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
                try file.writeAll(Array((head + times + text).utf8))
                let result = try Subprocess.run([proxyd, "-f", path] + options)
                return (CInt(result.status), result.errors)
            }
            let plain = try run("", ["-c"])
            #expect(plain.status == 0 && plain.errors.contains("[WARNING]"), "\(plain)")
            for (head, options) in [
                ("", ["-c", "-dW"]), ("", ["-dW", "-db"]), ("global\n  zero-warning\n", ["-c"]),
                ("global\n  zero-warning\n", ["-W", "-db"]),
            ] {
                let refused = try run(head, options)
                #expect(refused.status == 1, "\(options) \(refused)")
                let words = " : config : Some warnings were found and 'zero-warning' is set. Aborting.\n"
                #expect(refused.errors.contains("[WARNING]") && refused.errors.hasSuffix(words), "\(refused)")
            }
        }
    }

    /// Twelve connections at five a second need more than a second, and all are served.
    @Test func sessionsAreTakenAtTheirRate() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s")
            let daemon = try DaemonFixture(
                "listen l\n  bind 127.0.0.1:80\n  rate-limit sessions 5\n  server s 127.0.0.1:\(server.port)\n",
                in: directory
            )
            let clock = ContinuousClock()
            let begin = clock.now
            let clients = try (0..<12).map { _ in try TestSocket.connect(port: 80) }
            for client in clients { try client.send("?") }
            for client in clients { #expect(try client.receiveAll() == "s") }
            #expect(clock.now - begin > .seconds(1))
            withExtendedLifetime(daemon) {}
        }
    }
}
