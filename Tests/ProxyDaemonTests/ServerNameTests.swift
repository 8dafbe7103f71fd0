import Glibc
import RuntimeAPI
import Syscalls
import TestSupport
import Testing

/// `set server … fqdn`: the answers of the real HAProxy, the names in its tables, and who is reached.
@Suite(.blocking) struct ServerNameTests {
    private func dns(_ directory: String) throws -> Background {
        let dns = try Background(
            [
                "dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--no-resolv", "--no-hosts", "--port=5353",
                "--listen-address=127.0.0.1", "--bind-interfaces", "--user=root", "--pid-file=\(directory)/dns.pid",
                "--address=/one.test/127.0.0.8", "--address=/two.test/127.0.0.9",
                "--address=/three.test/127.0.0.10",
            ],
            in: directory
        )
        let isThere = try eventually { try Oracle.listens("127.0.0.1:5353") }
        try #require(isThere, "\(dns.errors)")
        return dns
    }

    private static let sections = """
        resolvers dns
          nameserver a 127.0.0.1:5353
          hold nx 1s
          hold obsolete 1s
          timeout retry 100ms
          timeout resolve 1s

        """

    private static let commands = [
        "set server b/s1 fqdn", "set server b/s1 fqdn one.test", "set server b/s1 fqdn two.test",
        "set server b/s1 fqdn two.test", "set server b/s1 fqdn TWO.test", "set server b/s2 fqdn two.test",
        "set server b/s3 fqdn two.test", "set server b/s3 fqdn", "set server b/s1 fqdn a@b",
        "set server b/s1 fqdn a..b",
        "set server b/s1 fqdn .a", "set server b/s1 fqdn \(String(repeating: "abcdefgh.", count: 30))test",
        "set server b/s1 fqdn two.test extra", "set server b/s1 fqdn one.test", "set server b/none fqdn x",
        "set server b/s2 fqdn three.test", "set server zz/s1 fqdn x",
    ]

    @Test func aNameIsGivenAndFollowed() throws {
        try withDaemonRoom { directory in
            let dns = try dns(directory)
            let servers = try [8, 9].map { number in
                try Background(
                    [
                        "socat", "TCP-LISTEN:1080,bind=127.0.0.\(number),fork,reuseaddr",
                        "SYSTEM:head -c1 >/dev/null; printf \(number)",
                    ],
                    in: directory
                )
            }
            for number in [8, 9] {
                let isThere = try eventually { try Oracle.listens("127.0.0.\(number):1080") }
                try #require(isThere)
            }
            let both = try BothProxies(in: directory, ports: [80]) { host in
                """
                global
                  stats socket \(directory)/\(host).sock level admin
                \(Self.sections)
                frontend f
                  bind 127.0.0.\(host):80
                  default_backend b
                backend b
                  balance first
                  server s1 one.test:1080 resolvers dns init-addr 127.0.0.8
                  server s2 192.0.2.1:1080 resolvers dns
                  server s3 192.0.2.1:1080

                """
            }
            let clients = BothProxies.hosts.map {
                MasterClient(path: "\(directory)/\($0).sock", timeoutMilliseconds: 60000)
            }
            for line in Self.commands {
                let answers = try clients.map { try $0.send(line) }
                #expect(answers[0] == answers[1], "\(line)")
            }
            func names(_ client: MasterClient) throws -> [String] {
                let rows = try client.send("show servers state b").split(separator: "\n")
                let words = rows.map { $0.split(separator: " ") }.filter { $0.count > 20 && $0[0] != "#" }
                return words.map { "\($0[3]) \($0[17])" }
            }
            #expect(try names(clients[0]) == names(clients[1]))
            #expect(try names(clients[0]) == ["s1 one.test", "s2 three.test", "s3 -"])
            // Who is reached follows the name.
            for (host, client) in zip(BothProxies.hosts, clients) {
                for (name, number) in [("two.test", "9"), ("one.test", "8"), ("two.test", "9")] {
                    let answer = try client.send("set server b/s1 fqdn \(name)")
                    #expect(answer.hasPrefix("b/s1 changed its FQDN from "), "\(answer)")
                    let isReached = try eventually {
                        let socket = try TestSocket.connect(port: 80, host: host)
                        try socket.send("?")
                        return (try? socket.receiveAll()) == number
                    }
                    #expect(isReached, "\(host) \(name)")
                }
            }
            withExtendedLifetime((dns, servers, both)) {}
        }
    }

    /// In a process with a master: a reload brings back what the file says.
    @Test func aReloadTakesTheNameBack() throws {
        try withDaemonRoom { directory in
            let dns = try dns(directory)
            let text = """
                global
                  stats socket \(directory)/s.sock level admin
                \(Self.sections)
                listen b
                  bind 127.0.0.1:80
                  server s1 192.0.2.1:1080 resolvers dns

                """
            let daemon = try DaemonFixture(text, in: directory)
            let isThere = try eventually { try Oracle.listens("127.0.0.1:80") }
            try #require(isThere, "\(daemon.program.errors)")
            let client = MasterClient(path: "\(directory)/s.sock", timeoutMilliseconds: 60000)
            func row() throws -> [Substring] {
                let rows = try client.send("show servers state b").split(separator: "\n")
                return rows.map { $0.split(separator: " ") }.first { $0.count > 20 && $0[0] != "#" } ?? []
            }
            _ = try client.send("set server b/s1 fqdn one.test")
            let hasAddress = try eventually { try row()[4] == "127.0.0.8" }
            #expect(hasAddress)
            #expect(try row()[17] == "one.test")
            _ = try client.send("set server b/s1 fqdn none.invalid")
            #expect(try row()[17] == "none.invalid")
            let answer = try daemon.reload(text + "# other\n")
            #expect(answer.success)
            #expect(try row()[4] == "192.0.2.1")
            #expect(try row()[17] == "-")
            withExtendedLifetime(dns) {}
        }
    }
}
