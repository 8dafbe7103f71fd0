import Addresses
import Glibc
import ProxyConfig
import RuntimeAPI
@testable import ProxyDaemon
import Syscalls
import TestSupport
import Testing

@Suite(.blocking) struct ResolverTests {
    private static let one = IPAddress(v4: 0x7f00_0002)
    private static let two = IPAddress(v4: 0x7f00_0003)

    private func query(retries: Int = 2) -> NameQuery {
        var settings = Resolvers(name: "dns")
        settings.nameServers = [.init(name: "a", endpoint: Endpoint(Self.one, port: 53))]
        settings.retries = retries
        settings.interval = 5000
        settings.holdMissing = 20000
        return NameQuery(name: "x.test", settings: settings, serverCount: 1, prefersIPv4: true, now: 0)
    }

    @Test func aNameIsAskedForAgainAndItsAddressHeld() {
        var query = query()
        #expect(query.wake(now: 0, id: 7) == [.ask(id: 7)])
        #expect(query.kind == .a)
        let found = DNSMessage.Answer(id: 7, kind: .a, outcome: .addresses([Self.one]))
        // Somebody else's answer.
        #expect(query.receive(DNSMessage.Answer(id: 8, kind: .a, outcome: .missing), now: 1, id: 9) == [])
        #expect(query.receive(found, now: 10, id: 9) == [.changed])
        #expect(query.addresses == [Self.one])
        #expect(query.wake(now: 5009, id: 10) == [])
        // Missing: the other family is tried, then all of it again, then it gives up.
        var now: UInt64 = 5010
        var actions = query.wake(now: now, id: 10)
        var kinds: [DNSMessage.Kind] = []
        while actions == [.ask(id: 10)] {
            kinds.append(query.kind)
            now += 1
            actions = query.receive(.init(id: 10, kind: query.kind, outcome: .missing), now: now, id: 10)
        }
        #expect(kinds == [.a, .aaaa, .a, .aaaa])
        #expect(query.addresses == [Self.one])
        // Until `hold nx` has passed since the last good answer.
        now = 20010
        actions = query.wake(now: now, id: 10)
        while actions == [.ask(id: 10)] {
            actions = query.receive(.init(id: 10, kind: query.kind, outcome: .missing), now: now, id: 10)
        }
        #expect(actions == [.changed])
        #expect(query.addresses == [])
    }

    @Test func silenceIsAskedAgain() {
        var query = query(retries: 3)
        #expect(query.wake(now: 0, id: 1) == [.ask(id: 1)])
        #expect(query.wake(now: 1000, id: 2) == [.ask(id: 2)])
        #expect(query.wake(now: 2000, id: 3) == [.ask(id: 3)])
        #expect(query.wake(now: 3000, id: 4) == [])
        #expect(query.wakesAt == 8000)
    }

    @Test func addressesKeepTheirPlaces() {
        var query = query()
        func hear(_ list: [IPAddress], _ now: UInt64) -> [NameQuery.Action] {
            _ = query.wake(now: now, id: 1)
            return query.receive(.init(id: 1, kind: .a, outcome: .addresses(list)), now: now, id: 1)
        }
        let three = IPAddress(v4: 0x7f00_0004)
        #expect(hear([Self.one, Self.two], 0) == [.changed])
        #expect(hear([Self.two, Self.one], 5000) == [])
        #expect(hear([three, Self.two], 10000) == [.changed])
        #expect(query.addresses == [three, Self.two])
    }

