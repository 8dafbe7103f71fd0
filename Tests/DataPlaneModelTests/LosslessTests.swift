import DataPlaneModel
import Files
import Testing

private let services = """

    # The web service.
    frontend web
        # Where clients come in.
        bind 10.0.0.1:80 name http tfo
        mode tcp   # as everywhere
        acl from_here src 10.0.0.0/8
        stick-table type ip size 1k expire 10s
        use_backend one if { dst_port 80 } from_here # the first
        use_backend two unless from_here

    # Servers.
    backend one
        mode tcp
        server a 10.0.0.2:80 check inter 2s
    backend two
        mode tcp
        server a [2001:db8::1]:80 weight 5

    """

private let text = shipped + services

/// Nothing is touched but what a request is about.
@Suite struct LosslessTests {
    private func changed(_ method: String, _ path: String, _ json: String?, _ check: (Fixture, String) throws -> Void)
        throws
    {
        try withFixture(text) { fixture throws in
            let answer = fixture.send(method, "configuration/" + path + "version=1", json)
            #expect((200...204).contains(answer.status), "\(answer.text)")
            try check(fixture, try fixture.text)
        }
    }

    @Test func aReplacedFrontendKeepsItsOtherLines() throws {
        let table = #""stick_table":{"type":"ip","size":1024,"expire":10000}"#
        try changed("PUT", "frontends/web?", #"{"name":"web","mode":"tcp","maxconn":500,"log_tag":"web",\#(table)}"#) {
            _,
            after in
            let expected = services.replacing(
                "    mode tcp   # as everywhere\n",
                with: "    mode tcp   # as everywhere\n  maxconn 500\n  log-tag web\n"
            )
            #expect(after == "# _version=2\n" + shipped + expected)
        }
    }

    @Test func aReplacedBindKeepsItsIndentation() throws {
        try changed("PUT", "binds/http?frontend=web&", #"{"address":"10.0.0.1","port":8080,"tfo":true}"#) { _, after in
            #expect(after.contains("\n    bind 10.0.0.1:8080 name http tfo\n"))
        }
    }

    @Test func rulesAreInsertedReplacedAndDeletedByIndex() throws {
        try withFixture(text) { fixture throws in
            let path = "configuration/backend_switching_rules"
            func names() -> [String?]? {
                fixture.send("GET", path + "?frontend=web").json?["data"]?.array?.map { $0["name"]?.string }
            }
            func post(_ index: Int, _ version: Int) -> Int {
                let body = #"{"index":\#(index),"name":"two","cond":"if","cond_test":"{ dst_port \#(index) }"}"#
                return fixture.send("POST", path + "?frontend=web&version=\(version)", body).status
            }
            #expect(names() == ["one", "two"])
            #expect(post(3, 1) == 400)
            #expect(post(1, 1) == 202)
            #expect(names() == ["one", "two", "two"])
            #expect(post(3, 2) == 202)
            let last = fixture.send("GET", path + "/3?frontend=web").json?["data"]
            #expect(last == ["index": 3, "name": "two", "cond": "if", "cond_test": "{ dst_port 3 }"])
            #expect(fixture.send("DELETE", path + "/0?frontend=web&version=3").status == 202)
            #expect(fixture.send("DELETE", path + "/3?frontend=web&version=4").status == 404)
            let body = #"{"name":"one"}"#
            #expect(fixture.send("PUT", path + "/0?frontend=web&version=4", body).status == 202)
            #expect(names() == ["one", "two", "two"])
            #expect(try fixture.text.contains("    acl from_here src 10.0.0.0/8\n"))
        }
    }

    @Test func readsWhatOthersWrote() throws {
        try withFixture(text) { fixture throws in
            func data(_ path: String) -> JSONValue? { fixture.send("GET", "configuration/" + path).json?["data"] }
            #expect(data("binds?frontend=web") == [["name": "http", "address": "10.0.0.1", "port": 80, "tfo": true]])
            let rule: JSONValue = ["index": 0, "name": "one", "cond": "if", "cond_test": "{ dst_port 80 } from_here"]
            #expect(data("backend_switching_rules/0?frontend=web") == rule)
            let server: JSONValue = ["name": "a", "address": "2001:db8::1", "port": 80, "weight": 5]
            #expect(data("servers/a?parent_type=backend&parent_name=two") == server)
            #expect(data("servers/a?backend=one")?["inter"] == 2000)
            #expect(data("defaults")?["tunnel_timeout"] == 300_000)
            #expect(data("defaults")?["tcplog"] == true)
            #expect(data("global")?["maxconn"] == 60000)
            #expect(data("global")?["master-worker"] == true)
            #expect(try fixture.text == text)
        }
    }

