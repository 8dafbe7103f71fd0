import RuntimeAPI
import TestSupport
import Testing

/// `show fd`: what is known of the descriptors of sessions, beside the real HAProxy; and limits of frontends in tables.
@Suite(.blocking) struct DescriptorTests {
    /// The fields of each descriptor of a session but for those of HAProxy's memory and poller.
    private static func ends(_ side: RuntimeSide) throws -> [[String: String]] {
        try side.client.send("show fd").split(separator: "\n").compactMap { line in
            var fields = ["fd": String(line.prefix { $0 != ":" })]
            for word in line.split(separator: " ") {
                guard let sign = word.firstIndex(of: "=") else { continue }
                fields[String(word[..<sign])] = String(word[word.index(after: sign)...])
            }
            // Neither listeners nor HAProxy's connections of checks and of stats sockets.
            let isEnd = fields["fe"] == "f" || fields["sv"] == "b/s1" || fields["sv"] == "b/s2"
            return fields["back"] != nil && isEnd ? fields : nil
        }
    }

    @Test func sessionsAreTold() throws {
        try withRuntimePair { ours, theirs in
            var looks: [[String]] = []
            for side in [ours, theirs] {
                let client = try TestSocket.connect(port: 1000, host: side.host)
                let isThere = try eventually { try Self.ends(side).count == 2 }
                #expect(isThere, "\(side.host)")
                let ends = try Self.ends(side)
                let own = "\(TestSocket.localPort(client.raw))"
                let front = ends.first { $0["back"] == "0" }
                #expect(front?["rport"] == own)
                looks.append(
                    ends.map { end in
                        let names = ["gid", "tmask", "back", "fam", "fe", "sv"] + (end["back"] == "0" ? ["lport"] : [])
                        // Each has a server of its own port in common.
                        let rest = end["back"] == "1" ? ["rport"] : []
                        return (names + rest).map { "\($0)=\(end[$0] ?? "")" }.joined(separator: " ")
                    }.sorted()
                )
                for end in ends {
                    let number = (end["fd"] ?? "").filter { $0 != " " }
                    let answer = try side.client.send("show fd \(number) x")
                    #expect(answer.split(separator: "\n").count == 1, "\(side.host) \(answer)")
                    #expect(answer.hasPrefix("\(end["fd"] ?? "?"): "))
                }
                try client.send("x")
                _ = try client.receiveAll()
            }
            #expect(looks[0] == looks[1])
            for words in ["x", "-1", "99999", "99999999999999999999", "0"] {
                #expect(try ours.client.send("show fd \(words)") == theirs.client.send("show fd \(words)"), "\(words)")
            }
        }
    }

    /// The limit that a command gives a frontend, in its row and in those of its listeners.
    @Test func limitsOfFrontendsAreTold() throws {
        try withRuntimePair { ours, theirs in
            for command in ["", "set maxconn frontend f 7", "set maxconn frontend g 900", "set maxconn frontend f 30"] {
                var looks: [[String]] = []
                for side in [ours, theirs] {
                    if !command.isEmpty { #expect(try side.client.send(command) == "\n") }
                    let table = try side.statistics()
                    let names = table.keys.filter { $0.hasPrefix("f/") || $0.hasPrefix("g/") }.sorted()
                    let columns = ["slim", "scur", "smax", "qlimit", "status", "rate_lim", "conn_rate", "type"]
                    let info = try side.client.send("show info").split(separator: "\n").filter {
                        $0.hasPrefix("Maxconn") || $0.hasPrefix("Hard_maxconn")
                    }
                    looks.append(
                        names.map { name in "\(name) \(columns.map { table[name]?[$0] ?? "?" })" }
                            + info.map { String($0) }
                    )
                }
                #expect(looks[0] == looks[1], "\(command)")
                #expect(looks[0].count > 4)
            }
        }
    }
}
