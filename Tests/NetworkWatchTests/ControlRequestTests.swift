import Testing

@testable import NetworkWatch

@Suite struct ControlRequestTests {
    @Test(arguments: [
        "{\"command\":\"status\"}", " { \"command\" : \"status\" } ",
        "{\"id\":12,\"command\":\"st\\u0061tus\",\"a\":true}",
    ])
    func requestsAreUnderstood(_ line: String) throws {
        #expect(try ControlRequest(line: line) == .status)
    }

    @Test(arguments: [
        "", "status", "{", "{}", "[]", "{\"command\"}", "{\"command\":}", "{\"command\":1}", "{\"command\":\"stat",
        "{\"command\":\"status\"} x", "{\"command\":\"\\", "{\"command\":\"\\u12", "{\"command\":{\"a\":1}}", "\u{0}",
        "{\"command\":\"destroy\"}", "{\"command\":\"status\",}", String(repeating: "{\"a\":", count: 1000),
    ])
    func everythingElseIsRefusedInWords(_ line: String) {
        #expect(throws: ControlError.self) { try ControlRequest(line: line) }
    }

    @Test func answersAreLines() throws {
        let answer = ControlAnswer.refused("a \"b\"\n\t\\ \u{1} ü").line(now: .zero, unixTime: 0)
        #expect(answer == "{\"error\":\"a \\\"b\\\"\\n\\t\\\\ \\u0001 ü\",\"ok\":false}")
        var report = WatchReport()
        report.since = .seconds(5)
        report.lastReconcile = WatchReport.Reconcile(at: .seconds(7), took: .milliseconds(12), changes: 3)
        #expect(
            ControlAnswer.status(report).line(now: .seconds(10), unixTime: 1000)
                == "{\"drift_count\":0,\"last_reconcile\":{\"changes\":3,\"milliseconds\":12,\"time\":997},\"ok\":true,"
                + "\"problems\":[],\"reconcile_count\":0,\"since\":995,\"state\":\"starting\"}"
        )
    }
}
