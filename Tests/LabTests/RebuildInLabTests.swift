import Files
import Syscalls
import TestSupport
import Testing

/// What docs/runbooks/rebuild-after-crash.md, which is walked as well, does not come to.
@Suite(.blocking, .serialized) struct RebuildInLabTests {
    /// Two with the same addresses never serve at the same time: neither with those of interfaces nor with virtual ones.
    @Test("The new one waits as long as the old one answers, and says so")
    func oldOneStillRuns() throws {
        try Replacement.with("twins") { site throws in
            let lab = site.lab
            try lab.program("web", ("10.13.200.34", 443))
            try site.backUp()
            try #require(try lab.command(["replace", "--ovf-env", site.settings, "--no-firstboot"]).status == 0)
            // Somebody at another node has the appliance's frontend address, and one that it serves at.
            for address in ["10.13.200.10/32", "10.13.200.34/32"] {
                try lab.exec("client2", "ip", "address", "add", address, "dev", "eth0")
            }
            let log = site.directory + "/log"
            let boot = "setsid appliance-net firstboot --ovf-env /run/lab/settings >\(log) 2>&1 </dev/null &"
            try lab.exec("appliance", "sh", "-c", boot)
            func hasSaid(_ words: String) throws -> Bool {
                try eventually(seconds: 60) { try AtomicFile.readText(log)?.contains(words) ?? false }
            }
            try #require(try hasSaid("another host has 10.13.200.10 ("))
            #expect(try lab.command(["exec", "appliance", "test", "-e", "/etc/haproxy/ca.crt"]).status == 1)
            // Who looks at the console sees it too.
            let console = ["exec", "appliance", "sh", "-c", "appliance-net console --once | tr -s '[:space:]' ' '"]
            #expect(try eventually { try lab.command(console).output.contains("another host has 10.13.200.10") })
            try lab.exec("client2", "ip", "address", "delete", "10.13.200.10/32", "dev", "eth0")
            try #require(try hasSaid("another host has 10.13.200.34 ("))
            #expect(try lab.command(["exec", "appliance", "test", "-e", "/etc/haproxy/ca.crt"]).status == 1)
            try lab.exec("client2", "ip", "address", "delete", "10.13.200.34/32", "dev", "eth0")
            try #require(try hasSaid("configured; "))
        }
    }

