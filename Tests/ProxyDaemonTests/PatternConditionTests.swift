import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// Conditions and maps with files, against the real HAProxy.
@Suite(.blocking) struct PatternConditionTests {
    private static func write(_ text: String, _ path: String) throws {
        try FileDescriptor.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644).writeAll(Array(text.utf8))
    }

    private static let files: [String: String] = [
        "names.lst": "# names\nwww.example.com\n\n  Shop.Example.COM\nfoo\r\n",
        "ends.lst": ".example.com\n.org\n",
        "words.lst": "example\nfoo.bar\n80\n",
        "expressions.lst": "^www\\.\n[0-9]+$\n(a|b)/b\n",
        "networks.lst": "10.0.0.0/8\n127.0.0.0/255.0.0.0\n2001:db8::/32\n192.168\n",
        "numbers.lst": "1:9\n443\n3000:\n",
        "hosts.map": "www.example.com  shop one\nwww  short\nshop.example.com other\nshop.example.com later\nfoo\n",
        "numbers.map": "1:9 low\n3:4 never\n15: high\n",
        "networks.map": "127.0.0.0/8 local\n127.0.0.1 me\n::ffff:10.0.0.0/104 ten\n",
        "expressions.map": "^www one\n^w two\n\\.com$ three\n",
        "ports.map": "www 443\nfoo 80\n",
        "addresses.map": "www 10.1.2.3\nfoo 2001:db8::1\n",
    ]

    private static let texts = ["str", "beg", "end", "sub", "dir", "dom"]

    /// Conditions in which `D` is the directory of the files.
    private static let conditions: [String] = {
        return texts.flatMap { method in
            [
                "req.ssl_sni -m \(method) www.example.com foo b",
                "req.ssl_sni -m \(method) -i WWW.EXAMPLE.com FOO B",
                "req.ssl_sni -m \(method) -f D/\(method)-names.lst",
                "req.ssl_sni -m \(method) -i -f D/\(method)-names.lst extra",
                "req.ssl_sni -m \(method) -f D/\(method)-names.lst -i -f D/\(method)-words.lst -- -x b",
                "req.ssl_sni -m \(method) -M -f D/\(method)-hosts.map",
            ]
        } + [
            "req.ssl_sni foo", "req.ssl_sni -i FOO", "req.ssl_sni,lower -m end -f D/ends.lst", "req_ssl_sni foo",
            "req.ssl_sni -m reg ^www ex.*m$", "req.ssl_sni -i -m reg ^WWW", "req.ssl_sni -m reg -f D/expressions.lst",
            "req.ssl_sni -m regm -f D/expressions.lst", "req.ssl_sni -m len 3 15", "req.ssl_sni -m len ge 4 lt 3",
            "req.ssl_sni -m len -f D/numbers.lst", "req.ssl_sni -m found", "req.ssl_sni -m bool",
            "req.ssl_sni -m int 12",
            "req.ssl_sni -m int gt 11 lt 0", "req.ssl_sni -m int -f D/numbers.lst", "req.ssl_sni -m ip 10.0.0.0/8",
            "req.ssl_sni -m ip -f D/networks.lst", "req.ssl_sni -m bin 666f6f", "req.ssl_sni,length 3",
            "req.ssl_sni,length gt 3 lt 2", "req.ssl_sni -u 77 -m str foo", "src -f D/networks.lst",
            "src -m str 127.0.0.1",
            "src -m beg 127.", "src -m bin 7F000001", "src -m int 2130706433", "src -m reg ^127",
            "src 1.0.0.1/1.0.0.255",
            "src -f D/networks.lst 1.2.3.4", "src -n 127.0.0.1", "dst_port -f D/numbers.lst", "dst_port -m str 100",
            "dst_port -m beg 1", "dst_port -m len 3", "dst_port -m bool", "dst_port -m bin 0000000000000064",
            "dst_port ge 100 le 99", "dst_port 99:101", "dst_port 99-101", "dst_port -- -100",
            "dst_port -m ip 0.0.0.100",
            "always_true -m int 1", "always_true -m str 1", "always_false", "always_true -- 0", "str(a) -m found",
            "str(10.1.1.1) -m ip 10.1.0.0/16", "ipv6(2001:db8::5) -f D/networks.lst",
            "ipv6(::ffff:10.0.0.1) -f D/networks.lst",
            "ipv6(2002:a00:1::) 10.0.0.0/8", "ipv4(10.2.0.1) ::ffff:10.2.0.0/112", "int(5) -m int -M -f D/numbers.map",
            "req.ssl_sni,map(D/hosts.map) -m found", "req.ssl_sni,map_str_int(D/ports.map) 443",
            "req.ssl_sni,map_str_int(D/ports.map,9) lt 10", "req.ssl_sni,map_str_ip(D/addresses.map) 10.0.0.0/8",
            "req.payload(0,3) -m str 160301", "req.payload(127,15),lower -m sub example", "req.payload(0,3) -m len 3",
            "req.payload(0,0) -m sub example.com", "req.payload(0,0) -i -m reg Example", "bin(666f6f) -m str foo",
            "bin(666f6f) -m beg 666", "bin(666f6f) -m bin 666f6f", "bin(666f6f) -m len 3",
            "req.ssl_ver 3.1:3.3", "req.ssl_ver ge 3.3", "req.ssl_ver gt 3.3", "req.ssl_hello_type 1",
        ]
    }()

    private static let maps = [
        "req.ssl_sni,map(D/hosts.map)", "req.ssl_sni,map_str(D/hosts.map,none)",
        "req.ssl_sni,map_beg(D/hosts.map,none)",
        "req.ssl_sni,map_sub(D/sub-hosts.map,none)", "req.ssl_sni,map_dir(D/dir-hosts.map,none)",
        "req.ssl_sni,map_dom(D/dom-hosts.map,none)", "req.ssl_sni,map_end(D/end-hosts.map,none)",
        "req.ssl_sni,map_reg(D/expressions.map,none)", "req.ssl_sni,length,map_int(D/numbers.map,none)",
        "req.ssl_sni,map_int(D/numbers.map,none)", "src,map_ip(D/networks.map,none)", "src,map_str(D/hosts.map,none)",
        "ipv4(10.1.1.1),map_ip(D/networks.map)", "req.ssl_sni,map_ip(D/networks.map,none)",
        "req.ssl_sni,map_str_int(D/ports.map)", "req.ssl_sni,map_str_int(D/ports.map,-5),add(1)",
        "req.ssl_sni,map_beg_int(D/ports.map,0)", "req.ssl_sni,map_str_ip(D/addresses.map)",
        "req.ssl_sni,map_str_ip(D/addresses.map,1.2.3.4)", "req.ssl_sni,lower,map(D/hosts.map),upper",
        "dst_port,map_int_int(D/ports.int,7)", "bin(777777),map_str(D/hosts.map,none)",
        "bin(777777),map_beg(D/hosts.map,none)",
    ]

    private static let names = [
        "www.example.com", "WWW.Example.COM", "www.example.com.", "shop.example.com", "Shop.Example.COM", "foo", "FOO",
        "12", "10.0.0.7", "2001:db8::7", "127.0.0.1", "a/b?c", "b", "x.foo.bar:80", "extra", "-x", "1", "x.org", "443",
    ]

    /// A ClientHello of TLS 1.2 that names a server.
    private static func hello(_ name: String) -> [UInt8] {
        func counted(_ bytes: [UInt8], _ size: Int = 2) -> [UInt8] {
            (0..<size).reversed().map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) } + bytes
        }
        let list = counted([0] + counted(Array(name.utf8)))
        let extensions = counted([0, 0] + counted(list))
        let body =
            [3, 3] + [UInt8](repeating: 7, count: 32) + [0] + counted([0x13, 1, 0, 0x2f]) + [1, 0] + extensions
        return [0x16, 3, 1] + counted([1] + counted(body, 3))
    }

    @Test func conditionsAndMapsAreThoseOfHAProxy() throws {
        try withDaemonRoom { directory in
            for (name, text) in Self.files {
                try Self.write(text, "\(directory)/\(name)")
                // HAProxy takes what one method found in a file for what another one would find in it: each has its own.
                for method in Self.texts { try Self.write(text, "\(directory)/\(method)-\(name)") }
            }
            try Self.write("99:101 3\n", "\(directory)/ports.int")
            func placed(_ text: String) -> String { text.replacing("D/", with: "\(directory)/") }
            let server = try TestServer.named("hello")
            let all =
                Self.conditions.map { ("str(yes) if { \(placed($0)) }", $0) } + Self.maps.map { (placed($0), $0) }
            let size = 20
            let chunks = stride(from: 0, to: all.count, by: size).map { Array(all[$0..<min($0 + size, all.count)]) }
            let frontends = chunks.enumerated().map { index, chunk in
                let rules = chunk.enumerated().map {
                    "  tcp-request content set-var(txn.v\($0)) \($1.0)\n"
                }.joined()
                let format = chunk.indices.map { "%[var(txn.v\($0))]" }.joined(separator: "|")
                return """
                    frontend f\(index)
                      bind 127.0.0.1:\(100 + index)
                      tcp-request inspect-delay 60s
                      tcp-request content accept if !{ req.len gt 0 }
                    \(rules)
                      log-format "\(index)|\(format)"
                      default_backend shop

                    """
            }.joined()
            let results = try Background.ofBoth(in: directory) { start in
                let receiver = try LogReceiver()
                let program = try start(
                    """
                    \(receiver.head(length: 8192))
                    \(frontends)
                    backend shop
                      server s1 127.0.0.1:\(server.port)

                    """
                )
                try #require(
                    try eventually {
                        try run("ss", "-Hltn", "sport >= 100 and sport <= 199").split(separator: "\n").count
                            == chunks.count
                    },
                    "\(program.errors)"
                )
                var count = 0
                for name in Self.names {
                    for index in chunks.indices {
                        do {
                            // From the same port of ours and theirs, so that it counts for nothing.
                            let socket = try TestSocket.connect(port: UInt16(100 + index))
                            try? socket.send(Self.hello(name))
                            socket.shutdownWrite()
                            _ = try? socket.receiveAll()
                        }
                        count += 1
                        try #require(eventually { receiver.received().count == count }, "\(receiver.received())")
                    }
                }
                return receiver.received()
            }
            #expect(results.ours.count == results.theirs.count)
            for (index, (ours, theirs)) in zip(results.ours, results.theirs).enumerated() {
                let own = ours.split(separator: "|", omittingEmptySubsequences: false).dropFirst()
                let other = theirs.split(separator: "|", omittingEmptySubsequences: false).dropFirst()
                #expect(own.count == other.count)
                for (condition, (a, b)) in zip(chunks[index % chunks.count], zip(own, other)) {
                    #expect(a == b, "\(condition.1) of \(Self.names[index / chunks.count])")
                }
            }
        }
    }

    /// What is wrong is said in the same words.
    @Test(arguments: [
        "src -m foo 1", "src -m", "src -f", "src -f D/none.lst", "src -u x 1.1.1.1", "src -f D/networks.lst -m str",
        "dst_port eq a", "dst_port lt a", "dst_port 1:2:3", "dst_port 5:1", "dst_port :", "src 1.2.3.4/33",
        "src ::1/129",
        "req.ssl_sni -m bin 0", "req.ssl_sni -m bin 0g", "req.payload(0,1) 00", "req.payload(0,1)",
        "src -f D/names.lst",
        "req.ssl_sni -m reg (a", "req.ssl_sni,map_str_int(D/hosts.map) 1", "req.ssl_sni,map_str_ip(D/hosts.map,zz) 1",
        "req.ssl_sni,map_str_ip(D/addresses.map,zz) 1", "src -q 1", "src -xyz", "dst_port -5", "req.ssl_ver gt a.b",
        "req.ssl_sni,map_int(D/hosts.map) x", "always_true -m ip 1.1.1.1", "ipv6(::1) -m int 1",
        "req.payload(0,1) -m bool",
        "req.payload(0,1) -m ip 1", "src,map_ip_ip(D/addresses.map) -m int 1", "dst_port -m int -f D/names.lst",
        "req.ssl_sni -m reg -f D/wrong.lst", "req.ssl_sni,map_ip(D/hosts.map) -m found", "src -- -i", "bool(x)",
        "int(x)", "req.ssl_sni,field(x) 1",
        "req_ssl_sni,field(x) 1", "payload(x)", "req_ssl_sni,map(D/none)", "req_ssl_sni,nope",
    ])
    func problemsAreToldInHAProxysWords(_ condition: String) throws {
        try withTemporaryDirectory { directory in
            for (name, text) in Self.files { try Self.write(text, "\(directory)/\(name)") }
            try Self.write("fine\n(un\n", "\(directory)/wrong.lst")
            let path = "\(directory)/haproxy.cfg"
            let acl = condition.replacing("D/", with: "\(directory)/")
            try Self.write("listen f\n  mode tcp\n  bind unix@\(directory)/s\n  acl a \(acl)\n", path)
            let alerts = try [proxyd, "haproxy"].map { program in
                let result = try Subprocess.run([program, "-c", "-f", path])
                let text = String(decoding: result.standardError, as: UTF8.self)
                return text.split(separator: "\n").first { $0.hasPrefix("[ALERT]") }.map { line in
                    String(line.drop { $0 != ":" })
                }
            }
            #expect(alerts[0] == alerts[1])
            #expect(alerts[1] != nil)
        }
    }

    /// What commands change counts for the next connection, until the file is read again.
    @Test func commandsChangeWhatIsServed() throws {
        try withDaemonRoom { directory in
            let server = try ["one", "two"].map { try TestServer.named($0) }
            try Self.write("10.9.9.9\n", "\(directory)/who.lst")
            try Self.write("127.0.0.0/8 one\n", "\(directory)/where.map")
            let body = """
                global
                  stats socket \(directory)/stats.sock
                frontend f
                  bind 127.0.0.1:100
                  use_backend two if { src -f \(directory)/who.lst }
                  default_backend one
                frontend g
                  bind 127.0.0.1:101
                  use_backend %[src,map_ip(\(directory)/where.map)]
                backend one
                  server s 127.0.0.1:\(server[0].port)
                backend two
                  server s 127.0.0.1:\(server[1].port)

                """
            let daemon = try DaemonFixture(body, in: directory)
            func command(_ text: String) throws -> String {
                let socket = try TestSocket.connect(unix: "\(directory)/stats.sock")
                try socket.send(text + "\n")
                socket.shutdownWrite()
                return try socket.receiveAll()
            }
            #expect(try daemon.ask(port: 100) == "one")
            #expect(try command("add acl \(directory)/who.lst 127.0.0.1") == "\n")
            #expect(try daemon.ask(port: 100) == "two")
            #expect(try command("del acl \(directory)/who.lst 127.0.0.1") == "\n")
            #expect(try daemon.ask(port: 100) == "one")
            #expect(try command("prepare acl \(directory)/who.lst") == "New version created: 1\n\n")
            #expect(try command("add acl @1 \(directory)/who.lst 127.0.0.0/8") == "\n")
            #expect(try daemon.ask(port: 100) == "one")
            #expect(try command("commit acl @1 \(directory)/who.lst") == "\n")
            #expect(try daemon.ask(port: 100) == "two")
            #expect(try daemon.ask(port: 101) == "one")
            #expect(try command("set map \(directory)/where.map 127.0.0.0/8 two") == "\n")
            #expect(try daemon.ask(port: 101) == "two")
            #expect(try command("add map \(directory)/where.map <<\n127.0.0.1 one\n9.9.9.9 two\n") == "\n")
            #expect(try daemon.ask(port: 101) == "one")
            // The same configuration again: the files count as they are.
            #expect(try daemon.reload(body).success)
            #expect(try daemon.ask(port: 100) == "one")
            #expect(try daemon.ask(port: 101) == "one")
            #expect(try command("show map \(directory)/where.map").split(separator: "\n").count == 1)
            // Another file under the same configuration.
            try Self.write("127.0.0.1\n", "\(directory)/who.lst")
            try Self.write("127.0.0.0/8 two\n", "\(directory)/where.map")
            #expect(try daemon.reload(body).success)
            #expect(try daemon.ask(port: 100) == "two")
            #expect(try daemon.ask(port: 101) == "two")
            let listing = try command("show acl")
            #expect(listing.contains("(\(directory)/who.lst) pattern loaded from file"), "\(listing)")
            #expect(listing.contains("line \(Self.line(of: "use_backend two", body))"), "\(listing)")
        }
    }

    private static func line(of text: String, _ body: String) -> Int {
        let lines = (DaemonFixture.head + body).split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.firstIndex { $0.contains(text) } ?? -1) + 1
    }
}
