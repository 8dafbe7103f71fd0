import Glibc
import Synchronization
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct LogTests {
    /// What both programs log for the same connections, their times and ports masked.
    @Test func tcplogLinesAreHAProxys() throws {
        try withDaemonRoom { directory in
            let named = try TestServer.named("hello")
            let arrived = Arrivals()
            let slow = try TestServer { connection in
                // A reset takes away what the proxy has not read: what has come through cannot be lost.
                _ = try connection.receive()
                arrived.count()
                _ = try connection.receiveAll()
            }
            let resets = try TestServer { connection in
                _ = try connection.receive()
                connection.resetOnClose()
            }
            let (closed, closedPort) = try TestSocket.bound(listening: false)
            // What depends on who is quicker is said away: a client that is held up sends after its time-out, and
            // whether its bytes have come when a connection ends at once is chance. Only `i` leaves out silent ones.
            let body = """
                frontend f
                  bind 127.0.0.1:80
                  bind 127.0.0.1:82
                  no option dontlognull
                  use_backend resets if { dst_port 82 }
                  default_backend named
                frontend s
                  bind 127.0.0.1:81
                  no option dontlognull
                  timeout client 400ms
                  default_backend slow
                frontend g
                  bind 127.0.0.1:83
                  bind 127.0.0.1:84
                  no option dontlognull
                  use_backend closed if { dst_port 83 }
                  use_backend none if { dst_port 84 }
                frontend i
                  bind 127.0.0.1:85
                  default_backend slow
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
            /// Not by a connection: that one would be counted in the lines of the others.
            func listening() throws -> Int {
                let sockets = try run("ss", "-Hltn", "sport >= 80 and sport <= 85").split(separator: "\n")
                return Set(sockets.map { $0.split(separator: " ")[3] }).count
            }
            /// One connection after the other has been logged: a line counts the connections that exist beside its own.
            func traffic(_ log: () -> String) throws {
                #expect(try eventually { try listening() == 6 })
                func waitForLines(_ count: Int) {
                    #expect(eventually { log().split(separator: "\n").count == count }, "\(log())")
                }
                for port in 80...84 as ClosedRange<UInt16> {
                    do {
                        let socket = try TestSocket.connect(port: port)
                        try? socket.send("?")
                        _ = try? socket.receiveAll()
                    }
                    waitForLines(Int(port) - 79)
                }
                do {
                    let before = arrived.value
                    let impatient = try TestSocket.connect(port: 85)
                    try impatient.send("?")
                    #expect(eventually { arrived.value > before })
                    impatient.resetOnClose()
                }
                waitForLines(6)
                // Says nothing, and is not logged.
                let silent = try TestSocket.connect(port: 85)
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
            // The worker ends a little later than its master, and shares the addresses until then.
            #expect(try eventually { try listening() == 0 })
            let theirs = try Background(["haproxy", "-db", "-f", "\(directory)/haproxy.cfg"], in: directory)
            try traffic { theirs.output }
            #expect(ours == masked(theirs.output))
            _ = closed
        }
    }
}

/// How many connections have reached a server.
final class Arrivals: Sendable {
    private let number = Mutex(0)
    var value: Int { number.withLock { $0 } }
    func count() { number.withLock { $0 += 1 } }
}

/// What connections of a server began with, up to what tells one from the other, sorted.
final class Heads: Sendable {
    private let list = Mutex<[String]>([])
    var all: [String] { list.withLock { $0.sorted() } }
    func add(_ bytes: [UInt8]) { list.withLock { $0.append(String(decoding: bytes.prefix(11), as: UTF8.self)) } }
}
