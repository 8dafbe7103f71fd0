import RuntimeAPI
import TestSupport
import Testing

/// What a session of a stats socket has of its own, beside the real HAProxy: severities, modes, help, several lines at once.
@Suite(.blocking) struct RuntimeSessionTests {
    private static func compare(_ lines: [String], isMaster: Bool = false, level: String = "admin") throws {
        try withRuntimePair(level: level, isMaster: isMaster) { ours, theirs in
            for line in lines {
                let answers = try [ours, theirs].map { side in
                    let path = isMaster ? side.master : side.client.path
                    let text = try run("timeout", "20", "socat", "-t10", "-", "unix-connect:\(path)", input: line)
                    return masked(text)
                }
                #expect(answers[0] == answers[1], "\(line)")
            }
        }
    }

    /// Without Debian's revision and without process ids.
    private static func masked(_ text: String) -> String {
        var masked = text.replacing("-1+deb12u4", with: "")
        for pid in text.split(whereSeparator: { !$0.isNumber }) where pid.count > 2 {
            masked = masked.replacing(pid, with: "N")
        }
        return masked
    }

    @Test func severitiesAreHAProxys() throws {
        let commands = [
            "set server b/s1 addr foo", "get weight b/s1", "get weight b/zz", "set server b/s1 foo", "set server b/s1",
            "set server b/s1 addr", "set server b/s1 addr 192.0.2.1", "set server b/s1 check-port 9",
            "set server b/s1 agent-send x", "set server b/s1 weight x", "show cli level", "show version",
            "help show cli",
            "show table zz", "show map zz", "get map a b", "set map x y z", "clear table zz", "show errors zz",
            "show servers state zz", "show backend", "set maxconn global", "add server b/x 192.0.2.1:9",
            "del server b/s1", "disable server b/x", "del server b/x", "set rate-limit x", "set timeout x",
            "disable frontend zz", "shutdown session 1", "trace", "trace 0", "show startup-logs", "show peers zz",
            "show events", "show events zz", "show resolvers zz", "show stat zz 1 1", "expert-mode", "operator",
            "set weight b/s1 3", "user", "operator", "show errors", "set severity-output", "show env NOBODY",
            "show sess 0x1",
        ].filter { $0 != "trace" }
        try Self.compare(
            ["none", "number", "string", "foo", ""].map { kind in
                (["set severity-output \(kind)"] + commands).joined(separator: ";") + "\n"
            }
        )
    }

    @Test func modesAreHAProxys() throws {
        let lines = [
            "expert-mode\n", "expert-mode on;expert-mode\n", "expert-mode on;expert-mode foo;expert-mode\n",
            "expert-mode on;expert-mode off x;expert-mode\n", "experimental-mode\n",
            "experimental-mode on;experimental-mode\n", "experimental-mode on;operator;experimental-mode\n",
        ]
        try Self.compare(lines)
        try Self.compare(lines, level: "operator")
    }

    /// Lines that come together are answered together; a payload's lines each get a prompt.
    @Test func linesAreReadAsByHAProxy() throws {
        try Self.compare([
            "show version\nshow cli level\n", "show version;show cli level\nshow cli level\n",
            "prompt\nshow cli level\nprompt\nshow cli level\nshow cli level\n",
            "show cli level\nquit\nshow cli level\n", "prompt\nadd map #9 <<\na b\nc d\n\nshow cli level\n",
            "add map #9 <<\na b\nc d\n\nshow cli level\n", "prompt;prompt;show cli level\n",
            "show cli level\n\nshow cli level\n".replacing("\n\n", with: "\n"), "show\\ cli level;show cli\tlevel\r\n",
        ])
    }

    /// What says more than a buffer holds is ended without a word.
    @Test func commandsWithTooManyLinesEndTheSession() throws {
        try withRuntimePair(level: "user") { ours, theirs in
            for count in [1900, 2200, 100_000] {
                let answers = try [ours, theirs].map { side in
                    let socket = try TestSocket.connect(unix: side.client.path)
                    try? socket.send("add map #9 <<\n" + String(repeating: "aaa bbb\n", count: count) + "\n")
                    return (try? socket.receiveAll()) ?? ""
                }
                #expect(answers[0] == answers[1], "\(count)")
                #expect(answers[1].isEmpty == (count > 2000))
            }
        }
    }

