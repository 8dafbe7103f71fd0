import DataPlaneModel
import Files
import Synchronization
import Testing

/// How each client of the contract's table speaks, and what it needs to read back.
@Suite struct ClientQuirkTests {
    private func send(
        _ fixture: Fixture,
        _ method: String,
        _ target: String,
        _ body: String = "",
        type: String? = nil
    ) -> APIResponse {
        fixture.api.respond(
            to: APIRequest(method, target, contentType: type, body: Array(body.utf8)),
            authorization: Fixture.authorization
        )
    }

    /// Cluster API's provider for vSphere, 0.6 and 0.7.
    @Test func capv() throws {
        try withFixture { fixture throws in
            let v1 = "/v1/services/haproxy"
            let abandoned = try fixture.begin()
            let open = send(fixture, "GET", v1 + "/transactions?status=in_progress").json?.array
            #expect(open?.map { $0["id"]?.string } == [abandoned])
            #expect(send(fixture, "PUT", v1 + "/transactions/\(abandoned)?force_reload=true").status == 200)
            let global = try #require(send(fixture, "GET", v1 + "/configuration/global").json)
            let version = try #require(global["_version"]?.integer)
            #expect(global["data"]?["maxconn"] == 60000)
            let started = send(fixture, "POST", v1 + "/transactions?version=\(version)")
            #expect(started.status == 201)
            let id = try #require(started.json?["id"]?.string)
            let raw = try #require(send(fixture, "GET", v1 + "/configuration/raw?transaction_id=\(id)").json)
            let text = try #require(raw["data"]?.string) + "\nfrontend capv\n  mode tcp\n"
            let target = v1 + "/configuration/raw?version=\(version)"
            #expect(send(fixture, "POST", target, text, type: "text/plain").status == 202)
            let commit = send(fixture, "PUT", v1 + "/transactions/\(id)?force_reload=true")
            #expect(commit.status == 200)
            #expect(commit.json?["status"] == "success")
            #expect(try fixture.text.contains("frontend capv"))
            // What it sends next on the former version is told by status and `code`.
            let late = send(fixture, "POST", target, text, type: "text/plain")
            #expect(late.status == 409)
            #expect(late.json?["code"] == 409)
            #expect(send(fixture, "GET", v1 + "/configuration/frontends").status == 404)
            #expect(send(fixture, "DELETE", v1 + "/configuration/raw").header("Allow") == "GET, POST")
        }
    }

