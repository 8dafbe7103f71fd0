import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// The largest numbers that HAProxy takes on `server` lines and in state files, and what commands make of such servers: its tables.
/// None of them is checked meanwhile.
@Suite(.blocking) struct ServerNumberTests {
    private static let servers = """
        backend x
          server a 127.0.0.1:9 check inter 1h rise 40000 fall 40000
          server b 127.0.0.1:9 check inter 1h rise 65535 fall 1
          server c 127.0.0.1:9 check inter 1h rise 1 fall 65535
          server d 127.0.0.1:9 check inter 1h rise 65536 fall 65536
          server e 127.0.0.1:9 check inter 1h rise 1000000000 fall 1000000000
          server f 127.0.0.1:9 check inter 1h rise 32768 fall 32768 agent-check agent-port 9 agent-inter 1h
          server g 127.0.0.1:9 check inter 2147483647 fastinter 2147483647 downinter 2147483647 slowstart 2147483647
          server h 127.0.0.1:9 agent-check agent-port 9 agent-inter 2147483647 weight 256 maxconn 2147483647
          server i 127.0.0.1:9 check inter 1h minconn 2147483647 maxconn 2147483647 maxqueue 2147483647
          server j 127.0.0.1:9 check inter 1h observe layer4 error-limit 2147483647 weight 0
        """
    private static let names = "abcdefghij"
    private static let words = [
        "health up", "health down", "health stopping", "health up", "agent up", "agent down", "agent up", "state maint",
        "health up", "health down", "state drain", "state ready", "weight 256", "weight 0", "weight 100%",
    ]

    private static func rows(_ side: RuntimeSide) throws -> [String] {
        let states = try side.states().filter { $0.count > 20 && $0[1] == "x" }.map { $0.joined(separator: " ") }
        let columns = [
            "status", "weight", "uweight", "slim", "qlimit", "check_status", "check_rise", "check_fall", "check_health",
            "agent_health",
        ]
        let table = try side.statistics()
        return states
            + names.map { name in "\(name) " + columns.map { table["x/\(name)"]?[$0] ?? "?" }.joined(separator: ",") }
    }

    private static func compare(_ ours: RuntimeSide, _ theirs: RuntimeSide, _ line: String) throws {
        // What is said of agents takes effect a moment later.
        let isSame = try eventually(seconds: 2) { try rows(ours) == rows(theirs) }
        if isSame { return }
        for (mine, their) in zip(try rows(ours), try rows(theirs)) { #expect(mine == their, "\(line)") }
    }

    @Test func commandsMakeTheSameOfTheLargestNumbers() throws {
        try withRuntimePair(backend: Self.servers) { ours, theirs in
            for words in Self.words {
                for name in Self.names {
                    let line = "set server x/\(name) \(words)"
                    let (mine, their) = (try ours.client.send(line), try theirs.client.send(line))
                    #expect(mine == their, "\(line)")
                }
                try Self.compare(ours, theirs, words)
            }
        }
    }

    /// Each number of a line of a state file, as small and as large as can be written.
    @Test func stateFilesMayHaveAnyNumbers() throws {
        let numbers = [
            "0", "1", "39999", "40000", "65534", "65535", "65536", "131070", "2147483647", "2147483648", "4294967295",
            "4294967296", "4294967297", "9223372036854775807", "-1",
        ]
        try withTemporaryDirectory { directory in
            for (operation, field) in [("0", 12), ("1", 12), ("2", 12), ("3", 12), ("2", 9), ("2", 13), ("2", 14)] {
                for part in stride(from: 0, to: numbers.count, by: Self.names.count) {
                    var text = "1\n# be_id be_name srv_id srv_name\n"
                    for (place, name) in Self.names.enumerated() where part + place < numbers.count {
                        var row =
                            "4 x \(place + 1) \(name) 127.0.0.1 \(operation) 0 1 1 9 6 3 2 6 0 0 0 - 9 - 0 0 - - 0"
                            .split(separator: " ").map { String($0) }
                        row[field] = numbers[part + place]
                        text += row.joined(separator: " ") + "\n"
                    }
                    let path = "\(directory)/state"
                    unlink(path)
                    try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array(text.utf8))
                    let servers =
                        "backend x\n"
                        + Self.names.map { "  server \($0) 127.0.0.1:9 check inter 1h rise 40000 fall 25536\n" }
                        .joined()
                    let defaults = "load-server-state-from-file global"
                    try withRuntimePair(global: "server-state-file \(path)", defaults: defaults, backend: servers) {
                        ours,
                        theirs in
                        try Self.compare(ours, theirs, "\(operation), field \(field), \(part)")
                    }
                }
            }
        }
    }
}