    /// What came together with a command whose answer takes several turns is answered, too.
    @Test func linesBehindALongAnswerAreRead() throws {
        try withRuntimePair(backend: "backend many\n  server-template s 3000 127.0.0.1:9") { ours, theirs in
            for words in [
                "prompt\nshow servers state many\nshow cli level\nquit\n", "show servers state many\nshow cli level\n",
            ] {
                let ends = try [ours, theirs].map { side in
                    let socket = try TestSocket.connect(unix: side.client.path)
                    try socket.send(words)
                    let answer = try socket.receiveAll()
                    #expect(answer.contains(" s3000 "))
                    return String(answer.suffix(12))
                }
                #expect(ends[0] == ends[1] && ends[1].contains("admin"), "\(ends)")
            }
        }
    }

    @Test func theMasterReadsLinesAsHAProxys() throws {
        try Self.compare(
            [
                "show version\nshow cli level\n", "@1\nshow cli level\n", "@1;show cli level;@;show cli level\n",
                "@1 show cli level;show cli level\nshow cli level\n",
                "prompt\n@1\nshow cli level\n@\nshow cli level\nquit\n", "@0 show cli level\n", "@ show cli level\n",
                "prompt\n@1 add map #9 <<\na b\nc d\n\nshow cli level\nquit\n", "expert-mode on;show cli level\n",
                "prompt\nexpert-mode on\nexperimental-mode on\nmcli-debug-mode on\n@1\nexpert-mode off\nquit\n",
            ],
            isMaster: true
        )
    }

    /// What is proposed to who misspells a command; where several are equally like it, HAProxy's choice is its own.
    @Test func commandsAreGuessedAsByHAProxy() throws {
        try Self.compare([
            "show inf\n", "shw info\n", "enable\n", "getweight b\n", "trace2\n", "show stats\n", "set wieght a/b 3\n",
            "set server2\n", "shutdown session2\n", "shutdown\n", "clear\n", "show sessions\n", "sow stat\n",
            "enable serverx\n", "show tables\n", "get wait\n", "help show version\n", "help enable\n", "help clear\n",
            "set maxconn foo\n", "help shutdown x\n", "disable foo\n", "show servers\n", "get\n",
        ])
    }

    /// Commands of the master with more words than they have, and what it proposes; but for the lines of our own commands.
    @Test func theMastersCommandsAreHAProxys() throws {
        let own = ["  hardreload ", "  listeners", "  show quarantine "]
        try withRuntimePair(isMaster: true) { ours, theirs in
            for line in [
                "help", "help show", "show", "show foo", "help show cli", "show proc zz", "show version zz",
                "show cli level zz", "show cli foo", "user zz;show cli level", "operator zz;show cli level",
                "quit zz;show cli level", "user;reload", "show info", "show stat", "reloa", "show prc",
            ] {
                let answers = try [ours, theirs].map { side in
                    let place = "unix-connect:\(side.master)"
                    let text = try run("timeout", "20", "socat", "-t10", "-", place, input: line + "\n")
                    return Self.masked(text).split(separator: "\n", omittingEmptySubsequences: false).filter { row in
                        !own.contains { row.hasPrefix($0) }
                    }.map { row in
                        row.split(separator: " ").filter { !$0.hasPrefix("0d00h") }.joined(separator: " ")
                    }
                }
                #expect(answers[0] == answers[1], "\(line)")
            }
        }
    }

    /// What was warned of at the start: HAProxy's heads, and each line that was written.
    @Test func startupLogsAreWhatWasWritten() throws {
        try withRuntimePair(global: "maxconnrate 5\n  maxconnrate 6") { ours, theirs in
            for side in [ours, theirs] {
                let lines = try side.client.send("show startup-logs").split(separator: "\n").map { String($0) }
                try #require(lines.count > 2, "\(lines)")
                let written = Set(side.program.errors.split(separator: "\n").map { String($0) })
                let pid = "(\(side.program.pid)) : "
                #expect(lines[0].hasPrefix("[NOTICE]   \(pid)haproxy version is 2.6.12"), "\(lines)")
                #expect(lines[1].hasPrefix("[NOTICE]   \(pid)path to executable is /"), "\(lines)")
                #expect(lines.dropFirst(2).contains { $0.hasSuffix("'maxconnrate' already specified. Continuing.") })
                for line in lines.dropFirst(2) { #expect(written.contains(line)) }
            }
        }
    }
}
