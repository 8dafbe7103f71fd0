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

    private static let servers = """
        backend x
          server w 127.0.0.1:9 weight 10
          server m 127.0.0.1:9
          server d 127.0.0.1:9
          server ad 127.0.0.1:9
          server dis 127.0.0.1:9 disabled
          server dis2 127.0.0.1:9 disabled
          server dis3 127.0.0.1:9 disabled check inter 1h
          server dis4 127.0.0.1:9 disabled check inter 1h
          server dis5 127.0.0.1:9
          server c1 127.0.0.1:9 check inter 1h
          server c2 127.0.0.1:9 check inter 1h
          server c3 127.0.0.1:9 check inter 1h
          server c4 127.0.0.1:9 check inter 1h rise 3 fall 5
          server c5 127.0.0.1:9 check inter 1h slowstart 1h
          server c6 127.0.0.1:9 check inter 1h fall 1
          server dh 127.0.0.1:9 check inter 1h agent-check agent-port 9 agent-inter 1h
          server ag 127.0.0.1:9 agent-check agent-port 9 agent-inter 1h
          server cp 127.0.0.1:9 check inter 1h
          server t 127.0.0.1:9 track x/c1
          server t2 127.0.0.1:9 track x/c2
          server t3 127.0.0.1:9 track x/c3
          server t4 127.0.0.1:9 track x/c3
          server nd 127.0.0.1:9
        """

    private static let commands = [
        "set server x/w weight 3", "set server x/m state maint", "set server x/d state drain",
        "set server x/ad addr 127.0.0.8 port 88", "set server x/dis state ready", "set server x/dis3 state drain",
        "set server x/dis4 state ready", "set server x/dis4 health down", "set server x/c1 health down",
        "set server x/c2 state maint", "set server x/c3 state drain", "set server x/c4 health stopping",
        "set server x/c5 state maint", "set server x/c5 state ready", "set server x/c6 health stopping",
        "disable health x/dh", "disable agent x/dh", "set server x/ag agent down", "set server x/cp check-port 99",
        "set server x/t4 state maint", "set server x/nd health down", "set server c/up state maint",
    ]

    private static func rows(_ side: RuntimeSide) throws -> [String] {
        let rows = try side.states().filter { $0.count > 20 && $0[0] != "#" && $0[3] != "down" }
        let table = try side.statistics()
        let columns = ["status", "weight", "uweight", "chkdown", "check_status", "check_health", "throttle"]
        return rows.map { $0.joined(separator: " ") }
            + rows.map { row in
                let name = "\(row[1])/\(row[3])"
                return "\(name) " + columns.map { table[name]?[$0] ?? "?" }.joined(separator: ",")
            }
    }

    /// Each field of each server, with the file that either wrote: addresses, weights, states and what checks had found. `up`
    /// has been checked; of the others no check and no agent is asked meanwhile.
    @Test func everyFieldIsRestored() throws {
        try withTemporaryDirectory { directory in
            try withRuntimePair(backend: Self.servers) { ours, theirs in
                for (side, name) in [(ours, "ours"), (theirs, "theirs")] {
                    let isChecked = try eventually { try side.statistics()["c/up"]?["check_status"] == "L4OK" }
                    #expect(isChecked)
                    for command in Self.commands { _ = try side.client.send(command) }
                    let file = try FileDescriptor.open("\(directory)/\(name)", O_WRONLY | O_CREAT, mode: 0o600)
                    try file.writeAll(Array(try side.client.send("show servers state").utf8))
                }
                let (own, other) = (try Self.rows(ours), try Self.rows(theirs))
                for (own, other) in zip(own, other) { #expect(own == other) }
                #expect(own.count == other.count)
            }
            for name in ["ours", "theirs"] {
                let head = "server-state-base \(directory)\n  server-state-file \(name)"
                // In the file of the configuration one is disabled now that was not.
                let next = Self.servers.replacing("server dis5 127.0.0.1:9", with: "server dis5 127.0.0.1:9 disabled")
                    .replacing("server dis2 127.0.0.1:9 disabled", with: "server dis2 127.0.0.1:9")
                let defaults = "load-server-state-from-file global"
                try withRuntimePair(global: head, defaults: defaults, backend: next) { ours, theirs in
                    // Where a slow start goes on depends on the second with HAProxy.
                    let tables = try [ours, theirs].map { side in try Self.rows(side).filter { !$0.contains("c5 ") } }
                    let (own, other) = (tables[0], tables[1])
                    for (own, other) in zip(own, other) { #expect(own == other, "\(name)") }
                    #expect(own.count == other.count)
                    #expect(own.contains { $0.hasPrefix("x/c4 NOLB") })
                    let isOld = try ours.client.send("show servers state x").split(separator: "\n").contains { line in
                        line.contains(" m 127.0.0.1 0 1 ")
                    }
                    #expect(isOld)
                }
            }
        }
    }

    /// Ports that follow the client's go on doing so.
    @Test func mappedPortsAreRestored() throws {
        try withTemporaryDirectory { directory in
            let servers = """
                backend y
                  id 40
                  server s1 127.0.0.1:+10
                  server s2 127.0.0.1:-10
                  server s3 127.0.0.1
                  server s4 127.0.0.1:+10
                  server s5 127.0.0.1:+20
                  server s6 127.0.0.1:9
                """
            let rows = [20, 20, 20, 0, 20, 20].enumerated().map { index, port in
                "40 y \(index + 1) s\(index + 1) 127.0.0.1 2 0 1 1 9 1 0 0 0 0 0 0 - \(port) - 0 0 - - 0\n"
            }
            let file = try FileDescriptor.open("\(directory)/state", O_WRONLY | O_CREAT, mode: 0o600)
            try file.writeAll(Array(("1\n# be_id\n" + rows.joined()).utf8))
            let head = "server-state-file \(directory)/state"
            let defaults = "load-server-state-from-file global"
            try withRuntimePair(global: head, defaults: defaults, backend: servers) { ours, theirs in
                // As they are, and what commands say that know whether a port is mapped.
                for port in ["", "+20", "20", "+7"] {
                    let said = try [ours, theirs].map { side in
                        try (1...6).map { number in
                            port.isEmpty
                                ? "" : try side.client.send("set server y/s\(number) addr 127.0.0.1 port \(port)")
                        }
                    }
                    #expect(said[0] == said[1], "\(port)")
                    let ports = try [ours, theirs].map { side in
                        try side.client.send("show servers state y").split(separator: "\n").compactMap { line in
                            line.hasPrefix("40 ") ? line.split(separator: " ")[18] : nil
                        }
                    }
                    #expect(ports[0] == ports[1], "\(port)")
                    #expect(ports[1].count == 6)
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
