import Files
import Foundation
import Syscalls
import NetworkTestSupport
import TestSupport
import Testing

/// The program itself: exit codes, what goes to which stream, and that nothing is applied half.
@Suite(.blocking) struct CommandLineTests {
    @Test func validPropertiesAreValid() throws {
        let result = try program("validate", "--ovf-env", Self.example)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "valid\n")
    }

    @Test(arguments: [
        ("<a>", "error: "), ("<!DOCTYPE a [<!ENTITY b \"c\">]><a/>", "DOCTYPE"), ("", "error: "),
        ("<Environment/>", "error: "),
    ])
    func badEnvironmentsAre65WithPlaceAndRemedy(_ text: String, _ expected: String) throws {
        try withTemporaryDirectory { directory in
            let file = directory + "/ovf-env.xml"
            try AtomicFile.replace(file, with: text)
            for command in ["validate", "firstboot"] {
                let result = try program(command, "--ovf-env", file, "--root", directory + "/root")
                #expect(result.status == 65)
                #expect(result.errors.contains(file + ":"))
                #expect(result.errors.contains(expected))
                #expect(result.errors.contains("remedy: "))
                let json = try program(command, "--json", "--ovf-env", file, "--root", directory + "/root")
                #expect(try run("jq", "-c", "[.valid, (.problems | length)]", input: json.output) == "[false,1]\n")
            }
            #expect(try run("ls", directory) == "ovf-env.xml\n")
        }
    }

    @Test func everyProblemIsShownAtOnce() throws {
        try withTemporaryDirectory { directory in
            let text = try #require(try AtomicFile.readText(Self.example))
                .replacing("10.13.201.10/24", with: "10.13.201.10/33")
                .replacing("\"10.13.200.1\"", with: "\"10.13.99.1\"")
                .replacing("10.13.200.32/27", with: "10.13.200.0/27")
                .replacing("\"5556\"", with: "\"0\"")
            try AtomicFile.replace(directory + "/bad.xml", with: text)
            let result = try program("validate", "--json", "--ovf-env", directory + "/bad.xml")
            #expect(result.status == 65)
            let keys = ["workload_ip", "frontend_gateway", "service_ip_range", "dataplane_port"]
            for key in keys { #expect(result.output.contains(key), "\(key) in \(result.output)") }
            #expect(try run("jq", ".valid", input: result.output) == "false\n")
            let places = try run("jq", "[.problems[] | select(.line == null)] | length", input: result.output)
            #expect(places == "0\n")
        }
    }

    @Test(arguments: [["nonsense"], ["plan", "--nonsense"], ["validate", "--ovf-env", "a", "--properties", "b"]])
    func usageIs64(_ arguments: [String]) throws {
        let result = try Subprocess.run([try builtProgram("appliance-net")] + arguments)
        #expect(result.status == 64)
        #expect(result.output == "")
    }

    /// `--root "$DIR"` with DIR unset must not mean this machine.
    @Test func anEmptyRootIs64() throws {
        for command in ["validate", "plan", "status"] {
            #expect(try program(command, "--root", "").status == 64)
        }
    }

    @Test func aRootIsADirectory() throws {
        try withTemporaryDirectory { directory in
            for command in ["plan", "apply", "status", "try", "down", "confirm", "rollback", "resume", "watch"] {
                let missing = try program(command, "--root", directory + "/typo")
                #expect(missing.status == 78)
                #expect(missing.errors.contains("\(directory)/typo: error: there is no such directory\n"))
                let file = try program(command, "--root", "/etc/passwd")
                #expect(file.status == 64)
                #expect(file.errors.contains("/etc/passwd is no directory"))
            }
            #expect(try run("ls", "-A", directory) == "")
        }
    }

    /// Ten thousand mistakes do not scroll the first away; validate shows them all.
    @Test func showsTheFirstProblemsOnly() throws {
        try withTemporaryDirectory { directory in
            _ = try program("firstboot", "--ovf-env", Self.example, "--root", directory, "--files-only")
            let ranges = (0..<10_000).map { "10.\($0)/28\n" }.joined()
            try AtomicFile.replace(directory + "/etc/vmware/anyip-routes.cfg", with: ranges)
            let plan = try program("plan", "--root", directory)
            #expect(plan.status == 78)
            #expect(plan.errors.split(separator: "\n").count == 20 * 4 + 1)
            #expect(plan.errors.hasSuffix("\nand 9980 more; appliance-net validate shows them all\n"))
            let all = try program("validate", "--root", directory)
            #expect(all.output == "invalid: 10000 errors\n")
            #expect(all.errors.split(separator: "\n").count == 40_000)
        }
    }

    /// A history that may not be read is not an empty one.
    @Test func historyWithoutRootIs77() throws {
        try inAppliance { root in
            #expect(try program("apply", "--root", root.prefix).status == 0)
            try run("chmod", "0755", root.prefix)
            try run("chmod", "0711", root.prefix + "/var/lib/appliance-net/generations")
            for mode in ["0711", "0755"] {
                try run("chmod", mode, root.prefix + "/var/lib/appliance-net/generations")
                let nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
                let arguments = [try builtProgram("appliance-net"), "history", "--root", root.prefix]
                let result = try Subprocess.run(nobody + arguments)
                #expect(result.status == 77, "\(result.errors)")
                #expect(result.errors.contains("EACCES"))
                #expect(!result.errors.contains("nothing was applied yet"))
            }
        }
    }

    /// What would need root says so before it changes anything.
    @Test func firstbootWithoutRootIs77() throws {
        try withTemporaryDirectory { directory in
            let arguments = ["firstboot", "--ovf-env", Self.example, "--root", directory]
            let result = try Subprocess.run(["unshare", "--user", try builtProgram("appliance-net")] + arguments)
            #expect(result.status == 77, "\(result.errors)")
            #expect(result.errors.contains("nothing was changed"))
            #expect(try run("ls", "-A", directory) == "")
        }
    }

    @Test(arguments: [
        ("lock", ["apply"]), ("lock", ["down"]),
        ("firstboot.lock", ["firstboot", "--files-only", "--ovf-env", CommandLineTests.example]),
    ])
    func aSecondRunAtOnceIs75(_ name: String, _ command: [String]) throws {
        try withNetworkNamespace {
            try withTemporaryDirectory { directory in
                _ = try program("firstboot", "--ovf-env", Self.example, "--root", directory, "--files-only")
                guard let lock = try FileLock.acquire(directory + "/run/appliance-net/" + name) else {
                    Issue.record("nobody holds the lock")
                    return
                }
                let result = try Subprocess.run([try builtProgram("appliance-net")] + command + ["--root", directory])
                #expect(result.status == 75)
                #expect(result.errors.contains("remedy: "))
                lock.release()
                #expect(try program("down", "--root", directory).status == 0)
            }
        }
    }

    /// `--files-only` never touches the kernel, not even where there are no properties.
    @Test func filesOnlyAppliesNothing() throws {
        try withNetworkNamespace {
            try withTemporaryDirectory { directory in
                _ = try program("firstboot", "--ovf-env", Self.example, "--root", directory, "--files-only")
                let result = try program("firstboot", "--root", directory, "--files-only")
                #expect(result.status == 65)
                #expect(try !run("ip", "rule").contains("lookup 2"))
            }
        }
    }

    @Test func wrongFilesAre78WithACaret() throws {
        try withTemporaryDirectory { directory in
            _ = try program("firstboot", "--ovf-env", Self.example, "--root", directory, "--files-only")
            let path = directory + "/etc/vmware/route-tables.cfg"
            let text = try #require(try AtomicFile.readText(path))
            try AtomicFile.replace(path, with: text.replacing(",10.13.201.1\n", with: ",10.99.0.1\n"))
            for command in ["plan", "apply", "status", "try"] {
                let result = try program(command, "--root", directory)
                #expect(result.status == 78)
                #expect(result.errors.contains("2,workload,00:50:56:b4:ca:fd,10.13.201.10/24,10.99.0.1\n"))
                #expect(result.errors.contains("^\n"))
                let json = try program(command, "--json", "--root", directory)
                try Self.expectDocumented(json.output)
                #expect(try run("jq", ".problems[0].line > 0", input: json.output) == "true\n")
            }
            #expect(try program("validate", "--root", directory).status == 65)
        }
    }

    /// Every name of the JSON stands in docs/cli.md.
    static func expectDocumented(_ json: String) throws {
        let page = try DocumentationTests.page("cli.md")
        let names = try run("jq", "-r", "[.. | objects | keys[]] | unique[]", input: json).split(separator: "\n")
        #expect(!names.isEmpty)
        for name in names {
            #expect(page.contains("`\(name)`") || page.contains("\"\(name)\""), "\(name) is not in docs/cli.md")
        }
    }

    @Test func anUnknownKeywordOfTheProxyIsFound() throws {
        try withTemporaryDirectory { directory in
            _ = try program("firstboot", "--ovf-env", Self.example, "--root", directory, "--files-only")
            #expect(try program("validate", "--root", directory).status == 0)
            let path = directory + "/etc/haproxy/haproxy.cfg"
            let text = try #require(try AtomicFile.readText(path))
            try AtomicFile.replace(path, with: text + "\nbackend b\n  blance roundrobin\n", mode: 0o640)
            let result = try program("validate", "--root", directory)
            #expect(result.status == 65)
            #expect(result.errors.contains("blance"))
            #expect(result.errors.contains("balance"))
        }
    }

    /// From nothing to configured and down again, in a namespace with the example's adapters.
    @Test func planApplyStatusDown() throws {
        try withNetworkNamespace {
            try withTemporaryDirectory { directory in
                try Self.plugIn()
                _ = try program("firstboot", "--ovf-env", Self.example, "--root", directory, "--files-only")
                let plan = try program("plan", "--root", directory, "--json")
                #expect(plan.status == 2)
                let rules = #"[.operations[] | select(.object == "rule") | .description]"#
                let expected =
                    #"["from 10.13.201.0/24 lookup 2","from 10.13.200.0/24 lookup 3","from all to 10.13.21.0/24 lookup 2"]"#
                #expect(try run("jq", "-c", rules, input: plan.output) == expected + "\n")
                try Self.expectDocumented(plan.output)

                let apply = try program("apply", "--root", directory)
                #expect(apply.status == 0, "\(apply.errors)")
                #expect(apply.output.contains("+ rule from 10.13.201.0/24 lookup 2\n"))
                #expect(try program("apply", "--root", directory).output == "")
                #expect(try program("plan", "--root", directory).status == 0)
                let status = try program("status", "--root", directory, "--json")
                #expect(status.status == 0)
                #expect(try run("jq", ".in_sync", input: status.output) == "true\n")
                try Self.expectDocumented(status.output)

                try AtomicFile.replace(directory + "/etc/resolv.conf", with: "nameserver 192.0.2.1\n")
                let change = try program("plan", "--root", directory, "--json")
                let difference = #"[.operations[] | .object, .verb, .description, .diff[-1]]"#
                #expect(
                    try run("jq", "-c", difference, input: change.output)
                        == #"["file","change","/etc/resolv.conf","+nameserver 172.24.3.1"]"# + "\n"
                )
                let verbose = try program("plan", "--root", directory, "-v")
                #expect(verbose.output.hasPrefix("~ file /etc/resolv.conf\n    -nameserver 192.0.2.1\n    +# Written"))
                #expect(
                    try program("status", "--root", directory).output.contains("different file    /etc/resolv.conf")
                )
                #expect(try program("apply", "--root", directory).output == "~ file /etc/resolv.conf\n")

                #expect(try program("down", "--root", directory).status == 0)
                let down = try program("status", "--root", directory)
                #expect(down.status == 2)
                #expect(down.errors.contains("appliance-net up brings back what it removed"))
                let isDown = try run("jq", ".down", input: try program("status", "--root", directory, "--json").output)
                #expect(isDown == "true\n")
                #expect(try run("ip", "route", "show", "table", "2") == "")
                #expect(try run("ip", "route", "show", "default").contains("10.13.10.1 dev management"))
            }
        }
    }

    /// The example's three adapters, in the namespace of this thread.
    static func plugIn() throws {
        try TestAppliance.plugIn(["00:50:56:b4:0a:c7", "00:50:56:b4:ca:fd", "00:50:56:b4:ef:d1"])
    }

    static let example =
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path(percentEncoded: false) + "/ovf/examples/frontend.ovf-env.xml"
}

private func program(_ arguments: String...) throws -> Subprocess.Result {
    try Subprocess.run([try builtProgram("appliance-net")] + arguments)
}
