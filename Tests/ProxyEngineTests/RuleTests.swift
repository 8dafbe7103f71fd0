import Addresses
import ProxyEngine
import TestSupport
import Testing

@Suite(.blocking) struct RuleTests {
    private let a: TestServer
    private let b: TestServer

    init() throws {
        a = try TestServer.named("a")
        b = try TestServer.named("b")
    }

    /// Listeners on 127.0.0.1 and 127.0.0.2; backend `b` by rules, `a` without a match.
    private func fixture(_ rules: (_ first: UInt16, _ second: UInt16) -> [[Condition]]) throws -> EngineFixture {
        var snapshot = ProxySnapshot.single([])
        snapshot.frontends[0].listeners.append(Listener(name: "two", address: .loopback(host: 2)))
        snapshot.backends = [
            Backend(name: "a", servers: [Server("s", port: a.port)]),
            Backend(name: "b", servers: [Server("s", port: b.port)]),
        ]
        snapshot.frontends[0].defaultBackend = "a"
        let fixture = try EngineFixture(snapshot)
        snapshot.frontends[0].rules = [
            SwitchingRule(backend: "b", alternatives: rules(fixture.port(), fixture.port(host: 2)))
        ]
        try fixture.change(to: snapshot)
        return fixture
    }

    @Test func destinationPort() throws {
        let fixture = try fixture { _, second in [[Condition(.destinationPort([second...second]))]] }
        #expect(try fixture.ask() == "a")
        #expect(try fixture.ask(host: 2) == "b")
    }

    @Test func negation() throws {
        let fixture = try fixture { _, second in [[Condition(.destinationPort([second...second]), negated: true)]] }
        #expect(try fixture.ask() == "b")
        #expect(try fixture.ask(host: 2) == "a")
    }

    @Test func sourceAndDestination() throws {
        let loopback = try #require(IPNetwork("127.0.0.0/8"))
        let second = try #require(IPNetwork("127.0.0.2/32"))
        let fixture = try fixture { _, _ in [[Condition(.source([loopback])), Condition(.destination([second]))]] }
        #expect(try fixture.ask() == "a")
        #expect(try fixture.ask(host: 2) == "b")
    }

    @Test func alternatives() throws {
        let fixture = try fixture { first, second in
            [
                [Condition(.destinationPort([first...first])), Condition(.constant(false))],
                [Condition(.destinationPort([1...1, second...second]))],
            ]
        }
        #expect(try fixture.ask() == "a")
        #expect(try fixture.ask(host: 2) == "b")
    }
}
