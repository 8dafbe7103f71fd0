import DataPlaneModel
import Synchronization
import Testing

@Suite struct RawTests {
    private func post(_ fixture: Fixture, _ query: String, _ text: String, type: String = "text/plain") -> APIResponse {
        let target = "/v2/services/haproxy/configuration/raw?" + query
        return fixture.api.respond(
            to: APIRequest("POST", target, contentType: type, body: Array(text.utf8)),
            authorization: Fixture.authorization
        )
    }

    @Test func replacesTheWholeFile() throws {
        try withFixture { fixture throws in
            let text = shipped + "\nfrontend raw\n  mode tcp\n"
            let answer = post(fixture, "version=1", text)
            #expect(answer.status == 202)
            #expect(answer.json == .string(text))
            #expect(try fixture.text == "# _version=2\n" + text)
            // What is read is what was written: the version is beside it.
            #expect(fixture.send("GET", "configuration/raw").json == ["_version": 2, "data": .string(text)])
            #expect(post(fixture, "version=1", text).status == 409)
            #expect(post(fixture, "skip_version=true&force_reload=true", shipped).status == 201)
            #expect(post(fixture, "version=3&skip_reload=true", text).status == 201)
            #expect(fixture.reloader.count.withLock { $0 } == 2)
            let json = JSONValue.string(text).text
            #expect(post(fixture, "version=4", json, type: "application/json; charset=utf-8").status == 202)
            #expect(try fixture.text == "# _version=5\n" + text)
        }
    }

    @Test func validatesWithoutWriting() throws {
        try withFixture { fixture throws in
            #expect(post(fixture, "only_validate=true", shipped).status == 202)
            let bad = post(fixture, "only_validate=true", shipped + "nonsense here\n")
            #expect(bad.status == 400)
            #expect(bad.message.contains("nonsense"))
            #expect(post(fixture, "version=1", "no newline").message.contains("no newline character found"))
            #expect(post(fixture, "", shipped).status == 400)
            #expect(post(fixture, "version=1", shipped, type: "text/xml").status == 415)
            #expect(try fixture.text == shipped)
        }
    }
}
