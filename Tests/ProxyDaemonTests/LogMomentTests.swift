import Glibc
import Syscalls
import TestSupport
import Testing

/// When a line of `log-format` is written, beside the real HAProxy: at once when nothing of it is known at the end only.
@Suite(.blocking) struct LogMomentTests {
    /// Formats, and whether their lines come while the connection is there.
    private static let formats = [
        ("%[src]", true), ("%[srv_conn(l0/s1)] %[date,bool]", true), ("%[var(txn.a)]", true), ("%[nbsrv] %ci %s", true),
        ("%[sc0_conn_cnt]", true), ("%B %[src]", false), ("%Tt,%[src]", false), ("%ts %[dst]", false),
    ]

    @Test func samplesDoNotWaitForTheEnd() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.staying("x")
            let results = try Background.ofBoth(in: directory) { start -> [String] in
                let receiver = try LogReceiver()
                let listeners = Self.formats.enumerated().map { index, format in
                    """
                    listen l\(index)
                      bind 127.0.0.1:\(100 + index)
                      log-format "\(index) \(format.0)"
                      server s1 127.0.0.1:\(server.port)

                    """
                }
                let program = try start(receiver.head() + "\n" + listeners.joined())
                let isThere = try eventually {
                    try Self.formats.indices.allSatisfy { try Oracle.listens("127.0.0.1:\(100 + $0)") }
                }
                try #require(isThere, "\(program.errors)")
                // All are there until the last one has been answered.
                let sockets = try Self.formats.indices.map { try TestSocket.asking(port: UInt16(100 + $0)).socket }
                let early = Self.formats.indices.filter { Self.formats[$0].1 }
                let areTold = eventually { receiver.received().count >= early.count }
                #expect(areTold, "\(receiver.received()) \(program.errors)")
                let first = receiver.received().map { String($0.prefix(1)) }.sorted()
                #expect(first == early.map { "\($0)" })
                for socket in sockets { socket.finish() }
                let areAll = eventually { receiver.received().count == Self.formats.count }
                #expect(areAll, "\(receiver.received()) \(program.errors)")
                return receiver.received().sorted().map { $0.replacing(/Tt.*/, with: "") }
            }
            let places = { (lines: [String]) in lines.map { $0.prefix(1) } }
            #expect(places(results.ours) == places(results.theirs))
        }
    }
}
