import Glibc
@testable import ProxyDaemon
import ProxyConfig
import ProxyEngine
import TestSupport
import Testing

/// Whatever is read, nobody crashes: configurations, what goes over the channel, command lines. `make fuzz` does the same
/// without an end.
struct DamagedInputTests {
    /// SplitMix64; a failure prints the seed.
    private struct Damage {
        let seed = UInt64.random(in: 0 ... .max)
        private var state: UInt64

        init() {
            state = seed
            print("damage seed \(seed)")
        }

        mutating func below(_ limit: Int) -> Int {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            return Int((mixed ^ mixed >> 31) % UInt64(max(1, limit)))
        }

        /// Words of the grammar, and bytes that mean something to the lexer.
        private static let pieces = [
            "bind", "server", "use_backend", "if {", "}", "acl", "-1", "0", "4294967296", "99999999999999999999", ":",
            "::",
            "[", "]:1", "/0", "/129", "fd@", "abns@", "unix@", "\"", "'", "\\", "$", "${", "${A-", "#", "\n", "\t", " ",
            "\0",
            "\u{e9}", "{ dst_port", "program", "command", ".if", ".else", ".endif", "balance", "check", "source",
            "usesrc",
            "weight", "%", "*", "-", "1-65535", "65535-1", "s", "ms", "option", "no", "default", "stick-table",
            "tcp-check",
        ]

        mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
            var bytes = bytes
            for _ in 0...below(6) {
                let index = below(bytes.count + 1)
                switch below(5) {
                case 0: if !bytes.isEmpty { bytes.remove(at: min(index, bytes.count - 1)) }
                case 1: bytes.insert(UInt8(below(256)), at: index)
                case 2: bytes.insert(contentsOf: Array(Self.pieces[below(Self.pieces.count)].utf8), at: index)
                case 3: if !bytes.isEmpty { bytes[min(index, bytes.count - 1)] = UInt8(below(256)) }
                default:
                    let end = min(bytes.count, index + below(40))
                    let part = Array(bytes[index..<end])
                    bytes.insert(contentsOf: part, at: below(bytes.count + 1))
                }
            }
            return bytes
        }
    }

    private static let corpus = [
        """
        global
          log stdout format raw local0 info
          maxconn 500
          nbthread 2
          stats socket /run/x.sock mode 600 level admin expose-fd listeners
          hard-stop-after 5s
          setenv A "b c"
        defaults base
          mode tcp
          timeout connect 5s
          timeout client 1m
          timeout server 1m
          default-server inter 2s fall 3 rise 2 weight 10
        frontend f from base
          bind 127.0.0.1:80,:::81 v4v6 name x interface lo
          bind unix@/run/y.sock accept-proxy mode 600
          bind 127.0.0.1:1000-1009 maxconn 10 backlog 20
          acl a dst_port 80 81:90
          acl b src 10.0.0.0/8 2001:db8::/32
          use_backend b1 if a !b or { dst 127.0.0.1 }
          default_backend b2

        """,
        """
        defaults
          mode tcp
        backend b1
          balance leastconn
          hash-type consistent djb2 avalanche
          option tcp-check
          tcp-check connect port 25
          tcp-check expect rstring ^220
          stick-table type ip size 1m expire 30m
          stick on src
          server s1 10.0.0.1:80 check inter 1s maxconn 5 send-proxy-v2 source 10.0.0.9:1024-2048
          server s2 [2001:db8::1]:80 backup weight 256 track s1
          server-template t 1-5 10.0.0.2:80 disabled
        listen l
          bind :::443 v6only tcp-ut 30s mss 1400
          retries 2
          timeout queue 3s
          server s1 /run/z.sock
        program p
          command sleep 1000
          no option start-on-reload
        userlist u
          group g users a,b
          user a insecure-password x

        """,
        """
        .if defined(HOME) && !streq("$HOME",/x)
        global
          user root
        .elif version_atleast(2.4)
          daemon
        .else
        .warning "x"
        .endif
        peers p
          peer a 127.0.0.1:1
        resolvers r
          nameserver n 127.0.0.1:53
          hold valid 10s

        """,
    ]

    @Test func configurations() throws {
        var damage = Damage()
        var options = CommandLineOptions()
        options.masterWorker = true
        for round in 0..<1500 {
            var bytes = Array(Self.corpus[round % Self.corpus.count].utf8)
            for _ in 0...damage.below(3) { bytes = damage.damaged(bytes) }
            let text = String(decoding: bytes, as: UTF8.self)
            let file = ConfigurationFile(text, file: "x")
            #expect(file.text == text, "seed \(damage.seed)")
            // Without names: a look-up is not what is tested here.
            guard let model = file.checked().model else { continue }
            var compiler = SnapshotCompiler(model, options)
            let snapshot = compiler.compile()
            #expect((try? ProxySnapshot(encoded: snapshot.encoded())) == snapshot, "seed \(damage.seed)")
        }
    }

    @Test func whatTheChannelCarries() throws {
        var damage = Damage()
        let model = try #require(
            ConfigurationFile(Self.corpus[0] + "backend b1\nbackend b2\n", file: "x").checked().model
        )
        var compiler = SnapshotCompiler(model, CommandLineOptions())
        let payload = ServePayload.encoded([], EncodedSnapshot(compiler.compile()).edit(after: nil))
        let setup = ProcessSettings(model.global).encoded(EngineSettings())
        for _ in 0..<3000 {
            _ = try? ServePayload(encoded: damage.damaged(payload))
            _ = try? ProcessSettings.decoded(damage.damaged(setup))
            _ = Handover(
                text: String(decoding: damage.damaged(Array("listener 1 x\nprogram 1 2 3 4 5".utf8)), as: UTF8.self)
            )
        }
    }

    @Test func commandLines() {
        var damage = Damage()
        let words = [
            "-f", "x", "-sf", "1", "-D", "-W", "-Ws", "-S", "/x,mode,600", "-n", "-N", "-m", "-x", "-cc", "--", "-dK",
        ]
        for _ in 0..<3000 {
            let line = (0...damage.below(6)).map { _ in
                String(decoding: damage.damaged(Array(words[damage.below(words.count)].utf8)), as: UTF8.self)
            }
            _ = try? CommandLineOptions(line)
        }
    }
}
