import DataPlaneModel
import TestSupport
import Testing

private let text =
    shipped + """

        frontend web
          mode tcp
          bind 10.0.0.1:80 name http # {"owner":{"team":"a"}}
          # The first of all.
          tcp-request inspect-delay 5s
          tcp-request content accept if { req.ssl_hello_type 1 }
          tcp-request content do-what-nobody-knows
          tcp-request content reject
          default_backend one

        backend one # by hand {"a":{}}
          mode tcp
          stick-table type ip size 100k expire 30m
          stick on src
          server a 10.0.0.2:80 check
          server b 10.0.0.3:80

        """

/// What v3 has and v2 has not.
@Suite struct VersionThreeTests {
    private func withService(_ body: (Fixture, (String, String, String?) -> APIResponse) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let fixture = try Fixture(directory, text, checker: ModelOnly())
            try body(fixture) { method, path, json in
                fixture.sendAbsolute(method, "/v3/services/haproxy/configuration/" + path, json)
            }
        }
    }

    @Test func metadataIsAComment() throws {
        try withService { fixture, send throws in
            #expect(send("GET", "frontends/web/binds/http", nil).json?["metadata"] == ["owner": ["team": "a"]])
            #expect(send("GET", "backends/one", nil).json?["metadata"] == ["a": [:]])
            #expect(fixture.send("GET", "configuration/binds/http?frontend=web").json?["data"]?["metadata"] == nil)
            let body = #"{"name":"a","address":"10.0.0.2","port":80,"check":"enabled","metadata":{"b":{"c":1}}}"#
            #expect(send("PUT", "backends/one/servers/a?version=1", body).status == 202)
            #expect(try fixture.text.contains("  server a 10.0.0.2:80 check # {\"b\":{\"c\":1}}\n"))
            // v2 does not know of it and leaves it alone.
            let other = #"{"name":"a","address":"10.0.0.2","port":81,"check":"enabled"}"#
            #expect(fixture.send("PUT", "configuration/servers/a?backend=one&version=2", other).status == 202)
            #expect(try fixture.text.contains("  server a 10.0.0.2:81 check # {\"b\":{\"c\":1}}\n"))
        }
    }

    @Test func aWholeListIsReplacedAndWhatIsNotUnderstoodStays() throws {
        try withService { fixture, send throws in
            let path = "frontends/web/tcp_request_rules"
            let rules = try #require(send("GET", path, nil).json?.array)
            #expect(rules.count == 3)
            #expect(rules.first == ["type": "inspect-delay", "timeout": 5000])
            let accept: JSONValue = [
                "type": "content", "action": "accept", "cond": "if", "cond_test": "{ req.ssl_hello_type 1 }",
            ]
            #expect(rules[1] == accept)
            let new: JSONValue = .array([rules[0], ["type": "content", "action": "silent-drop"], rules[2]])
            #expect(send("PUT", path + "?version=1", new.text).status == 202)
            let expected = """
                  # The first of all.
                  tcp-request inspect-delay 5s
                  tcp-request content silent-drop
                  tcp-request content do-what-nobody-knows
                  tcp-request content reject

                """
            #expect(try fixture.text.contains(expected))
            #expect(send("PUT", path + "?version=2", "[]").status == 202)
            let after = try fixture.text
            #expect(!after.contains("silent-drop"))
            #expect(after.contains("  # The first of all.\n  tcp-request content do-what-nobody-knows\n"))
        }
    }

    @Test func rulesGoByTheIndexInThePath() throws {
        try withService { fixture, send throws in
            let path = "frontends/web/tcp_request_rules/"
            let rule = #"{"type":"connection","action":"set-var","var_scope":"sess","var_name":"a.b","expr":"src"}"#
            #expect(send("POST", path + "1?version=1", rule).status == 202)
            #expect(try fixture.text.contains("5s\n  tcp-request connection set-var(sess.a.b) src\n"))
            #expect(send("GET", path + "1", nil).json?["var_name"] == "a.b")
            #expect(send("POST", path + "9?version=2", rule).status == 400)
            #expect(send("POST", path + "x?version=2", rule).status == 422)
            #expect(send("DELETE", path + "1?version=2", nil).status == 202)
            #expect(send("DELETE", path + "3?version=3", nil).status == 404)
        }
    }

    @Test func membersThatDoNotGoTogetherAreRefused() throws {
        try withService { _, send throws in
            let path = "frontends/web/tcp_request_rules/0?version=1"
            let both = send("POST", path, #"{"type":"content","action":"accept","expr":"src"}"#)
            #expect(both.status == 422)
            #expect(both.json?["code"] == 422)
            #expect(both.message.contains("expr"))
            #expect(send("POST", path, #"{"type":"content","action":"set-dst"}"#).status == 422)
            // More words than HAProxy reads of a line.
            let words = String(repeating: "a if ", count: 100_000)
            let long = #"{"type":"content","action":"set-dst","expr":"\#(words)"}"#
            #expect(send("POST", path, long).status == 422)
            let check = #"{"name":"x","adv_check":"tcp-check","httpchk_params":{"uri":"/"}}"#
            #expect(send("POST", "backends?version=1", check).message.contains("httpchk_params"))
        }
    }

    @Test func fullSectionsHoldWhatIsInThem() throws {
        try withService { fixture, send throws in
            let full = try #require(send("GET", "backends/one?full_section=true", nil).json?.object)
            #expect(full["servers"]?["b"] == ["name": "b", "address": "10.0.0.3", "port": 80])
            #expect(full["stick_rule_list"] == [["type": "on", "pattern": "src"]])
            #expect(full["stick_table"] == ["type": "ip", "size": 102_400, "expire": 1_800_000])
            #expect(send("GET", "backends/one", nil).json?["servers"] == nil)
            // What was read can be written, and changes nothing.
            let same = JSONValue.object(full).text
            #expect(send("PUT", "backends/one?full_section=true&version=1", same).status == 200)
            #expect(try fixture.text == text)
            #expect(send("PUT", "backends/one?version=1", same).status == 422)

            var other = full
            other["servers"] = ["c": ["address": "10.0.0.4", "port": 80], "a": full["servers"]?["a"] ?? .null]
            other["stick_rule_list"] = nil
            let changed = JSONValue.object(other).text
            #expect(send("PUT", "backends/one?full_section=true&version=1", changed).status == 202)
            let after = try fixture.text
            let servers = "  server a 10.0.0.2:80 check\n  server c 10.0.0.4:80\n"
            #expect(after.hasSuffix("expire 30m\n" + servers), "\(after)")
            let acl = #"{"acl_name":"a","criterion":"src","value":"10.0.0.1"}"#
            let created = #"{"name":"two","servers":{"s":{"address":"10.0.0.9"}},"acl_list":[\#(acl)]}"#
            #expect(send("POST", "backends?full_section=true&version=2", created).status == 202)
            #expect(try fixture.text.contains("backend two\n  acl a src 10.0.0.1\n  server s 10.0.0.9\n"))
        }
    }

    /// The name that stands for none makes none, and what was made is found again.
    @Test func defaultsWithoutANameComeAndGo() throws {
        try withService { fixture, send throws in
            let path = "defaults/unnamed_defaults_1"
            let body = #"{"name":"unnamed_defaults_1","mode":"tcp"}"#
            #expect(send("POST", "defaults?version=1", body).status == 409)
            #expect(send("DELETE", path + "?version=1", nil).status == 202)
            #expect(send("GET", path, nil).status == 404)
            #expect(send("POST", "defaults?version=2", body).status == 202)
            #expect(send("GET", path, nil).json?["mode"] == "tcp")
            #expect(try fixture.text.contains("\ndefaults\n  mode tcp\n"))
        }
    }

    @Test func defaultsGoByName() throws {
        try withService { fixture, send throws in
            #expect(send("GET", "defaults", nil).json?.array?.map { $0["name"] } == ["unnamed_defaults_1"])
            #expect(send("GET", "defaults/unnamed_defaults_1", nil).json?["tunnel_timeout"] == 300_000)
            #expect(send("POST", "defaults?version=1", #"{"name":"d","mode":"tcp"}"#).status == 202)
            let path = "defaults/d/tcp_checks/0?version=2"
            #expect(send("POST", path, #"{"action":"send","data":"a b"}"#).status == 202)
            #expect(try fixture.text.contains("\ndefaults d\n  mode tcp\n  tcp-check send \"a b\"\n"))
            #expect(send("DELETE", "defaults/d?version=3", nil).status == 202)
            #expect(try fixture.text == "# _version=4\n" + text)
        }
    }
}

/// For texts that have what no proxy knows.
private struct ModelOnly: ConfigurationChecker {
    func errors(in text: String, file: String) -> [String] { [] }
}
