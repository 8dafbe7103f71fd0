import DataPlaneModel
import Files
import Synchronization
import Testing

private let frontends = "configuration/frontends"

/// Who may change what when: the contract's tables of versions, transactions and writes.
@Suite struct VersionTests {
    @Test func everyWriteNeedsExactlyOneOfVersionAndTransaction() throws {
        try withFixture { fixture throws in
            let body = #"{"name":"web"}"#
            #expect(fixture.send("POST", frontends, body).message == "version or transaction not specified")
            #expect(fixture.send("POST", frontends + "?version=0", body).status == 400)
            #expect(fixture.send("POST", frontends + "?version=7", body).status == 409)
            #expect(fixture.send("POST", frontends + "?version=7", body).message == "version mismatch")
            let id = try fixture.begin()
            #expect(fixture.send("POST", frontends + "?version=1&transaction_id=\(id)", body).status == 400)
            #expect(fixture.send("POST", frontends + "?force_reload=true&transaction_id=\(id)", body).status == 400)
            let unknown = fixture.send("POST", frontends + "?transaction_id=nobody", body)
            #expect(unknown.status == 400)
            #expect(unknown.message == "transaction does not exist: nobody")
            #expect(try fixture.text == shipped)
        }
    }

    @Test func answersByWhetherTheChangeIsForcedOrTransacted() throws {
        try withFixture { fixture throws in
            let created = fixture.send("POST", frontends + "?version=1", #"{"name":"a"}"#)
            #expect(created.status == 202)
            #expect(created.header("Reload-ID")?.hasSuffix("-1") == true)
            #expect(created.header("Configuration-Version") == "2")
            let forced = fixture.send("POST", frontends + "?version=2&force_reload=true", #"{"name":"b"}"#)
            #expect(forced.status == 201)
            #expect(forced.header("Reload-ID") == nil)
            #expect(fixture.send("PUT", frontends + "/a?version=3", #"{"maxconn":9}"#).status == 202)
            #expect(fixture.send("PUT", frontends + "/a?version=4&force_reload=true", #"{"maxconn":8}"#).status == 200)
            // Nothing to change is no new version.
            let same = fixture.send("PUT", frontends + "/a?version=5", #"{"name":"a","maxconn":8}"#)
            #expect(same.status == 200)
            #expect(same.header("Reload-ID") == nil)
            #expect(fixture.send("DELETE", frontends + "/a?version=5").status == 202)
            #expect(fixture.send("DELETE", frontends + "/b?version=6&force_reload=true").status == 204)
            #expect(fixture.send("GET", "configuration/version").text == "7\n")
        }
    }

    @Test func aCommitOutdatesTheOthers() throws {
        try withFixture { fixture throws in
            let (first, second) = (try fixture.begin(), try fixture.begin())
            for (id, name) in [(first, "a"), (second, "b")] {
                fixture.send("POST", frontends + "?transaction_id=\(id)", #"{"name":"\#(name)"}"#)
            }
            // Neither sees what the other does.
            let list = fixture.send("GET", frontends + "?transaction_id=\(first)").json?["data"]?.array
            #expect(list?.map { $0["name"] } == ["a"])
            #expect(fixture.send("PUT", "transactions/\(first)").status == 202)
            let late = fixture.send("PUT", "transactions/\(second)")
            #expect(late.status == 406)
            #expect(late.message == "transaction \(second) is outdated and cannot be committed")
            #expect(fixture.send("GET", "transactions/\(second)").json?["status"] == "outdated")
            #expect(fixture.send("DELETE", "transactions/\(second)").status == 204)
            for method in ["GET", "PUT", "DELETE"] {
                #expect(fixture.send(method, "transactions/\(second)").status == 404)
            }
            let text = try fixture.text
            #expect(!text.contains("frontend b"))
        }
    }

    @Test func anEmptyCommitIsANewVersion() throws {
        try withFixture { fixture throws in
            let id = try fixture.begin()
            let commit = fixture.send("PUT", "transactions/\(id)?force_reload=true")
            #expect(commit.status == 200)
            #expect(commit.json?["status"] == "success")
            #expect(fixture.send("GET", "configuration/version").text == "2\n")
        }
    }

    @Test func onlyLiveTransactionsCount() throws {
        try withFixture { fixture throws in
            for _ in 0..<20 { _ = try fixture.begin() }
            let refused = fixture.send("POST", "transactions?version=1")
            #expect(refused.status == 429)
            #expect(refused.message.contains("reached the maximum amount of 20 active transactions"))
            fixture.advance(900)
            #expect(fixture.send("POST", "transactions?version=1").status == 201)
            #expect(fixture.send("GET", "transactions").json?.array?.count == 1)
            #expect(fixture.send("GET", "transactions?status=failed").json == [])
            #expect(fixture.send("POST", "transactions?version=2").status == 409)
            #expect(fixture.send("POST", "transactions").status == 422)
        }
    }

    /// Each holds a configuration: those that can only be looked at are no more than those that may be open.
    @Test func outdatedTransactionsAreForgottenSoonIfThereAreMany() throws {
        try withFixture { fixture throws in
            for version in 1...25 {
                _ = try fixture.begin()
                let name = #"{"name":"b\#(version)"}"#
                #expect(fixture.send("POST", "configuration/backends?version=\(version)", name).status == 202)
            }
            #expect(fixture.send("GET", "transactions?status=outdated").json?.array?.count == 20)
        }
    }

    @Test func whatTheCheckRefusesStaysRefused() throws {
        try withFixture { fixture throws in
            let id = try fixture.begin()
            fixture.send("POST", frontends + "?transaction_id=\(id)", #"{"name":"a","default_backend":"missing"}"#)
            let refused = fixture.send("PUT", "transactions/\(id)")
            #expect(refused.status == 400)
            #expect(refused.message.hasPrefix("\(fixture.path):30:19: error: "))
            #expect(refused.message.contains("missing"))
            #expect(fixture.send("GET", "transactions/\(id)").json?["status"] == "failed")
            #expect(fixture.send("PUT", "transactions/\(id)").status == 406)
            #expect(fixture.send("POST", frontends + "?transaction_id=\(id)", #"{"name":"b"}"#).status == 406)
            #expect(try fixture.text == shipped)
            #expect(fixture.reloader.count.withLock { $0 } == 0)
        }
    }

    @Test(arguments: ["9223372036854775807", "99999999999999999999", "0", "-3", "x"])
    func aVersionThatCannotBeCountedOnIsOne(version: String) throws {
        try withFixture("# _version=\(version)\n" + shipped) { fixture throws in
            #expect(fixture.send("GET", "configuration/version").text == "1\n")
            #expect(fixture.send("POST", frontends + "?version=1", #"{"name":"a"}"#).status == 202)
            #expect(try fixture.text.hasPrefix("# _version=2\n" + shipped))
        }
    }

    @Test func anEditByHandIsANewVersionAndIsNotLost() throws {
        try withFixture { fixture throws in
            let id = try fixture.begin()
            fixture.send("POST", frontends + "?transaction_id=\(id)", #"{"name":"a"}"#)
            try AtomicFile.replace(fixture.path, with: shipped + "\nfrontend hand\n  mode tcp\n", mode: 0o640)
            #expect(fixture.send("PUT", "transactions/\(id)").status == 406)
            #expect(fixture.send("GET", "configuration/version").text == "2\n")
            #expect(fixture.send("POST", frontends + "?version=2", #"{"name":"b"}"#).status == 202)
            #expect(try fixture.text.hasPrefix("# _version=3\n" + shipped + "\nfrontend hand\n"))
        }
    }
}
