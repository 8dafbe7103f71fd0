import Diagnostics
import TestSupport
import Testing

@testable import ProxyConfig

/// What `haproxy -c` says of lines of servers, right and wrong ones: word by word, with the place in its form.
@Suite struct ServerLineOracleTests {
    private static let head =
        "defaults\n  mode http\n  timeout connect 5s\n  timeout client 5s\n  timeout server 5s\nbackend b\n"

    private static let options = [
        "addr", "addr foo..bar", "addr 127.0.0.1:x", "agent-addr", "agent-addr 300.1.1.1", "agent-port",
        "agent-check", "agent-inter", "agent-inter 0", "agent-inter x", "agent-inter 99999999999", "agent-send",
        "alpn", "ca-file", "ca-file /nope", "check-alpn", "check-proto", "check-proto zz", "check-sni", "ciphers",
        "ciphersuites", "cookie", "crl-file", "crl-file /nope", "crt", "crt /nope", "downinter", "downinter 0",
        "downinter 5x", "error-limit", "error-limit 0", "error-limit x", "fall", "fall 0", "fastinter",
        "fastinter 0", "id", "id 0", "id x", "init-addr foo", "init-addr", "inter", "inter 0", "inter 3y",
        "log-proto", "log-proto x", "max-reuse", "maxconn", "maxconn x", "maxqueue", "minconn", "namespace",
        "namespace nope", "npn", "observe", "observe x", "observe layer7", "on-error", "on-error x",
        "on-marked-down", "on-marked-down x", "on-marked-up", "on-marked-up x", "pool-low-conn", "pool-max-conn",
        "pool-max-conn -2", "pool-purge-delay", "pool-purge-delay x", "port", "port x", "proto", "proto zz",
        "proxy-v2-options", "proxy-v2-options x", "proxy-v2-options ssl,x", "redir", "resolve-net",
        "resolve-net x", "resolve-opts", "resolve-opts x", "resolve-prefer", "resolve-prefer x", "resolvers",
        "resolvers x", "rise", "rise 0", "slowstart", "slowstart x", "sni", "sni foo", "sni str(", "socks4",
        "socks4 127.0.0.1", "socks4 nohost", "source", "source 127.0.0.1 usesrc", "source 127.0.0.1 usesrc x",
        "source 127.0.0.1:", "source 127.0.0.1 interface", "source 127.0.0.1 foo", "usesrc client", "usesrc",
        "ssl", "ssl verify", "ssl verify x", "ssl-max-ver", "ssl-max-ver x", "ssl-min-ver", "tcp-ut", "tcp-ut x",
        "tcp-ut 0", "track", "track x/y", "verifyhost", "weight", "weight 257", "weight x", "weight -1", "ws",
        "ws x", "foo", "chekc", "check track a", "check check-send-prox", "maxcon 3",
    ]

    private static let addresses = [
        "127.0.0.1:x", "127.0.0.1:99999", "fd@3", "fd@x", "unix@",
        "/xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "127.0.0.1", "127.0.0.1:1-3", "udp@127.0.0.1:1", ":80", "*:80", "[::1]:1", "::1:1", "abns@x",
    ]

    private static let templates = [
        "", "x", "x 3", "x 0 127.0.0.1:1", "x 3-2 127.0.0.1:1", "x 3 127.0.0.1:1 foo", "x 3 127.0.0.1:z",
        "x 2 127.0.0.1:1 weight 300", "x a 127.0.0.1:1", "x/y 2 127.0.0.1:1",
    ]

    private static let defaults = [
        "", "weight", "weight 999", "foo", "127.0.0.1", "inter 0", "check addr x:y", "id 3", "usesrc client",
        "namespace nope",
    ]

    /// What lines say of each other, and of the section.
    private static let sections = [
        "server", "server a", "server a/b 127.0.0.1:1", "server a 127.0.0.1:1\n  server a 127.0.0.1:2",
        "server a 127.0.0.1:1 id 1\n  server c 127.0.0.1:2 id 1",
        "server a 127.0.0.1:1 track c\n  server c 127.0.0.1:2",
        "server a 127.0.0.1 check", "server a 127.0.0.1:1 check track x", "server a 127.0.0.1:1 ssl check",
        "option tcp-check\n  server a 127.0.0.1 check",
        "option tcp-check\n  tcp-check connect\n  server a 127.0.0.1 check",
        "option tcp-check\n  tcp-check connect port 3\n  server a 127.0.0.1 check",
        "option tcp-check\n  tcp-check connect port 3\n  tcp-check connect\n  server a 127.0.0.1 check",
        "option tcp-check\n  tcp-check send a\n  server a 127.0.0.1 check",
        "option httpchk\n  server a 127.0.0.1 check", "option redis-check\n  server a 127.0.0.1 check",
        "option redis-check\n  server a 127.0.0.1:1 check", "server a 127.0.0.1 check port 3",
        "server a 127.0.0.1 check addr 127.0.0.1:3", "server a /tmp/x check", "source 0.0.0.0 interface",
        "source 0.0.0.0 usesrc x", "source 0.0.0.0 foo", "source", "source 0.0.0.0 usesrc", "source nohost.invalid",
        "server s 127.0.0.1:1 check addr nohost.invalid",
        "server s 127.0.0.1:1 agent-check agent-port 3 agent-addr nohost.invalid",
    ]

    @Test func saysOfOptionsWhatHAProxySays() throws {
        let lines = Self.options.map { "server s 127.0.0.1:1 \($0)" }
        #expect(try Self.compare(lines) > 90)
    }

    @Test func saysOfAddressesAndTemplatesWhatHAProxySays() throws {
        let lines =
            Self.addresses.map { "server s \($0)" } + Self.templates.map { "server-template \($0)" }
            + Self.defaults.map { "default-server \($0)\n  server s 127.0.0.1:1" }
        #expect(try Self.compare(lines) > 20)
    }

    @Test func saysOfServersBesideEachOtherWhatHAProxySays() throws {
        #expect(try Self.compare(Self.sections) > 15)
    }

    @Test func frontendsHaveNoServers() throws {
        let text = Self.head.replacing("backend b", with: "frontend b\n  bind 127.0.0.1:8101")
        let said = try withTemporaryDirectory { directory in
            try ["server s 127.0.0.1:1", "default-server inter 3s", "server-template x 2 127.0.0.1:1"].reduce(0) {
                try $0 + Spoken.compare("\(text)  \($1)\n", in: directory, name: "f.cfg")
            }
        }
        #expect(said == 3)
    }

    /// How many lines were compared.
    private static func compare(_ lines: [String]) throws -> Int {
        try withTemporaryDirectory { directory in
            var said = 0
            for (index, line) in lines.enumerated() {
                said += try Spoken.compare("\(head)  \(line)\n", in: directory, name: "\(index).cfg")
            }
            return said
        }
    }
}
