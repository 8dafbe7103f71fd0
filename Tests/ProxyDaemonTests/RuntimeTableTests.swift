import RuntimeAPI
import TestSupport
import Testing

/// Every command with arguments that are missing, wrong and too many, by clients of each level: the answers of the real HAProxy.
@Suite(.blocking) struct RuntimeTableTests {
    private static let commands = [
        "add acl", "add map", "add server", "clear acl", "clear counters", "clear map", "clear table", "commit acl",
        "commit map", "del acl", "del map", "del server", "disable agent", "disable dynamic-cookie backend",
        "disable frontend", "disable health", "disable server", "enable agent", "enable dynamic-cookie backend",
        "enable frontend", "enable health", "enable server", "expert-mode", "get acl", "get map", "get var",
        "get weight", "prepare acl", "prepare map", "set dynamic-cookie-key backend", "set map", "set maxconn frontend",
        "set maxconn global", "set maxconn server", "set rate-limit", "set server", "set severity-output", "set table",
        "set timeout", "set weight", "show acl", "show backend", "show cache", "show cli level", "show cli sockets",
        "show env", "show errors", "show events", "show map", "show peers", "show resolvers", "show schema json",
        "show servers conn", "show servers state", "show sess", "show ssl cert", "show ssl crl-file",
        "show ssl crt-list", "show ssl ocsp-response", "show startup-logs", "show stat", "show table", "show tls-keys",
        "show trace", "show version", "shutdown frontend", "shutdown session", "shutdown sessions server", "trace",
        "user", "operator", "help set server",
    ]
    private static let arguments = [
        "", "zz", "zz yy", "zz/yy", "zz/yy xx", "zz yy xx ww vv uu tt ss", "e/s1", "e/s1 -1 xx", "f", "f zz zz zz",
        "@1",
        "@1 zz zz", "#99 zz", "key", "1 2 3 4 5", "e data.gpc0", "e data.gpc0 gt x", "e key zz yy",
    ]
    private static let own = """
        backend e
          stick-table type ip size 10 store gpc0
          server s1 192.0.2.1:9
          server s2 192.0.2.1:9 weight 3
        """

    /// What each of the two has of its own: HAProxy's lists for its HTTP client, its sessions of stats sockets, sources of traces
    /// and resolvers of the system; cookies, of which ours says that there are none; words for who may not see certificates.
    private static func isOwn(_ line: String, _ level: String) -> Bool {
        let words = line.split(separator: " ").map { String($0) }
        switch words.prefix(2).joined(separator: " ") {
        case "show acl" where words.count == 2, "show trace" where words.count == 2, "trace" where level != "user":
            return true
        case "show sess": return true
        case "show env": return words.count == 2
        case "show resolvers": return words.count == 2
        case "show ssl": return level == "user" && words[2] != "ocsp-response"
        case "enable dynamic-cookie", "disable dynamic-cookie", "set dynamic-cookie-key":
            return words.last != "backend" && words[3] == "e"
        // A negative limit is none to HAProxy.
        case "set maxconn": return words.dropFirst(3).first == "e/s1" && words.contains("-1")
        default: return words == ["trace"]
        }
    }

    /// Without Debian's revision, addresses of the memory, dates, and seconds since a change.
    private static func masked(_ text: String, _ line: String) -> String {
        text.replacing("-1+deb12u4", with: "").split(separator: "\n", omittingEmptySubsequences: false).map { row in
            if row.hasPrefix("Total events") { return "Total events" }
            var words = row.split(separator: " ", omittingEmptySubsequences: false)
            // Of checks HAProxy counts connections.
            if line.hasPrefix("show servers conn"), row.contains("/") { return words.prefix(5).joined(separator: " ") }
            if line.hasPrefix("show servers state"), words.count > 20, words[0] != "#" {
                // Of servers that are not checked, the health is what commands left.
                (words[9], words[12]) = ("N", "N")
            }
            if line.hasPrefix("show stat"), row.contains(",") {
                let cells = row.split(separator: ",", omittingEmptySubsequences: false)
                // A frontend whose limit was set to none has HAProxy's 0, and that of the process here.
                return cells.prefix(23).enumerated().map { $0 == 6 && cells[1] == "FRONTEND" ? "" : $1 }.joined(
                    separator: ","
                )
            }
            return words.filter { !$0.hasPrefix("0x") }.joined(separator: " ")
                .replacing("appliance-proxyd.sock", with: "S").replacing("haproxy.sock", with: "S")
                .replacing("127.0.0.3", with: "H").replacing("127.0.0.2", with: "H")
        }.joined(separator: "\n")
    }

    @Test(arguments: ["user", "operator", "admin"]) func answersAreHAProxys(level: String) throws {
        try withRuntimePair(level: level, backend: Self.own) { ours, theirs in
            var compared = 0
            for command in Self.commands {
                for argument in Self.arguments {
                    let line = argument.isEmpty ? command : "\(command) \(argument)"
                    if Self.isOwn(line, level) { continue }
                    var mine = Self.masked(try ours.client.send(line), line)
                    var their = Self.masked(try theirs.client.send(line), line)
                    if line.hasPrefix("show servers state"), mine != their {
                        // It tells of a check that is under way, too.
                        _ = try eventually {
                            mine = Self.masked(try ours.client.send(line), line)
                            their = Self.masked(try theirs.client.send(line), line)
                            return mine == their
                        }
                    }
                    #expect(mine == their, "\(line)")
                    compared += 1
                }
            }
            #expect(compared > 1000)
        }
    }
}
