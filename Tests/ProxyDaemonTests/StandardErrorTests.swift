import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What happens to servers is said on standard error, whether somebody takes the log or nobody, as HAProxy does it: `kubectl logs` and
/// journals live on it.
@Suite(.blocking) struct StandardErrorTests {
    @Test(arguments: [["-db"], ["-W", "-db"], ["-db", "-q"]]) func serversComeAndGoAloud(mode: [String]) throws {
        try withDaemonRoom { directory in
            var said: [[String]] = []
            for (index, program) in [proxyd, "haproxy"].enumerated() {
                let (closed, port) = try TestSocket.bound(listening: false)
                let path = "\(directory)/\(index).cfg"
                let text = """
                    global
                      stats socket \(directory)/\(index).sock mode 600 level admin
                    defaults
                      mode tcp
                      timeout connect 60s
                      timeout client 60s
                      timeout server 60s
                    backend b
                      server s1 127.0.0.1:\(port) check inter 20ms fall 1 rise 1
                      server s2 127.0.0.1:\(port) track b/s1
                    backend other
                      server s3 127.0.0.1:\(port)

                    """
                try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
                let daemon = try Background([program] + mode + ["-f", path], in: directory)
                let client = MasterClient(path: "\(directory)/\(index).sock", timeoutMilliseconds: 60000)
                let isDown = eventually {
                    (try? client.send("show stat b 4 -1"))?.contains("DOWN") ?? false
                }
                try #require(isDown, "\(daemon.errors)")
                let lines = { () -> [String] in
                    daemon.errors.split(separator: "\n").filter { $0.contains("erver") && !$0.contains("exited") }.map {
                        String(
                            $0.replacing("(\(Self.number($0)))", with: "(n)").replacing(
                                /duration: [0-9]+ms/,
                                with: "duration: n"
                            )
                        )
                    }
                }
                if !mode.contains("-q") {
                    // What a check finds and what is ordered have no order between them.
                    let isTold = eventually { lines().contains { $0.contains("b/s2 is DOWN") } }
                    try #require(isTold, "\(daemon.errors)")
                }
                _ = try client.send("disable server other/s3")
                _ = try client.send("enable server other/s3")
                if !mode.contains("-q") {
                    let areAllThere = eventually { lines().contains { $0.contains("other/s3 is UP/READY") } }
                    #expect(areAllThere, "\(daemon.errors)")
                }
                said.append(lines())
                withExtendedLifetime(closed) {}
                #expect(daemon.poll() == nil)
            }
            #expect(said[0] == said[1])
            #expect(said[1].isEmpty == mode.contains("-q"))
        }
    }

    private static func number(_ line: Substring) -> String {
        String(line.drop { $0 != "(" }.dropFirst().prefix { $0 != ")" })
    }
}
