import Glibc
import Syscalls
import TestSupport
import Testing

/// `-D`, and what health checks write.
@Suite(.blocking) struct DaemonTests {
    @Test func aDaemonLetsGoOfItsTerminalOnceItServes() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s1")
            mkdir("\(directory)/etc", 0o755)
            try DaemonFixture.write(
                "listen l\n  bind 127.0.0.1:80\n  server s1 127.0.0.1:\(server.port)\n",
                in: "\(directory)/etc"
            )
            for mode in [[], ["-W"]] {
                // Its output is read to the end: a daemon that kept it open would keep us here.
                let started = try Subprocess.run(
                    ["sh", "-c", "cd \"$0\"; exec \"$@\"", directory, proxyd, "-D", "-C", "etc", "-f", "haproxy.cfg"]
                        + mode + ["-p", "\(directory)/pid"]
                )
                #expect(started.status == 0)
                #expect(!started.errors.contains("[ALERT]"))
                let pid = try #require(pid_t(try run("cat", "\(directory)/pid").filter { $0.isNumber }))
                defer { kill(pid, SIGTERM) }
                #expect(try TestSocket.connect(port: 80).ask() == "s1")
                #expect(getpgid(pid) == pid)
                for descriptor in 0...2 {
                    #expect(try run("readlink", "/proc/\(pid)/fd/\(descriptor)") == "/dev/null\n")
                }
                kill(pid, SIGTERM)
                #expect(eventually { hasEnded(pid) })
            }
        }
    }

    @Test func aDaemonThatCannotStartSaysSo() throws {
        try withDaemonRoom { directory in
            try DaemonFixture.write("listen l\n  nonsense\n", in: directory)
            let started = try Subprocess.run([proxyd, "-D", "-f", "\(directory)/haproxy.cfg"])
            #expect(started.status == 1)
            #expect(started.errors.contains("unknown keyword 'nonsense'"))
        }
    }

    /// What both programs log when servers go and come back, the durations masked.
    @Test func healthChecksSpeakAsHAProxy() throws {
        try withDaemonRoom { directory in
            let good = try TestServer.named("s2")
            func body(_ port: UInt16) -> String {
                """
                backend alone
                  server s1 127.0.0.1:\(port) check inter 50 fall 1 rise 1
                backend pair
                  server s1 127.0.0.1:\(port) check inter 50 fall 2 rise 2
                  server s2 127.0.0.1:\(good.port) check inter 50
                backend reserve
                  server s1 127.0.0.1:\(port) check inter 50 fall 1 rise 1
                  server s2 127.0.0.1:\(good.port) check inter 50 backup
                frontend f
                  bind 127.0.0.1:80
                  default_backend pair

                """
            }
            func masked(_ text: String) -> [String] {
                text.split(separator: "\n").map { line in
                    guard let start = line.range(of: "duration: ") else { return String(line) }
                    return String(line[..<start.upperBound] + line[start.upperBound...].drop { $0.isNumber })
                }.sorted()
            }
            /// Down at the start, up, and down again.
            func story(_ log: () -> String, _ port: TestSocket) {
                func lines(_ count: Int) {
                    #expect(eventually { log().split(separator: "\n").count == count }, "\(log())")
                }
                lines(4)
                listen(port.raw, 128)
                lines(7)
                port.shutdownBoth()
                lines(11)
            }
            let ours: [String]
            do {
                let (socket, port) = try TestSocket.bound(listening: false)
                let daemon = try DaemonFixture(body(port), in: directory)
                story({ daemon.program.output }, socket)
                ours = masked(daemon.program.output)
            }
            let (socket, port) = try TestSocket.bound(listening: false)
            try DaemonFixture.write(body(port), in: directory)
            let theirs = try Background(["haproxy", "-db", "-f", "\(directory)/haproxy.cfg"], in: directory)
            story({ theirs.output }, socket)
            #expect(ours == masked(theirs.output))
        }
    }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}

extension TestSocket {
    fileprivate func ask() throws -> String {
        try send("?")
        return try receiveAll()
    }

    fileprivate func shutdownBoth() { shutdown(raw, CInt(SHUT_RDWR)) }
}
