import Appliance
import Diagnostics
import OVF
import Testing

@Suite struct SecretTests {
    @Test func neverShowsItsValue() throws {
        let secret = Secret("hunter2-hunter2")
        var dumped = ""
        dump(secret, to: &dumped)
        dump([secret] as [Secret?], to: &dumped)
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped)".contains("hunter2"))
        #expect("\(secret)" == "<secret>")
        #expect(secret.revealed() == "hunter2-hunter2")
    }

    @Test func settingsNeverShowTheirSecrets() throws {
        let settings = try #require(SettingsReader.read(try readExample("frontend.ovf-env.xml")).settings)
        var shown = "\(settings) \(String(reflecting: settings))"
        dump(settings, to: &shown)
        #expect(!shown.contains("example-password"))
        #expect(!shown.contains("example-root-password"))
        #expect(shown.contains("haproxy.local"))
    }

    @Test(arguments: [PropertyKey.rootPassword, .password, .caKey])
    func problemsNeverShowSecrets(key: PropertyKey) throws {
        for value in ["hunt\u{1}er2", "h2", String(repeating: "hunter2", count: 20)] {
            let text = String(decoding: try exampleBytes("seed000.properties.json"), as: UTF8.self)
            let lines = text.split(separator: "\n").map { line in
                line.contains(key.rawValue)
                    ? "\"\(key.rawValue)\": \"\(value.replacing("\u{1}", with: "\\u0001"))\"," : String(line)
            }
            let document = Array(lines.joined(separator: "\n").utf8)
            let reading = SettingsReader.read(try OVFEnvironment(json: document, file: "properties.json"))
            #expect(reading.settings == nil)
            let shown = reading.diagnostics.map(\.rendered).joined() + reading.problems.map { "\($0)" }.joined()
            #expect(!shown.contains("hunt"))
            #expect(!shown.contains("h2"))
            #expect(reading.problems.allSatisfy { $0.value == nil && $0.position != nil })
        }
    }
}
