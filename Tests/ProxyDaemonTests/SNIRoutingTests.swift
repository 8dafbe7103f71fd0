import Glibc
import Syscalls
import TestSupport
import Testing

/// Routing by the name that a TLS client asks for, with OpenSSL at both ends.
@Suite(.blocking) struct SNIRoutingTests {
    /// A TLS server that shows `name` as its certificate's subject.
    private static func server(_ name: String, _ port: UInt16, in directory: String) throws -> Background {
        let path = "\(directory)/\(name)"
        mkdir(path, 0o755)
        let certificate = try ThrowawayCertificate(name, in: path)
        let server = try Background(
            [
                "openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-key", certificate.key, "-cert",
                certificate.certificate,
                "-quiet",
            ],
            in: path
        )
        try #require(try eventually { try Oracle.listens("127.0.0.1:\(port)") }, "\(server.errors)")
        return server
    }

    @Test func clientsReachTheServerOfTheNameThatTheyAskFor() throws {
        try withDaemonRoom { directory in
            let servers = [
                try Self.server("one", 1001, in: directory), try Self.server("two", 1002, in: directory),
                try Self.server("rest", 1003, in: directory),
            ]
            defer { for server in servers { server.signal(SIGKILL) } }
            let fixture = try DaemonFixture(
                """
                frontend tls
                  bind 127.0.0.1:443
                  tcp-request inspect-delay 5s
                  tcp-request content accept if { req.ssl_hello_type 1 }
                  tcp-request content reject if { req.len gt 0 } !{ req.ssl_hello_type 1 }
                  use_backend %[req.ssl_sni,lower] if { req.ssl_sni -i one.example.com two.example.com }
                  default_backend rest
                backend one.example.com
                  server s 127.0.0.1:1001
                backend two.example.com
                  server s 127.0.0.1:1002
                backend rest
                  server s 127.0.0.1:1003

                """,
                in: directory
            )
            try #require(try eventually { try Oracle.listens("127.0.0.1:443") }, "\(fixture.program.errors)")
            let cases = [
                (["-servername", "one.example.com"], "one"), (["-servername", "TWO.example.com"], "two"),
                (["-servername", "other.example.com"], "rest"), (["-noservername"], "rest"),
            ]
            for (arguments, name) in cases {
                let answer = try run(["openssl", "s_client", "-connect", "127.0.0.1:443"] + arguments, input: "Q\n")
                #expect(answer.contains("CN = \(name)") || answer.contains("CN=\(name)"), "\(arguments): \(answer)")
            }
            // What is no hello is refused when that is seen, at once.
            let socket = try TestSocket.connect(port: 443)
            try socket.send("SSH-2.0-x\r\n")
            #expect(try socket.receiveAll() == "")
        }
    }
}
