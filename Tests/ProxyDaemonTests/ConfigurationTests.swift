import Glibc
@testable import ProxyDaemon
import ProxyEngine
import Syscalls
import TestSupport
import Testing

/// What becomes of a configuration: what is served, what is quarantined, and what is said about the rest.
struct ConfigurationTests {
    private static func load(_ text: String) throws -> LoadedConfiguration {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/haproxy.cfg"
            let head = "defaults\n  timeout client 1s\n  timeout server 1s\n  timeout connect 1s\n"
            try FileDescriptor.open(path, O_WRONLY | O_CREAT, mode: 0o600).writeAll(Array((head + text).utf8))
            return try LoadedConfiguration.load(try CommandLineOptions(["-f", path]))
        }
    }

    /// Numbers at the ends of what can be written: a message at most, never a crash.
    @Test(arguments: [
        "frontend f\n  bind 127.0.0.1:1\n  use_backend b if { dst_port gt 9223372036854775806 }\nbackend b\n",
        "frontend f\n  bind 127.0.0.1:1\n  use_backend b if { dst_port le 9223372036854775807 }\nbackend b\n",
        "global\n  maxconn -1000\n", "global\n  maxconn 9223372036854775807\n", "global\n  maxconn 0\n",
        "backend b\n  retries -5\n  server s 127.0.0.1:1 check rise 99999999999 fall 99999999999 maxconn -7\n",
        "frontend f\n  backlog -3\n  maxconn -3\n  bind 127.0.0.1:1-3\n",
    ]) func extremesDoNoHarm(text: String) throws {
        var loaded = try Self.load(text)
        #expect((1...10_000_000).contains(loaded.snapshot.settings.maxConnections))
        try loaded.fit(descriptors: 1024)
        #expect((1...512).contains(loaded.snapshot.settings.maxConnections))
        _ = loaded.snapshot.edit(after: nil)
    }

    @Test func whatCannotBeServedRightIsQuarantinedAndNamed() throws {
        let loaded = try Self.load(
            """
            frontend f
              bind 127.0.0.1:1 name plain
              bind 127.0.0.1:2 name header accept-netscaler-cip 1
              use_backend a if { dst_port 1 }
              use_backend b if { ssl_fc_sni -i x }
              default_backend a
            backend a
              server s1 127.0.0.1:10
              server s2 127.0.0.1:10 socks4 127.0.0.1:1
            backend b
              tcp-request inspect-delay 5s
            backend c
              tcp-response content reject if { res.ver 1.1 }
              server s1 127.0.0.1:10

            """
        )
        let lines = loaded.unserved.map { $0.line }
        for start in [
            "bind f/header 127.0.0.1:2 quarantined the option 'accept-netscaler-cip'", "rule f/b - quarantined",
            "server a/s2 127.0.0.1:10 quarantined the option 'socks4'", "backend c - quarantined",
        ] { #expect(lines.contains { $0.hasPrefix(start) }, "\(start) in \(lines)") }
        let snapshot = try loaded.snapshot.decoded()
        #expect(snapshot.frontends[0].listeners.map { $0.name } == ["plain"])
        // The rule before it decides as ever; who gets past it reaches no backend, not the default.
        #expect(snapshot.frontends[0].rules.map { $0.backend } == ["a", ""])
        #expect(snapshot.backends[0].servers.map { $0.name } == ["s1"])
        #expect(lines.allSatisfy { line in loaded.warnings.contains { $0.contains(line) } })
    }

    @Test(arguments: [
        (
            "backend b\n  option tcp-check\n  tcp-check expect rstring (?=x)\n  server s 127.0.0.1:1 check\n",
            "tcp-check expect"
        ),
        ("backend b\n  option spop-check\n  server s 127.0.0.1:1 check\n", "option spop-check"),
        (
            "frontend f\n  log stdout local0\n  log-format %[ssl_fc_sni]\n  bind 127.0.0.1:1\n",
            "log-format %[ssl_fc_sni]"
        ),
        (
            "frontend f\n  mode http\n  bind 127.0.0.1:1\n  monitor-uri /up\n  rate-limit sessions 9\n",
            "rate-limit sessions"
        ),
        (
            "frontend f\n  mode http\n  bind 127.0.0.1:1\n  monitor-uri /up\n  option httplog clf\n",
            "option httplog clf"
        ),
        ("frontend f\n  log none.invalid local0\n  bind 127.0.0.1:1\n", "log none.invalid"),
    ]) func whatIsNotFollowedIsSaid(text: String, keyword: String) throws {
        let loaded = try Self.load(text)
        let said = loaded.warnings.filter { $0.contains("not followed yet : '\(keyword)'") }
        #expect(said.count == 1, "\(loaded.warnings)")
        #expect(loaded.unserved.isEmpty)
    }

    @Test func peersThatAreToldNothingAreSaid() throws {
        let section = "peers pp\n  peer other 127.0.0.1:2\nbackend b\n  stick-table type ip size 10 peers pp\n"
        let said = try Self.load("global\n  localpeer vm\n" + section).warnings.filter { $0.contains("not followed") }
        let words = "'peers' without an address of this process, 'vm' (nobody is told of entries) : pp"
        #expect(said.count == 1 && said.first?.hasSuffix(" : not followed yet : \(words)") == true, "\(said)")
    }

    @Test func manyWhoAskForTheSameAreOneWarning() throws {
        let backends = (1...100).map { "backend b\($0)\n  balance uri\n" }.joined()
        let said = try Self.load(backends).warnings.filter { $0.contains("not followed yet : 'balance uri'") }
        #expect(said.count == 1)
        #expect(said.first?.hasSuffix("(servers take turns) : b1, b2, b3 and 97 more") == true)
    }

    @Test func tooFewDescriptorsLowerMaxconnAndSayHow() throws {
        var loaded = try Self.load("global\n  maxconn 60000\nlisten l\n  bind 127.0.0.1:1\n")
        try loaded.fit(descriptors: 4096)
        #expect(loaded.snapshot.settings.maxConnections == 1791)
        let words = try #require(loaded.warnings.last)
        for part in ["maxconn 60000 needs 120514", "the limit is 4096", "1791 connections", "LimitNOFILE="] {
            #expect(words.contains(part))
        }
    }
}
