import DataPlaneModel
import Synchronization
import TestSupport
import Testing

/// The Supervisor's sequence as a client of v3 would send it: the file is the same.
@Suite(.blocking) struct SupervisorV3Tests {
    private static let base = "/v3/services/haproxy/"

    /// The calls of v2 in v3: parents and the index are in the path.
    private func calls(_ service: SupervisorService) -> [(path: String, json: String)] {
        service.calls.map { path, json in
            let parts = path.split(separator: "?")
            guard parts.count == 2, let parent = parts[1].split(separator: "=").last else { return (path, json) }
            switch parts[0] {
            case "backend_switching_rules":
                let body = json.replacing("\"index\":0,", with: "")
                return ("frontends/\(parent)/backend_switching_rules/0", body)
            case "binds": return ("frontends/\(parent)/binds", json)
            default: return ("backends/\(parent)/servers", json)
            }
        }
    }

    private func send(_ fixture: Fixture, _ method: String, _ path: String, _ json: String? = nil) -> APIResponse {
        fixture.sendAbsolute(method, Self.base + path, json)
    }

    private func begin(_ fixture: Fixture) throws -> String {
        let version = try #require(send(fixture, "GET", "configuration/version").json?.integer)
        return try #require(send(fixture, "POST", "transactions?version=\(version)").json?["id"]?.string)
    }

    private func program(_ fixture: Fixture, _ service: SupervisorService) throws {
        let id = try begin(fixture)
        for (path, json) in calls(service) {
            let answer = send(fixture, "POST", "configuration/\(path)?transaction_id=\(id)", json)
            #expect(answer.status == 202, "\(path): \(answer.text)")
        }
        #expect(send(fixture, "PUT", "transactions/\(id)").status == 202)
    }

    @Test func programsTheSeedsConfiguration() throws {
        try withFixture { fixture throws in
            let services = [SupervisorService.apiServer, .storage]
            for service in services { try program(fixture, service) }
            let text = try fixture.text
            for service in services {
                #expect(text.contains("\n" + service.sections + "\n"))
                for port in service.ports { #expect(text.contains("\n" + service.backend(port))) }
            }
            #expect(text.hasPrefix("# _version=3\n" + shipped))
            let bind = try #require(services.first)
            let path = "configuration/frontends/\(bind.name)/binds/\(bind.name)-\(bind.address):nginx"
            // The bare object, and its version beside it.
            let answer = send(fixture, "GET", path)
            #expect(answer.json?["port"] == 443)
            #expect(answer.header("Configuration-Version") == "3")
            try run("haproxy", "-c", "-f", fixture.path)
        }
    }

    @Test func takesAGuestClusterAwayAgain() throws {
        try withFixture { fixture throws in
            let service = SupervisorService.apiServer
            try program(fixture, service)
            let id = try begin(fixture)
            let frontend = "configuration/frontends/\(service.name)?transaction_id=\(id)"
            #expect(send(fixture, "DELETE", frontend).status == 202)
            for port in service.ports {
                let path = "configuration/backends/\(service.name)-\(port.name)?transaction_id=\(id)"
                #expect(send(fixture, "DELETE", path).status == 202)
            }
            #expect(send(fixture, "PUT", "transactions/\(id)?force_reload=true").status == 200)
            #expect(try fixture.text == "# _version=3\n" + shipped)
        }
    }
}
