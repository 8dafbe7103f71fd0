import Glibc
import Syscalls
import TestSupport
import Testing

struct LogTests {
    /// What both programs log for the same connections, their times and ports masked.
    @Test func tcplogLinesAreHAProxys() throws {
        try withDaemonRoom { directory in
            let named = try TestServer.named("hello")
            let slow = try TestServer { connection in _ = try connection.receiveAll() }
            let resets = try TestServer { connection in
                _ = try connection.receive()
                connection.resetOnClose()
            }
            let (closed, closedPort) = try TestSocket.bound(listening: false)
            let body = """
                frontend f
                  bind 127.0.0.1:80
                  bind 127.0.0.1:81
                  bind 127.0.0.1:82
                  timeout client 400ms
                  use_backend slow if { dst_port 81 }
                  use_backend resets if { dst_port 82 }
                  default_backend named
                frontend g
                  bind 127.0.0.1:83
                  bind 127.0.0.1:84
                  # These end so early that what the client sent may not have come yet.
                  no option dontlognull
                  use_backend closed if { dst_port 83 }
                  use_backend none if { dst_port 84 }
                backend named
                  server s1 127.0.0.1:\(named.port)
                backend slow
                  server s1 127.0.0.1:\(slow.port)
                backend resets
                  server s1 127.0.0.1:\(resets.port)
                backend closed
                  retries 0
                  server s1 127.0.0.1:\(closedPort)
                backend none

                """
            /// One connection after the other has been logged: a line counts the connections that exist beside its own.
            func traffic(_ log: () -> String) throws {
                // Not by a connection: that one would be counted in the lines of the others.
                let areListening = try eventually {
                    let sockets = try run("ss", "-Hltn", "sport >= 80 and sport <= 84").split(separator: "\n")
                    return Set(sockets.map { $0.split(separator: " ")[3] }).count == 5
                }
                #expect(areListening)
                func waitForLines(_ count: Int) {
                    #expect(eventually { log().split(separator: "\n").count == count })
                }
                for port in 80...84 as ClosedRange<UInt16> {
                    let socket = try TestSocket.connect(port: port)
                    try? socket.send("?")
                    _ = try? socket.receiveAll()
                    waitForLines(Int(port) - 79)
                }
                do {
                    let impatient = try TestSocket.connect(port: 81)
                    try impatient.send("?")
                    usleep(50000)
                    impatient.resetOnClose()
                }
                waitForLines(6)
                // Says nothing, and is not logged.
                let silent = try TestSocket.connect(port: 81)
                silent.shutdownWrite()
                _ = try? silent.receiveAll()
            }
            func masked(_ log: String) -> [String] {
                log.split(separator: "\n").map { line in
                    var words = line.split(separator: " ").map { String($0) }
                    guard words.count > 4 else { return String(line) }
                    words[0] = "client"
                    words[1] = "[\(words[1].count)]"
                    words[4] = words[4].split(separator: "/").map { $0 == "-1" ? "-1" : "t" }.joined(separator: "/")
                    return words.joined(separator: " ")
                }.sorted()
            }
            let ours: [String]
            do {
                let daemon = try DaemonFixture(body, in: directory)
                try traffic { daemon.program.output }
                ours = masked(daemon.program.output)
            }
            let theirs = try Background(["haproxy", "-db", "-f", "\(directory)/haproxy.cfg"], in: directory)
            try traffic { theirs.output }
            #expect(ours == masked(theirs.output))
            _ = closed
        }
    }
}
