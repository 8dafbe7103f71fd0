import Glibc
@testable import ProxyDaemon
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct CommandLineTests {
    @Test func optionsOfTheShippedUnit() throws {
        let options = try CommandLineOptions([
            "-Ws", "-f", "/etc/haproxy/haproxy.cfg", "-p", "/run/haproxy.pid", "-S", "/run/master.sock,mode,600",
        ])
        #expect(options.masterWorker && options.notify && !options.checkOnly)
        #expect(options.files == ["/etc/haproxy/haproxy.cfg"])
        #expect(options.pidFile == "/run/haproxy.pid")
        #expect(options.masterSocketPath == "/run/master.sock")
    }

    @Test func whoMayUseTheMasterSocket() throws {
        let access = try CommandLineOptions(["-S", "/run/m.sock,mode,660,user,root,gid,12"]).masterSocketAccess
        #expect(access == (0o660, 0, 12))
        #expect(try CommandLineOptions(["-S", "/run/m.sock"]).masterSocketAccess.mode == 0o600)
        for wrong in ["mode,999", "mode", "user,nobody-at-all", "colour,red"] {
            #expect(throws: CommandLineOptions.Refusal.self) { try CommandLineOptions(["-S", "/run/m.sock,\(wrong)"]) }
        }
    }

    @Test func processesOfAFormerStart() throws {
        let options = try CommandLineOptions(["-f", "a", "-sf", "12", "34", "-st", "56", "--", "b", "-c"])
        #expect(options.finishing == [12, 34])
        #expect(options.terminating == [56])
        #expect(options.files == ["a", "b", "-c"])
    }

    @Test(arguments: [["-zz"], ["-f"], ["stray"]]) func refusals(arguments: [String]) {
        #expect(throws: CommandLineOptions.Refusal.self) { try CommandLineOptions(arguments) }
    }

    @Test func usageAndVersion() throws {
        #expect(try Subprocess.run([proxyd, "--bogus"]).status == 1)
        #expect(try Subprocess.run([proxyd]).status == 1)
        let version = try Subprocess.run([proxyd, "-v"])
        #expect(version.status == 0)
        #expect(version.output.hasPrefix("HAProxy version 2."))
    }

    /// The real haproxy decides what is right. Where a line is refused as it is read, the words are the same too, but for
    /// the process id.
    @Test(arguments: [
        ("frontend a\n  mode tcp\n  bind 127.0.0.1:1\n  default_backend b\nbackend b\n  server s1 127.0.0.1:2\n", true),
        ("global\n  maxconn 100\nfrontend a\n  bind 127.0.0.1:1\n  foo bar\n", true),
        ("backend b\n  server s1 127.0.0.1:2 weight 999\n", false),
        ("frontend a\n  bind 127.0.0.1:1\n  use_backend nowhere if { dst_port 443 }\n", false),
        ("defaults\n  timeout client 1parsec\n", true),
    ]) func checksAgreeWithHAProxy(text: String, sameWords: Bool) throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/haproxy.cfg"
            try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
            let ours = try Subprocess.run([proxyd, "-c", "-f", path])
            let theirs = try Subprocess.run(["haproxy", "-c", "-f", path])
            #expect(ours.status == theirs.status)
            #expect(ours.output == theirs.output)
            func alerts(_ text: String) -> [String] {
                text.split(separator: "\n").filter { $0.hasPrefix("[ALERT]") }
                    .map { line in String(line.drop { $0 != ")" }) }
            }
            if sameWords { #expect(alerts(ours.errors) == alerts(theirs.errors)) }
        }
    }

    @Test func aMissingFileIsAnAlert() throws {
        let result = try Subprocess.run([proxyd, "-c", "-f", "/nowhere/haproxy.cfg"])
        #expect(result.status == 1)
        #expect(result.errors.contains("Cannot open configuration file/directory /nowhere/haproxy.cfg"))
    }

    @Test func everyFileHasItsOwnLines() throws {
        try withTemporaryDirectory { directory in
            func write(_ name: String, _ text: String) throws -> String {
                let path = "\(directory)/\(name)"
                let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
                try file.writeAll(Array(text.utf8))
                return path
            }
            let first = try write("1.cfg", "global\n  maxconn 10\n")
            let second = try write("2.cfg", "\nlisten l\n  nonsense\n")
            let result = try Subprocess.run([proxyd, "-c", "-f", first, "-f", second])
            #expect(result.status == 1)
            #expect(result.errors.contains("[\(second):3] : unknown keyword 'nonsense'"))
            // Without its newline the last line of the first file must not become part of the second.
            let cut = try write("1.cfg", "global\n  maxconn 10")
            let truncated = try Subprocess.run([proxyd, "-c", "-f", cut, "-f", first, "-f", second])
            #expect(truncated.status == 1)
            #expect(truncated.errors.contains("Missing LF on last line"))
        }
    }

    @Test func neitherFoundationNorNIOIsLinked() throws {
        let libraries = try run("ldd", proxyd)
        #expect(!libraries.contains("Foundation") && !libraries.contains("libicu"))
        #expect(try !run("nm", proxyd).contains("7NIOCore"))
    }
}
