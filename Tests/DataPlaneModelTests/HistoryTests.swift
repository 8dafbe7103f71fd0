import DataPlaneModel
import Files
import Glibc
import RuntimeAPI
import Synchronization
import Syscalls
import TestSupport
import Testing

/// The versions that were in effect, and the way back to them.
@Suite(.blocking) struct HistoryTests {
    private func add(_ name: String, _ fixture: Fixture, version: Int) {
        let answer = fixture.send("POST", "configuration/backends?version=\(version)", #"{"name":"\#(name)"}"#)
        #expect(answer.status == 202)
    }

    private func history(_ fixture: Fixture) -> ConfigurationHistory {
        ConfigurationHistory(directory: ConfigurationHistory.defaultDirectory(of: fixture.path))
    }

    private func versions(_ fixture: Fixture) -> [Int] {
        fixture.sendAbsolute("GET", "/v3/appliance/configuration/history").json?.array?.compactMap {
            $0["version"]?.integer
        } ?? []
    }

    @Test func everyVersionIsKeptWithoutBeingWritten() throws {
        try withFixture { fixture throws in
            add("a", fixture, version: 1)
            add("b", fixture, version: 2)
            #expect(versions(fixture) == [3, 2, 1])
            let texts = try history(fixture).entries().map { try history(fixture).text(of: $0.version) }
            #expect(texts.count == 3)
            #expect(texts[0] == shipped)
            #expect(texts[1]?.contains("backend a\n") == true && texts[1]?.contains("backend b\n") == false)
            #expect(try texts[2] == fixture.text)
            // The newest is the file itself.
            #expect(try AtomicFile.status(fixture.path)?.st_nlink == 2)
            for path in ["/v2/appliance/configuration/history/1", "/v3/appliance/configuration/history/1"] {
                let answer = fixture.sendAbsolute("GET", path)
                #expect(answer.status == 200)
                #expect(answer.text == shipped)
            }
            let present = fixture.sendAbsolute("GET", "/v3/appliance/configuration/history").json?.array?.first
            #expect(present?["in_effect"] == true)
            #expect(present?["origin"] == "api")
        }
    }

    /// A version is content: the link to the file must not be what is kept.
    @Test func editsOfAFileBehindALinkAreKept() throws {
        try withFixture { fixture throws in
            let real = fixture.path + ".real"
            try run("mv", fixture.path, real)
            try run("ln", "--symbolic", real, fixture.path)
            let texts = ["one", "two"].map { shipped + "\nbackend \($0)\n" }
            for text in texts {
                try FileDescriptor.open(real, O_WRONLY | O_TRUNC).writeAll(Array(text.utf8))
                #expect(!versions(fixture).isEmpty)
            }
            #expect(try AtomicFile.readText(real) == texts[1])
            let kept = try history(fixture).entries().map { try history(fixture).text(of: $0.version) }
            #expect(kept.contains(texts[0]) && kept.contains(texts[1]))
        }
    }

    @Test func aVersionComesBackAsANewOne() throws {
        try withFixture { fixture throws in
            add("a", fixture, version: 1)
            add("b", fixture, version: 2)
            let history = "/v3/appliance/configuration/history"
            let difference = fixture.sendAbsolute("GET", history + "/2/diff").json
            #expect(difference?["lines"]?.array?.contains("+ backend b") == true)
            #expect(fixture.sendAbsolute("POST", history + "/2/restore").status == 400)
            #expect(fixture.sendAbsolute("POST", history + "/2/restore?version=2").status == 409)
            let answer = fixture.sendAbsolute("POST", history + "/2/restore?version=3")
            #expect(answer.status == 202)
            #expect(answer.header("Reload-ID") != nil)
            #expect(try fixture.text.contains("# _version=4\n"))
            #expect(try fixture.text.contains("backend a\n"))
            #expect(try !fixture.text.contains("backend b\n"))
            #expect(fixture.send("GET", "configuration/version").text == "4\n")
            let latest = fixture.sendAbsolute("GET", history).json?.array?.first
            #expect(latest?["origin"] == "restore")
            #expect(fixture.sendAbsolute("GET", history + "/99").status == 404)
            #expect(fixture.sendAbsolute("GET", history + "/x").status == 404)
            #expect(fixture.sendAbsolute("POST", history + "/99/restore?version=4").status == 404)
            #expect(fixture.sendAbsolute("DELETE", history + "/2").header("Allow") == "GET")
        }
    }

    /// What is served of the history is in the specifications, and answers are what they say.
    @Test(arguments: ["v2", "v3"]) func theSpecificationDescribesTheHistory(version: String) throws {
        try withFixture { fixture throws in
            add("a", fixture, version: 1)
            let specification = try #require(fixture.sendAbsolute("GET", "/\(version)/specification").json)
            let paths = (specification["paths"]?.object?.members ?? []).filter {
                $0.name.hasPrefix("/appliance/configuration/")
            }
            let operations = paths.flatMap { path in
                (path.value.object?.members ?? []).map { (method: $0.name, path: path.name, operation: $0.value) }
            }
            let history = "/appliance/configuration/history"
            #expect(
                operations.map { "\($0.method) \($0.path)" }.sorted() == [
                    "get \(history)", "get \(history)/{version}", "get \(history)/{version}/diff",
                    "post \(history)/{version}/restore",
                ]
            )
            for (method, path, operation) in operations {
                let target = "/\(version)\(path.replacing("{version}", with: "1"))?version=2"
                let answer = fixture.sendAbsolute(method.uppercased(), target)
                let described = try #require(operation["responses"]?[String(answer.status)], "\(path) \(answer.status)")
                #expect((200...202).contains(answer.status), "\(path)")
                guard operation["produces"] == nil else {
                    #expect(answer.header("Content-Type") == operation["produces"]?.array?.first?.string)
                    continue
                }
                let schema = described["schema"]?["items"] ?? described["schema"]
                let name = try #require(schema?["$ref"]?.string?.split(separator: "/").last)
                let properties = specification["definitions"]?[String(name)]?["properties"]?.object?.members ?? []
                let json = answer.json?.array?.first ?? answer.json
                let members = json?.object?.members.map { $0.name } ?? []
                #expect(Set(members) == Set(properties.map { $0.name }), "\(path)")
            }
        }
    }

