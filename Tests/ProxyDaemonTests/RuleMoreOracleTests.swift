import Glibc
import TestSupport
import Testing

/// Captures, conditions of variables, computed servers, cookies of RDP and formats with samples, against the real HAProxy.
@Suite(.blocking) struct RuleMoreOracleTests {
    private func ask(_ port: UInt16, _ host: UInt8, _ words: String) throws -> String {
        let socket = try TestSocket.connect(port: port, host: host)
        try? socket.send(words)
        socket.shutdownWrite()
        return (try? socket.receiveAll()) ?? "cut"
    }

    @Test func capturesAndVariablesAreHAProxys() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("hello")
            let conditions = [
                "ifexists", "ifnotexists", "ifempty", "ifnotempty", "ifset", "ifnotset", "ifgt", "iflt", "ifset,iflt",
            ]
            let formers = ["", "int(5)", "str(x)", "unset"]
            let values = ["int(3)", "int(7)", "str()", "str(y)", "src"]
            var rules = ""
            var names: [String] = []
            for condition in conditions {
                for former in formers {
                    for value in values {
                        let name = "txn.v\(names.count)"
                        if former == "unset" {
                            rules += "  tcp-request content set-var(\(name)) int(5)\n"
                            rules += "  tcp-request content unset-var(\(name))\n"
                        } else if !former.isEmpty {
                            rules += "  tcp-request content set-var(\(name)) \(former)\n"
                        }
                        rules +=
                            names.count % 2 == 0
                            ? "  tcp-request content set-var(\(name),\(condition)) \(value)\n"
                            : "  tcp-request content set-var(txn.other) \(value),set-var(\(name),\(condition))\n"
                        names.append(name)
                    }
                }
            }
            rules += "  tcp-request content set-var-fmt(txn.w,ifnotset) %[src]\n"
            rules += "  tcp-request content set-var-fmt(txn.w,ifnotset) %[dst]\n"
            let format = (["txn.w"] + names).map { "%[var(\($0))]" }.joined(separator: " ")
            func body(_ host: UInt8) -> String {
                """
                frontend captures
                  bind 127.0.0.\(host):80
                  tcp-request inspect-delay 60s
                  declare capture request len 3
                  tcp-request content capture req.payload(0,4) len 8 if { req.len gt 3 }
                  tcp-request content capture req.len len 8
                  tcp-request content capture req.payload(0,0) len 12
                  log-format "%hr %hrl %hs %{+Q}hr %{+Q}hrl %[capture.req.hdr(0)] %[capture.req.hdr(1)] %[capture.req.hdr(3)] --"
                  default_backend b
                frontend none
                  bind 127.0.0.\(host):81
                  log-format "[%hr] [%hrl] [%hs] --"
                  default_backend b
                frontend variables
                  bind 127.0.0.\(host):82
                  tcp-request inspect-delay 60s
                  tcp-request content accept if !{ req.len gt 0 }
                \(rules)
                  log-format "\(format) --"
                  default_backend b
                backend b
                  server s1 127.0.0.1:\(server.port)

                """
            }
            let both = try BothProxies(in: directory, ports: [80, 81, 82]) { body($0) }
            let clients: [(UInt16, String)] = [
                (80, "abcdef"), (80, "ab"), (80, "a|b}c\"d#e\\f]g\u{1}"), (80, "{\r\n\u{e9}"), (81, "x"),
                (82, "x"),
            ]
            var count = 0
            for (port, words) in clients {
                for host in BothProxies.hosts { _ = try ask(port, host, words) }
                count += 1
                func lines(_ host: UInt8) -> [Substring] {
                    both.output(host).split(separator: "\n").filter { $0.hasSuffix(" --") }
                }
                try #require(
                    eventually { lines(1).count == count && lines(2).count == count },
                    "\(both.output(1))\n\(both.output(2))"
                )
                let (own, other) = (lines(1).last ?? "", lines(2).last ?? "")
                // The addresses of the two differ.
                let theirs = other.replacing("127.0.0.2", with: "127.0.0.1")
                #expect(own == theirs, "\(port) \(words)")
            }
        }
    }

    @Test func serversAreNamedAndHashedAsByHAProxy() throws {
        try withDaemonRoom { directory in
            let servers = try ["one", "two", "three", "four"].map { try TestServer.named($0) }
            let lines = servers.enumerated().map { "  server s\($0) 127.0.0.1:\($1.port)" }.joined(separator: "\n")
            let kinds = [
                ("rdp-cookie", ""), ("rdp-cookie(mstshash)", "hash-type consistent"),
                ("rdp-cookie(msts)", "hash-type map-based djb2"), ("rdp-cookie", "hash-type map-based crc32 avalanche"),
                ("rdp-cookie", "hash-type consistent wt6"),
            ]
            func body(_ host: UInt8) -> String {
                let hashed = kinds.enumerated().map { index, kind in
                    """
                    listen hashed\(index)
                      bind 127.0.0.\(host):\(81 + index)
                      tcp-request inspect-delay 60s
                      tcp-request content accept if RDP_COOKIE
                      balance \(kind.0)
                      \(kind.1)
                    \(lines)

                    """
                }.joined()
                return """
                    listen named
                      bind 127.0.0.\(host):80
                      tcp-request inspect-delay 60s
                      tcp-request content accept if { req.len gt 1 }
                      use-server %[req.payload(0,2)] if { req.payload(0,1) -m str s }
                      use-server %[req.payload(0,1),concat(,,1)] if { req.payload(1,1) -m str x }
                      use-server s3 if { req.payload(0,1) -m str t }
                    \(lines)
                      server s7 127.0.0.1:9 disabled
                    \(hashed)
                    """
            }
            let both = try BothProxies(in: directory, ports: Array(80...85)) { body($0) }
            for words in ["s0", "s3", "s2", "s9", "s7", "sx", "t0", "??", "s1"] {
                let (ours, theirs) = (try ask(80, 1, words), try ask(80, 2, words))
                #expect(ours == theirs, "\(words)")
            }
            for index in kinds.indices {
                for name in ["admin", "bob", "", "carol", "a.b.c", "dave", "eve", "x", "longer-name-of-a-user"] {
                    let text =
                        name == "x"
                        ? "no cookie at all, but long enough"
                        : "\u{3}\u{0}\u{0}\u{2a}aaaaaaaCookie: mstshash=\(name)\r\nrest"
                    let (ours, theirs) = (
                        try ask(UInt16(81 + index), 1, text), try ask(UInt16(81 + index), 2, text)
                    )
                    #expect(ours == theirs, "\(kinds[index]) \(name)")
                }
            }
            withExtendedLifetime(both) {}
        }
    }

    @Test func otherFormatsKnowSamples() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("hello")
            let results = try Background.ofBoth(in: directory) { start in
                let receiver = try LogReceiver()
                let program = try start(
                    """
                    \(receiver.head(format: "rfc5424"))
                    frontend f
                      bind 127.0.0.1:80 accept-proxy name door
                      tcp-request content set-var(txn.a) str(a]b)
                      log-format-sd "%{+E,+Q}o[x@1 a=%[var(txn.a)] b=%[dst_port] c=%[fc_err]]"
                      log-format "line %[dst_port]"
                      error-log-format "bad %[fc_err] %[fc_err_str] %[src] %ts %[fe_name]"
                      default_backend b
                    backend b
                      server s1 127.0.0.1:\(server.port)

                    """
                )
                try #require(try eventually { try Oracle.listens("127.0.0.1:80") }, "\(program.errors)")
                for (index, words) in ["PROXY TCP4 192.0.2.1 192.0.2.2 5 6\r\nx", "nothing like it\r\n", ""]
                    .enumerated()
                {
                    do {
                        let socket = try TestSocket.connect(port: 80)
                        if !words.isEmpty { try socket.send(words) }
                        socket.shutdownWrite()
                        _ = try? socket.receiveAll()
                    }
                    try #require(eventually { receiver.received().count == index + 1 }, "\(receiver.received())")
                }
                // Behind the time, the program and its number.
                return receiver.received().map { $0.split(separator: " ", maxSplits: 5).last.map { String($0) } ?? "" }
            }
            #expect(results.theirs.count == 3)
            #expect(results.ours == results.theirs)
        }
    }
}
