import Files
import Syscalls
import TestSupport
import Testing

/// The crash of the old appliance that everything was lost with: here nothing is. How long it takes is measured by
/// scripts/bench-recovery.
@Suite(.blocking, .serialized) struct RebuildInLabTests {
    /// docs/runbooks/rebuild-after-crash.md, with the crash where the page has it.
    @Test("An appliance that is killed and deleted is rebuilt by the runbook, and its clients are served again")
    func runbook() throws {
        try Replacement.with("crash") { site throws in
            let lab = site.lab
            try lab.exec("appliance", "ssh-keygen", "-q", "-A")
            try lab.program("web", ("10.13.200.34", 443))
            let curl = ["exec", "client", "curl", "-s", "--max-time", "5", "http://10.13.200.34:443/"]
            try #require(try eventually { try lab.command(curl).status == 0 })
            let authority = site.directory + "/ca.crt"
            try AtomicFile.replace(authority, with: try lab.exec("appliance", "cat", "/etc/haproxy/ca.crt"))
            var isRebuilt = false
            try Runbook("rebuild-after-crash").execute(["target": site.bundles, "ca file": authority]) {
                step,
                arguments in
                if step.section == "3. Look at it", !isRebuilt {
                    try site.crash()
                    isRebuilt = true
                }
                return try lab.command(["exec", step.node] + arguments)
            }
            // What the control plane does next, with the version that it knows.
            let version = try lab.exec("appliance", "sh", "-c", "head -1 /etc/haproxy/haproxy.cfg | cut -d= -f2")
            try lab.api("POST", "/configuration/backends?version=\(version.dropLast())", #"{"name":"n","mode":"tcp"}"#)
            // Numbers of bundles go on.
            try #require(try eventually { try run("ls", site.bundles).split(separator: "\n").count > 1 })
        }
    }

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
            try lab.exec("client2", "ip", "address", "delete", "10.13.200.10/32", "dev", "eth0")
            try #require(try hasSaid("configured; "))
        }
    }
}
