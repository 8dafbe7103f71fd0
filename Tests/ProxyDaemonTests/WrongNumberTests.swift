import RuntimeAPI
import TestSupport
import Testing

/// Numbers, addresses, names and times of every kind that commands take or refuse: the answers of the real HAProxy, and those of
/// the tables afterwards.
@Suite(.blocking) struct WrongNumberTests {
    private static let numbers = [
        "", "x", "-1", "-5", "0", "1", "+1", "5x", "x5", "1.5", "1e3", "0x10", "010", "99999999999999",
        "-99999999999999", "4294967295", "4294967296", "4294967297", "2147483647", "2147483648", "-2147483648",
        "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615",
        "18446744073709551616", "99999999999999999999999", "100%", "0%", "-1%", "1%%", "%", "256", "257", "300%",
        "1000%", "99999999999999%", "65535", "65536", "65537", "10s", "1m", "1ms", "1us", "1d", "1w", "s", "10S",
        "10sx", "1 2",
    ]
    private static let numbered = [
        "set weight d/s1", "set server d/s1 weight", "set weight e/s1", "set maxconn frontend f", "set maxconn global",
        "set maxconn server d/s1", "set server d/s2 check-port", "set server d/s2 agent-port",
        "set server d/s3 addr 192.0.2.9 port", "set server d/s2 check-addr 192.0.2.9 port",
        "set server d/s2 agent-addr 192.0.2.9 port", "set rate-limit connections global",
        "set rate-limit sessions global", "set rate-limit ssl-sessions global",
        "set rate-limit http-compression global", "set timeout cli", "shutdown session", "get weight d/s1",
    ]
    private static let paths = [
        "", "d", "d/", "/", "/s1", "d/s1/", "d//s1", "d/s1/x", "d/zz", "zz/s1", "zz/", "#1/s1", "d/#1", "d/#2", "d/#9",
        "d/#", "#4/#1", "D/S1", "2/1", "d/s",
    ]
    private static let pathed = [
        "get weight", "set weight", "set server", "enable server", "disable server", "disable health", "enable health",
        "disable agent", "enable agent", "shutdown sessions server", "set maxconn server",
    ]
    private static let addresses = [
        "", "A", "1.2.3", "1.2.3.4.5", "256.1.1.1", "::1", "[::1]", "[192.0.2.1]", "192.0.2.1:80", "*", "0.0.0.0", "::",
        "ipv4@192.0.2.1", "unix@/x", "192.0.2.1 port", "192.0.2.1 por 5", "192.0.2.1 5", "192.0.2.1 port 5 6",
        "2001:DB8::1", "192.0.2.1/24",
    ]

    private static let subjects = ["addr", "weight 5", "state ready", "fqdn a", "check-port 5", "agent-send x"]
    private static let words = [
        "state", "state x", "state READY", "health", "health x", "health UP", "agent", "agent x", "ssl", "ssl on",
        "ssl x", "foo", "agent-send", "agent-send a b", "fqdn", "fqdn a b", "check-port", "agent-port", "weight",
        "Addr",
    ]
    private static let others = [
        "disable frontend #3", "disable frontend g", "enable frontend #3", "set maxconn frontend #3 7", "help help",
        "help quit", "help prompt", "shutdown session 0x", "shutdown session 0x0",
        "shutdown session 0xffffffffffffffffffff", "shutdown session 09", "shutdown session g", "show servers state #4",
        "show servers state #2", "show servers conn #99", "del server d/", "del server /", "del server /s1",
        "add server", "add server d", "set table", "clear table",
    ]

    private static let lines: [String] = {
        var lines: [String] = []
        for command in numbered { for number in numbers { lines.append("\(command) \(number)") } }
        for command in pathed { for path in paths { lines.append("\(command) \(path)") } }
        for subject in subjects { for path in paths { lines.append("set server \(path) \(subject)") } }
        for subject in ["addr", "check-addr", "agent-addr"] {
            for address in addresses { lines.append("set server d/s2 \(subject) \(address)") }
        }
        for word in words { for server in ["d/s1", "d/s2"] { lines.append("set server \(server) \(word)") } }
        for verb in ["enable", "disable", "shutdown"] {
            for name in ["", "#9", "F", "f/", "2"] { lines.append("\(verb) frontend \(name)") }
        }
        return lines + others
    }()

    @Test func answersAreHAProxys() throws {
        try withRuntimePair(
            backend: """
                backend d
                  server s1 192.0.2.1:1080 weight 10 maxconn 20
                  server s2 192.0.2.1:1081 check inter 60s agent-check agent-port 9 agent-inter 60s weight 5
                  server s3 192.0.2.2:1082
                backend e
                  balance static-rr
                  server s1 192.0.2.1:9
                """
        ) { ours, theirs in
            #expect(Self.lines.count > 1000)
            for line in Self.lines {
                func answer(_ side: RuntimeSide) throws -> [[Substring]] {
                    let text = try side.client.send(line)
                    let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
                    return rows.map { row in
                        var words = row.split(separator: " ", omittingEmptySubsequences: false)
                        // Seconds since a change, and what a check under way says.
                        if line.hasPrefix("show servers state"), words.count > 20, words[0] != "#" {
                            for column in [9, 11, 12, 13] { words[column] = "" }
                        }
                        return words
                    }
                }
                let (mine, their) = (try answer(ours), try answer(theirs))
                #expect(mine == their, "\(line)")
            }
        }
    }

    /// No number ends a process, whatever is done with it.
    @Test func greatNumbersEndNobody() throws {
        try withRuntimePair(isMaster: true) { ours, _ in
            for line in Self.lines { _ = try ours.client.send(line) }
            #expect(try ours.client.send("show info").contains("\nnode: n1\n"))
            #expect(ours.program.poll() == nil)
        }
    }
}
