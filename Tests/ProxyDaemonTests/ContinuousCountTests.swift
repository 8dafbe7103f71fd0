import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `option contstats`: bytes of a session count while it goes on, as the real HAProxy counts them.
@Suite(.blocking) struct ContinuousCountTests {
    private static let names = ["c/FRONTEND", "c/l1", "c/BACKEND", "c/s1", "p/FRONTEND", "p/l1", "p/BACKEND", "p/s1"]

    @Test func bytesCountInTheMidstOfASession() throws {
        try withDaemonRoom { directory in
            let server = try TestServer { connection in
                // A letter for each that it hears, and a word.
                while true {
                    let bytes = try connection.receive()
                    if bytes.isEmpty { return }
                    try connection.send(String(repeating: "x", count: bytes.count) + "!!")
                }
            }
            let both = try BothProxies(in: directory, ports: [80, 81]) { host in
                func section(_ name: String, _ port: Int, _ option: String) -> String {
                    """
                    listen \(name)
                      bind 127.0.0.\(host):\(port) name l1
                      option socket-stats
                      \(option)
                      server s1 127.0.0.1:\(server.port)

                    """
                }
                return "global\n  stats socket \(directory)/\(host).sock level admin\n"
                    + section("c", 80, "option contstats") + section("p", 81, "no option contstats")
            }
            let programs = [both.ours.program, both.theirs.program]
            let sides = zip(BothProxies.hosts, programs).map { host, program in
                RuntimeSide(
                    program: program,
                    client: MasterClient(path: "\(directory)/\(host).sock", timeoutMilliseconds: 60000),
                    host: host
                )
            }
            func counted(_ side: RuntimeSide) throws -> [[String?]] {
                let table = try side.statistics()
                return Self.names.map { name in ["bin", "bout", "scur", "stot"].map { table[name]?[$0] } }
            }
            func talk(_ socket: TestSocket, _ words: String) throws {
                try socket.send(words)
                var count = 0
                while count < words.utf8.count + 2 { count += try socket.receive().count }
            }
            func differs(_ side: RuntimeSide, _ expected: [[String]]) throws -> [[String?]]? {
                let isAsExpected = try eventually { try counted(side) == expected }
                return isAsExpected ? nil : try counted(side)
            }
            for side in sides {
                let sockets = try [80, 81].map { try TestSocket.connect(port: UInt16($0), host: side.host) }
                for socket in sockets { try talk(socket, "hello") }
                let plain = [String](["0", "0", "1", "1"])
                var expected = Array(repeating: ["5", "7", "1", "1"], count: 4) + Array(repeating: plain, count: 4)
                #expect(try differs(side, expected) == nil)
                for socket in sockets { try talk(socket, "once more") }
                expected = Array(repeating: ["14", "18", "1", "1"], count: 4) + Array(repeating: plain, count: 4)
                #expect(try differs(side, expected) == nil)
                // Cleared, it goes on from there.
                _ = try side.client.send("clear counters all")
                for socket in sockets { try talk(socket, "ab") }
                expected = Array(repeating: ["2", "4", "1", "0"], count: 4)
                expected += Array(repeating: ["0", "0", "1", "0"], count: 4)
                #expect(try differs(side, expected) == nil)
                // Nothing counts twice when it ends.
                for socket in sockets { socket.finish() }
                expected = Array(repeating: ["2", "4", "0", "0"], count: 4)
                expected += Array(repeating: ["16", "22", "0", "0"], count: 4)
                #expect(try differs(side, expected) == nil)
            }
        }
    }
}
