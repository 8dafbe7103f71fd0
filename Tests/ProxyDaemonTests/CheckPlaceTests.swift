import Synchronization
import TestSupport
import Testing

/// Where a `connect` of `tcp-check` goes, by its `addr` and `port` and by what the server's line says, beside the real HAProxy.
@Suite(.blocking) struct CheckPlaceTests {
    /// What stands behind `connect`, the server's place, and what stands behind `check`. `SERVER`, `OTHER` and `THIRD` are ports, and
    /// `ELSE` an address that has the port of the server, too.
    private static let cases = [
        ["", "127.0.0.1:SERVER", ""],
        ["addr ELSE", "127.0.0.1:SERVER", ""],
        ["addr 127.0.0.1:THIRD", "127.0.0.1:SERVER", ""],
        ["addr ELSE:OTHER port SERVER", "127.0.0.1:SERVER", ""],
        ["port THIRD addr 127.0.0.1:SERVER", "127.0.0.1:SERVER", ""],
        ["addr 127.0.0.1:THIRD addr ELSE", "127.0.0.1:SERVER", ""],
        ["addr 127.0.0.1", "ELSE:SERVER", "port THIRD"],
        ["addr 127.0.0.1:OTHER", "127.0.0.1:SERVER", "port THIRD"],
        ["addr 127.0.0.1:0", "127.0.0.1:SERVER", ""],
        ["addr unix@PATH", "127.0.0.1:SERVER", ""],
        ["addr PATH port THIRD", "127.0.0.1:SERVER", ""],
        ["addr abns@NAME", "127.0.0.1:SERVER", ""],
        ["addr unix@PATH-none", "127.0.0.1:SERVER", ""],
        ["addr 0.0.0.0:THIRD", "127.0.0.1:SERVER", ""],
        ["addr *:THIRD port OTHER", "127.0.0.1:SERVER", ""],
        ["addr localhost:OTHER", "127.0.0.1:SERVER", ""],
        ["addr ipv4@127.0.0.1:OTHER", "127.0.0.1:SERVER", ""],
        ["addr [::1]:OTHER", "127.0.0.1:SERVER", ""],
        ["addr ::1:1", "127.0.0.1:SERVER", ""],
        ["addr 127.0.0.1:THIRD", "PATH", ""],
        ["addr 127.0.0.1", "PATH", ""],
        ["port THIRD", "PATH", ""],
        ["addr 127.0.0.1", "PATH", "port THIRD"],
        ["addr 127.0.0.1:OTHER", "127.0.0.1:SERVER", "addr ELSE"],
        ["addr 127.0.0.1", "ELSE:SERVER", "addr ELSE:THIRD"],
        ["port THIRD", "ELSE:SERVER", "addr 127.0.0.1"],
        ["port THIRD", "127.0.0.1:SERVER", "addr PATH"],
        ["addr 127.0.0.1", "127.0.0.1:SERVER", "addr PATH"],
    ]

    @Test func isHAProxys() throws {
        try withDaemonRoom { directory in
            let arrivals = Mutex<Set<String>>([])
            func note(_ place: String) -> @Sendable (TestSocket) throws -> Void {
                { connection in
                    let word = String(decoding: try connection.receive(), as: UTF8.self)
                    arrivals.withLock { _ = $0.insert("\(word) \(place)") }
                    try connection.send("ok")
                    _ = try connection.receive()
                }
            }
            let server = try TestServer(note("server"))
            let other = try TestServer(note("other"))
            let third = try TestServer(note("third"))
            let elsewhere = try TestServer(note("elsewhere"))
            let path = try TestServer(unix: "\(directory)/check.sock", note("path"))
            let name = try TestServer(unix: "@\(directory)/check", note("name"))
            let both = try BothProxies(in: directory, ports: [80]) { host in
                var text = "listen l\n  bind 127.0.0.\(host):80\n  bind 127.0.0.\(host + 10):\(server.port)\n"
                text += "  server s1 127.0.0.1:\(elsewhere.port)\n"
                for (index, words) in Self.cases.enumerated() {
                    text += "backend b\(index)\n  option tcp-check\n  option log-health-checks\n  timeout check 60s\n"
                    text += "  tcp-check connect \(words[0])\n  tcp-check send \(host).\(index)\n"
                    text += "  tcp-check expect string ok\n"
                    text += "  server s1 \(words[1]) check inter 1s fall 1 rise 1 \(words[2])\n"
                }
                return text.replacing("SERVER", with: "\(server.port)").replacing("OTHER", with: "\(other.port)")
                    .replacing("THIRD", with: "\(third.port)").replacing("ELSE", with: "127.0.0.\(host + 10)")
                    .replacing("PATH", with: "\(directory)/check.sock").replacing("NAME", with: "\(directory)/check")
            }
            for (index, words) in Self.cases.enumerated() {
                try both.wait { $0.contains("Health check for server b\(index)/s1 ") }
                #expect(Self.line(index, both, 1) == Self.line(index, both, 2), "\(words)")
                let (ours, theirs) = arrivals.withLock { all in (Self.places(all, 1, index), Self.places(all, 2, index))
                }
                #expect(ours == theirs, "\(words)")
            }
            let reached = Set(arrivals.withLock { $0 }.compactMap { $0.split(separator: " ").last.map { String($0) } })
            #expect(reached == ["server", "other", "third", "elsewhere", "path", "name"])
            _ = (path, name)
        }
    }

    private static func places(_ arrivals: Set<String>, _ host: Int, _ index: Int) -> [String] {
        arrivals.filter { $0.hasPrefix("\(host).\(index) ") }.map { String($0.dropFirst("\(host).\(index)".count)) }
    }

    /// What the first check of a server came to, without how long it took.
    private static func line(_ index: Int, _ both: BothProxies, _ host: UInt8) -> String? {
        both.serverLines(host).first { $0.contains("Health check for server b\(index)/s1 ") }
    }
}
