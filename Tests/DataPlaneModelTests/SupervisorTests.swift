import DataPlaneModel
import Synchronization
import TestSupport
import Testing

@Suite(.blocking) struct SupervisorTests {
    @Test func programsTheSeedsConfiguration() throws {
        try withFixture { fixture throws in
            for service in [SupervisorService.apiServer, .storage] {
                let id = try fixture.begin()
                for (path, json) in service.calls {
                    let separator = path.contains("?") ? "&" : "?"
                    let answer = fixture.send("POST", "configuration/\(path)\(separator)transaction_id=\(id)", json)
                    #expect(answer.status == 202, "\(path): \(answer.text)")
                    #expect(answer.header("Reload-ID") == nil)
                }
                let commit = fixture.send("PUT", "transactions/\(id)")
                #expect(commit.status == 202, "\(commit.text)")
                #expect(commit.json?["status"] == "success")
                let reload = try #require(commit.header("Reload-ID"))
                #expect(fixture.send("GET", "reloads/\(reload)").json?["status"] == "succeeded")
            }
            let text = try fixture.text
            let services = [SupervisorService.apiServer, .storage]
            for service in services {
                #expect(text.contains("\n" + service.sections + "\n"))
                for port in service.ports { #expect(text.contains("\n" + service.backend(port))) }
            }
            // What was there stays, byte for byte, behind the version.
            #expect(text.hasPrefix("# _version=3\n" + shipped))
            #expect(fixture.reloader.count.withLock { $0 } == 2)
            try run("haproxy", "-c", "-f", fixture.path)
        }
    }

    @Test func takesAGuestClusterAwayAgain() throws {
        try withFixture { fixture throws in
            let service = SupervisorService.apiServer
            let id = try fixture.begin()
            for (path, json) in service.calls {
                fixture.send("POST", "configuration/\(path)\(path.contains("?") ? "&" : "?")transaction_id=\(id)", json)
            }
            fixture.send("PUT", "transactions/\(id)")
            let second = try fixture.begin()
            let name = service.name
            #expect(fixture.send("DELETE", "configuration/frontends/\(name)?transaction_id=\(second)").status == 202)
            for port in service.ports {
                let path = "configuration/backends/\(name)-\(port.name)?transaction_id=\(second)"
                #expect(fixture.send("DELETE", path).status == 202)
            }
            #expect(fixture.send("PUT", "transactions/\(second)?force_reload=true").status == 200)
            #expect(try fixture.text == "# _version=3\n" + shipped)
        }
    }
}
