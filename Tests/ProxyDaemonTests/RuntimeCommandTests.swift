import RuntimeAPI
import TestSupport
import Testing

/// Answers and errors of commands, word for word those of the real HAProxy with the same configuration.
@Suite(.blocking) struct RuntimeCommandTests {
    private static let watched = """
        backend d
          balance static-rr
          server s1 127.0.0.1:9 check inter 60s agent-check agent-port 9 agent-inter 60s
          server s2 127.0.0.1:9 track s1
          server s3 127.0.0.1:9 weight 3
        """

    private func compare(_ lines: [String]) throws {
        try withRuntimePair(backend: Self.watched) { ours, theirs in
            for line in lines {
                let (mine, their) = (try ours.client.send(line), try theirs.client.send(line))
                #expect(mine == their, "\(line)")
            }
        }
    }

    @Test func serversAreMoved() throws {
        try compare([
            "set server d", "set server d/s1", "set server d/s1 foo", "set server x/y z", "set server d/y z",
            "set server d/s1 addr", "set server d/s1 addr 127.0.0.3", "set server d/s1 addr 127.0.0.3 port 10",
            "set server d/s1 addr 127.0.0.3 port 10", "set server d/s1 addr 127.0.0.4 port 11",
            "set server d/s1 addr 127.0.0.5 port x", "set server d/s1 addr foo", "set server d/s1 addr 127.0.0.1 foo",
            "set server d/s1 agent-addr 127.0.0.4", "set server d/s1 agent-addr foo",
            "set server d/s3 agent-addr 127.0.0.4",
            "set server d/s1 agent-port 22", "set server d/s1 agent-port x", "set server d/s3 agent-port 22",
            "set server d/s1 agent-send hi", "set server d/s3 agent-send hi",
            "set server d/s1 check-addr 127.0.0.7", "set server d/s1 check-addr 127.0.0.7 port 33",
            "set server d/s1 check-port 23", "set server d/s1 check-port 100000", "set server d/s3 check-port 23",
            "set server d/s3 check-addr 127.0.0.1", "set server d/s1 fqdn foo.example", "set server d/s1 ssl on",
        ])
    }

    @Test func serversAreJudged() throws {
        try compare([
            "set server d/s1 agent x", "set server d/s3 agent up", "set server d/s2 health up",
            "set server d/s1 health x",
            "set server d/s1 state", "set server d/s1 weight", "set server d/s1 weight -5", "set server d/s1 weight 5x",
            "set server d/s1 weight 5%x", "set server d/s1 weight -5%", "set server d/s3 weight 2",
            "set server d/s3 weight 50%", "set server d/s3 weight 0%", "set server d/s3 weight 100%", "get weight d/s3",
            "get weight", "get weight x", "get weight a/b", "set weight b/s1 500%", "get weight b/s1",
            "set maxconn server b/s1", "set maxconn server b/s1 x", "set maxconn server b/s1 5x",
            "set maxconn server b/s1 8", "enable agent d/s3", "enable agent d/s1", "disable agent d/s1",
            "disable health d/s1", "enable health d/s1", "disable health d/s3", "enable health d/s3", "enable health",
            "enable health d/n", "disable server d", "enable server d/n",
        ])
    }

    @Test func limitsAndFrontendsAreSet() throws {
        try compare([
            "set maxconn global", "set maxconn global x", "set maxconn global 400", "set maxconn global 4000",
            "set maxconn global 0", "set maxconn frontend", "set maxconn frontend zz 1", "set maxconn frontend f",
            "set maxconn frontend f x", "set maxconn frontend f -3", "set maxconn frontend f 30",
            "set rate-limit", "set rate-limit connections", "set rate-limit connections global",
            "set rate-limit connections global 10", "set rate-limit sessions global 11",
            "set rate-limit ssl-sessions global 12", "set rate-limit http-compression global 13",
            "set rate-limit foo global 13", "set rate-limit connections local 13",
            "set rate-limit connections global 0", "set timeout cli", "set timeout cli x", "set timeout cli 10",
            "set timeout foo 10", "set timeout", "disable frontend", "disable frontend zz", "disable frontend f",
            "disable frontend f", "enable frontend f", "enable frontend f", "enable frontend b", "shutdown frontend",
            "shutdown frontend zz", "shutdown frontend f", "shutdown frontend f", "enable frontend f",
            "disable frontend f", "shutdown session", "shutdown session 0x1", "shutdown session x",
            "shutdown sessions server", "shutdown sessions server b/s1", "shutdown sessions server a/b",
            "clear counters", "clear counters all", "trace 0", "trace off", "show sess 0x1", "show errors zz",
            "show env NOBODY", "show schema json", "show stat foo 1 1", "show stat domain x", "show backend foo",
            "show cli level", "operator", "user", "show servers conn zz", "show servers state zz",
            "show startup-logs", "show resolvers zz", "enable dynamic-cookie backend zz", "get var x", "show cache",
            "show servers conn b", "show events zz",
        ])
    }

