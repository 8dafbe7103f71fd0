import DataPlaneModel
import ProxyConfig
import TestSupport
import Testing

/// Sites: a frontend and its backends in one body.
@Suite struct SiteTests {
    private static let site = """
        {"name": "web", "service": {"mode": "tcp", "maxconn": 100, "listeners": [
            {"name": "a", "address": "127.0.0.1", "port": 80}, {"name": "b", "address": "127.0.0.1", "port": 81}]},
         "farms": [
            {"name": "pool", "use_as": "default", "mode": "tcp", "balance": {"algorithm": "leastconn"},
             "servers": [{"name": "s1", "address": "10.0.0.1", "port": 8080}]},
            {"name": "other", "use_as": "conditional", "cond": "if", "cond_test": "{ dst_port 81 }", "mode": "tcp",
             "servers": [{"name": "s2", "address": "10.0.0.2", "port": 8080}]}]}
        """

    private static func section(_ fixture: Fixture, _ kind: String, _ name: String) throws -> [String]? {
        ConfigurationFile(try fixture.text, file: "").section(kind, name)?.lines.map { $0.words }
            .filter { !$0.isEmpty }.map { $0.joined(separator: " ") }
    }

    @Test(arguments: ["v2", "v3"]) func comesAndGoes(version: String) throws {
        try withFixture { fixture throws in
            let sites = "/\(version)/services/haproxy/sites"
            #expect(fixture.sendAbsolute("POST", sites, Self.site).status == 400)
            let made = fixture.sendAbsolute("POST", sites + "?version=1", Self.site)
            #expect(made.status == 202, "\(made.text)")
            #expect(
                try Self.section(fixture, "frontend", "web").map { Set($0) } == [
                    "mode tcp", "maxconn 100", "bind 127.0.0.1:80 name a", "bind 127.0.0.1:81 name b",
                    "use_backend other if { dst_port 81 }", "default_backend pool",
                ]
            )
            #expect(
                try Self.section(fixture, "backend", "pool").map { Set($0) }
                    == ["mode tcp", "balance leastconn", "server s1 10.0.0.1:8080"]
            )
            let got = fixture.sendAbsolute("GET", sites + "/web").json
            let data = try #require(version == "v2" ? got?["data"] : got)
            #expect(data["farms"]?.array?.map { $0["name"] } == ["other", "pool"])
            #expect(fixture.sendAbsolute("POST", sites + "?version=2", Self.site).status == 409)
            // What was read may be written: nothing changes.
            let same = fixture.sendAbsolute("PUT", sites + "/web?version=2", data.text)
            #expect(same.status == 200, "\(same.text)")
            #expect(fixture.sendAbsolute("DELETE", sites + "/web?version=2").status == 202)
            #expect(try Self.section(fixture, "frontend", "web") == nil)
            #expect(try Self.section(fixture, "backend", "pool") == nil)
            #expect(fixture.sendAbsolute("DELETE", sites + "/web?version=3").status == 404)
        }
    }

    @Test func isReplacedAndKeepsTheRest() throws {
        try withFixture { fixture throws in
            #expect(fixture.send("POST", "sites?version=1", Self.site).status == 202)
            // A backend that another frontend uses, and members that a site has not.
            fixture.send(
                "POST",
                "configuration/frontends?version=2",
                #"{"name":"second","mode":"tcp","default_backend":"other"}"#
            )
            fixture.send(
                "PUT",
                "configuration/frontends/web?version=3",
                #"{"name":"web","mode":"tcp","maxconn":100,"default_backend":"pool","log_tag":"kept"}"#
            )
            let next = """
                {"name": "web", "service": {"mode": "tcp", "listeners": [
                    {"name": "b", "address": "127.0.0.1", "port": 82}]},
                 "farms": [{"name": "new", "use_as": "default", "mode": "tcp",
                    "servers": [{"name": "s3", "address": "10.0.0.3", "port": 8080}]}]}
                """
            let put = fixture.send("PUT", "sites/web?version=4", next)
            #expect(put.status == 202, "\(put.text)")
            #expect(
                try Self.section(fixture, "frontend", "web").map { Set($0) }
                    == ["mode tcp", "log-tag kept", "bind 127.0.0.1:82 name b", "default_backend new"]
            )
            #expect(try Self.section(fixture, "backend", "pool") == nil)
            #expect(try Self.section(fixture, "backend", "other")?.isEmpty == false)
            #expect(fixture.send("PUT", "sites/nobody?version=5", next).status == 400)
        }
    }

    @Test(
        arguments: [
            #"{}"#, #"{"name":"a b"}"#, #"{"name":"a","nonsense":1}"#, #"{"name":"a","service":{"mode":"udp"}}"#,
            #"{"name":"a","service":{"listeners":[{"address":1}]}}"#, #"{"name":"a","farms":[{"name":"b"}]}"#,
            #"{"name":"a","farms":[{"name":"b","use_as":"conditional"}]}"#, #"{"name":"a","farms":{}}"#,
            #"{"name":"a","farms":[{"name":"b","use_as":"default","servers":[{"name":"s"}]}]}"#,
        ]
    )
    func isRefused(body: String) throws {
        try withFixture { fixture throws in
            #expect(fixture.send("POST", "sites?version=1", body).status == 422, "\(body)")
            #expect(try fixture.text == shipped)
        }
    }
}
