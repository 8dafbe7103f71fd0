import RuntimeAPI
import TestSupport
import Testing

/// `disable` and `enable` of `health` and `agent`, and what commands say of servers whose checks are off: answers and tables of
/// the real HAProxy. No check and no agent but those of the pair's own servers is asked meanwhile.
@Suite(.blocking) struct CheckSwitchTests {
    private static let servers = """
        backend x
          server p 127.0.0.1:9
          server c 127.0.0.1:9 check inter 1h
          server a 127.0.0.1:9 agent-check agent-port 9 agent-inter 1h
          server b 127.0.0.1:9 check inter 1h agent-check agent-port 9 agent-inter 1h
          server t 127.0.0.1:9 track x/b
          server d 127.0.0.1:9 disabled check inter 1h agent-check agent-port 9 agent-inter 1h
          server w 127.0.0.1:9 check inter 1h rise 3 fall 5 slowstart 1h
        """
    private static let subjects = [
        "health", "health up", "health stopping", "health down", "health x", "health up", "agent", "agent x",
        "agent up", "agent down", "agent up", "check-port", "check-port x", "check-port 77", "check-addr",
        "check-addr 192.0.2.9", "check-addr x", "check-addr 192.0.2.9 port 99", "agent-addr", "agent-addr 192.0.2.8",
        "agent-addr 192.0.2.8 port 88", "agent-port", "agent-port x", "agent-port 66", "agent-send", "agent-send y",
        "state drain", "state maint", "health down", "state ready", "weight 50%", "addr 127.0.0.1 port 10",
    ]
    private static let switches = [
        ["disable health"], ["disable agent"], ["enable health"], ["disable health", "enable agent"],
        ["enable agent", "disable agent", "enable agent", "enable health"],
    ]

    private static func look(_ side: RuntimeSide) throws -> [String] {
        let states = try side.states().filter { $0.count > 20 && $0[1] == "x" }.map { $0.joined(separator: " ") }
        let connections = try side.client.send("show servers conn x").split(separator: "\n").map { line in
            // The backend's number, which neither decides, and connections of HAProxy's own.
            let words = line.split(separator: " ")
            return line.hasPrefix("#") ? String(line) : words.prefix(4).joined(separator: " ")
        }
        let columns = [
            "status", "weight", "act", "bck", "chkfail", "chkdown", "tracked", "check_status", "check_code",
            "check_desc", "check_health", "check_rise", "check_fall", "last_chk", "agent_status", "agent_code",
            "agent_desc", "agent_health", "agent_rise", "agent_fall", "last_agt", "throttle", "uweight",
        ]
        let table = try side.statistics()
        let names = table.keys.filter { $0.hasPrefix("x/") }.sorted()
        let rows = names.map { name in "\(name) " + columns.map { table[name]?[$0] ?? "?" }.joined(separator: ",") }
        return states + connections + rows
    }

    @Test func checksThatAreOffAreSpokenOfAsByHAProxy() throws {
        try withRuntimePair(backend: Self.servers) { ours, theirs in
            var refused = 0
            func compare(_ line: String) throws {
                let (mine, their) = (try ours.client.send(line), try theirs.client.send(line))
                #expect(mine == their, "\(line)")
                if mine.contains("not enabled") { refused += 1 }
                // What is said of agents takes effect a moment later.
                let isSame = try eventually(seconds: 1) { try Self.look(ours) == Self.look(theirs) }
                if isSame { return }
                for (mine, their) in zip(try Self.look(ours), try Self.look(theirs)) {
                    #expect(mine == their, "\(line)")
                }
            }
            for server in ["p", "c", "a", "b", "d", "w", "t"] {
                for order in Self.switches {
                    for words in order { try compare("\(words) x/\(server)") }
                    for subject in Self.subjects { try compare("set server x/\(server) \(subject)") }
                }
            }
            #expect(refused > 100)
        }
    }
}