    @Test func serversComeAndGo() throws {
        try compare([
            "add server", "add server b", "add server x/y 127.0.0.1:9", "add server b/s1 127.0.0.1:9",
            "add server b/n1",
            "add server b/n1 127.0.0.1:9 qqqqqqqqqq", "add server b/n1 127.0.0.1:9 check inter 500 weight 7",
            "add server b/n1 127.0.0.1:9", "set server b/n1 state ready", "get weight b/n1", "del server b/n1",
            "del server", "del server b/zz", "del server zz/zz", "disable server b/n1", "enable health b/n1",
            "del server b/n1", "get weight b/n1", "del server b/s1", "del server d/s1", "disable server b/s2",
            "del server b/s2", "get weight b/s2",
        ])
    }

    @Test(arguments: ["user", "operator"]) func levelsAreHAProxys(level: String) throws {
        try withRuntimePair(level: level) { ours, theirs in
            for line in [
                "show cli level", "operator", "show env NOBODY", "show errors", "show sess 0x1", "clear counters",
                "clear counters all", "disable frontend f", "set maxconn global 5", "shutdown sessions server b/s1",
                "show startup-logs", "trace 0", "add server b/x 127.0.0.1:9", "enable health c/up",
                "set rate-limit sessions global 5", "show table", "show version x",
            ] {
                func masked(_ text: String) -> String {
                    text.hasPrefix("Total events") ? "Total events" : text.replacing("-1+deb12u4", with: "")
                }
                let (mine, their) = (masked(try ours.client.send(line)), masked(try theirs.client.send(line)))
                #expect(mine.prefix { $0 != "+" } == their.prefix { $0 != "+" }, "\(line)")
            }
        }
    }

    /// What commands change, seen by clients.
    @Test func commandsHaveTheirEffect() throws {
        try withRuntimePair { ours, theirs in
            for side in [ours, theirs] {
                func say(_ line: String, _ answer: String = "\n") throws {
                    #expect(try side.client.send(line) == answer, "\(line) \(side.host)")
                }
                let port = try #require(try side.statistics()["b/s2"]?["addr"]?.split(separator: ":").last)
                try say("set server b/s2 state maint")
                // To where the other server is.
                let moved = try side.client.send("set server b/s1 addr 127.0.0.1 port \(port)")
                #expect(moved.hasPrefix("no need to change the addr, port changed from"), "\(moved)")
                let answer = try side.ask(1000)
                #expect(answer == "2", "\(side.host)")
                try say("add server b/new 127.0.0.1:\(port)", "New server registered.\n\n")
                #expect(try side.statistics()["b/new"]?["status"] == "MAINT")
                try say("set server b/s1 state maint")
                try say("enable server b/new")
                #expect(try side.ask(1000) == "2")
                let counted = try eventually { try side.statistics()["b/new"]?["stot"] == "1" }
                #expect(counted)
                try say("disable frontend f")
                #expect(try side.statistics()["f/FRONTEND"]?["status"] == "PAUSED")
                let isRefused = try eventually { try !Oracle.listens("127.0.0.\(side.host):1000") }
                #expect(isRefused, "\(side.host)")
                try say("enable frontend f")
                let listens = try eventually { try Oracle.listens("127.0.0.\(side.host):1000") }
                #expect(listens)
                #expect(try side.ask(1000) == "2")
                try say("clear counters all")
                #expect(try side.statistics()["b/new"]?["stot"] == "0")
                try say("shutdown frontend f")
                #expect(try side.statistics()["f/FRONTEND"]?["status"] == "STOP")
            }
        }
    }

