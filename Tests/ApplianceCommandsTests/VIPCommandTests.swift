import Files
import NetworkFiles
import NetworkTestSupport
import Syscalls
import TestSupport
import Testing

/// The ranges of virtual addresses from the command line: in their file, and in the kernel when the command returns.
@Suite(.blocking) struct VIPCommandTests {
    private static let proxy = """
        frontend web
          mode tcp
          bind 10.13.200.34:80
          bind 10.13.200.34:443,10.13.200.35:443
        listen api
          mode tcp
          bind 10.13.200.35:6443
          bind 127.0.0.1:8404
          bind 192.0.2.7:80

        """

    private static func writeProxy(_ root: Root) throws {
        try AtomicFile.makeDirectory(root["/etc/haproxy"])
        try AtomicFile.replace(root["/etc/haproxy/haproxy.cfg"], with: proxy)
    }

    private static func vip(_ root: Root, _ arguments: String...) throws -> Subprocess.Result {
        try Subprocess.run([try builtProgram("appliance-net"), "vip"] + arguments + ["--root", root.prefix])
    }

    private static func ranges() throws -> String {
        try run("ip", "route", "show", "table", "all", "type", "local", "proto", "201")
    }

    @Test func listsWhatIsBound() throws {
        try inAppliance { root in
            try Self.writeProxy(root)
            try TestAppliance.writeRanges(root, "10.13.200.32/27\n10.13.200.96-10.13.200.98")
            let list = try Self.vip(root, "list")
            #expect(list.status == 0, "\(list.errors)")
            let expected = """
                10.13.200.32/27: 2 of 32 addresses bound
                    10.13.200.34  web
                    10.13.200.35  web, api
                10.13.200.96-10.13.200.98: 0 of 3 addresses bound
                outside every range:
                    192.0.2.7  api

                """
            #expect(list.output == expected)
            let json = try Self.vip(root, "list", "--json").output
            try CommandLineTests.expectDocumented(json)
            let picked = try run("jq", "-c", "[.ranges[0] | .size, .used, .line, .utilisation]", input: json)
            #expect(picked == "[32,2,1,0.0625]\n")
        }
    }

    /// What is no range is told with what may have been meant.
    @Test(arguments: [
        ("10.13.200.70", "write 10.13.200.70/32 for the one address."),
        ("fd00::1", "write fd00::1/128 for the one address."),
        (
            "10.13.200.33/27",
            "it is an address in 10.13.200.32/27; write that, or 10.13.200.33/32 for the one address."
        ), ("web", "write 10.13.200.32/27, or 10.13.200.33-10.13.200.62."),
    ])
    func tellsWhatARangeIs(_ text: String, _ advice: String) throws {
        let refused = try Subprocess.run([try builtProgram("appliance-net"), "vip", "add", text])
        #expect(refused.status == 64)
        #expect(refused.errors.contains("\(text) is no range: \(advice)"), "\(refused.errors)")
    }

    /// Without the service: as `apply` does it.
    @Test func addsAndRemovesAtOnce() throws {
        try inAppliance { root in
            try Self.writeProxy(root)
            let added = try Self.vip(root, "add", "10.13.200.64/27", "--json")
            #expect(added.status == 0, "\(added.errors)")
            try CommandLineTests.expectDocumented(added.output)
            #expect(try run("jq", "-c", "[.listed, .applied]", input: added.output) == "[true,true]\n")
            let path = root[AnyIPRoutesFile.path]
            #expect(try AtomicFile.readText(path) == "# the first range\n10.13.200.32/27\n10.13.200.64/27\n")
            #expect(try run("stat", "-c", "%a", path) == "640\n")
            #expect(try Self.ranges().contains("local 10.13.200.64/27 "))

            let again = try Self.vip(root, "add", "10.13.200.64/27")
            #expect(again.status == 0)
            #expect(again.errors == "10.13.200.64/27 is there already\n")

            let removed = try Self.vip(root, "remove", "10.13.200.64/27")
            #expect(removed.status == 0, "\(removed.errors)")
            #expect(removed.output == "removed 10.13.200.64/27\n")
            #expect(try AtomicFile.readText(path) == "# the first range\n10.13.200.32/27\n")
            #expect(try !Self.ranges().contains("10.13.200.64/27"))
        }
    }

