import Syscalls
import TestSupport
import Testing

@testable import ApplianceCommands

@Suite(.blocking) struct FormerNameTests {
    @Test func knowsTheNames() {
        #expect(FormerName(program: "/var/lib/vmware/anyiproutectl") == .anyIPRoutes)
        #expect(FormerName(program: "routetablectl") == .routeTables)
        #expect(FormerName(program: "/usr/bin/appliance-net") == nil)
        #expect(FormerName.anyIPRoutes.arguments(["down"]) == ["down", "--only", "ranges"])
        #expect(FormerName.routeTables.arguments(["down"]) == ["down", "--only", "tables"])
        #expect(FormerName.routeTables.arguments([]) == nil)
        #expect(FormerName(program: "/usr/bin/haproxy-support") == .support)
        #expect(FormerName.support.arguments([]) == ["support-bundle"])
    }

    /// Each takes its half down, and up brings it back.
    @Test(arguments: [("anyiproutectl", "3", "0"), ("routetablectl", "0", "1")])
    func takesItsHalfDown(_ name: String, _ rules: String, _ ranges: String) throws {
        try withNetworkNamespace {
            try withTemporaryDirectory { directory in
                try CommandLineTests.plugIn()
                let program = try builtProgram("appliance-net")
                let root = directory + "/root"
                let example = CommandLineTests.example
                try run(program, "firstboot", "--ovf-env", example, "--root", root, "--files-only")
                try run(program, "apply", "--root", root)
                let link = directory + "/" + name
                try run("ln", "-s", program, link)
                func count(_ pattern: String, _ command: String) throws -> String {
                    try run("sh", "-c", "\(command) | grep -c '\(pattern)' || true").filter { $0 != "\n" }
                }
                // The former commands knew no root: theirs is this machine's, so the same is asked for by our name.
                let part = name == "anyiproutectl" ? "ranges" : "tables"
                try run(program, "down", "--only", part, "--root", root)
                #expect(try count("lookup rtctl\\|lookup [23]", "ip rule") == rules)
                #expect(try count("^local 10.13.200.32/27", "ip route show table local") == ranges)
                try run(program, "up", "--root", root)
                #expect(try Subprocess.run([program, "plan", "--root", root]).status == 0)
                let usage = try Subprocess.run([link, "sideways"])
                #expect(usage.status == 64)
                let help = try Subprocess.run([link, "--help"])
                #expect(help.status == 0)
                #expect(help.output == usage.errors)
                #expect(usage.errors.contains("usage: \(name) up | down | watch"))
            }
        }
    }
}

@Suite(.blocking) struct OperationTextTests {
    @Test func colorsOnATerminalOnly() throws {
        try withNetworkNamespace {
            try withTemporaryDirectory { directory in
                try CommandLineTests.plugIn()
                let program = try builtProgram("appliance-net")
                let example = CommandLineTests.example
                try run(program, "firstboot", "--ovf-env", example, "--root", directory, "--files-only")
                let plain = try Subprocess.run([program, "plan", "--root", directory]).output
                #expect(plain.contains("+ rule from 10.13.201.0/24 lookup 2\n"))
                #expect(!plain.contains("\u{1B}"))
                // Each object's lines stand together.
                let objects = plain.split(separator: "\n").map { $0.split(separator: " ")[1] }
                let groups = objects.enumerated().filter { $0.offset == 0 || objects[$0.offset - 1] != $0.element }
                #expect(groups.count == Set(objects).count)

                let command = "\(program) plan --root \(directory)"
                for (environment, isColored) in [
                    ("-u NO_COLOR TERM=xterm", true), ("NO_COLOR= TERM=xterm", true), ("NO_COLOR=1 TERM=xterm", false),
                    ("-u NO_COLOR TERM=dumb", false),
                ] {
                    let words = "env \(environment) \(command)"
                    let text = try Subprocess.run(["script", "-qec", words, "/dev/null"]).output
                    let line = "+ rule from 10.13.201.0/24 lookup 2"
                    #expect(text.contains(isColored ? "\u{1B}[32m\(line)\u{1B}[0m" : line), "\(environment)")
                    #expect(text.contains("\u{1B}[") == isColored, "\(environment)")
                }
            }
        }
    }
}
