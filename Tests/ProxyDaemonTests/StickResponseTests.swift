import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `stick` rules by what servers say, and rules that judge it before anything is stored, beside the real HAProxy.
@Suite(.blocking) struct StickResponseTests {
    private static let rules: [(name: String, text: String)] = [
        ("plain", "stick store-response res.payload(0,4)"),
        (
            "judged",
            """
            tcp-response content accept if { res.len gt 3 }
              stick store-response res.payload(0,4)
            """
        ),
        (
            "conditions",
            """
            tcp-response content accept if { res.len gt 3 }
              stick store-response res.payload(0,4) if { res.payload(0,1) -m str A }
              stick store-response res.payload(0,5) unless { res.payload(0,1) -m str A }
            """
        ),
        (
            "rejected",
            """
            tcp-response content reject if { res.payload(0,1) -m str A }
              tcp-response content accept if { res.len gt 3 }
              stick on src
              stick store-response res.payload(0,4)
            """
        ),
        (
            "closed",
            """
            tcp-response content close if { res.len gt 3 }
              stick on src table TABLE
              stick store-response res.payload(0,4)
            """
        ),
        // Of the rules of either kind for a table the first one counts.
        (
            "first",
            """
            tcp-request inspect-delay 60s
              tcp-request content accept if { req.len gt 4 }
              tcp-response content accept if { res.len gt 3 }
              stick on req.payload(0,5)
              stick store-request dst
              stick store-request str(zz) table TABLE if { req.payload(0,1) -m str x }
              stick store-request str(yy) table TABLE
              stick store-response res.payload(0,4)
              stick store-response res.payload(0,5)
              stick store-response res.payload(0,3) table TABLE
              stick store-response src table TABLE
            """
        ),
        (
            "unjudged",
            """
            tcp-request inspect-delay 60s
              tcp-request content accept if { req.len gt 4 }
              stick store-request req.payload(0,2)
              stick on src
              stick store-response srv_name table TABLE
              stick store-response src table TABLE
            """
        ),
    ]

    private static func configuration(_ socket: String, _ servers: [UInt16]) -> String {
        var text = """
            \(ConfigurationHead.asked(at: socket))

            """
        for (index, rule) in rules.enumerated() {
            for (number, server) in servers.enumerated() {
                let name = "\(rule.name)\(number)"
                text += """
                    listen \(name)
                      bind 127.0.0.1:\(80 + index * servers.count + number)
                      stick-table type string len 12 size 1k
                      tcp-response inspect-delay 60s
                      \(rule.text.replacing("TABLE", with: "of-\(name)"))
                      server s1 127.0.0.1:\(server)
                      server s2 127.0.0.1:\(server)
                    backend of-\(name)
                      stick-table type string len 12 size 1k

                    """
            }
        }
        return text
    }

    /// Answers in two pieces, the second when the client has said more.
    private static func inPieces(_ first: String, _ second: String) throws -> TestServer {
        try TestServer { connection in
            var count = 0
            func wait(for most: Int) throws -> Bool {
                while count < most {
                    let words = try connection.receive()
                    if words.isEmpty { return false }
                    count += words.count
                }
                return true
            }
            guard try wait(for: 5) else { return }
            try connection.send(first)
            if !second.isEmpty {
                guard try wait(for: 9) else { return }
                try connection.send(second)
            }
            _ = try connection.receiveAll()
        }
    }

    @Test func tablesLearnWhatHAProxysLearn() throws {
        try withDaemonRoom { directory in
            let servers = try [Self.inPieces("ANS1xyz", ""), Self.inPieces("LA", "TEone")]
            let results = try Background.ofBoth(in: directory) { start -> [String] in
                let path = "\(directory)/stats.sock"
                let program = try start(Self.configuration(path, servers.map { $0.port }))
                let isThere = try eventually { try Oracle.listens("127.0.0.1:80") && access(path, F_OK) == 0 }
                try #require(isThere, "\(program.errors)")
                var answers: [String] = []
                let client = MasterClient(path: path, timeoutMilliseconds: 60000)
                for (index, rule) in Self.rules.enumerated() {
                    for number in servers.indices {
                        let socket = try TestSocket.connect(port: UInt16(80 + index * servers.count + number))
                        try socket.send("hello")
                        var got: [UInt8] = []
                        if number == 1 { try? socket.send("more") }
                        while got.count < 7, let more = try? socket.receive(), !more.isEmpty { got += more }
                        socket.finish()
                        answers.append("\(rule.name) \(number) \(String(decoding: got, as: UTF8.self))")
                        for table in ["\(rule.name)\(number)", "of-\(rule.name)\(number)"] {
                            answers.append(masked(try client.send("show table \(table)")))
                        }
                    }
                }
                answers.append("\(program.poll() ?? 0)")
                return answers
            }
            #expect(results.ours.count == results.theirs.count)
            for (ours, theirs) in zip(results.ours, results.theirs) { #expect(ours == theirs) }
        }
    }
}
