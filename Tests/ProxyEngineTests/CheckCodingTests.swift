import HealthChecks
import ProxyEngine
import Testing

struct CheckCodingTests {
    /// What a worker is told of checks is what the master meant.
    @Test func checksComeBackFromTheirBytes() throws {
        var check = CheckSettings(interval: 500, fastInterval: 5, downInterval: 9000, endpoint: .loopback(9))
        check.tls = TLSSettings(authorities: "/ca.pem", serverName: "x.example", protocols: "h2,http/1.1")
        check.proxyHeader = ProxyHeaderOptions(version: 2, checksum: true)
        var server = Server("s1", port: 1, check: check)
        server.agent = AgentSettings(endpoint: .loopback(2), interval: 70, question: "how\n")
        server.observation = Observation(limit: 4, reaction: .suddenDeath)
        var snapshot = ProxySnapshot.single([server, Server("s2", port: 2)])
        snapshot.settings.loadsTLS = true
        snapshot.authorities = ["/ca.pem": "-----BEGIN CERTIFICATE-----"]
        snapshot.backends[0].logsChecks = true
        let definitions: [CheckDefinition] = [
            CheckDefinition(), CheckDefinition(.tcp, rules: [["connect", "port", "1"], ["expect", "string", "a b"]]),
            CheckDefinition(.http, arguments: ["GET", "/"], rules: [["send-state"]]),
            CheckDefinition(.named("mysql-check"), arguments: ["user", "bob"]), CheckDefinition(.agent),
        ]
        for definition in definitions {
            snapshot.backends[0].check = definition
            let bytes = snapshot.encoded()
            #expect(try ProxySnapshot(encoded: bytes) == snapshot)
            for count in stride(from: 0, to: bytes.count, by: 3) {
                #expect(throws: MalformedSnapshot.self) { try ProxySnapshot(encoded: Array(bytes[..<count])) }
            }
        }
    }
}
