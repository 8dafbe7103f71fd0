import RuntimeAPI
import TestSupport
import Testing

/// Servers of sections that are `disabled`, and the ports of checks and agents in `show servers state`, beside the real HAProxy.
@Suite(.blocking) struct RestingServerTests {
    private static let sections = """
          backend rests
            disabled
            balance leastconn
            default-server rise 4
            server a 127.0.0.1:81 check port 7 rise 5 fall 2
            server b 127.0.0.1:81 disabled id 77 weight 0
            server c localhost:+4 agent-check agent-port 8 backup
            server d unix@/nowhere/x weight 200
            server e 127.0.0.1:99 track c/up
            server f ipv6@::1:99 check addr 127.0.0.9:7
            server i 127.0.0.1:5 check agent-check agent-port 1 disabled
          backend numbered
            id 50
            disabled
            server a 127.0.0.1
        """

    /// Where checks and agents go, said in every way.
    private static let places = """
          backend places
            default-server inter 1h agent-inter 1h
            server a 127.0.0.1:81
            server b 127.0.0.1:82 port 9000
            server c 127.0.0.1:83 addr 127.0.0.2:9001
            server d 127.0.0.1:84 addr 127.0.0.2
            server e 127.0.0.1:85 agent-port 9003
            server f 127.0.0.1:86 agent-addr 127.0.0.3
            server g 127.0.0.1:87 addr 127.0.0.2:9001 port 7000
            server h 127.0.0.1:88 port 7000 addr 127.0.0.2:9001
            server i 127.0.0.1:+5 port 7000
            server j unix@/nowhere/x
            server k 127.0.0.1:90 addr ipv6@::1:99
            server l 127.0.0.1:91 port 7000 agent-port 7001 addr 127.0.0.3
          backend defaults
            default-server port 5555 agent-port 6666
            server a 127.0.0.1:81
          backend probed
            default-server inter 1h
            server a 127.0.0.1:81 check addr 127.0.0.2:9001
            server b 127.0.0.1:81 check addr 127.0.0.2:9001 port 9002
        """

    private static let commands = [
        "show servers state rests", "show servers state numbered", "show servers conn rests",
        "show servers conn numbered",
        "get weight rests/a", "get weight rests/b", "get weight rests/zz", "set server rests/zz weight 1",
        "set server rests/a bogus", "set server rests/a", "set server rests/a weight 999", "set weight rests/a 4",
        "set weight rests/a", "set server rests/a state maint", "disable server rests/a", "enable server rests/b",
        "set server rests/a addr 192.0.2.1", "set server rests/a health down", "enable health rests/a",
        "disable agent rests/a", "set maxconn server rests/a", "set server rests/a fqdn x",
        "set server rests/a check-port 8", "set server rests/a agent-send x", "set server rests/a ssl on",
        "shutdown sessions server rests/a", "del server rests/a", "del server rests/zz", "add server rests/n 192.0.2.1",
        "show servers state rests", "show stat rests 7 -1", "show backend",
    ]

    /// Neither the seconds since the last change nor where numbers of sections begin, and no server that is in use.
    private static func masked(_ answer: String) -> [String] {
        answer.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            var words = line.split(separator: " ").map { String($0) }
            if words.count > 20, words[0] != "#" { words[9] = "N" }
            return words.joined(separator: " ")
        }
    }

    @Test func itIsToldAsByHAProxy() throws {
        try withRuntimePair(backend: Self.sections) { ours, theirs in
            for command in Self.commands {
                let answers = try [ours, theirs].map { Self.masked(try $0.client.send(command)) }
                #expect(answers[0] == answers[1], "\(command)")
            }
            let rows = try ours.client.send("show servers state rests").split(separator: "\n")
            #expect(rows.count == 9)
        }
    }

    @Test func portsAreThoseThatWereSaid() throws {
        try withRuntimePair(backend: Self.places) { ours, theirs in
            func compare(_ after: String) throws {
                let tables = try [ours, theirs].map { side in
                    try ["places", "defaults", "probed"].flatMap { name in
                        try side.client.send("show servers state \(name)").split(separator: "\n").map { line in
                            // The check itself is not what this is about: from where a client would be sent on.
                            let words = line.split(separator: " ")
                            return words.count > 20 ? (words[1...4] + words.suffix(7)).joined(separator: " ") : ""
                        }
                    }
                }
                #expect(tables[0] == tables[1], "after \(after)")
                #expect(tables[0].count > 14)
            }
            try compare("the start")
            for command in [
                "set server probed/a check-port 9005", "set server probed/a check-port 0",
                "set server probed/a addr 127.0.0.4 port 85", "set server probed/b check-addr 127.0.0.5",
                "set server probed/a check-addr 127.0.0.6 port 9006", "set server probed/b check-port 0",
            ] {
                let answers = try [ours, theirs].map { try $0.client.send(command) }
                #expect(answers[0] == answers[1], "\(command)")
                try compare(command)
            }
        }
    }
}