    /// A commit in /v1 passes over nothing that was written.
    @Test func capvLosesNoChange() throws {
        try withFixture { fixture throws in
            let id = try fixture.begin()
            fixture.send("POST", "configuration/frontends?transaction_id=\(id)", #"{"name":"a"}"#)
            fixture.send("POST", "configuration/frontends?version=1", #"{"name":"b"}"#)
            #expect(send(fixture, "PUT", "/v1/services/haproxy/transactions/\(id)").status == 406)
        }
    }

    /// terraform, SepehrImanian: a transaction around everything, even reads; parents by type and name.
    @Test func terraformWithTransactions() throws {
        try withFixture { fixture throws in
            fixture.send("POST", "configuration/backends?version=1", #"{"name":"b"}"#)
            let read = try fixture.begin()
            #expect(fixture.send("GET", "configuration/backends/b?transaction_id=\(read)").status == 200)
            #expect([200, 202].contains(fixture.send("PUT", "transactions/\(read)").status))
            let id = try fixture.begin()
            let parent = "parent_type=backend&parent_name=b&transaction_id=\(id)"
            let server = #"{"name":"s","address":"10.0.0.1","port":80}"#
            #expect(fixture.send("POST", "configuration/servers?" + parent, server).status == 202)
            #expect(fixture.send("GET", "configuration/servers/s?" + parent).json?["data"]?["port"] == 80)
            #expect([200, 202].contains(fixture.send("PUT", "transactions/\(id)").status))
        }
    }

    /// terraform, cepitacio: tries again on these words.
    @Test func terraformThatReadsMessages() throws {
        try withFixture { fixture throws in
            let path = "configuration/frontends"
            let body = #"{"name":"a"}"#
            let mismatch = fixture.send("POST", path + "?version=9", body)
            #expect(mismatch.status == 409)
            #expect(mismatch.message.contains("version mismatch"))
            let missing = fixture.send("POST", path, body)
            #expect(missing.status == 400)
            #expect(missing.message.contains("version or transaction not specified"))
            let unknown = fixture.send("POST", path + "?transaction_id=x", body)
            #expect(unknown.status == 400)
            #expect(unknown.message.contains("transaction does not exist"))
            let id = try fixture.begin()
            fixture.send("POST", path + "?version=1", body)
            let outdated = fixture.send("PUT", "transactions/\(id)")
            #expect(outdated.status == 406)
            #expect(outdated.message == "transaction \(id) is outdated and cannot be committed")
        }
    }

    /// The same with v3: bare bodies, nested paths, the same words.
    @Test func terraformThatReadsMessagesOfV3() throws {
        try withFixture { fixture throws in
            let path = "/v3/services/haproxy/configuration/"
            let type = "application/json"
            let started = send(fixture, "POST", "/v3/services/haproxy/transactions?version=1")
            let id = try #require(started.json?["id"]?.string)
            let inside = "?transaction_id=\(id)"
            #expect(send(fixture, "POST", path + "backends" + inside, #"{"name":"b"}"#, type: type).status == 202)
            let server = #"{"name":"s","address":"10.0.0.1","port":80}"#
            let servers = path + "backends/b/servers"
            #expect(send(fixture, "POST", servers + inside, server, type: type).status == 202)
            #expect(send(fixture, "GET", servers + "/s" + inside).json?["port"] == 80)
            let mismatch = send(fixture, "POST", path + "backends?version=9", #"{"name":"c"}"#, type: type)
            #expect(mismatch.status == 409)
            #expect(mismatch.message.contains("version mismatch"))
            let missing = send(fixture, "POST", path + "backends", #"{"name":"c"}"#, type: type)
            #expect(missing.message.contains("version or transaction not specified"))
            _ = send(fixture, "POST", path + "backends?version=1", #"{"name":"c"}"#, type: type)
            let outdated = send(fixture, "PUT", "/v3/services/haproxy/transactions/\(id)")
            #expect(outdated.status == 406)
            #expect(outdated.message == "transaction \(id) is outdated and cannot be committed")
        }
    }

    /// terraform, pderuiter: v3 with `version=` for each call, and PUT of whole lists.
    @Test func terraformWithWholeLists() throws {
        try withFixture { fixture throws in
            let path = "/v3/services/haproxy/configuration/"
            let type = "application/json"
            func version() -> String {
                send(fixture, "GET", path + "version").text.filter { $0.isNumber }
            }
            for (place, body) in [
                ("backends", #"{"name":"b","mode":"tcp"}"#), ("frontends", #"{"name":"f","mode":"tcp"}"#),
                ("frontends/f/binds", #"{"name":"x","address":"10.0.0.1","port":80}"#),
            ] {
                let answer = send(fixture, "POST", "\(path)\(place)?version=\(version())", body, type: type)
                #expect(answer.status == 202, "\(place): \(answer.text)")
                #expect(answer.header("Configuration-Version") == version())
            }
            let rules = path + "frontends/f/backend_switching_rules"
            let list = #"[{"name":"b","cond":"if","cond_test":"{ dst_port 80 }"},{"name":"b"}]"#
            #expect(send(fixture, "PUT", "\(rules)?version=\(version())", list, type: type).status == 202)
            #expect(send(fixture, "GET", rules).json?.array?.count == 2)
            #expect(send(fixture, "GET", rules + "/0").json?["cond_test"] == "{ dst_port 80 }")
            #expect(send(fixture, "PUT", "\(rules)?version=\(version())", "[]", type: type).status == 202)
            #expect(send(fixture, "GET", rules).json == [])
        }
    }

    /// Other terraform providers: the version of GET raw, trailing slashes, both spellings of the parent at once.
    @Test func terraformOfOthers() throws {
        try withFixture { fixture throws in
            let version = try #require(fixture.send("GET", "configuration/raw/").json?["_version"]?.integer)
            fixture.send("POST", "configuration/frontends/?version=\(version)", #"{"name":"f"}"#)
            let parent = "frontend=f&parent_type=frontend&parent_name=f"
            let bind = #"{"name":"x","address":"10.0.0.1","port":80}"#
            #expect(fixture.send("POST", "configuration/binds/?\(parent)&version=2", bind).status == 202)
            #expect(fixture.send("GET", "configuration/binds/x/?\(parent)").status == 200)
        }
    }

    /// wazuh: `//`, versions where none are needed, `force_reload`, health without a password.
    @Test func wazuh() throws {
        try withFixture { fixture throws in
            let base = "//v2//services/haproxy//configuration"
            #expect(send(fixture, "GET", base + "/backends?version=1", "{}", type: "application/json").status == 200)
            let created = send(
                fixture,
                "POST",
                base + "/backends?version=1&force_reload=true",
                #"{"name":"w"}"#,
                type: "application/json"
            )
            #expect(created.status == 201)
            #expect(send(fixture, "DELETE", base + "/backends/w?&version=2&force_reload=true", "{}").status == 204)
            let health = fixture.api.respond(to: APIRequest("GET", "/health"), authorization: nil)
            #expect(health.json == ["haproxy": "up"])
            #expect(send(fixture, "GET", "/v2/health?").json == ["haproxy": "up"])
        }
    }

    /// OpenShift's lbconfig-operator: the version of GET sites, and what is there.
    @Test func lbconfigOperator() throws {
        try withFixture { fixture throws in
            #expect(fixture.send("GET", "sites").json == ["_version": 1, "data": []])
            let service = SupervisorService.apiServer
            let id = try fixture.begin()
            for (path, json) in service.calls {
                fixture.send("POST", "configuration/\(path)\(path.contains("?") ? "&" : "?")transaction_id=\(id)", json)
            }
            let open = fixture.send("GET", "sites/\(service.name)?transaction_id=\(id)")
            #expect(open.json?["_version"] == 1)
            fixture.send("PUT", "transactions/\(id)")
            let answer = fixture.send("GET", "sites")
            #expect(answer.header("Configuration-Version") == "2")
            let site = try #require(answer.json?["data"]?.array?.first)
            #expect(site["name"] == .string(service.name))
            #expect(site["service"]?["mode"] == "tcp")
            #expect(site["service"]?["listeners"]?.array?.count == 2)
            let farms = try #require(site["farms"]?.array)
            #expect(farms.map { $0["use_as"] } == ["conditional", "conditional"])
            #expect(farms.map { $0["cond_test"] } == ["{ dst_port 6443 }", "{ dst_port 443 }"])
            #expect(farms.first?["servers"]?.array?.count == 3)
            #expect(open.json?["data"] == site)
            #expect(fixture.send("GET", "sites/nobody").status == 404)
        }
    }

    /// infratographer: asks what would be refused, then writes over whatever is there.
    @Test func infratographer() throws {
        try withFixture { fixture throws in
            let raw = "/v2/services/haproxy/configuration/raw"
            let text = shipped + "\nfrontend i\n  mode tcp\n"
            #expect(send(fixture, "POST", raw + "?only_validate=true", text, type: "text/plain").status == 202)
            #expect(try fixture.text == shipped)
            #expect(send(fixture, "POST", raw + "?skip_version=true", text, type: "text/plain").status == 202)
            #expect(try fixture.text.contains("frontend i"))
        }
    }

    /// consul-connect, nomad-connector and others: 409 and 406 as conflict, both headers.
    @Test func connectors() throws {
        try withFixture { fixture throws in
            let first = fixture.send("POST", "configuration/backends?version=1", #"{"name":"a"}"#)
            #expect(first.header("Configuration-Version") == "2")
            let reload = try #require(first.header("Reload-ID"))
            #expect(fixture.send("GET", "reloads/\(reload)").json?["status"] == "succeeded")
            let conflict = fixture.send("POST", "configuration/backends?version=1", #"{"name":"b"}"#)
            #expect(conflict.status == 409)
            // The refusal tells the version to go on with.
            #expect(conflict.header("Configuration-Version") == "2")
            #expect(fixture.send("GET", "transactions").header("Configuration-Version") == "2")
        }
    }
}
