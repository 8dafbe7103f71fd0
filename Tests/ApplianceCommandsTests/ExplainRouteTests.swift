import Files
import NetworkTestSupport
import Syscalls
import TestSupport
import Testing

/// `appliance-net explain route`: what it prints, and its exit codes.
@Suite(.blocking) struct ExplainRouteTests {
    private static func explain(_ root: Root, _ arguments: String...) throws -> Subprocess.Result {
        try Subprocess.run(
            [try builtProgram("appliance-net"), "explain", "route"] + arguments + ["--root", root.prefix]
        )
    }

    @Test func tellsTheWayAndWhereItDiffers() throws {
        try inAppliance { root in
            #expect(try WatchTests.program(root.prefix, "apply").status == 0)
            let asked = try Self.explain(root, "10.13.200.34", "203.0.113.9")
            #expect(asked.status == 0, "\(asked.errors)")
            // The page shows exactly this.
            #expect(try DocumentationTests.page("cli.md").contains("203.0.113.9\n\(asked.output)```\n"))

            let json = try Self.explain(root, "203.0.113.9", "10.13.200.34", "--json")
            #expect(json.status == 0)
            try CommandLineTests.expectDocumented(json.output)
            let picked = try run(
                "jq",
                "-c",
                "[.as_configured, .legs[].kind, .legs[1].kernel.gateway]",
                input: json.output
            )
            #expect(picked == #"[true,"incoming","reply","10.13.200.1"]"# + "\n")

            try run("ip", "rule", "delete", "priority", "1003")
            let differs = try Self.explain(root, "10.13.200.34", "203.0.113.9")
            #expect(differs.status == 2)
            #expect(differs.output.contains("because rule 1003: from 10.13.200.0/24 lookup 3 is not there\n"))
            #expect(differs.output.contains("    remedy      appliance-net apply"))
        }
    }

    @Test func looksAtTheKernelWhereTheFilesAreWrong() throws {
        try inAppliance { root in
            #expect(try WatchTests.program(root.prefix, "apply").status == 0)
            try TestAppliance.writeRanges(root, "nonsense")
            let asked = try Self.explain(root, "10.13.200.34", "203.0.113.9")
            #expect(asked.output.contains("    rule        1003: from 10.13.200.0/24 lookup 3\n"))
            #expect(!asked.output.contains("as the configuration says"))
            #expect(asked.errors.contains("cannot be compared until that is mended"))
        }
    }

    @Test func refusesWhatItCannotFollow() throws {
        try inAppliance { root in
            #expect(try Self.explain(root, "10.13.200.34", "fd00::1").status == 64)
            #expect(try Self.explain(root, "10.13.200.34", "example").status == 64)
            #expect(try Self.explain(root, "203.0.113.9", "10.13.200.34", "--interface", "no").status == 64)
            let foreign = try Self.explain(root, "203.0.113.9", "198.51.100.7")
            #expect(foreign.status == 1)
            #expect(foreign.output == "")
            #expect(foreign.errors.contains("neither address is the appliance's"))
        }
    }
}