    @Test func whatWasRefusedWasNeverAVersion() throws {
        try withFixture { fixture throws in
            fixture.reloader.answers.withLock { $0 = [.success(ReloadAnswer(success: false, text: "no"))] }
            let target = "configuration/frontends?version=1"
            #expect(fixture.send("POST", target, #"{"name":"a"}"#).status == 400)
            #expect(versions(fixture) == [1])
            #expect(fixture.send("POST", target, #"{"name":"a"}"#).status == 202)
            #expect(versions(fixture) == [2, 1])
        }
    }

    /// Another process that changes the file is waited for, but not for ever.
    @Test func whoHoldsTheFileIsToldOf() throws {
        try withFixture(configure: { $0.patience = .zero }) { fixture throws in
            let lock = try SpawnedProcess(
                ["flock", "--no-fork", history(fixture).lockPath, "sh", "-c", "echo held; exec sleep 600"],
                output: fixture.path + ".log"
            )
            try #require(eventually(seconds: 60) { lock.log == "held\n" })
            let before = try fixture.text
            let target = "configuration/frontends?version=1"
            let answer = fixture.send("POST", target, #"{"name":"a"}"#)
            #expect(answer.status == 503)
            #expect(answer.text.contains("which another process changes"))
            #expect(try fixture.text == before)
            kill(lock.pid, SIGKILL)
            #expect(eventually(seconds: 60) { fixture.send("POST", target, #"{"name":"a"}"#).status == 202 })
        }
    }

    @Test func onlySoManyAreKept() throws {
        try withTemporaryDirectory { directory in
            let path = directory + "/haproxy.cfg"
            try AtomicFile.replace(path, with: shipped)
            var settings = DataPlane.Settings(path: path)
            settings.versionsKept = 3
            settings.historyDirectory = directory + "/kept/here"
            let api = try DataPlane(settings, checker: ModelChecker(), reloader: TestReloader())
            for version in 1...6 {
                let body = Array(#"{"name":"b\#(version)"}"#.utf8)
                let target = "/v2/services/haproxy/configuration/backends?version=\(version)"
                #expect(api.respond(to: APIRequest("POST", target, body: body)).status == 202)
            }
            let kept = ConfigurationHistory(directory: directory + "/kept/here")
            #expect(try kept.entries().map { $0.version } == [5, 6, 7])
            #expect(try AtomicFile.status(directory + "/kept/here")?.st_mode == 0o040700)
        }
    }

    /// An editor that writes into the file writes into the version that is linked to it.
    @Test func anEditInPlaceLosesNoVersion() throws {
        try withFixture { fixture throws in
            add("a", fixture, version: 1)
            let text = try fixture.text
            let descriptor = try FileDescriptor.open(fixture.path, O_WRONLY | O_APPEND)
            try descriptor.writeAll(Array("\nbackend by-hand\n".utf8))
            #expect(fixture.send("GET", "configuration/version").text == "3\n")
            #expect(try history(fixture).text(of: 2) == text)
            #expect(try history(fixture).text(of: 3) == fixture.text)
            #expect(try history(fixture).entries().map { $0.origin } == [.edit, .api, .edit])
        }
    }

    /// Both sides keep what they wrote: the edit is shown, and told to be wrong, and no change goes over it.
    @Test func anEditThatIsWrongIsTakenInAndReported() throws {
        try withFixture { fixture throws in
            let status = { fixture.sendAbsolute("GET", "/v3/appliance/status").json?["configuration"] }
            #expect(status()?["edit"] == nil)
            try AtomicFile.replace(fixture.path, with: shipped + "\nbackend by-hand\n  nonsense\n")
            let edit = try #require(status()?["edit"])
            #expect(edit["version"] == 2)
            #expect(edit["problems"]?.array?.first?.string?.contains("nonsense") == true)
            #expect(fixture.send("GET", "configuration/backends/by-hand").status == 200)
            let refused = fixture.send("POST", "configuration/backends?version=2", #"{"name":"a"}"#)
            #expect(refused.status == 400)
            #expect(refused.message.contains("nonsense"))
            try AtomicFile.replace(fixture.path, with: shipped + "\nbackend by-hand\n")
            #expect(status()?["edit"]?["problems"] == [])
            add("a", fixture, version: 3)
            #expect(try fixture.text.contains("backend by-hand\n"))
        }
    }

    private func restarted(_ path: String, _ reloader: TestReloader = TestReloader()) throws -> DataPlane {
        try DataPlane(DataPlane.Settings(path: path), checker: ModelChecker(), reloader: reloader)
    }

    /// What `appliance-net config restore` does while a daemon runs.
    @Test func aRestoreBesideTheDaemonIsKeptOnce() throws {
        try withFixture { fixture throws in
            add("a", fixture, version: 1)
            #expect(try restarted(fixture.path).restored(1).version == 3)
            #expect(fixture.send("GET", "configuration/version").text == "3\n")
            let kept = try history(fixture).entries()
            #expect(kept.map { $0.version } == [1, 2, 3])
            #expect(kept.last?.origin == .restore)
            // It was checked, and is no edit by hand.
            let status = fixture.sendAbsolute("GET", "/v3/appliance/status").json?["configuration"]
            #expect(status?["version"] == 3)
            #expect(status?["edit"] == nil)
        }
    }

    private func version(_ api: DataPlane) -> String {
        api.respond(to: APIRequest("GET", "/v2/services/haproxy/configuration/version")).text
    }

    @Test func aStartFindsWhatWasWrittenMeanwhile() throws {
        try withFixture { fixture throws in
            add("a", fixture, version: 1)
            #expect(try version(restarted(fixture.path)) == "2\n")
            #expect(try history(fixture).entries().map { $0.version } == [1, 2])
            // Somebody puts the file of long ago in place.
            try AtomicFile.replace(fixture.path, with: shipped)
            #expect(try version(restarted(fixture.path)) == "3\n")
            #expect(try version(restarted(fixture.path)) == "3\n")
            #expect(try history(fixture).entries().map { $0.version } == [1, 2, 3])
            // In place, and the version that was linked to it is gone.
            let descriptor = try FileDescriptor.open(fixture.path, O_WRONLY | O_APPEND)
            try descriptor.writeAll(Array("\n# by hand\n".utf8))
            #expect(try version(restarted(fixture.path)) == "4\n")
            #expect(try history(fixture).entries().map { $0.version } == [1, 2, 4])
            // In place, and then by another file.
            try descriptor.writeAll(Array("# again\n".utf8))
            try AtomicFile.replace(fixture.path, with: shipped)
            #expect(try version(restarted(fixture.path)) == "5\n")
            #expect(try history(fixture).entries().map { $0.version } == [1, 2, 5])
        }
    }

    /// What a kill leaves after the file was put in place and before the proxy has told.
    @Test func aChangeThatWasCutOffIsBroughtToItsEnd() throws {
        try withFixture { fixture throws in
            add("a", fixture, version: 1)
            let history = history(fixture)
            let newest = try #require(try AtomicFile.names(in: history.directory).first { $0.hasPrefix("2-") })
            rename("\(history.directory)/\(newest)", "\(history.directory)/\(newest).pending")
            let reloader = TestReloader()
            let api = try restarted(fixture.path, reloader)
            #expect(api.resume()?.contains("version 2 is in effect") == true)
            #expect(api.resume() == nil)
            #expect(reloader.count.withLock { $0 } == 1)
            #expect(try history.entries().map { $0.version } == [1, 2])

            rename("\(history.directory)/\(newest)", "\(history.directory)/\(newest).pending")
            let refusing = TestReloader()
            refusing.answers.withLock { $0 = [.success(ReloadAnswer(success: false, text: "no"))] }
            let other = try restarted(fixture.path, refusing)
            #expect(other.resume()?.contains("version 3 is version 1 again") == true)
            #expect(version(other) == "3\n")
            #expect(try !fixture.text.contains("backend a"))

            // One that was never put in place.
            let left = "\(history.directory)/4-1795282413.000000001-api.pending"
            try AtomicFile.replace(left, with: "never\n")
            #expect(try restarted(fixture.path).resume() == nil)
            #expect(try AtomicFile.status(left) == nil)
        }
    }
}