    @Test func noMessageStopsTheReader() throws {
        let seed = UInt64.random(in: 0 ... .max)
        print("seed \(seed)")
        var generator = SeededGenerator(state: seed)
        let question = try #require(DNSMessage.question("www.x.test", .a, id: 1, payloadSize: 512))
        // The answer: a CNAME by pointer, then an address.
        var answer = Array(question.dropLast(11))
        answer[2] = 0x81
        answer[7] = 2
        answer[11] = 0
        answer += [0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 9, 0, 4, 1, 97, 0xc0, 16]
        answer += [1, 97, 0xc0, 16, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 127, 0, 0, 2]
        let read = try #require(DNSMessage.answer(answer, to: "WWW.x.test."))
        #expect(read.outcome == .addresses([Self.one]))
        #expect(DNSMessage.answer(answer, to: "other.test") == nil)
        #expect(DNSMessage.question(String(repeating: "a", count: 64), .a, id: 1, payloadSize: 512) == nil)
        for _ in 0..<20000 {
            var damaged = answer
            for _ in 0...Int.random(in: 0...3, using: &generator) {
                damaged[Int.random(in: damaged.indices, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = DNSMessage.answer(
                Array(damaged.prefix(.random(in: 0...damaged.count, using: &generator))),
                to: "www.x.test"
            )
        }
    }

    /// `parse-resolv-conf`
    @Test func theSystemsNameServersAreRead() throws {
        let text =
            "# one\nnameserver 192.0.2.1\n; two\nsearch x\noptions ndots:2\nnameserver 2001:db8::1 \nnameserver nonsense\n"
        #expect(DNSAddress.system(text).map { "\($0)" } == ["192.0.2.1:53", "[2001:db8::1]:53"])
    }

    /// More addresses than a datagram of the accepted size holds: they come by TCP.
    @Test func anAnswerThatIsCutShortIsAskedForByTCP() throws {
        try withDaemonRoom { directory in
            let hosts = try FileDescriptor.open("\(directory)/hosts", O_WRONLY | O_CREAT, mode: 0o644)
            try hosts.writeAll(Array((1...60).map { "127.0.1.\($0) many.test\n" }.joined().utf8))
            let dns = try Background(
                [
                    "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                    "--port=5353", "--listen-address=127.0.0.1", "--bind-interfaces", "--user=root",
                    "--pid-file=\(directory)/dns.pid", "--addn-hosts=\(directory)/hosts",
                ],
                in: directory
            )
            #expect(try eventually { try Oracle.listens("127.0.0.1:5353") }, "\(dns.errors)")
            var settings = Resolvers(name: "truncated")
            settings.nameServers = [
                .init(name: "a", endpoint: Endpoint(IPAddress(v4: 0x7f00_0001), port: 5353), usesTCP: false)
            ]
            settings.payloadSize = 512
            let bell = try NameRetry()
            let key = ResolvedNames.Key(section: "truncated", name: "many.test")
            let resolver = try Resolver(bell: bell.event.raw)
            resolver.change(to: [.init(key: key, settings: settings, prefersIPv4: true)])
            #expect(eventually { ResolvedNames.shared[key]?.count == 60 })
            resolver.change(to: [])
            withExtendedLifetime((dns, bell)) {}
        }
    }

    /// A thousand names at once: all get their addresses, by few sockets at a time.
    @Test func manyNamesTakeTurns() throws {
        try withDaemonRoom { directory in
            let dns = try Background(
                [
                    "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts",
                    "--port=5353", "--listen-address=127.0.0.1", "--bind-interfaces", "--user=root",
                    "--pid-file=\(directory)/dns.pid", "--address=/test/127.0.0.9",
                ],
                in: directory
            )
            #expect(try eventually { try Oracle.listens("127.0.0.1:5353") }, "\(dns.errors)")
            var settings = Resolvers(name: "many")
            settings.nameServers = [
                .init(name: "a", endpoint: Endpoint(IPAddress(v4: 0x7f00_0001), port: 5353), usesTCP: false)
            ]
            settings.interval = 3_600_000
            let bell = try NameRetry()
            let keys = (0..<1000).map { ResolvedNames.Key(section: "many", name: "n\($0).test") }
            let resolver = try Resolver(bell: bell.event.raw)
            resolver.change(to: keys.map { .init(key: $0, settings: settings, prefersIPv4: true) })
            #expect(eventually { keys.allSatisfy { ResolvedNames.shared[$0]?.count == 1 } })
            resolver.change(to: [])
            withExtendedLifetime((dns, bell)) {}
        }
    }

    /// The real dnsmasq: a name comes, moves, and goes; the other server serves throughout.
    @Test(arguments: ["", "tcp@"]) func serversFollowTheirNames(prefix: String) throws {
        try withDaemonRoom { directory in
            let first = try TestServer.named("first")
            let other = try TestServer.named("other")
            let body = """
                resolvers dns
                  nameserver a \(prefix)127.0.0.1:5353
                  resolve_retries 2
                  timeout resolve 50ms
                  timeout retry 1s
                  hold nx 1ms
                  hold other 1ms
                  hold refused 1ms
                  hold timeout 1h
                  accepted_payload_size 4096
                listen l
                  bind 127.0.0.1:80
                  server s1 web.test:\(first.port) resolvers dns init-addr none resolve-prefer ipv4
                listen m
                  bind 127.0.0.1:81
                  server s1 127.0.0.1:\(other.port)

                """
            var dns: Background? = try nameServer([], in: directory)
            let daemon = try DaemonFixture(body, in: directory)
            func quarantine() throws -> String { try daemon.client.send("show quarantine") }
            #expect(try quarantine().hasPrefix("server l/s1 web.test:\(first.port) quarantined the name 'web.test'"))
            #expect(try daemon.ask(port: 81) == "other")
            dns = nil
            dns = try nameServer(["web.test,127.0.0.1"], in: directory)
            #expect(try eventually { try quarantine() == "" })
            #expect(try daemon.ask(port: 80) == "first")
            #expect(try daemon.ask(port: 81) == "other")
            dns = nil
            dns = try nameServer([], in: directory)
            #expect(try eventually { try !quarantine().isEmpty })
            #expect(try daemon.ask(port: 81) == "other")
            withExtendedLifetime(dns) {}
        }
    }

    /// Without a master, locked in and no longer root: names are followed all the same.
    @Test func aProcessWithoutAMasterFollowsNames() throws {
        try withDaemonRoom { directory in
            let server = try TestServer.named("s")
            try DaemonFixture.write(
                """
                global
                  uid 12345
                  gid 12346
                  chroot \(directory)
                resolvers dns
                  nameserver a 127.0.0.1:5353
                  timeout resolve 50ms
                listen l
                  bind 127.0.0.1:80
                  bind \(directory)/l.sock user daemon
                  server s1 web.test:\(server.port) resolvers dns init-addr none resolve-prefer ipv4 source 127.0.0.9

                """,
                in: directory
            )
            // Nobody listens at the first address.
            var dns: Background? = try nameServer(["web.test,127.0.0.77"], in: directory)
            let program = try Background([proxyd, "-db", "-f", "\(directory)/haproxy.cfg"], in: directory)
            #expect(try eventually { try Oracle.listens("127.0.0.1:80") }, "\(program.errors)")
            func ask() -> String? {
                guard let socket = try? TestSocket.connect(port: 80) else { return nil }
                try? socket.send("?")
                return try? socket.receiveAll()
            }
            #expect(ask() != "s")
            dns = nil
            dns = try nameServer(["web.test,127.0.0.1"], in: directory)
            #expect(eventually { ask() == "s" }, "\(program.output)")
            #expect(try run("stat", "-c", "%U", "\(directory)/l.sock") == "daemon\n")
            withExtendedLifetime(dns) {}
        }
    }

    /// A server that is down stays down at its next address, and the log says where it went, as HAProxy's does.
    @Test func aServerThatMovesIsTheSame() throws {
        try withDaemonRoom { directory in
            // Nobody listens there, nor at the next one.
            var dns: Background? = try nameServer(["web.test,127.0.0.5"], in: directory)
            let both = try BothProxies(in: directory, ports: [80]) { host in
                """
                global
                  max-spread-checks 10ms
                resolvers dns
                  nameserver a 127.0.0.1:5353
                  timeout resolve 100ms
                listen l
                  bind 127.0.0.\(host):80
                  server s1 web.test:90 check inter 200ms fall 1 resolvers dns init-addr none resolve-prefer ipv4

                """
            }
            try both.wait { $0.contains("Server l/s1 is DOWN") }
            dns = nil
            dns = try nameServer(["web.test,127.0.0.6"], in: directory)
            try both.wait { $0.contains("changed its IP from 127.0.0.5") }
            // HAProxy's lines about the first address are of a server in maintenance until then.
            let lines = BothProxies.hosts.map { host in
                both.serverLines(host).drop { !$0.contains("Server l/s1 is DOWN") }.prefix(4)
            }
            #expect(Array(lines[0]) == Array(lines[1]))
            #expect(lines[0].last == "l/s1 changed its IP from 127.0.0.5 to 127.0.0.6 by dns/a.")
            withExtendedLifetime(dns) {}
        }
    }

    /// `show resolvers`: sections, name servers and lines of HAProxy's, and what was counted where the other has counted, too.
    @Test func whatNameServersSayIsCounted() throws {
        let lines = """
            resolvers dns
              nameserver a 127.0.0.1:5353
              timeout resolve 100ms
              timeout retry 1s
              resolve_retries 1
              hold valid 100ms
            resolvers idle
              nameserver tcp tcp@127.0.0.1:5354
              nameserver udp 127.0.0.1:5354
            backend named
              server s1 web.test:9 resolvers dns init-addr none
              server s2 gone.test:9 resolvers dns init-addr none
            """
        try withTemporaryDirectory { directory in
            try withRuntimePair(backend: lines) { ours, theirs in
                let dns = try nameServer(["web.test,127.0.0.5"], in: directory)
                func counted(_ side: RuntimeSide) throws -> [String: Int] {
                    let text = try side.client.send("show resolvers dns")
                    let pairs = text.split(separator: "\n").dropFirst(2).map { line in
                        line.split { $0 == " " || $0 == ":" }.map { String($0) }
                    }
                    return Dictionary(pairs.filter { $0.count == 2 }.map { ($0[0], Int($0[1]) ?? -1) }) { first, _ in
                        first
                    }
                }
                for side in [ours, theirs] {
                    let isAll = try eventually {
                        let counts = try counted(side)
                        return ["sent", "valid", "update", "any_err", "nx"].allSatisfy { counts[$0] ?? 0 > 0 }
                    }
                    let counts = try counted(side)
                    #expect(isAll, "\(side.host): \(counts)")
                    // It was never another one.
                    #expect(counts["update"] == 1, "\(side.host)")
                    for name in ["cname", "timeout", "refused", "other", "invalid", "truncated"] {
                        #expect(counts[name] == 0, "\(name) of \(side.host)")
                    }
                }
                for command in ["show resolvers", "show resolvers dns", "show resolvers idle", "show resolvers zz"] {
                    let shapes = try [ours, theirs].map { side in
                        try side.client.send(command).split(separator: "\n", omittingEmptySubsequences: false).map {
                            $0.hasPrefix("  ") ? $0.prefix { !$0.isNumber } : $0
                        }
                    }
                    #expect(shapes[0] == shapes[1], "\(command)")
                }
                let names = try [ours, theirs].map { side in
                    try side.states().filter { $0.count > 20 && $0[1] == "named" && $0[3] == "s1" }.map { $0[17] }
                }
                #expect(names[0] == ["web.test"] && names[1] == ["web.test"])
                withExtendedLifetime(dns) {}
            }
        }
    }
}

/// The real dnsmasq on port 5353, which knows these names of `test` and no others.
private func nameServer(_ records: [String], in directory: String) throws -> Background {
    // A child of the former one, which answers over TCP, has the listening sockets too: until it ends, another one does not
    // start.
    #expect(try eventually { try !Oracle.listens("127.0.0.1:5353") })
    let dns = try Background(
        [
            "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--port=5353",
            "--listen-address=127.0.0.1", "--bind-interfaces", "--user=root", "--pid-file=\(directory)/dns.pid",
            "--local=/test/",
        ] + records.map { "--host-record=\($0)" },
        in: directory
    )
    #expect(try eventually { try Oracle.listens("127.0.0.1:5353") }, "\(dns.errors)")
    return dns
}
