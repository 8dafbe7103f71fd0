import Glibc
@testable import ProxyDaemon
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `program` sections: started beside the worker, replaced at a change or kept, told of the end.
@Suite(.blocking) struct ProgramTests {
    private static func section(_ name: String, _ lines: String...) -> String {
        "program \(name)\n" + lines.map { "  \($0)\n" }.joined()
    }

    /// Process ids of a program in `show proc`.
    private static func pids(_ name: String, _ daemon: DaemonFixture) throws -> [String] {
        let rows = try daemon.client.send("show proc").split(separator: "\n")
        let words = rows.map { $0.split(separator: " ").map { String($0) } }
        return words.filter { $0.count > 1 && $0[1] == name }.map { $0[0] }
    }

    @Test func startOnReloadDecidesWhoIsReplaced() throws {
        try withDaemonRoom { directory in
            let listen = "listen l\n  bind 127.0.0.1:80\n"
            let stays = Self.section("stays", "command sleep 1000", "no option start-on-reload")
            let changes = Self.section("changes", "command sleep 2000")
            let daemon = try DaemonFixture(listen + stays + changes, in: directory)
            #expect(try eventually { try Self.pids("stays", daemon).count == 1 })
            let first = try Self.pids("stays", daemon)
            let second = try Self.pids("changes", daemon)
            #expect(try daemon.client.reload().success)
            #expect(try Self.pids("stays", daemon) == first)
            // The former one was told SIGUSR1, which ends it.
            #expect(try eventually { try Self.pids("changes", daemon).count == 1 })
            #expect(try Self.pids("changes", daemon) != second)
            #expect(try daemon.reload(listen).success)
            #expect(try eventually { try Self.pids("stays", daemon).isEmpty && Self.pids("changes", daemon).isEmpty })
        }
    }

    @Test func aProgramRunsAsItsUserAndSeesTheProxy() throws {
        try withDaemonRoom { directory in
            chmod(directory, 0o777)
            let told = "\(directory)/told"
            let script =
                "{ id -u; id -g; id -G; echo $HAPROXY_MWORKER $HAPROXY_MASTER_CLI $COLOUR; } > \(told).tmp; "
                + "mv \(told).tmp \(told); exec sleep 1000"
            let daemon = try DaemonFixture(
                "global\n  setenv COLOUR green\n"
                    + Self.section("who", "command sh -c '\(script)'", "user nobody", "group nogroup"),
                in: directory
            )
            #expect(eventually { access(told, F_OK) == 0 })
            #expect(try run("cat", told) == "65534\n65534\n65534\n1 unix@\(directory)/master.sock green\n")
            let pid = try #require(try Self.pids("who", daemon).first)
            daemon.program.signal(SIGTERM)
            #expect(eventually { daemon.program.poll() == 0 })
            #expect(eventually { access("/proc/\(pid)/exe", F_OK) != 0 })
        }
    }

    /// HAProxy would end all of its processes; the proxy goes on, and the program is started again.
    @Test func aProgramThatFailsIsStartedAgain() throws {
        try withDaemonRoom { directory in
            let count = "\(directory)/count"
            let daemon = try DaemonFixture(
                Self.section("fails", "command sh -c 'echo x >> \(count); exit 3'")
                    + Self.section("ends", "command true") + Self.section("missing", "command /nowhere/program"),
                in: directory
            )
            let worker = try daemon.worker()
            #expect(eventually { ((try? run("cat", count)) ?? "").count >= 4 })
            let words = [
                "Current program 'fails'", "exited with code 3", "program 'missing' : run /nowhere/program: ENOENT",
                "Current program 'ends'",
            ]
            let areSaid = eventually {
                let said = daemon.program.errors
                return words.allSatisfy { said.contains($0) }
            }
            #expect(areSaid, "\(daemon.program.errors)")
            #expect(try daemon.worker() == worker)
        }
    }

    @Test func whatFailsWaitsLongerEachTime() {
        var programs = Programs()
        let missing = ProgramSettings(name: "p", command: ["/nowhere/program"])
        #expect(programs.change(to: [missing], now: 1000).count == 1)
        #expect(programs.wait(1000) == 1000)
        #expect(programs.startDue(now: 1999).isEmpty)
        #expect(programs.startDue(now: 2000).count == 1)
        #expect(programs.wait(2000) == 2000)
        #expect(programs.change(to: [], now: 2001).isEmpty)
        #expect(programs.wait(2001) == -1)
    }
}
