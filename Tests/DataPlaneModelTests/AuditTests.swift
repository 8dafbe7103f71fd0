@testable import DataPlaneModel
import ProxyConfig
import Testing

/// What the audit log is told of a change.
@Suite struct AuditTests {
    private func lines(_ before: String, _ after: String) -> [String] {
        ConfigurationDifference(from: ConfigurationFile(before, file: ""), to: ConfigurationFile(after, file: "")).lines
    }

    @Test func namesTheSectionAndTheLines() {
        let before = "# _version=1\nglobal\n  maxconn 1\n\nbackend a\n  server s 10.0.0.1:80\n\nbackend b\n  mode tcp\n"
        let after =
            "# _version=2\nglobal\n  maxconn 1\n\nbackend a\n  server s 10.0.0.2:80\n\nfrontend f\n  bind :80\n"
        #expect(
            lines(before, after) == [
                "- backend b", "-   mode tcp", "  backend a", "-   server s 10.0.0.1:80", "+   server s 10.0.0.2:80",
                "+ frontend f", "+   bind :80",
            ]
        )
        #expect(lines(before, before) == [])
    }

    @Test func isBounded() {
        let many = (0..<20_000).map { "  server s\($0) 10.0.0.1:80\n" }.joined()
        let difference = ConfigurationDifference(
            from: ConfigurationFile("backend a\n", file: ""),
            to: ConfigurationFile("backend a\n" + many, file: "")
        )
        #expect(difference.lines.count == ConfigurationChange.limit)
        #expect(difference.lines.count + difference.omitted == 20_001)
    }

    @Test(arguments: [
        ("  user admin insecure-password hunter2", "  user admin insecure-password ***"),
        ("  user admin password $5$abc groups g", "  user admin password *** groups g"),
        ("  user admin password \"two words\"", "  user admin password ***"),
        ("  stats auth admin:hunter2", "  stats auth ***"),
        ("  setenv TOKEN a b", "  setenv TOKEN *** ***"),
        ("  http-check send hdr Authorization hunter2", "  http-check send hdr Authorization ***"),
        (
            "  http-check send hdr \"Authorization\" \"Basic x\" body y",
            "  http-check send hdr Authorization *** body ***"
        ),
        (#"  tcp-check send "AUTH hunter2\r\n""#, "  tcp-check send ***"),
        ("  tcp-check send-binary 50494e47 comment x", "  tcp-check send-binary *** comment x"),
        ("  tcp-check expect string +PONG", "  tcp-check expect string +PONG"),
        ("  http-check send meth GET uri /", "  http-check send meth GET uri /"),
        ("  # user admin insecure-password hunter2", "# ***"),
        ("  user admin password \"unmatched", "user ***"),
        ("  server s1 10.0.0.1:80 check", "  server s1 10.0.0.1:80 check"),
    ])
    func leavesSecretsOut(line: String, shown: String) {
        #expect(Secrets.removed(from: line) == shown)
    }

    @Test func everyChangeOfTheFileIsTold() throws {
        try withFixture { fixture throws in
            let single = fixture.send("POST", "configuration/backends?version=1", #"{"name":"a"}"#)
            #expect(single.change?.version == 2)
            #expect(single.change?.lines.first == "+ backend a")
            let id = try fixture.begin()
            let inside = fixture.send("POST", "configuration/backends?transaction_id=\(id)", #"{"name":"b"}"#)
            #expect(inside.change == nil)
            #expect(fixture.send("PUT", "transactions/\(id)").change?.lines.first == "+ backend b")
            #expect(fixture.send("GET", "configuration/backends").change == nil)
            #expect(fixture.send("POST", "configuration/backends?version=3", #"{"name":"a"}"#).change == nil)
        }
    }
}
