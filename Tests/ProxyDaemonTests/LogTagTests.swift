import ProxyConfig
import ProxyEngine
import Testing

@testable import ProxyDaemon

/// Control planes give each of thousands of services a tag of its own.
@Suite struct LogTagTests {
    @Test func tagsMakeNoGroups() throws {
        var text = "global\n  log 127.0.0.1 local0\n  log-tag all\ndefaults\n  mode tcp\n  log global\n"
        text += "frontend plain\n  bind 127.0.0.1:80\nbackend same\n  log-tag all\n"
        for number in 1...3 {
            text += "frontend f\(number)\n  bind 127.0.0.1:\(number)\n  log-tag f\(number)\n"
            text += "backend b\(number)\n  log-tag b\(number)\n"
        }
        let model = try #require(ConfigurationFile(text, file: "x").checked().model)
        var compiler = SnapshotCompiler(model, CommandLineOptions())
        let snapshot = compiler.compile()
        #expect(snapshot.logGroups.map { $0.tag } == ["all"])
        #expect(snapshot.frontends.map { $0.logTag } == [nil, "f1", "f2", "f3"])
        #expect(snapshot.backends.map { $0.logTag } == [nil, "b1", "b2", "b3"])
    }
}