    /// An admin is let in while it waits, and who knows better than it ends that.
    @Test("While the new one waits management is up, and --force from another shell has it go on")
    func waitingIsEnded() throws {
        try Replacement.with("waiting") { site throws in
            let lab = site.lab
            try lab.program("web", ("10.13.200.34", 443))
            try site.backUp()
            try #require(try lab.command(["replace", "--ovf-env", site.settings, "--no-firstboot"]).status == 0)
            try lab.exec("client2", "ip", "address", "add", "10.13.200.34/32", "dev", "eth0")
            let log = site.directory + "/log"
            let boot = "setsid appliance-net firstboot --ovf-env /run/lab/settings >\(log) 2>&1 </dev/null &"
            try lab.exec("appliance", "sh", "-c", boot)
            let addresses = ["appliance", "ip", "-o", "address"]
            let isLetIn = try eventually {
                try lab.exec(addresses[0], Array(addresses.dropFirst())).contains(" 10.13.10.199/24 ")
                    && lab.exec("appliance", "cat", "/etc/shadow").contains("root:$")
            }
            #expect(isLetIn)
            #expect(try AtomicFile.readText(log)?.contains("another host has 10.13.200.34 (") == true)
            #expect(try !lab.exec(addresses[0], Array(addresses.dropFirst())).contains("10.13.200.10"))
            #expect(try lab.command(["exec", "appliance", "test", "-e", "/etc/haproxy/ca.crt"]).status == 1)

            let force = ["exec", "appliance", "timeout", "200", "appliance-net", "firstboot", "--force"]
            let forced = try lab.command(force + ["--ovf-env", "/run/lab/settings"])
            #expect(
                forced.status == 0 && forced.output.contains("nothing to change"),
                "\(forced.output + forced.errors)"
            )
            let told = try AtomicFile.readText(log) ?? ""
            #expect(told.contains("not waiting any longer") && told.contains("configured; "), "\(told)")
            #expect(try lab.exec(addresses[0], Array(addresses.dropFirst())).contains(" 10.13.200.10/24 "))
            #expect(try lab.exec("appliance", "appliance-net", "cert", "show").contains("CA: "))
            #expect(
                try lab.command(["exec", "appliance", "test", "-e", "/run/appliance-net/firstboot.force"]).status == 1
            )
        }
    }

    /// Who knows better does not wait.
    @Test("By force the new one takes the addresses, whoever has them")
    func forced() throws {
        try Replacement.with("forced") { site throws in
            let lab = site.lab
            try lab.program("web", ("10.13.200.34", 443))
            try site.backUp()
            try #require(try lab.command(["replace", "--ovf-env", site.settings, "--no-firstboot"]).status == 0)
            for address in ["10.13.200.10/32", "10.13.200.34/32"] {
                try lab.exec("client2", "ip", "address", "add", address, "dev", "eth0")
            }
            let boot = "timeout 120 appliance-net firstboot --force --ovf-env /run/lab/settings 2>&1"
            let log = try lab.exec("appliance", "sh", "-c", boot)
            #expect(log.contains("configured; ") && !log.contains("another host has"), "\(log)")
            #expect(
                try lab.exec("appliance", "ip", "-o", "address", "show", "frontend").contains(" 10.13.200.10/24 ")
            )
        }
    }

    /// `restore` of a bundle of its own, with clients and the control plane there all the time.
    @Test("A restore on the appliance that serves changes what serves, and what serves goes on")
    func whileItServes() throws {
        try Replacement.with("restored") { site throws in
            let lab = site.lab
            func answers(_ address: String) throws -> Bool {
                let curl = ["exec", "client", "curl", "-s", "--max-time", "2", "http://\(address):443/"]
                return try lab.command(curl).output.hasPrefix("backend1 443 ")
            }
            try lab.program("web", ("10.13.200.34", 443))
            #expect(try eventually { try answers("10.13.200.34") })
            let file = site.directory + "/a.bundle"
            try lab.exec("appliance", "appliance-net", "backup", "--out", file)
            let programs = "cat /run/lab/appliance-*.pid"
            let before = try lab.exec("appliance", "sh", "-c", programs)
            // Changed by mistake: another virtual address, another range.
            try lab.bind("web", version: 5, "10.13.200.35", 443)
            try lab.exec("appliance", "sh", "-c", "echo 10.13.200.96/27 >>/etc/vmware/anyip-routes.cfg")
            #expect(try eventually { try answers("10.13.200.35") })
            let local = ["appliance", "ip", "route", "show", "table", "local", "10.13.200.96/27"]
            #expect(try eventually { try lab.exec(local[0], Array(local.dropFirst())) != "" })

            let restored = try lab.exec("appliance", "appliance-net", "restore", file)
            #expect(restored.contains("~ file /etc/haproxy/haproxy.cfg\n"), "\(restored)")
            #expect(restored.contains("~ file /etc/vmware/anyip-routes.cfg\n"), "\(restored)")
            #expect(try answers("10.13.200.34"))
            #expect(try !answers("10.13.200.35"))
            #expect(try lab.exec(local[0], Array(local.dropFirst())) == "")
            #expect(try lab.command(["exec", "appliance", "appliance-net", "plan"]).status == 0)
            #expect(try lab.exec("appliance", "sh", "-c", programs) == before)
            // No version means two things to the control plane: those that it was told since the bundle are not told again.
            let answer = try lab.api("GET", "/configuration/version")
            let version = try #require(answer.split(separator: "\r\n").last.flatMap { Int($0.filter(\.isNumber)) })
            #expect(version > 6)
            try lab.bind("web", version: version, "10.13.200.36", 443)
            #expect(try eventually { try answers("10.13.200.36") })
        }
    }
}