    @Test func sessionsAreListedAndEnded() throws {
        try withRuntimePair { ours, theirs in
            for side in [ours, theirs] {
                let socket = try TestSocket.connect(port: 1000, host: side.host)
                func line() throws -> Substring? {
                    try side.client.send("show sess").split(separator: "\n").first { $0.contains(" fe=f ") }
                }
                let isThere = try eventually { try line() != nil }
                #expect(isThere)
                let words = try #require(try line()).split(separator: " ")
                let names = words.map { $0.prefix { $0 != "=" } }
                #expect(names.dropFirst().starts(with: ["proto", "src", "fe", "be", "srv", "ts", "epoch", "age"]))
                #expect(words.contains("be=b") && words.contains("srv=s1") && words.contains("proto=tcpv4"))
                let id = String(words[0].dropLast())
                let details = try side.client.send("show sess \(id)")
                #expect(details.contains("frontend=f (id="), "\(details)")
                #expect(details.contains("server=s1 (id=1)"), "\(details)")
                let answer = try side.client.send("shutdown session \(id)")
                #expect(answer == "\n")
                let isCut = socket.isCut()
                #expect(isCut)
                let other = try TestSocket.connect(port: 1000, host: side.host)
                let isBack = try eventually { try line() != nil }
                #expect(isBack)
                #expect(try side.client.send("shutdown sessions server b/s1") == "\n")
                let isOtherCut = other.isCut()
                #expect(isOtherCut)
            }
        }
    }

    /// A session that stays: prompts, levels and payloads.
    @Test func sessionsArePrompted() throws {
        try withRuntimePair { ours, theirs in
            let lines = [
                "prompt\nshow backend\nshow cli level;operator;show cli level\nshow cli level\nset timeout cli 20\nquit\n",
                "prompt\nset server b/s1 weight 3;get weight b/s1\nuser\nset server b/s1 weight 4\nprompt\n",
                "show cli level;quit;show cli level\n", "prompt;show backend\n\nquit\n".replacing("\n\n", with: "\n"),
                "get weight b/s\\1\n", "get\\ weight b/s1\n",
            ]
            for line in lines {
                func talk(_ side: RuntimeSide) throws -> String {
                    try run("timeout", "5", "socat", "-t3", "-", "unix-connect:\(side.client.path)", input: line)
                }
                let (mine, their) = (try talk(ours), try talk(theirs))
                let isSame =
                    mine.hasPrefix("Unknown command") ? their.hasPrefix("Unknown command") : mine == their
                #expect(isSame, "\(line): \(mine) and \(their)")
            }
        }
    }

    /// A stats socket on TCP, of another level; and those that listen.
    @Test func statsSocketsListenOnTCPToo() throws {
        try withRuntimePair { ours, theirs in
            for line in ["show cli level\n", "set weight b/s1 3\n", "show backend;show cli level\n", "show info\n"] {
                func talk(_ side: RuntimeSide) throws -> String {
                    let place = "tcp:127.0.0.\(side.host):999"
                    let words = try run("timeout", "5", "socat", "-t3", "-", place, input: line)
                    return words.contains("Name:") ? words.contains("\nnode: n1\n").description : words
                }
                let (mine, their) = (try talk(ours), try talk(theirs))
                #expect(mine == their, "\(line)")
            }
            let (mine, their) = (try ours.client.send("show cli sockets"), try theirs.client.send("show cli sockets"))
            func masked(_ text: String) -> String {
                text.replacing("127.0.0.3", with: "H").replacing("127.0.0.2", with: "H")
                    .replacing("appliance-proxyd.sock", with: "S").replacing("haproxy.sock", with: "S")
            }
            #expect(masked(mine) == masked(their))
        }
    }

    /// The master socket: words, prompts and targets of HAProxy's.
    @Test func theMasterSpeaksAsHAProxys() throws {
        try withRuntimePair(isMaster: true) { ours, theirs in
            for line in [
                "prompt\n@1\nshow version\n@master\nshow version\nquit\n", "show version;show version\n",
                "@1 show cli level;show version\n", "@9 show version\n", "expert-mode on\n",
                "operator;show cli level\n",
                "user;show cli level;reload\n", "mcli-debug-mode on;show version\n", "@1\n", "show cli level\n",
                "@1 operator;@1 set weight b/s1 3;@1 get weight b/s1\n", "@master show version\n",
                "@1 set server b/s1 state asleep\n", "@1 show backend\n", "show proc\n", "show proc debug\n",
            ] {
                func talk(_ side: RuntimeSide) throws -> String {
                    let words = try run("timeout", "5", "socat", "-t3", "-", "unix-connect:\(side.master)", input: line)
                    // Process ids, and the seconds since the start.
                    var masked = words.replacing("-1+deb12u4", with: "")
                    for pid in words.split(whereSeparator: { !$0.isNumber }) where pid.count > 2 {
                        masked = masked.replacing(pid, with: "N")
                    }
                    return masked.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                        line.split(separator: " ").filter { !$0.hasPrefix("0d00h") }.joined(separator: " ")
                    }.joined(separator: "\n")
                }
                let (mine, their) = (try talk(ours), try talk(theirs))
                #expect(mine == their, "\(line)")
            }
        }
    }
}
