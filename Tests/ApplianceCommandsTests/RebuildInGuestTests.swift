import Appliance
import Files
import Glibc
import NetworkTestSupport
import Syscalls
import TestSupport
import Testing

/// What becomes of a new machine that cannot be rebuilt from what its properties name.
@Suite(.blocking) struct RebuildInGuestTests {
    /// An admin restores it himself, with the adapters of this machine: when the server is there again, the next boots leave
    /// what he has restored.
    @Test func whatIsRestoredByHandStays() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            try run("sh", "-c", "grep -rl 00:50:56: \(root) | xargs sed -i s/00:50:56:/00:50:58:/")
            let bundle = try RecoveryCommandTests.bundle(root)
            try inGuest { guest in
                try Self.powerOn(guest, from: directory + "/server/a.bundle")
                let refused = try guest.program("firstboot")
                #expect(refused.errors.contains("from this; only management was started\n"), "\(refused.errors)")
                for (path, text) in [
                    ("by-hand", bundle), ("passphrase", Array(RecoveryCommandTests.passphrase.revealed().utf8)),
                ] { try AtomicFile.replace(directory + "/" + path, with: text) }
                let restore = ["restore", directory + "/by-hand", "--passphrase-file", directory + "/passphrase"]
                let restored = try guest.program(restore)
                #expect(restored.status == 0, "\(restored.errors)")
                #expect(try run("ip", "-o", "address").contains(" workload    inet 10.13.201.10/24 "))
                let proxy = guest.root["/etc/haproxy/haproxy.cfg"]
                let changed = (try AtomicFile.readText(proxy) ?? "") + "\n# Changed since.\n"
                try AtomicFile.replace(proxy, with: changed, mode: 0o640)

                try AtomicFile.makeDirectory(directory + "/server")
                try AtomicFile.replace(directory + "/server/a.bundle", with: bundle)
                for _ in 1...2 {
                    // vCenter writes them anew at each.
                    try Self.powerOn(guest, from: directory + "/server/a.bundle")
                    let boot = try guest.program("firstboot")
                    #expect(boot.status == 0, "\(boot.errors)")
                    let why = "this machine was restored by hand, from \(directory)/by-hand\n"
                    #expect(boot.errors.contains("recovery.source is passed over: " + why), "\(boot.errors)")
                    #expect(try AtomicFile.readText(proxy) == changed)
                }
                #expect(try guest.program(restore + ["--plan"]).output.contains("rebuilt.json") == false)
            }
        }
    }

    /// So does what is taken over from an appliance 0.2.0: its CA, and the ranges that nobody has typed.
    @Test func whatIsTakenOverByHandStays() throws {
        try inGuest { guest in
            try withTemporaryDirectory { directory in
                let copy = directory + "/copy"
                try MigrationTests.makeOldAppliance(copy)
                func powerOn() throws {
                    try Self.powerOn(guest, from: directory + "/nothing")
                    let text = try #require(try guest.host.value("guestinfo.ovfEnv"))
                    try guest.host.set("guestinfo.ovfEnv", text.replacing("10.13.200.32/27", with: ""))
                }
                try powerOn()
                #expect(try guest.program("firstboot").errors.contains("only management was started\n"))
                let migrated = try guest.program("migrate-from", copy, "--files-only")
                #expect(migrated.status == 0, "\(migrated.errors)")
                for _ in 1...2 {
                    try powerOn()
                    let boot = try guest.program("firstboot")
                    #expect(boot.status == 0, "\(boot.errors)")
                    #expect(boot.errors.contains("was restored by hand, from \(copy)\n"), "\(boot.errors)")
                    let authority = "/etc/haproxy/ca.crt"
                    #expect(try AtomicFile.read(guest.root[authority]) == AtomicFile.read(copy + authority))
                    #expect(try run("ip", "route", "show", "table", "local").contains("local 10.13.200.96/27 dev lo"))
                    #expect(try run("ip", "-o", "address").contains(" workload    inet 10.13.201.10/24 "))
                }
            }
        }
    }

    /// While it waits for the old appliance, management is where the bundle says: nobody has typed it.
    @Test func managementOfTheBundleIsUpWhileItWaits() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let bundle = directory + "/a.bundle"
            try AtomicFile.replace(bundle, with: try RecoveryCommandTests.bundle(root))
            try inGuest { guest in
                try Self.powerOn(guest, from: bundle)
                let text = try #require(try guest.host.value("guestinfo.ovfEnv"))
                let typed = text.replacing(/oe:key="network\.[^"]*" oe:value="[^"]*"/) { match in
                    match.output.replacing(/oe:value=".*"/, with: "oe:value=\"\"")
                }
                #expect(!typed.contains("10.13.10.199"))
                try guest.host.set("guestinfo.ovfEnv", typed)
                // The old one's frontend address is still there.
                let other = try Segment("peer2", "10.13.200.10/24")
                let boot = try guest.firstBoot()
                let isUp = try eventually {
                    try run("ip", "-o", "address").contains(" management    inet 10.13.10.199/24 ")
                }
                #expect(isUp)
                #expect(try !run("ip", "-o", "address").contains("10.13.201.10/24"))
                let page = try guest.program("console", "--once", "--json").output
                let progress = try run("jq", "-r", ".first_boot.progress", input: page)
                #expect(progress.contains("another host has 10.13.200.10 ("), "\(page)")
                withExtendedLifetime((boot, other)) {}
            }
        }
    }

    /// Killed in the middle and near the end of its calls to the kernel's network and to the disk: the next boot makes the
    /// same appliance of it, with its network, and the secrets are out of guestinfo.
    @Test(arguments: ["sendto", "rename", "unlink"]) func aPowerCutInARebuild(_ call: String) throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let bundle = directory + "/a.bundle"
            try AtomicFile.replace(bundle, with: try RecoveryCommandTests.bundle(root))
            let trace = directory + "/trace"
            try inGuest { guest in
                try Self.powerOn(guest, from: bundle)
                let strace = ["strace", "-qq", "-o", trace, "-e", "trace=\(call)"]
                let program = [try builtProgram("appliance-net"), "firstboot", "--root", guest.root.prefix]
                let whole = try Subprocess.run(strace + program, environment: [guest.path])
                #expect(whole.status == 0, "\(whole.errors)")
            }
            let calls = (try AtomicFile.readText(trace, limit: 64 << 20) ?? "").split(separator: "\n")
            let count = calls.count { $0.hasPrefix(call) }
            // How often links are asked depends on their answers.
            let steps = call == "sendto" ? [count / 4, count / 2, count * 3 / 4] : [count / 2, count - 1, count]
            for step in Set(steps.map { max(1, $0) }).sorted() {
                try inGuest { guest in
                    try Self.powerOn(guest, from: bundle)
                    let killed = try guest.killed("firstboot", at: call, step)
                    #expect(killed.status == 256 + Int(SIGKILL), "\(call) \(step): \(killed.errors)")
                    let next = try guest.program("firstboot")
                    #expect(next.status == 0, "\(call) \(step): \(next.errors)")
                    for file in ["ca.crt", "server.crt", "server.key", "haproxy.cfg"].map({ "/etc/haproxy/" + $0 }) {
                        #expect(
                            try AtomicFile.read(guest.root[file]) == AtomicFile.read(root + file),
                            "\(call) \(step)"
                        )
                    }
                    #expect(try run("ip", "-o", "address").contains(" workload    inet 10.13.201.10/24 "))
                    #expect(try guest.program("plan").status == 0, "\(call) \(step)")
                    #expect(try guest.host.value("guestinfo.ovfEnv")?.contains("example-password") == false)
                    #expect(try guest.told(".first_boot.state") == "complete")
                    #expect(try guest.program("firstboot").output.contains("nothing to change"), "\(call) \(step)")
                }
            }
        }
    }

    /// An error of the system, such as one of a mount, lets the admin in too: here a file that no bundle can be.
    @Test func aSourceThatCannotBeReadStartsManagement() throws {
        try inGuest { guest in
            try withTemporaryDirectory { directory in
                try run("truncate", "--size", "301M", directory + "/large")
                try Self.powerOn(guest, from: directory + "/large")
                let refused = try guest.program("firstboot", "--json")
                #expect(refused.status == 1)
                #expect(refused.errors.contains("from this; only management was started\n"), "\(refused.errors)")
                #expect(try run("jq", "-r", ".problems[].message", input: refused.output).contains("EFBIG"))
                #expect(try run("ip", "-o", "address").contains(" management    inet 10.13.10.199/24 "))
                #expect(try guest.told(".first_boot.progress") == "only management was started")
                try Self.expectNoAppliance(guest, directory + "/bundle")
            }
        }
    }

    /// What is no appliance yet says so, and gives out nothing that another machine would be made of.
    private static func expectNoAppliance(_ guest: Guest, _ bundle: String) throws {
        let failure = "first boot refused, only management was started: "
        for arguments in [
            [], ["--in-background"], ["--text"], ["--out", bundle], ["passphrase"], ["passphrase", "--json"],
        ] {
            let result = try guest.program(["backup"] + arguments)
            #expect(result.status == 78, "\(arguments)")
            #expect(result.output.isEmpty || arguments.contains("--json"))
            let words = "this machine was never configured: it has no CA; \(failure)"
            #expect(result.errors.contains(words), "\(result.errors)")
        }
        #expect(try AtomicFile.status(bundle) == nil)
        for path in ["backups", "recovery/identity", "recovery/generated-passphrase"] {
            #expect(try AtomicFile.status(guest.root["/var/lib/appliance-net/" + path]) == nil, "\(path)")
        }
        let status = try guest.program("status")
        #expect(status.status == 2 && status.output.contains("the network is as the files want it"), "\(status.output)")
        #expect(status.errors.hasPrefix(failure), "\(status.errors)")
    }

    private static func powerOn(_ guest: Guest, from source: String) throws {
        let properties = """
            <Property oe:key="recovery.source" oe:value="\(source)"/>
            <Property oe:key="recovery.passphrase" oe:value="\(RecoveryCommandTests.passphrase.revealed())"/>
            </PropertySection>
            """
        try guest.powerOn(replacing: "</PropertySection>", with: properties)
    }
}
