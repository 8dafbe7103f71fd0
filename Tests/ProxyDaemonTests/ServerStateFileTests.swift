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

    /// Files of single backends: named by the backend, by a line, and by a whole path; and one that is not there.
    @Test(arguments: [
        "", "server-state-file-name use-backend-name", "server-state-file-name other", "whole", "missing",
    ])
    func backendsHaveFilesOfTheirOwn(form: String) throws {
        try withTemporaryDirectory { directory in
            let servers = """
                  server s1 192.0.2.1:9 weight 10
                  server s2 192.0.2.2:9
                  server s3 192.0.2.3:9
                """
            let files = ["": "z", "whole": "else/where", "missing": "y", "server-state-file-name other": "other"]
            mkdir(directory + "/else", 0o755)
            try withRuntimePair(backend: "backend z\n" + servers) { ours, _ in
                for line in ["weight 3", "addr 192.0.2.9 port 99"] {
                    _ = try ours.client.send("set server z/s1 \(line)")
                }
                _ = try ours.client.send("set server z/s2 state drain")
                _ = try ours.client.send("set server z/s3 state maint")
                let path = directory + "/" + (files[form] ?? "z")
                let file = try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600)
                try file.writeAll(Array(try ours.client.send("show servers state z").utf8))
            }
            let name =
                form == "whole" ? "server-state-file-name \(directory)/else/where" : form == "missing" ? "" : form
            let lines = "backend z\n  load-server-state-from-file local\n  \(name)\n" + servers
            try withRuntimePair(global: "server-state-base \(directory)", backend: lines) { ours, theirs in
                let columns = ["addr", "weight", "status", "uweight"]
                for server in ["z/s1", "z/s2", "z/s3"] {
                    let rows = try [ours, theirs].map { side in
                        let row = try side.statistics()[server] ?? [:]
                        return columns.map { row[$0] ?? "" }
                    }
                    #expect(rows[0] == rows[1], "\(server)")
                    let isOther = rows[0][1] == "3" || rows[0][2] == "DRAIN" || rows[0][2] == "MAINT"
                    #expect(isOther == (form != "missing"), "\(server) \(rows[0])")
                }
            }
        }
    }

    /// Numbers that were given by hand, names and addresses of agents, in every table.
    @Test func numbersAndNamesAreTold() throws {
        let lines = """
            backend i
              id 77
              server s1 localhost:9 id 5 agent-check agent-addr 192.0.2.9 agent-port 9 agent-inter 1h
              server s2 192.0.2.1:9 agent-check agent-port 9 agent-inter 1h
              server s3 192.0.2.1:9 id 1000 cookie x
              server s4 192.0.2.1:9
            frontend j
              id 2
              bind 127.0.0.77:9
              option contstats
              default_backend i
            backend k
              server s1 192.0.2.1:9
            """
        try withRuntimePair(backend: lines.replacing("bind 127.0.0.77:9\n", with: "disabled\n")) { ours, theirs in
            func tables(_ side: RuntimeSide) throws -> [String] {
                // Of checks HAProxy keeps connections, which it counts.
                let connections = try side.client.send("show servers conn").split(separator: "\n").map { line in
                    line.split(separator: " ").prefix(4).joined(separator: " ")
                }
                let rows = try side.statistics().sorted { $0.key < $1.key }.map { name, row in
                    "\(name) "
                        + ["iid", "sid", "cookie", "pid", "tracked", "type"].map { row[$0] ?? "" }.joined(
                            separator: ","
                        )
                }
                let states = try side.states().filter { $0.count > 20 }.map { row in
                    (row[1...8] + row[15...]).joined(separator: " ")
                }
                let first = try side.client.send("show servers state i").split(separator: "\n").last ?? ""
                return connections + rows + states + [String(first.prefix(5))]
            }
            let (mine, their) = (try tables(ours), try tables(theirs))
            for (a, b) in zip(mine, their) { #expect(a == b) }
            #expect(mine.count == their.count && mine.last == "77 i ")
        }
    }
}
