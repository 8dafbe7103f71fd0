import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Servers that go on as a state file says, ours and the real HAProxy's, with the file that either wrote.
@Suite(.blocking) struct ServerStateFileTests {
    @Test func serversGoOnAsTheFileSays() throws {
        try withTemporaryDirectory { directory in
            try withRuntimePair { ours, theirs in
                for (side, name) in [(ours, "ours"), (theirs, "theirs")] {
                    _ = try side.client.send("set server b/s1 weight 3")
                    _ = try side.client.send("set server b/s2 state drain")
                    _ = try side.client.send("set server c/up state maint")
                    let file = try FileDescriptor.open("\(directory)/\(name)", O_WRONLY | O_CREAT, mode: 0o600)
                    try file.writeAll(Array(try side.client.send("show servers state").utf8))
                }
            }
            for name in ["ours", "theirs"] {
                let head = "server-state-base \(directory)\n  server-state-file \(name)"
                try withRuntimePair(global: head, defaults: "load-server-state-from-file global") { next, oracle in
                    for side in [next, oracle] {
                        let table = try side.statistics()
                        #expect(table["b/s1"]?["weight"] == "3", "\(side.host)")
                        #expect(table["b/s2"]?["status"] == "DRAIN", "\(side.host)")
                        #expect(table["c/up"]?["status"] == "MAINT", "\(side.host)")
                    }
                }
            }
        }
    }
}
