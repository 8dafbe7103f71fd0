import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// What is said at start of state files, and of servers that go on as they say, beside the real HAProxy.
@Suite(.blocking) struct StateFileWordsTests {
    private static func configuration(_ host: UInt8, _ directory: String) -> String {
        """
        global
          stats socket \(directory)/stats\(host) level admin
          server-state-base \(directory)
          server-state-file global.state
        listen f
          bind 127.0.0.\(host):80
          server s 127.0.0.1:9
        backend b
          load-server-state-from-file global
          server s1 127.0.0.1:9
          server s2 127.0.0.\(host):80 check inter 1h
          server s3 127.0.0.1:9
          server s4 127.0.0.1:9
          server s5 127.0.0.1:9
        backend c
          load-server-state-from-file local
          server s1 127.0.0.1:9
        backend d
          load-server-state-from-file local
          server-state-file-name own.state
          server s1 127.0.0.1:9

        """
    }

    private static func write(_ text: String, _ path: String) throws {
        try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600).writeAll(Array(text.utf8))
    }

    @Test func wordsAreHAProxys() throws {
        try withDaemonRoom { directory in
            // Written by HAProxy itself.
            var state = ""
            do {
                let oracle = try Oracle(Self.configuration(2, directory), in: directory, ports: [80])
                let client = MasterClient(path: "\(directory)/stats2", timeoutMilliseconds: 60000)
                let isThere = eventually { (try? client.send("show version"))?.isEmpty == false }
                try #require(isThere, "\(oracle.program.errors)")
                for command in [
                    "set server b/s1 health down", "set server b/s2 health down", "set server b/s3 state drain",
                    "set server b/s4 state maint",
                    "set server b/s5 health stopping",
                ] { _ = try client.send(command) }
                state = try client.send("show servers state b")
                oracle.program.signal(SIGTERM)
                let hasEnded = eventually { oracle.program.poll() != nil }
                try #require(hasEnded)
            }
            let lines = state.split(separator: "\n").map { String($0) }
            let short = lines.map { line in
                line.hasPrefix("#") || line == "1" ? line : line.split(separator: " ").prefix(19).joined(separator: " ")
            }
            let contents: [String?] = [
                nil, state, "", "1\n", " 1\n", "1", "1 \n", "2" + state.dropFirst(), state + "garbage\n",
                "1\ngarbage\n" + lines.dropFirst().joined(separator: "\n"), short.joined(separator: "\n"),
            ]
            for content in contents {
                for name in ["global.state", "c", "own.state"] {
                    if let content { try Self.write(content, "\(directory)/\(name)") }
                }
                var said: [[String]] = []
                for host in BothProxies.hosts {
                    let place = "\(directory)/at\(host)"
                    mkdir(place, 0o755)
                    for name in ["haproxy-out-err", "appliance-proxyd-out-err"] { unlink("\(place)/\(name)") }
                    try DaemonFixture.write(Self.configuration(host, directory), in: place)
                    let program = host == 1 ? proxyd : "haproxy"
                    let process = try Background([program, "-db", "-f", "\(place)/haproxy.cfg"], in: place)
                    let client = MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
                    let isThere = eventually { (try? client.send("show version"))?.isEmpty == false }
                    try #require(isThere, "\(process.errors)")
                    said.append(
                        process.errors.split(separator: "\n").filter {
                            $0.contains("erver") && $0.contains("config : ")
                        }
                        .map { String($0.replacing(/\([0-9]+\)/, with: "(n)")) }
                    )
                    // In the log of the start, too.
                    let logs = try client.send("show startup-logs")
                    for line in process.errors.split(separator: "\n") where line.contains(": Can't open ") {
                        #expect(logs.contains(line), "\(program) \(logs)")
                    }
                    process.signal(SIGTERM)
                    let hasEnded = eventually { process.poll() != nil }
                    #expect(hasEnded)
                }
                #expect(said[0] == said[1], "\(content ?? "no file")")
            }
        }
    }

    /// However often servers are checked, what the file says of them comes first: who was down stays down without a word.
    @Test(arguments: [[], ["-W"]]) func checksBeginWithWhatTheFileSays(mode: [String]) throws {
        try withDaemonRoom { directory in
            let (closed, port) = try TestSocket.bound(listening: false)
            defer { _ = closed }
            let count = 40
            func configuration(_ host: UInt8) -> String {
                let servers = (1...count).map { "  server s\($0) 127.0.0.1:\(port) check inter 10 fall 1\n" }
                return """
                    global
                      stats socket \(directory)/stats\(host) level admin
                      server-state-file \(directory)/state
                      spread-checks 50
                      max-spread-checks 1
                    frontend f
                      bind 127.0.0.\(host):80
                      default_backend b
                    backend b
                      id 40
                      load-server-state-from-file global
                    \(servers.joined())
                    """
            }
            let rows = (1...count).map {
                "40 b \($0) s\($0) 127.0.0.1 0 0 1 1 9 8 2 0 6 0 0 0 - \(port) - 0 0 - - 0\n"
            }
            try Self.write("1\n# be_id\n" + rows.joined(), "\(directory)/state")
            var said: [[String]] = []
            for host in BothProxies.hosts {
                let place = "\(directory)/at\(host)"
                mkdir(place, 0o755)
                try DaemonFixture.write(configuration(host), in: place)
                let program = host == 1 ? proxyd : "haproxy"
                let process = try Background([program, "-db", "-f", "\(place)/haproxy.cfg"] + mode, in: place)
                let client = MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
                let areChecked = eventually {
                    let rows = (try? client.send("show stat b 4 -1")) ?? ""
                    // Each has been checked since: its last check took some time.
                    return rows.split(separator: "\n").count { $0.contains("L4CON") } == count
                }
                #expect(areChecked, "\(process.errors)")
                let lines = process.errors.split(separator: "\n").filter { $0.contains("Server b/") }
                said.append(lines.map { String($0.replacing(/\([0-9]+\)/, with: "(n)")) })
                process.signal(SIGTERM)
                let hasEnded = eventually { process.poll() != nil }
                #expect(hasEnded)
            }
            #expect(said[0] == said[1])
            #expect(said[0].allSatisfy { !$0.contains("reason") } && said[0].count >= count)
        }
    }

    /// One field of a line is wrong.
    @Test func wrongFieldsAreToldAsByHAProxy() throws {
        try withDaemonRoom { directory in
            func configuration(_ host: UInt8) -> String {
                """
                global
                  stats socket \(directory)/stats\(host) level admin
                  server-state-file \(directory)/state
                frontend f
                  bind 127.0.0.\(host):80
                  default_backend b0
                defaults
                  load-server-state-from-file global

                """
                    + Self.wrong.indices.map { index in
                        let agent = index % 3 == 0 ? " agent-check agent-port 9 agent-inter 1h" : ""
                        let check = index % 4 == 3 ? "" : " check inter 1h port 80 addr 127.0.0.\(host)"
                        return "backend b\(index)\n  id \(100 + index)\n  server s 127.0.0.1:9\(check)\(agent)\n"
                    }.joined()
            }
            let rows = Self.wrong.enumerated().map { index, wrong in
                var words = "\(100 + index) b\(index) 1 s 127.0.0.1 2 0 1 1 9 6 3 4 6 0 1 0 - 9 - 0 0 - - 0"
                    .split(separator: " ").map { String($0) }
                for (place, word) in wrong { words[place] = word }
                return words.joined(separator: " ") + "\n"
            }
            try Self.write("1\n# be_id\n" + rows.joined(), "\(directory)/state")
            var said: [[String]] = []
            for host in BothProxies.hosts {
                let place = "\(directory)/at\(host)"
                mkdir(place, 0o755)
                try DaemonFixture.write(configuration(host), in: place)
                let program = host == 1 ? proxyd : "haproxy"
                let process = try Background([program, "-db", "-f", "\(place)/haproxy.cfg"], in: place)
                let client = MasterClient(path: "\(directory)/stats\(host)", timeoutMilliseconds: 60000)
                let isThere = eventually { (try? client.send("show version"))?.isEmpty == false }
                try #require(isThere, "\(process.errors)")
                said.append(
                    process.errors.split(separator: "\n").filter { $0.contains("server-state") }
                        .map { String($0.replacing(/\([0-9]+\)/, with: "(n)")) }.sorted()
                )
                process.signal(SIGTERM)
                let hasEnded = eventually { process.poll() != nil }
                #expect(hasEnded)
            }
            for line in said[1] where !said[0].contains(line) { Issue.record("missing: \(line)") }
            for line in said[0] where !said[1].contains(line) { Issue.record("too much: \(line)") }
            #expect(said[0] == said[1])
            #expect(said[1].count > 50)
        }
    }

    /// What fields are replaced by.
    private static let wrong: [[Int: String]] =
        (5...24).flatMap { place in
            ["x", "-1", "99999", "4", "-", "1.2.3.4", "0x1"].filter { place != 23 || !["4", "0x1"].contains($0) }
                .map { [place: $0] }
        } + [
            [5: "9", 6: "77", 7: "300"], [17: String(repeating: "a", count: 260)], [18: "4294967291"],
            [21: "x", 22: "y"],
            [21: "5"], [23: "y"], [21: "x", 23: "y", 24: "z"], [24: "70000"], [13: "2", 21: "x"],
        ]
}