    @Test func keepsBytesThatAreNotUTF8() throws {
        try withFixture { fixture throws in
            // An é of Latin-1.
            let comment = Array("\n# caf".utf8) + [0xE9, UInt8(ascii: "\n")]
            try AtomicFile.replace(fixture.path, with: Array(shipped.utf8) + comment, mode: 0o640)
            #expect(fixture.send("POST", "configuration/frontends?version=2", #"{"name":"a"}"#).status == 202)
            let after = try AtomicFile.read(fixture.path)
            let expected = Array("# _version=3\n\(shipped)".utf8) + comment + Array("\nfrontend a\n".utf8)
            #expect(after == expected, "\(String(decoding: after, as: UTF8.self))")
        }
    }

    @Test func aWordThatMovesKeepsItsQuotes() throws {
        let backend = "\nbackend one\n  server a 10.0.0.2:80 cookie \"${NODE-n1}\"\n"
        try withFixture(shipped + backend) { fixture throws in
            let body = #"{"address":"10.0.0.2","port":80,"cookie":"${NODE-n1}","check":"enabled"}"#
            #expect(fixture.send("PUT", "configuration/servers/a?backend=one&version=1", body).status == 202)
            #expect(try fixture.text.hasSuffix("  server a 10.0.0.2:80 check cookie \"${NODE-n1}\"\n"))
        }
    }

    @Test func aDefaultServerKeepsWhatIsNotDescribed() throws {
        let backend = "\nbackend one\n  default-server inter 1s source 127.0.0.1 usesrc clientip\n"
        try withFixture(shipped + backend) { fixture throws in
            let body = #"{"default_server":{"inter":2000,"source":"127.0.0.1"}}"#
            let answer = fixture.send("PUT", "configuration/backends/one?version=1", body)
            #expect(answer.status == 202, "\(answer.text)")
            let text = try fixture.text
            #expect(text.hasSuffix("  default-server inter 2000 source 127.0.0.1 usesrc clientip\n"), "\(text)")
        }
    }

    @Test func addressesKeepWhatTheyMean() throws {
        let backend = "\nbackend one\n  server b 10.0.0.3:+1000\n"
        try withFixture(shipped + backend) { fixture throws in
            let path = "configuration/servers"
            let server = #"{"name":"a","address":"2001:db8::1"}"#
            #expect(fixture.send("POST", path + "?backend=one&version=1", server).status == 202)
            #expect(fixture.send("GET", path + "/a?backend=one").json?["data"]?["address"] == "2001:db8::1")
            var other = try #require(fixture.send("GET", path + "/b?backend=one").json?["data"]?.object)
            other["weight"] = 9
            let body = JSONValue.object(other).text
            #expect(fixture.send("PUT", path + "/b?backend=one&version=2", body).status == 202)
            #expect(try fixture.text.hasSuffix("  server b 10.0.0.3:+1000 weight 9\n  server a [2001:db8::1]\n"))
        }
    }

    @Test func aDurationThatIsTooLongIsReadAllTheSame() throws {
        try withFixture(shipped.replacing("10s", with: "9223372036854775807us")) { fixture throws in
            let defaults = fixture.send("GET", "configuration/defaults").json?["data"]
            #expect(defaults?["client_timeout"] == 9_223_372_036_854_776)
        }
    }

    @Test func replacesGlobal() throws {
        try withFixture { fixture throws in
            var global = try #require(fixture.send("GET", "configuration/global").json?["data"]?.object)
            global["maxconn"] = 70000
            let answer = fixture.send("PUT", "configuration/global?version=1", JSONValue.object(global).text)
            #expect(answer.status == 202)
            #expect(try fixture.text == "# _version=2\n" + shipped.replacing("maxconn 60000", with: "maxconn 70000"))
        }
    }
}
