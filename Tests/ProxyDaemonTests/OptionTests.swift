import Glibc
@testable import ProxyDaemon
import ProxyConfig
import ProxyEngine
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Options of `haproxy -h`, beside the real one where it says something.
@Suite(.blocking) struct OptionTests {
    private static func write(_ text: String, _ directory: String) throws -> String {
        let path = "\(directory)/haproxy.cfg"
        try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600).writeAll(Array(text.utf8))
        return path
    }

    /// The exit status and what is said on standard output are HAProxy's.
    @Test(arguments: [
        ["-dW", "-c"], ["-dW", "-c", "-q"], ["-c", "-V"], ["-c", "-dr"], ["-dM", "-c"], ["-dM50", "-c"],
        ["-dKcfg", "-cc"],
        ["-c", "-n", "100", "-N", "50", "-m", "512"],
        ["-c", "-L", "me", "-dS", "-de", "-dp", "-dG", "-dR", "-dV", "-dD"],
        ["-sf", "12x", "-c"], ["-c", "-C", "/"], ["-c", "-x", "/nowhere"],
    ]) func agreesWithHAProxy(options: [String]) throws {
        try withTemporaryDirectory { directory in
            // Without time-outs: a warning of both.
            let path = try Self.write("listen l\n  mode tcp\n  bind 127.0.0.1:1\n", directory)
            let ours = try Subprocess.run([proxyd] + options + ["-f", path])
            let theirs = try Subprocess.run(["haproxy"] + options + ["-f", path])
            #expect(ours.status == theirs.status, "\(ours.errors) \(theirs.errors)")
            if !options.contains("-dKcfg") { #expect(ours.output == theirs.output) }
        }
    }

    /// Every option that `haproxy -h` names is there, in its order, with what is different here said of it.
    @Test(arguments: [["-h"], [], ["-Q"], ["stray"]]) func usageIsHAProxys(options: [String]) throws {
        let ours = try Subprocess.run([proxyd] + options)
        let theirs = try Subprocess.run(["haproxy"] + options)
        #expect(ours.status == theirs.status && ours.status == 1)
        #expect(ours.output.hasPrefix("HAProxy version 2.") && theirs.output.hasPrefix("HAProxy version 2."))
        func named(_ text: String) -> [String] {
            text.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { $0.hasPrefix("-") }.compactMap {
                $0.split { " [{<".contains($0) }.first.map { String($0) }
            }.filter { $0 != "--last-good" }
        }
        let (own, expected) = (named(ours.errors), named(theirs.errors))
        #expect(own == expected && own.count > 25)
        // Nobody needs a wide terminal for it.
        let lines: [Substring] = ours.errors.split(separator: "\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 100 })
    }

    /// Whether the certificate of a server is verified where its line does not say.
    @Test(arguments: [
        (["-dV"], "", "check check-ssl", true), ([], "", "check check-ssl", false),
        ([], "global\n  ssl-server-verify none\n", "check check-ssl", true),
        ([], "global\n  ssl-server-verify required\n", "check check-ssl", false),
        (["-dV"], "", "check check-ssl verify required", false),
        ([], "global\n  ssl-server-verify none\n", "check check-ssl verify required", false),
    ]) func verificationOfServersHasADefault(
        options: [String],
        head: String,
        server: String,
        isRight: Bool
    ) throws {
        try withTemporaryDirectory { directory in
            let text = head + "listen l\n  mode tcp\n  bind 127.0.0.1:1\n  server s 127.0.0.1:2 \(server)\n"
            let path = try Self.write(text, directory)
            let ours = try Subprocess.run([proxyd, "-c"] + options + ["-f", path])
            let theirs = try Subprocess.run(["haproxy", "-c"] + options + ["-f", path])
            #expect(ours.status == theirs.status && (ours.status == 0) == isRight, "\(ours.errors) \(theirs.errors)")
            func words(_ text: String) -> [String] {
                text.split(separator: "\n").filter { $0.contains("CA file") }.compactMap { line in
                    line.firstRange(of: "'server").map { String(line[$0.lowerBound...].prefix(64)) }
                }
            }
            let (own, expected) = (words(ours.errors), words(theirs.errors))
            #expect(own == expected && own.isEmpty == isRight)
        }
    }

    @Test(arguments: ["-f", "-p", "-n", "-N", "-m", "-L", "-C", "-S"])
    func anOptionWithoutItsValueIsAnAlert(option: String) throws {
        let ours = try Subprocess.run([proxyd, option])
        let theirs = try Subprocess.run(["haproxy", option])
        #expect(ours.status == theirs.status && ours.output == theirs.output, "\(theirs.output)")
        #expect(ours.errors.contains("[ALERT] ") && theirs.errors.contains("[ALERT] "))
    }

    @Test func theMasterSocketIsNoDescriptor() throws {
        try withTemporaryDirectory { directory in
            let path = try Self.write("listen l\n  mode tcp\n  bind 127.0.0.1:1\n", directory)
            for place in ["fd@7", "sockpair@7"] {
                let result = try Subprocess.run([proxyd, "-W", "-S", place, "-f", path])
                #expect(result.status == 1)
                #expect(result.errors.contains("config : a file descriptor is not acceptable here in '\(place)'\n"))
            }
        }
    }

    @Test(arguments: [
        "true", "1", "0", "version_atleast(2.4)", "version_atleast(99.0)", "defined(HOME)", "streq(a,b) || streq(a,a)",
        "foo",
        "!feature(THREAD)",
    ]) func conditionsAgreeWithHAProxy(condition: String) throws {
        let ours = try Subprocess.run([proxyd, "-cc", condition])
        let theirs = try Subprocess.run(["haproxy", "-cc", condition])
        #expect(ours.status == theirs.status)
        func words(_ text: String) -> [String] {
            text.split(separator: "\n").filter { $0.hasPrefix("[ALERT]") }.map { String($0.drop { $0 != ")" }) }
        }
        #expect(words(ours.errors) == words(theirs.errors))
    }

    @Test func versionTellsHowItWasBuilt() throws {
        let text = try run(proxyd, "-vv")
        for part in ["Running on: Linux", "TARGET  = ", "Feature list : ", "MAX_THREADS=64", "epoll : pref=300"] {
            #expect(text.contains(part), "\(part)")
        }
        try withTemporaryDirectory { directory in
            let path = try Self.write("frontend f\n  bind 127.0.0.1:80\n", directory)
            #expect(try run(proxyd, "-c", "-dL", "-f", path).contains("List of loaded object files:\n/"))
        }
    }

    /// Master, worker and threads have the name that the program was started under: scripts look for `haproxy`.
    @Test func theProcessIsCalledAsItWasStarted() throws {
        try withDaemonRoom { directory in
            let program = "\(directory)/haproxy"
            symlink(proxyd, program)
            let daemon = try DaemonFixture("listen l\n  bind 127.0.0.1:80\n", in: directory, program: program)
            let worker = try daemon.worker()
            for pid in ["\(daemon.program.pid)", worker] {
                #expect(try run("cat", "/proc/\(pid)/comm") == "haproxy\n")
                let threads = try run("sh", "-c", "cat /proc/\(pid)/task/*/comm").split(separator: "\n")
                #expect(threads.allSatisfy { $0 == "haproxy" })
            }
            let found = try run("pidof", "haproxy").split(whereSeparator: { $0 == " " || $0 == "\n" })
            #expect(found.contains(Substring(worker)) && found.contains(Substring("\(daemon.program.pid)")))
            #expect(try Subprocess.run(["killall", "-0", "haproxy"]).status == 0)
        }
    }

    @Test func nobodyHasACapabilityButTheMaster() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            let listen = "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n"
            func lines(_ pid: String) throws -> [String: String] {
                let rows = try run("cat", "/proc/\(pid)/status").split(separator: "\n").map {
                    $0.split(separator: "\t")
                }
                return Dictionary(rows.filter { $0.count > 1 }.map { ("\($0[0])", "\($0[1])") }) { first, _ in first }
            }
            // Root, as nobody said otherwise, and yet without power.
            let daemon = try DaemonFixture(listen, in: directory)
            let worker = try lines(daemon.worker())
            for set in ["CapEff:", "CapPrm:", "CapInh:", "CapBnd:", "CapAmb:"] {
                #expect(worker[set] == "0000000000000000", "\(set)")
            }
            #expect(worker["NoNewPrivs:"] == "1")
            #expect(try daemon.ask(port: 80) == "s1")
            daemon.program.signal(SIGTERM)
            #expect(eventually { daemon.program.poll() == 0 })

            // Without a master it can bind low ports later on: an address that comes.
            try DaemonFixture.write(
                listen + "  bind 192.0.2.1:81\nglobal\n  uid 12345\n  gid 12346\n  chroot \(directory)\n",
                in: directory
            )
            let alone = try Background([proxyd, "-db", "-f", "\(directory)/haproxy.cfg"], in: directory)
            #expect(eventually { (try? lines("\(alone.pid)"))?["NoNewPrivs:"] == "1" })
            #expect(try lines("\(alone.pid)")["Uid:"] == "12345")
            #expect(try lines("\(alone.pid)")["CapEff:"] == "0000000000000400")
            #expect(try lines("\(alone.pid)")["CapBnd:"] == "0000000000000400")
            try run("ip", "address", "add", "192.0.2.1/32", "dev", "lo")
            #expect(try eventually { try run("ss", "-Hltn", "sport = 81").contains("192.0.2.1:81") })
        }
    }

    /// As the shipped unit starts it: never root, with what a master needs; the worker has nothing of it.
    @Test func aMasterThatIsNotRoot() throws {
        try withDaemonRoom { directory in
            let powers = "-all,+net_bind_service,+net_raw,+sys_chroot,+dac_override"
            let program = "\(directory)/as-the-unit"
            let command = """
                #!/bin/sh
                exec setpriv --reuid=12345 --regid=12346 --clear-groups --no-new-privs --inh-caps=\(powers) \
                    --ambient-caps=\(powers) --bounding-set=\(powers) \(proxyd) "$@"

                """
            try FileDescriptor.open(program, O_WRONLY | O_CREAT, mode: 0o755).writeAll(Array(command.utf8))
            try run("mkdir", "\(directory)/jail")
            let server = try TestServer.named("s1")
            let daemon = try DaemonFixture(
                """
                global
                  uid 12345
                  gid 12346
                  chroot \(directory)/jail
                  stats socket \(directory)/stats.sock mode 600
                listen l
                  bind 127.0.0.1:80
                  server s1 127.0.0.1:\(server.port)

                """,
                in: directory,
                program: program
            )
            #expect(try daemon.ask(port: 80) == "s1")
            let worker = try daemon.worker()
            #expect(try run("readlink", "/proc/\(worker)/root") == "\(directory)/jail\n")
            for pid in ["\(daemon.program.pid)", worker] {
                let status = try run("cat", "/proc/\(pid)/status")
                #expect(status.contains("Uid:\t12345\t12345\t12345\t12345\n"))
                for set in ["CapEff", "CapPrm", "CapInh", "CapAmb"] {
                    #expect(status.contains("\(set):\t0000000000000000\n") == (pid == worker), "\(set) \(status)")
                }
            }
            // A port below 1024 that comes by a reload.
            let answer = try daemon.reload("listen l\n  bind 127.0.0.1:81\n  server s1 127.0.0.1:\(server.port)\n")
            #expect(answer.success)
            #expect(try daemon.ask(port: 81) == "s1")
        }
    }

    /// `-N`: for frontends that say nothing themselves.
    @Test func theDefaultLimitOfAFrontend() throws {
        let text = "frontend a\n  bind 127.0.0.1:1\nfrontend b\n  bind 127.0.0.1:2\n  maxconn 7\n"
        var loaded = try LoadedConfiguration.check(
            [ConfigurationFile(text, file: "x")],
            try CommandLineOptions(["-N", "50"])
        )
        loaded.encode()
        #expect(try loaded.snapshot.decoded().frontends.map { $0.maxConnections } == [50, 7])
    }

    @Test func memoryIsStated() {
        let bound = MemoryBound(EngineSettings(threads: 2, maxConnections: 20000))
        #expect(
            bound.words
                == "memory : at most 15 MB for 20000 connections and 2 thread(s), and 2515 MB if no peer reads what it is sent"
        )
        let tables = [StickTable(name: "a", size: 60000), StickTable(name: "b", kind: .v6, size: 40000)]
        #expect(
            MemoryBound(EngineSettings(threads: 2, maxConnections: 20000), tables).words
                == "memory : at most 19 MB for 20000 connections and 2 thread(s), and 2519 MB if no peer reads what it is "
                + "sent, 5 MB of it for stick tables"
        )
    }
}
