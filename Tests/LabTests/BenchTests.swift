import Syscalls
import TestSupport
import Testing

/// The benchmarks measure what they say: a few rounds of each, whose times are judged by nobody.
@Suite("The benchmarks", .serialized, .blocking)
struct BenchTests {
    @Test("The benchmark of the Data Plane API runs to its end, before our proxy and before HAProxy")
    func api() throws {
        let result = try Subprocess.run(
            [Lab.repository + "/scripts/bench-api", "--smoke"],
            environment: ["APPLIANCE_NET_BIN=" + builtProgram("")]
        )
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let names = result.output.split(separator: "\n").dropFirst().map { $0.prefix { $0 != " " } }
        #expect(
            names == [
                "start", "get-backend", "list-backends", "change", "change-aim", "same-process", "transaction-of-20",
                "transaction-of-20-aim", "list-backends-after-change", "memory",
            ]
        )
        #expect(result.output.contains("same-process 1.000"))
        #expect(result.errors.contains("transaction-of-20 haproxy: "))
    }

    @Test("The benchmark of the guard runs to its end, and loses nothing")
    func guarding() throws {
        let result = try Subprocess.run(
            [Lab.repository + "/scripts/bench-guard", "--smoke"],
            environment: ["APPLIANCE_NET_BIN=" + builtProgram("")]
        )
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let names = result.output.split(separator: "\n").dropFirst().map { $0.prefix { $0 != " " } }
        #expect(
            names == [
                "replace-5000", "change-5000", "add-one-pair", "find-one-pair", "short-cpu", "established-lost",
            ]
        )
        #expect(result.output.contains("established-lost 0.000 0.000 0.000 =0 ok"))
    }
}
