import DataPlaneModel
import Files
import Glibc
import RuntimeAPI
import Synchronization
import Syscalls
import TestSupport
import Testing

/// Somebody edits the file while it is checked.
private struct EditingChecker: ConfigurationChecker {
    var path: String
    var text: String

    func errors(in text: String, file: String) -> [String] {
        do {
            try AtomicFile.replace(path, with: self.text)
            return []
        } catch {
            return ["\(error)"]
        }
    }
}

/// A change is on disk and in effect, or it has not been.
@Suite(.blocking) struct CommitTests {
    @Test func whatTheProxyRefusesIsTakenBack() throws {
        try withFixture { fixture throws in
            let alert = "[ALERT] (1) : config : [\(fixture.path):40] : no such thing\n"
            fixture.reloader.answers.withLock { $0 = [.success(ReloadAnswer(success: false, text: alert))] }
            let refused = fixture.send("POST", "configuration/frontends?version=1", #"{"name":"a"}"#)
            #expect(refused.status == 400)
            #expect(refused.message == alert)
            #expect(try fixture.text == shipped)
            #expect(fixture.send("GET", "configuration/version").text == "1\n")
            #expect(fixture.send("GET", "reloads").json?.array?.map { $0["status"] } == ["failed"])
        }
    }

    /// What the guard says of addresses reaches who made the change.
    @Test func warningsTellOfAddressesOfOthers() throws {
        try withFixture { fixture throws in
            let text = """
                bind a/one 10.13.200.33:80 added conflict 02:00:00:00:00:01
                bind a/two 10.13.200.34:80 added
                bind a/far 192.0.2.1:80 quarantined EADDRNOTAVAIL (Cannot assign requested address) outside
                guard late
                kept=0 added=2 removed=0 quarantined=1

                """
            fixture.reloader.answers.withLock { $0 = [.success(ReloadAnswer(success: true, text: text))] }
            let response = fixture.send("POST", "configuration/frontends?version=1", #"{"name":"a"}"#)
            #expect(response.status == 202)
            let warnings = response.headers.filter { $0.0 == "Warning" }.map { $0.1 }
            #expect(
                warnings == [
                    "299 - \"bind a/one 10.13.200.33:80: another host has this address, 02:00:00:00:00:01\"",
                    "299 - \"bind a/far 192.0.2.1:80: the address is in no VIP range and has no route of its own\"",
                    "299 - \"the guard has not let the change through yet\"",
                ]
            )
        }
    }

    @Test func aProxyThatIsAwayChangesNothingAndMayBeAskedAgain() throws {
        try withFixture { fixture throws in
            let id = try fixture.begin()
            fixture.send("POST", "configuration/frontends?transaction_id=\(id)", #"{"name":"a"}"#)
            let error = SystemError(code: ENOENT, operation: "connect to /run/haproxy-master.sock")
            fixture.reloader.answers.withLock { $0 = [.failure(error)] }
            let refused = fixture.send("PUT", "transactions/\(id)")
            #expect(refused.status == 500)
            #expect(refused.message.contains("connect to /run/haproxy-master.sock: ENOENT"))
            #expect(try fixture.text == shipped)
            #expect(fixture.send("PUT", "transactions/\(id)").status == 202)
            #expect(try fixture.text.contains("frontend a\n"))
        }
    }

    @Test func aProxyThatAnswersTooLateIsGivenTheFormerFile() throws {
        try withFixture { fixture throws in
            let late = SystemError(code: ETIMEDOUT, operation: "wait for the answer of /run/haproxy-master.sock")
            fixture.reloader.answers.withLock { $0 = [.failure(late)] }
            let refused = fixture.send("POST", "configuration/frontends?version=1", #"{"name":"a"}"#)
            #expect(refused.status == 500)
            #expect(refused.message.hasPrefix("the proxy did not tell whether it took the change"))
            #expect(try fixture.text == shipped)
            #expect(fixture.reloader.count.withLock { $0 } == 2)
            fixture.reloader.answers.withLock { $0 = [.failure(late), .failure(late)] }
            let unknown = fixture.send("POST", "configuration/frontends?version=1", #"{"name":"a"}"#)
            #expect(unknown.message.contains("\nwhat the proxy serves is not known until the next change: "))
        }
    }

    @Test func anEditDuringTheCheckIsNotOverwritten() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/haproxy.cfg"
            try AtomicFile.replace(path, with: shipped)
            let edited = shipped + "\n# by hand\n"
            let api = try DataPlane(
                DataPlane.Settings(path: path),
                checker: EditingChecker(path: path, text: edited),
                reloader: TestReloader()
            )
            func send(_ method: String, _ target: String, _ json: String = "") -> APIResponse {
                let request = APIRequest(method, "/v2/services/haproxy/" + target, body: Array(json.utf8))
                return api.respond(to: request, authorization: Fixture.authorization)
            }
            #expect(send("POST", "configuration/frontends?version=1", #"{"name":"a"}"#).status == 409)
            #expect(try AtomicFile.readText(path) == edited)
            try AtomicFile.replace(path, with: shipped)
            let id = try #require(send("POST", "transactions?version=3").json?["id"]?.string)
            let outdated = send("PUT", "transactions/\(id)")
            #expect(outdated.status == 406)
            #expect(outdated.message == "transaction \(id) is outdated and cannot be committed")
        }
    }

    @Test func aQuarantinedBindIsNoFailure() throws {
        try withFixture { fixture throws in
            let words =
                "bind a/10.9.9.9:80 10.9.9.9:80 quarantined EADDRNOTAVAIL\nkept=0 added=0 removed=0 quarantined=1\n"
            fixture.reloader.answers.withLock { $0 = [.success(ReloadAnswer(success: true, text: words))] }
            let answer = fixture.send("POST", "configuration/frontends?version=1", #"{"name":"a"}"#)
            #expect(answer.status == 202)
            let reload = fixture.send("GET", "reloads/\(answer.header("Reload-ID") ?? "")").json
            #expect(reload?["status"] == "succeeded")
            #expect(reload?["response"] == .string(words))
            #expect(answer.remark?.hasPrefix("bind a/10.9.9.9:80") == true)
            #expect(fixture.send("GET", "reloads/2001-01-01-1").status == 404)
        }
    }

    @Test func theFileKeepsItsModeAndNothingIsLeftBeside() throws {
        try withFixture { fixture throws in
            #expect(fixture.send("POST", "configuration/frontends?version=1", #"{"name":"a"}"#).status == 202)
            #expect(try AtomicFile.status(fixture.path)?.st_mode == 0o100640)
            let directory = AtomicFile.directory(of: fixture.path)
            #expect(try Subprocess.run(["ls", "-A", directory]).output == "haproxy.cfg\nhaproxy.cfg.history\n")
        }
    }

    @Test func aFileThatCannotBeWrittenIsNamed() throws {
        try withFixture { fixture throws in
            let directory = AtomicFile.directory(of: fixture.path)
            _ = try Subprocess.run(["chattr", "+i", directory])
            defer { _ = try? Subprocess.run(["chattr", "-i", directory]) }
            let answer = fixture.send("POST", "configuration/frontends?version=1", #"{"name":"a"}"#)
            #expect(answer.status == 500)
            #expect(answer.message.hasPrefix("the configuration was not saved: write "))
            #expect(fixture.send("GET", "configuration/frontends").json?["data"] == [])
        }
    }
}
