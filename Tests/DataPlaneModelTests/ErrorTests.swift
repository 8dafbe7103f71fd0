import DataPlaneModel
import Testing

@Suite struct ErrorTests {
    @Test func bodiesAreCheckedAgainstTheDescription() throws {
        try withFixture { fixture throws in
            func refused(_ path: String, _ json: String) -> (Int, Int?, String) {
                let answer = fixture.send("POST", "configuration/\(path)version=1", json)
                return (answer.status, answer.json?["code"]?.integer, answer.message)
            }
            #expect(refused("frontends?", "{}") == (422, 602, "name in body is required"))
            #expect(
                refused("frontends?", #"{"name":"a","mode":"udp"}"#)
                    == (422, 606, "mode in body should be one of [http tcp]")
            )
            #expect(refused("frontends?", #"{"name":"a b"}"#).1 == 605)
            #expect(refused("frontends?", #"{"name":"a","log_format":"x\n  bind :1"}"#).1 == 605)
            #expect(refused("frontends?", #"{"name":"a","maxconn":"9"}"#).1 == 601)
            #expect(refused("frontends?", #"{"name":"a","sticky_table":{}}"#).1 == 616)
            #expect(refused("frontends?", #"{"name":"a","sticky_table":{}}"#).2.contains("sticky_table"))
            #expect(refused("backends?", #"{"name":"a","balance":{}}"#).2 == "balance.algorithm in body is required")
            #expect(refused("binds?frontend=a&", #"{"address":"10.0.0.1","port":70000}"#).1 == 608)
            #expect(refused("binds?frontend=a&", #"{"name":"x"}"#).1 == 602)
            #expect(refused("servers?backend=a&", #"{"name":"x","address":":80"}"#).1 == 605)
            #expect(refused("nameservers?resolver=a&", #"{"name":"x","address":":53"}"#).2.hasPrefix("address in body"))
            #expect(refused("frontends?", "{").0 == 400)
            #expect(refused("frontends?", "{").2.hasPrefix("parsing data body from \"\" failed, because "))
            #expect(refused("frontends?", "") == (422, 602, "data in body is required"))
            let many = (0...1024).map { #""m\#($0)":1"# }.joined(separator: ",")
            #expect(refused("frontends?", "{\(many)}").2.contains("more than 1024 members"))
            #expect(refused("frontends?", "[]").1 == 601)
            #expect(refused("frontends?", String(repeating: "[", count: 100_000)).0 == 400)
            // null and the empty string say nothing, as in the original.
            #expect(refused("frontends?", #"{"name":"a","mode":"","maxconn":null}"#).0 == 202)
        }
    }

    @Test func objectsThatAreMissingOrThereAlready() throws {
        try withFixture { fixture throws in
            fixture.send("POST", "configuration/frontends?version=1", #"{"name":"a"}"#)
            let path = "configuration/"
            #expect(fixture.send("POST", path + "frontends?version=2", #"{"name":"a"}"#).status == 409)
            #expect(fixture.send("GET", path + "frontends/b").status == 404)
            #expect(fixture.send("PUT", path + "frontends/b?version=2", "{}").status == 404)
            #expect(fixture.send("DELETE", path + "frontends/b?version=2").status == 404)
            #expect(fixture.send("PUT", path + "frontends/a?version=2", #"{"name":"b"}"#).status == 400)
            let bind = #"{"address":"10.0.0.1","port":80}"#
            #expect(fixture.send("POST", path + "binds?frontend=b&version=2", bind).status == 400)
            #expect(fixture.send("POST", path + "binds?version=2", bind).status == 422)
            #expect(fixture.send("GET", path + "binds?frontend=b").json?["data"] == [])
            #expect(fixture.send("GET", path + "binds?parent_type=ring&parent_name=b").status == 422)
            #expect(fixture.send("GET", path + "frontends?transaction_id=x").status == 400)
        }
    }

    @Test func percentSignsThatEncodeNothingStay() {
        #expect(APIRequest("GET", "/a%3Ab/%+1%zz%2/%c3%A9?n=%2B+%").path == ["a:b", "%+1%zz%2", "é"])
    }

    @Test func pathsAndMethods() throws {
        try withFixture { fixture throws in
            #expect(fixture.send("GET", "configuration/nothing").status == 404)
            let patch = fixture.send("PATCH", "configuration/frontends")
            #expect(patch.status == 405)
            #expect(patch.header("Allow") == "GET, POST")
            let path = "//v2/services//haproxy/configuration/frontends/?&"
            #expect(fixture.sendAbsolute("GET", path).status == 200)
            #expect(fixture.sendAbsolute("GET", "/v2/?").json?.array?.isEmpty == false)
            #expect(fixture.sendAbsolute("GET", "/v2/services/haproxy/configuration").json?.array?.count == 32)
            #expect(fixture.send("GET", "configuration/frontends?version=42", "{}").status == 200)
        }
    }

    @Test func theSpecificationIsOfWhatIsServed() throws {
        try withFixture { fixture throws in
            let specification = try #require(fixture.sendAbsolute("GET", "/v2/specification").json)
            let paths = try #require(specification["paths"]?.object)
            #expect(paths["/services/haproxy/configuration/binds/{name}"]?["put"] != nil)
            let server = specification["definitions"]?["server"]?["properties"]
            #expect(server?["check"] == ["type": "string", "enum": ["enabled", "disabled"]])
            for (path, item) in paths.members.map({ ($0.name, $0.value) }) where !path.contains("{") {
                // There is neither a proxy to ask nor an appliance.
                if path.contains("/runtime/") || path.hasPrefix("/appliance/") { continue }
                guard item["get"] != nil else { continue }
                let required =
                    item["get"]?["parameters"]?.array?.filter {
                        $0["required"] == true || $0["name"]?.string?.hasPrefix("parent") == true
                    } ?? []
                let query = required.map { "\($0["name"]?.string ?? "")=\($0["enum"]?.array?.first?.string ?? "a")" }
                let target = "/v2\(path)?\(query.joined(separator: "&"))"
                let status = fixture.sendAbsolute("GET", target).status
                #expect(status == 200, "\(path)")
            }
        }
    }
}
