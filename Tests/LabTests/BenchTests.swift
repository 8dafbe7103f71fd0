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
                "replace-5000", "change-5000", "add-one-pair", "find-one-pair", "announce-1000", "announce-1000-v6",
                "short-cpu", "established-lost",
            ]
        )
        // That nothing is sent again either is for a machine that does nothing else.
        #expect(result.errors.contains(" 0 requests failed"), "\(result.errors)")
    }

    /// The allowance is 2 s of an idle machine; the programs here are not optimised, and others use the processor.
    @Test("The benchmark of the rebuild runs to its end, and its parts are the outage")
    func rebuild() throws {
        let result = try Subprocess.run(
            [Lab.repository + "/scripts/bench-recovery", "--smoke"],
            environment: ["APPLIANCE_NET_BIN=" + builtProgram("")]
        )
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let rows = result.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ") }
        #expect(rows.map { $0.first ?? "" } == ["first-byte-500", "outage-after-start", "backup-5000"])
        let ratios = rows.map { $0.count > 1 ? Double($0[1]) ?? .infinity : .infinity }
        // A minute or two: on a machine ten times slower, with others on it.
        #expect(ratios.allSatisfy { $0 < 100 }, "\(result.output)\(result.errors)")
        for part in ["machine", "restore", "first boot", "network", "proxy", "answer"] {
            #expect(result.errors.contains("\noutage-500 \(part): ") || result.errors.hasPrefix("outage-500 \(part): "))
        }
    }
}
