import Addresses
import Diagnostics
import TestSupport
import Testing

import HealthChecks
@testable import ProxyConfig

/// The configurations that the appliance meets in the field.
@Suite struct SeedTests {
    static let names = ["seed-000", "seed-001-shipped", "seed-001", "seed-002", "seed-003", "seed-004"]

    @Test(arguments: names) func agreesWithHAProxy(_ name: String) throws {
        let text = try Fixture.text(name)
        let result = ConfigurationFile(text, file: "haproxy.cfg").checked(surroundings: Oracle.surroundings)
        let verdict = try withTemporaryDirectory { try Oracle.check(text, in: $0, name: "haproxy.cfg") }
        #expect(verdict.isAccepted)
        #expect(result.model != nil, "\(result.diagnostics.map(\.rendered))")
    }

    @Test(arguments: names) func isKeptByteForByte(_ name: String) throws {
        let text = try Fixture.text(name)
        #expect(ConfigurationFile(text, file: "haproxy.cfg").text == text)
    }

    @Test func readsWhatTheSupervisorPrograms() throws {
        let file = ConfigurationFile(try Fixture.text("seed-001"), file: "haproxy.cfg")
        let result = file.checked()
        let model = try #require(result.model)
        #expect(result.diagnostics.isEmpty, "\(result.diagnostics)")
        #expect(file.version == 5)

        #expect(model.global.maxConnections == 60000)
        #expect(model.global.isMasterWorker)
        #expect(model.global.user == "haproxy")
        #expect(
            model.global.logTargets == [
                LogTarget(destination: .standardOutput, format: .raw, facility: .local0, level: .info)
            ]
        )
        #expect(model.global.statsSockets.map(\.address) == [.unix("/run/haproxy.sock")])
        #expect(model.global.statsSockets.first?.level == .admin)
        #expect(model.global.statsTimeout == 30_000)

        let prefix = "domain-c8:5071d9d4-373d-49aa-a202-4c4ed81adc3b-kube-system-kube-apiserver-lb-svc"
        let frontend = try #require(model.frontend(prefix))
        #expect(
            frontend.binds.map(\.label) == ["\(prefix)-10.13.200.34:nginx", "\(prefix)-10.13.200.34:kube-apiserver"]
        )
        #expect(frontend.binds.map { "\($0.addresses)" } == ["[10.13.200.34:443]", "[10.13.200.34:6443]"])
        #expect(frontend.useBackends.map(\.backend) == ["\(prefix)-kube-apiserver", "\(prefix)-nginx"])
        #expect(
            frontend.useBackends.map(\.condition) == [.destinationPort([6443...6443]), .destinationPort([443...443])]
        )
        #expect(frontend.logFormat == .tcp)
        #expect(frontend.omitsNullLogs && frontend.acceptsSmartly)
        #expect(frontend.clientTimeout == 10_000)
        #expect(frontend.clientFinTimeout == 10_000)
        #expect(frontend.logTag == prefix)
        #expect(frontend.logTargets == model.global.logTargets)
        #expect(frontend.quarantine.isEmpty)

        let backend = try #require(model.backend("\(prefix)-nginx"))
        #expect(backend.balance == .roundRobin)
        #expect(backend.check == CheckDefinition(.tcp))
        #expect(backend.connectTimeout == 9000)
        #expect(backend.queueTimeout == 300_000)
        #expect(backend.tunnelTimeout == 300_000)
        #expect(
            backend.servers.map { "\($0.address)" } == ["10.13.201.20:443", "10.13.201.21:443", "10.13.201.22:443"]
        )
        #expect(backend.servers.allSatisfy { $0.isChecked && $0.weight == 100 && $0.verifiesNothing })
        #expect(backend.servers.allSatisfy { $0.interval == 2000 && $0.fall == 3 && $0.rise == 2 })

        let user = try #require(model.userlist("controller")?.users.first)
        #expect(user.name == "admin")
        #expect("\(user)".contains("<hash>"))
    }

    @Test func readsAListenSectionAsTwoHalves() throws {
        let model = try #require(
            ConfigurationFile(try Fixture.text("seed-003"), file: "x").checked(surroundings: Oracle.surroundings).model
        )
        #expect(model.frontends.map(\.name) == ["main", "health_check_http_url", "stats"])
        #expect(model.frontends[0].binds[0].isV4V6)
        #expect(model.frontends[0].binds[0].addresses == [.ip(IPAddress(family: .v6, number: 0), ports: 9445...9445)])
        #expect(model.frontends.map { $0.quarantine.isEmpty } == [true, true, true])
        let masters = try #require(model.backend("masters"))
        #expect(masters.check == CheckDefinition(.http, arguments: ["GET", "/readyz", "HTTP/1.0"]))
        #expect(masters.logsHealthChecks)
        #expect(masters.servers.allSatisfy { $0.checksTLS && $0.interval == 1000 && $0.fall == 2 && $0.rise == 3 })
        #expect(model.backend("stats")?.isListen == true)
    }

    @Test func takesHTTPDefaultsForATCPFrontend() throws {
        let result = ConfigurationFile(try Fixture.text("seed-004"), file: "x").checked()
        let model = try #require(result.model)
        #expect(model.frontends.map(\.mode) == [.tcp, .http])
        #expect(model.frontends[0].logFormat == .tcp)
        #expect(model.backends[0].servers.map(\.interval) == [10_000, 10_000, 10_000])
        #expect(result.diagnostics.map(\.severity) == [.warning])
    }

    @Test func readsThePrograms() throws {
        let result = ConfigurationFile(try Fixture.text("seed-002"), file: "x").checked()
        #expect(result.diagnostics.isEmpty)
        let program = try #require(result.model?.programs.first)
        #expect(program.name == "api" && !program.startsOnReload)
        #expect(program.command.first == "dataplaneapi" && program.command.last == "--userlist=controller")
        #expect(program.command.contains("--reload-cmd=/usr/bin/systemctl reload haproxy"))
    }
}
