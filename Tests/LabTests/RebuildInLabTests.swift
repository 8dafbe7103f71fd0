import Files
import Syscalls
import TestSupport
import Testing

/// What docs/runbooks/rebuild-after-crash.md, which is walked as well, does not come to.
@Suite(.blocking, .serialized) struct RebuildInLabTests {
    /// Two with the same addresses never serve at the same time.
    @Test("The new one waits as long as the old one answers, and says so")
    func oldOneStillRuns() throws {
        try Replacement.with("twins") { site throws in
            let lab = site.lab
            try site.backUp()
            try #require(try lab.command(["replace", "--ovf-env", site.settings, "--no-firstboot"]).status == 0)
            // Somebody at another node has the appliance's frontend address.
            try lab.exec("client2", "ip", "address", "add", "10.13.200.10/32", "dev", "eth0")
            let log = site.directory + "/log"
            let boot = "setsid appliance-net firstboot --ovf-env /run/lab/settings >\(log) 2>&1 </dev/null &"
            try lab.exec("appliance", "sh", "-c", boot)
            func hasSaid(_ words: String) throws -> Bool {
                try eventually(seconds: 60) { try AtomicFile.readText(log)?.contains(words) ?? false }
            }
            try #require(try hasSaid("another host has 10.13.200.10"))
            #expect(try lab.command(["exec", "appliance", "test", "-e", "/etc/haproxy/ca.crt"]).status == 1)
            // Who looks at the console sees it too.
            let console = ["exec", "appliance", "sh", "-c", "appliance-net console --once | tr -s '[:space:]' ' '"]
            #expect(try eventually { try lab.command(console).output.contains("another host has 10.13.200.10") })
            try lab.exec("client2", "ip", "address", "delete", "10.13.200.10/32", "dev", "eth0")
            try #require(try hasSaid("configured; "))
        }
    }
}
