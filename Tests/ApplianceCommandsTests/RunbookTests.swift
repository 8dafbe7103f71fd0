import Syscalls
import TestSupport
import Testing

/// docs/runbooks/change-vip-range.md, walked beside the service as an admin would.
@Suite(.blocking) struct RunbookTests {
    @Test func theRangeIsChanged() throws {
        try WatchTests.withAppliance { root in
            let service = try WatchProcess(root: root)
            #expect(eventually { service.notes() == [WatchTests.ready] }, "\(service.log)")
            let new = root + "/root/new"
            func ranges() throws -> String {
                try run("ip", "route", "show", "table", "local", "type", "local", "dev", "lo", "proto", "201")
            }

            try run(
                "sh",
                "-ec",
                "mkdir -p \(new); cd \(root); cp --archive --parents etc/vmware etc/appliance-net \(new)"
            )
            try run("sh", "-c", "echo 10.13.200.64/27 >> \(new)/etc/vmware/anyip-routes.cfg")
            try expectInPage(WatchTests.program(new, "validate"))
            try expectInPage(WatchTests.program(root, "try", "--timeout", "120", "--from", new))
            #expect(try ranges() == "local 10.13.200.32/27 scope host \nlocal 10.13.200.64/27 scope host \n")
            try expectInPage(WatchTests.program(root, "confirm"))

            try run("sed", "-i", #"/^10.13.200.32\/27$/d"#, new + "/etc/vmware/anyip-routes.cfg")
            try expectInPage(WatchTests.program(root, "try", "--from", new))
            try expectInPage(WatchTests.program(root, "confirm"))
            #expect(try ranges() == "local 10.13.200.64/27 scope host \n")

            try expectInPage(WatchTests.program(root, "rollback"))
            #expect(try ranges().contains("10.13.200.32/27"))
            #expect(try WatchTests.program(root, "status").output.contains("the network is as the files want it\n"))
            #expect(service.ended() == nil)
        }
    }

    /// It worked, and every line that it printed stands in the runbook, whatever the generation's number.
    private func expectInPage(_ result: Subprocess.Result) throws {
        #expect(result.status == 0, "\(result.errors)")
        let number = #/generation \d+/#
        let page = try DocumentationTests.page("runbooks/change-vip-range.md").replacing(number, with: "generation N")
        for line in (result.output + result.errors).split(separator: "\n") {
            let words = line.replacing(number, with: "generation N")
            #expect(page.contains("\n\(words)\n"), "\(words) is not in the runbook")
        }
    }
}
