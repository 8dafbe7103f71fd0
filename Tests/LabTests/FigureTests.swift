import Syscalls
import TestSupport
import Testing

/// `scripts/demo.d/report.sh`: a figure over its target is told, and fails a run that says how far is too far.
@Suite("Figures", .blocking)
struct FigureTests {
    private func run(_ slack: String, _ value: String) throws -> Subprocess.Result {
        let script =
            "set -euo pipefail; source \(Lab.repository)/scripts/demo.d/report.sh; figure boot \(value) 100 ms; figures"
        return try Subprocess.run(["env", "FIGURE_SLACK=" + slack, "bash", "-c", script])
    }

    @Test("Below the slack, or without one, it is told", arguments: [("", "900"), ("3", "299.9")])
    func isTold(slack: String, value: String) throws {
        let result = try run(slack, value)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.contains("Figures over their target: 1 "))
    }

    @Test("One beyond the slack ends with 1")
    func isJudged() throws {
        let result = try run("3", "300")
        #expect(result.status == 1)
        #expect(result.errors == "Figures 3 times over their targets or more:\n  boot: 300 ms\n")
    }
}
