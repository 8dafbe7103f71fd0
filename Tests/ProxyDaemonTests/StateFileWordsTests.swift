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
                    process.signal(SIGTERM)
                    let hasEnded = eventually { process.poll() != nil }
                    #expect(hasEnded)
                }
                #expect(said[0] == said[1], "\(content ?? "no file")")
            }
        }
    }
}
