import Glibc
import Synchronization
import Syscalls
import TestSupport
import Testing

/// How both sides see the end of a connection whose server's words a rule refuses, beside the real HAProxy.
@Suite(.blocking) struct ResponseEndTests {
    /// Everything that was said, and whether the end came in order.
    private static func end(_ socket: TestSocket) -> String {
        var words: [UInt8] = []
        do {
            while true {
                let more = try socket.receive()
                if more.isEmpty { return String(decoding: words, as: UTF8.self) + " end" }
                words += more
            }
        } catch {
            return String(decoding: words, as: UTF8.self) + " \(error.code == ECONNRESET ? "reset" : "\(error)")"
        }
    }

    /// What the client and the server see of a connection with these lines, ours and theirs. The server answers `hello` and
    /// goes on listening.
    ///
    /// - Parameter client: Gives what a client sees; the server has answered by then.
    private static func ends(
        _ lines: String,
        in directory: String,
        _ client: (TestSocket) throws -> String = listening
    ) throws -> [[String]] {
        let seen = Mutex<[String]>([])
        let hasAnswered = Mutex(false)
        let server = try TestServer { connection in
            var count = 0
            while count < 5 {
                let words = try connection.receive()
                if words.isEmpty { return }
                count += words.count
            }
            try connection.send("ANSWER")
            hasAnswered.withLock { $0 = true }
            let end = Self.end(connection)
            seen.withLock { $0.append(end) }
        }
        func body(_ host: UInt8) -> String {
            "listen l\n  bind 127.0.0.\(host):80\n\(lines)  server s1 127.0.0.1:\(server.port)\n"
        }
        let both = try BothProxies(in: directory, ports: [80], body)
        var ends: [[String]] = []
        for host in BothProxies.hosts {
            hasAnswered.withLock { $0 = false }
            let socket = try TestSocket.connect(port: 80, host: host)
            try socket.send("hello")
            let answers = eventually { hasAnswered.withLock { $0 } }
            try #require(answers)
            let own = try client(socket)
            let isSeen = eventually { seen.withLock { !$0.isEmpty } }
            try #require(isSeen)
            let servers = seen.withLock { list in
                defer { list = [] }
                return list
            }
            ends.append([own] + servers)
        }
        try both.wait { $0.split(separator: "\n").filter { $0.contains(" [") }.count >= 1 }
        let (ours, theirs) = (both.connectionLines(1), both.connectionLines(2))
        #expect(ours == theirs)
        return ends
    }

    /// A client that hears all, and ends then.
    private static func listening(_ socket: TestSocket) -> String {
        let words = end(socket)
        socket.shutdownWrite()
        return words
    }

    private static let rules = "  tcp-response inspect-delay 60s\n  tcp-response content reject if { res.len gt "

    @Test func refusedWordsEndInOrder() throws {
        try withDaemonRoom { directory in
            let ends = try Self.ends(Self.rules + "2 }\n", in: directory)
            #expect(ends[0] == [" end", " end"])
            #expect(ends[0] == ends[1])
        }
    }

    /// Nobody has decided by then: what the server has said is delivered.
    @Test func wordsOfALateServerAreDelivered() throws {
        try withDaemonRoom { directory in
            let ends = try Self.ends("  timeout server 300ms\n" + Self.rules + "20 }\n", in: directory)
            #expect(ends[0] == ["ANSWER end", " end"])
            #expect(ends[0] == ends[1])
        }
    }

    private static let half = "  default_backend b\nbackend b\n"
    private static let nolinger = "  option nolinger\n"
    private static let lateClient = "  timeout client 300ms\n"
    private static let lateServer = "  timeout server 300ms\n"

    /// With `option nolinger` of the frontend, of the backend and of both, whoever is late, and where rules wait or refuse.
    @Test(arguments: [
        nolinger + lateClient + half, lateClient + half + nolinger, nolinger + lateClient + half + nolinger,
        nolinger + "  timeout client 900ms\n" + half + lateServer,
        "  timeout client 900ms\n" + half + nolinger + lateServer,
        nolinger + lateClient + half + lateServer, lateClient + half + nolinger + lateServer,
        nolinger + lateClient + half + rules + "20 }\n", lateClient + half + nolinger + rules + "20 }\n",
        nolinger + half + rules + "2 }\n", half + nolinger + rules + "2 }\n",
    ])
    func endsWithoutLingeringAreHAProxys(lines: String) throws {
        try withDaemonRoom { directory in
            let ends = try Self.ends(lines, in: directory)
            #expect(ends[0] == ends[1])
        }
    }

    /// With rules that wait and without rules: a server hears that its client is gone. HAProxy tells it of an end in order where
    /// it is slow to look, so it is asked again then.
    @Test(arguments: ["", rules + "20 }\n"]) func aResetOfTheClientReachesTheServer(lines: String) throws {
        let theirs = Mutex([[String]]())
        while !theirs.withLock({ $0.contains(["", " reset"]) }) {
            let count = theirs.withLock { $0.count }
            try #require(count < 5)
            try withDaemonRoom { directory in
                let ends = try Self.ends(lines, in: directory) { socket in
                    // What it has is read: a reset is all that is left.
                    if lines.isEmpty { _ = try socket.receive() }
                    socket.reset()
                    return ""
                }
                #expect(ends[0] == ["", " reset"])
                theirs.withLock { $0.append(ends[1]) }
            }
        }
    }
}
