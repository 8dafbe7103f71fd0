import Glibc
import Syscalls
import TestSupport
import Testing

/// Where connections to servers come from, and to which port they go.
@Suite(.blocking) struct SourceTests {
    @Test func serversWithoutAPortTakeTheClients() throws {
        try withDaemonRoom { directory in
            let low = try TestServer.tellingPeers()
            let daemon = try DaemonFixture(
                """
                listen same
                  bind 127.0.0.2:\(low.port)
                  server s1 127.0.0.1
                listen moved
                  bind 127.0.0.2:\(low.port - 1000)
                  server s1 127.0.0.1:+1000 source 127.0.0.9

                """,
                in: directory
            )
            func ask(_ port: UInt16) throws -> String {
                let socket = try TestSocket.connect(port: port, host: 2)
                try socket.send("?")
                return try socket.receiveAll()
            }
            #expect(try ask(low.port).hasPrefix("127.0.0.1:"))
            #expect(try ask(low.port - 1000).hasPrefix("127.0.0.9:"))
            _ = daemon
        }
    }

    @Test func connectionsComeFromTheirSource() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.tellingPeers()
            let places = [
                ("", "source 127.0.0.3"), ("source 127.0.0.4", ""), ("source 127.0.0.4", "source 127.0.0.5"),
                ("", "source 127.0.0.3:4000-4009"), ("", "source 0.0.0.0 usesrc 192.0.2.9:77"),
                ("source 0.0.0.0 usesrc clientip", ""), ("", "source 0.0.0.0 usesrc client"),
                ("", "source 127.0.0.6 interface lo"),
            ]
            let body = places.enumerated().map { index, place in
                """
                listen l\(index)
                  bind 127.0.0.1:\(100 + index) accept-proxy
                  \(place.0)
                  server s1 127.0.0.1:\(server.port) \(place.1)

                """
            }.joined()
            // What is sent to the foreign address comes back to the proxy.
            try run("ip", "route", "add", "local", "192.0.2.9", "dev", "lo")
            let daemon = try DaemonFixture(body, in: directory)
            func ask(_ index: UInt16) throws -> String {
                let socket = try TestSocket.connect(port: 100 + index)
                try socket.send("PROXY TCP4 192.0.2.9 127.0.0.1 7777 80\r\n?")
                return try socket.receiveAll()
            }
            #expect(try ask(0).hasPrefix("127.0.0.3:"))
            #expect(try ask(1).hasPrefix("127.0.0.4:"))
            #expect(try ask(2).hasPrefix("127.0.0.5:"))
            // Each port at most once at a time.
            let ports = try (0..<10).map { _ in try ask(3) }
            #expect(Set(ports).count == 10)
            #expect(ports.allSatisfy { $0.hasPrefix("127.0.0.3:400") })
            #expect(try ask(4) == "192.0.2.9:77")
            #expect(try ask(5).hasPrefix("192.0.2.9:"))
            #expect(try ask(6) == "192.0.2.9:7777")
            #expect(try ask(7).hasPrefix("127.0.0.6:"))
            _ = daemon
        }
    }

    /// A process that has given up root still has what `usesrc` needs, in every thread, and nothing else.
    @Test(arguments: [["-Ws"], ["-db"]]) func rightsAreGivenUpInEveryThread(mode: [String]) throws {
        try withDaemonRoom { directory in
            let server = try TestServer.tellingPeers()
            try run("ip", "route", "add", "local", "192.0.2.9", "dev", "lo")
            let text = """
                global
                  user nobody
                  group nogroup
                  chroot \(directory)
                  nbthread 2
                defaults
                  mode tcp
                  timeout client 10s
                  timeout server 10s
                  timeout connect 10s
                listen l
                  bind 127.0.0.1:80
                  server s1 127.0.0.1:\(server.port) source 0.0.0.0 usesrc 192.0.2.9

                """
            let path = "\(directory)/haproxy.cfg"
            try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
            let program = try Background([proxyd] + mode + ["-f", path], in: directory)
            #expect(
                eventually {
                    guard let socket = try? TestSocket.connect(port: 80) else { return false }
                    try? socket.send("?")
                    return (try? socket.receiveAll())?.hasPrefix("192.0.2.9:") == true
                },
                "\(program.errors)"
            )
            let serving = mode == ["-db"] ? "\(program.pid)" : try run("pgrep", "-P", "\(program.pid)")
            let place = "/proc/\(serving.filter { $0.isNumber })/task"
            // One that has ended since its name was listed is not read.
            let lines = try run("sh", "-c", "cat \(place)/*/status 2>/dev/null | grep -E '^(CapEff|Uid)'")
                .split(separator: "\n")
            let users = lines.filter { $0.hasPrefix("Uid") }
            let rights = lines.filter { $0.hasPrefix("CapEff") }
            #expect(rights.count >= 3)
            // CAP_NET_BIND_SERVICE and CAP_NET_RAW.
            #expect(rights.allSatisfy { $0.hasSuffix("0000000000002400") }, "\(lines)")
            #expect(users.allSatisfy { !$0.contains("\t0") }, "\(lines)")
        }
    }
}