    @Test func whatIsInUseStays() throws {
        try inAppliance { root in
            try Self.writeProxy(root)
            #expect(try Self.vip(root, "add", "10.13.200.64/27").status == 0)
            let before = try AtomicFile.readText(root[AnyIPRoutesFile.path])
            let refused = try Self.vip(root, "remove", "10.13.200.32/27")
            #expect(refused.status == 1)
            let use = "10.13.200.34 of frontend web, 10.13.200.34 of frontend web, 10.13.200.35 of frontend web, "
            #expect(refused.errors.contains("range 10.13.200.32/27 is in use: \(use)10.13.200.35 of listen api\n"))
            #expect(refused.errors.contains("remedy: "))
            #expect(try AtomicFile.readText(root[AnyIPRoutesFile.path]) == before)
            #expect(try Self.ranges().contains("local 10.13.200.32/27 "))
            // Ranges go as they came.
            let part = try Self.vip(root, "remove", "10.13.200.64/28")
            #expect(part.status == 65)
            #expect(part.errors.hasSuffix("remedy: give one that is there: 10.13.200.64/27\n"))
        }
    }

    @Test(arguments: [
        ("10.13.200.0/28", "contains the gateway 10.13.200.1"),
        ("10.13.201.8/29", "contains the appliance's own address"),
        ("10.13.200.40-10.13.200.70", "overlaps 10.13.200.32/27"), ("224.0.0.0/24", "no range of unicast addresses"),
        ("10.13.10.64/27", "overlaps 10.13.10.0/24, the network of [interface.management]"),
        ("10.13.21.0/28", "overlaps 10.13.21.0/24, an additional workload network"),
        ("172.24.3.0/24", "contains the name server 172.24.3.1"),
    ])
    func refusesWhatTakesAddressesAway(_ range: String, _ words: String) throws {
        try inAppliance { root in
            try AtomicFile.replace(root[WorkloadNetworksFile.path], with: "10.13.21.0/24\n")
            let settings = "[system]\nnameservers = [\"172.24.3.1\"]\n" + TestAppliance.settings
            try AtomicFile.replace(root[ApplianceFile.path], with: settings)
            let before = try AtomicFile.readText(root[AnyIPRoutesFile.path])
            let refused = try Self.vip(root, "add", range)
            #expect(refused.status == 65)
            #expect(refused.errors.contains(words), "\(refused.errors)")
            #expect(refused.errors.contains("remedy: "))
            let json = try Self.vip(root, "add", range, "--json").output
            #expect(try run("jq", ".valid", input: json) == "false\n")
            #expect(try AtomicFile.readText(root[AnyIPRoutesFile.path]) == before)
            #expect(try Self.ranges() == "")
        }
    }

    @Test func warnsOfWhatNeedsARouter() throws {
        try inAppliance { root in
            let added = try Self.vip(root, "add", "192.0.2.0/28")
            #expect(added.status == 0)
            #expect(added.errors.contains("remedy: have the router route it to 10.13.200.10\n"))
            #expect(try run("ip", "rule").contains("from 192.0.2.0/28 lookup"))
            let broadcast = try Self.vip(root, "add", "10.13.200.224/27")
            #expect(broadcast.status == 0)
            #expect(broadcast.errors.contains("contains 10.13.200.255, the broadcast address of 10.13.200.0/24"))
            #expect(try Self.vip(root, "add", "10.13.200.300").status == 64)
        }
    }

    /// Beside the service: in effect when the command returns.
    @Test func theServiceAppliesIt() throws {
        try inAppliance { root in
            let service = try WatchProcess(root: root.prefix)
            #expect(eventually { service.notes() == [WatchTests.ready] }, "\(service.log)")
            for range in ["10.13.200.64/27", "10.13.200.96/27"] {
                let added = try Self.vip(root, "add", range)
                #expect(added.status == 0, "\(added.errors)")
                #expect(try Self.ranges().contains("local \(range) "))
            }
            #expect(try Self.vip(root, "remove", "10.13.200.64/27").status == 0)
            #expect(try !Self.ranges().contains("10.13.200.64/27"))
            #expect(service.ended() == nil)
        }
    }

    @Test func afterDownOnlyTheFileChanges() throws {
        try inAppliance { root in
            #expect(try WatchTests.program(root.prefix, "apply").status == 0)
            #expect(try WatchTests.program(root.prefix, "down").status == 0)
            let added = try Self.vip(root, "add", "10.13.200.64/27")
            #expect(added.status == 0)
            #expect(added.errors.contains("appliance-net up brings it into effect"))
            #expect(try Self.ranges() == "")
            #expect(try WatchTests.program(root.prefix, "up").status == 0)
            #expect(try Self.ranges().contains("local 10.13.200.64/27 "))
        }
    }
}
