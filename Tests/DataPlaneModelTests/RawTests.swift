@testable import DataPlaneModel
import Synchronization
import TestSupport
import Testing

@Suite(.blocking) struct RawTests {
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

    @Test func tellsTheChecksum() throws {
        try withFixture { fixture throws in
            let md5 = try run("md5sum", input: shipped).prefix(32)
            #expect(fixture.send("GET", "configuration/raw").header("Configuration-Checksum") == String(md5))
            let text = shipped + "# more\n"
            let posted = post(fixture, "version=1", text).header("Configuration-Checksum")
            #expect(posted == fixture.send("GET", "configuration/raw").header("Configuration-Checksum"))
            #expect(posted != String(md5))
        }
    }

    /// Version 2.9 of the original writes the MD5 of all lines but its own.
    @Test func theHashAtTheHeadStaysRight() throws {
        try withFixture { fixture throws in
            func hash() throws -> [String] {
                let lines = try fixture.text.split(separator: "\n", omittingEmptySubsequences: false)
                let others = lines.filter { !$0.hasPrefix("# _md5hash=") }.joined(separator: "\n")
                let hash = try String(run("md5sum", input: others).prefix(32))
                #expect(lines.first.map { String($0) } == "# _md5hash=" + hash)
                return lines.filter { $0.hasPrefix("# _md5hash=") }.map { String($0) }
            }
            func add(_ name: String, version: Int) {
                let target = "configuration/backends?version=\(version)"
                #expect(fixture.send("POST", target, #"{"name":"\#(name)"}"#).status == 202)
            }
            // Where there is none, none comes.
            add("a", version: 1)
            #expect(try !fixture.text.contains("_md5hash"))
            #expect(post(fixture, "version=2", "# _md5hash=0123\n" + shipped).status == 202)
            let posted = try hash()
            add("b", version: 3)
            let changed = try hash()
            #expect(changed.count == 1 && changed != posted)
            // What was read has no head lines.
            #expect(post(fixture, "version=4", shipped).status == 202)
            #expect(try hash().count == 1)
        }
    }

    /// The lengths around a block of 64 bytes.
    @Test func md5IsThatOfTheCommand() throws {
        for length in [0, 1, 54, 55, 56, 57, 63, 64, 65, 119, 120, 128, 1000] {
            let text = String(repeating: "x", count: length)
            #expect(try MD5.hexadecimal(text) == String(run("md5sum", input: text).prefix(32)), "\(length)")
        }
    }

    @Test func v3IsPlainText() throws {
        try withFixture { fixture throws in
            let target = "/v3/services/haproxy/configuration/raw"
            func send(_ method: String, _ query: String, _ body: String, _ type: String?, _ accept: String?)
                -> APIResponse
            {
                var request = APIRequest(method, target + query, contentType: type, body: Array(body.utf8))
                request.accept = accept
                return fixture.api.respond(to: request, authorization: Fixture.authorization)
            }
            let read = send("GET", "", "", nil, "text/plain")
            #expect(read.text == shipped)
            #expect(read.header("Content-Type") == "text/plain")
            #expect(send("GET", "", "", nil, "text/*;q=0.5, application/json").text == shipped)
            let refused = send("GET", "", "", nil, "application/json")
            #expect(refused.status == 406)
            #expect(refused.message == "unsupported media type requested, only [text/plain] are available")
            let text = shipped + "\nfrontend three\n  mode tcp\n"
            let written = send("POST", "?version=1", text, "text/plain; charset=utf-8", nil)
            #expect(written.status == 202)
            #expect(written.text == text)
            #expect(send("POST", "?version=2", JSONValue.string(text).text, "application/json", nil).status == 415)
            let bad = send("POST", "?version=2", "no newline", "text/plain", nil)
            #expect(bad.status == 400)
            #expect(bad.message == "invalid configuration: no newline character found")
            #expect(bad.header("Content-Type") == "text/plain")
            #expect(bad.header("Configuration-Version") == "2")
        }
    }

    @Test(
        arguments: [
            (nil, true), ("", true), ("*/*", true), ("application/*", true),
            ("text/html, application/json;q=0.1", true),
            ("text/html", false), ("application/json;q=0, */*", false), ("APPLICATION/JSON", true),
        ] as [(String?, Bool)]
    )
    func theClientSaysWhatItTakes(accept: String?, isTaken: Bool) throws {
        try withFixture { fixture throws in
            var request = APIRequest("GET", "/v2/services/haproxy/configuration/version")
            request.accept = accept
            let status = fixture.api.respond(to: request, authorization: Fixture.authorization).status
            #expect(status == (isTaken ? 200 : 406))
        }
    }
}
