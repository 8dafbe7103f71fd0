import Appliance
import Files
import Foundation
import Recovery
import Syscalls
import TestSupport
import Testing

/// `backup`, `restore`, `firstboot` with a bundle and `migrate-from`, as programs: what they leave when they are killed, too.
@Suite(.blocking) struct RecoveryCommandTests {
    static let passphrase = Secret("correct horse battery")

    @Test func aBackupIsRestored() throws {
        try Self.withAppliance { directory, root in
            let file = directory + "/a.bundle"
            #expect(try Self.program("backup", "--out", file, "--root", root).status == 0)
            let shown = try Self.program("backup", "show", file).output
            #expect(shown.contains("\nfile       0600  root:root "))
            #expect(shown.contains("  /var/lib/appliance-net/pki/ca.key\n"))
            #expect(shown.contains("\nlink       -     root:root            -  /etc/haproxy/ca.key\n"))
            #expect(shown.contains("\ndirectory  0700  root:root            -  /var/lib/appliance-net/pki\n"))
            #expect(shown.contains("\nabsent     -     -                    -  /root/.ssh/authorized_keys\n"))
            let passphrase = try Self.program("backup", "passphrase", "--root", root).output
            try AtomicFile.replace(directory + "/passphrase", with: passphrase)
            let arguments = ["restore", file, "--passphrase-file", directory + "/passphrase", "--files-only"]
            let place = ["--root", directory + "/other"]
            let plan = try Self.program(arguments + ["--plan"] + place)
            #expect(plan.status == 2)
            #expect(try AtomicFile.status(directory + "/other/etc") == nil)
            let restored = try Self.program(arguments + place)
            #expect(restored.status == 0, "\(restored.errors)")
            #expect(restored.output == plan.output)
            // Told alike: what is in it, what is to be done, and what was done.
            func count(_ text: String, _ word: String) -> Int {
                text.split(separator: "\n").count { $0.hasPrefix(word) }
            }
            let counts = [
                "\(count(shown, "file ")) files", "\(count(shown, "link ")) link",
                "\(count(shown, "directory ")) directories",
            ]
            #expect(shown.split(separator: "\n").first?.contains(", " + counts.joined(separator: ", ")) == true)
            #expect(count(plan.output, "+ link ") == count(shown, "link "))
            #expect(count(plan.output, "+ directory ") == count(shown, "directory "))
            // And who was restored from what.
            #expect(count(plan.output, "+ file ") >= count(shown, "file "))
            let words = "\(count(plan.output, "+ file ")) files, \(counts[1]), \(counts[2])\n"
            #expect(restored.errors.hasSuffix("restored; \(count(plan.output, "+ ")) changes: \(words)"))
            for path in ["/etc/haproxy", "/etc/vmware", "/var/lib/appliance-net/pki"] {
                #expect(try run("diff", "-r", root + path, directory + "/other" + path) == "")
            }
            let again = try Self.program(arguments + place)
            #expect(again.output == "")
            #expect(try Self.program(arguments + ["--plan"] + place).status == 0)
        }
    }

    /// A machine with its own properties, which have not changed: its next boot leaves what was restored.
    @Test func theNextBootLeavesWhatWasRestored() throws {
        try Self.withAppliance { directory, root in
            try AtomicFile.replace(directory + "/bundle", with: try Self.bundle(root))
            try AtomicFile.replace(directory + "/passphrase", with: Self.passphrase.revealed())
            let other = try #require(try AtomicFile.readText(CommandLineTests.example))
                .replacing("00:50:56:", with: "00:50:58:")
                .replacing("10.13.201.10/24", with: "10.13.201.99/24")
                .replacing("example-password", with: "other-password")
                .replacing("10.13.200.32/27", with: "10.13.200.64/27")
            try AtomicFile.replace(directory + "/other.xml", with: other)
            let place = ["--files-only", "--root", directory + "/other"]
            let boot = ["firstboot", "--ovf-env", directory + "/other.xml"] + place
            #expect(try Self.program(boot).status == 0)
            let restore = ["restore", directory + "/bundle", "--passphrase-file", directory + "/passphrase"] + place
            #expect(try Self.program(restore).status == 0)
            let restored = try Self.witness(directory + "/other")
            let next = try Self.program(boot)
            #expect(next.output.contains("nothing to change"), "\(next.errors)")
            #expect(try Self.witness(directory + "/other") == restored)
            let ranges = directory + "/other/etc/vmware/anyip-routes.cfg"
            #expect(try AtomicFile.readText(ranges)?.hasSuffix("10.13.200.32/27\n") == true)
            #expect(try Self.program(restore + ["--plan"]).status == 0)
        }
    }

    @Test func whatIsNoBundleIs65() throws {
        try Self.withAppliance { directory, root in
            try AtomicFile.replace(directory + "/bundle", with: try Self.bundle(root))
            try AtomicFile.replace(directory + "/wrong", with: "wrong passphrase\n")
            let before = try Self.witness(root)
            let wrong = ["restore", directory + "/bundle", "--passphrase-file", directory + "/wrong", "--root", root]
            let result = try Self.program(wrong)
            #expect(result.status == 65)
            #expect(result.errors.contains("the passphrase is not the one"))
            try AtomicFile.replace(directory + "/bundle", with: Array(try Self.bundle(root).dropLast(5)))
            #expect(try Self.program(wrong).errors.contains("the end of the bundle is missing"))
            try AtomicFile.replace(directory + "/bundle", with: "hello")
            #expect(try Self.program(wrong).errors.contains("this is no recovery bundle"))
            #expect(try Self.witness(root) == before)
        }
    }

    /// Killed at each of its renames: the next run of resume has all of it, or nothing.
    @Test func aRestoreIsNeverHalf() throws {
        try Self.withAppliance { directory, root in
            try AtomicFile.replace(directory + "/bundle", with: try Self.bundle(root))
            try AtomicFile.replace(directory + "/passphrase", with: Self.passphrase.revealed())
            let wanted = try Self.witness(root)
            try Self.alter(root)
            let former = try Self.witness(root)
            var ends: Set<String> = []
            for step in 1..<200 {
                let result = try Self.killed(
                    ["restore", directory + "/bundle", "--passphrase-file", directory + "/passphrase", "--files-only"]
                        + ["--root", root],
                    at: step
                )
                let resumed = try Self.program("resume", "--files-only", "--root", root)
                #expect(resumed.status == 0, "\(step): \(resumed.errors)")
                let now = try Self.witness(root)
                #expect(now == wanted || now == former, "\(step)")
                ends.insert(now)
                if result.status == 0 { break }
                #expect(result.status == 256 + Int(SIGKILL), "\(step): \(result.errors)")
                try Self.alter(root)
            }
            #expect(ends == [wanted, former])
        }
    }

    /// Killed at each of its renames: the next first boot finishes, and it is the same appliance.
    @Test func aRebuildIsFinishedByTheNextBoot() throws {
        try Self.withAppliance { directory, root in
            let environment = try Self.environment(directory, bundle: try Self.bundle(root))
            let place = directory + "/new"
            let boot = ["firstboot", "--ovf-env", environment, "--files-only", "--root", place]
            for step in 1..<300 {
                try run("rm", "-rf", place)
                let result = try Self.killed(boot, at: step)
                let next = try Self.program(boot)
                #expect(next.status == 0, "\(step): \(next.errors)")
                for file in ["ca.crt", "server.crt", "server.key", "haproxy.cfg"] {
                    let path = "/etc/haproxy/" + file
                    #expect(try AtomicFile.read(place + path) == AtomicFile.read(root + path), "\(file), \(step)")
                }
                if result.status == 0 {
                    #expect(try Self.program(boot).output.contains("nothing to change"))
                    break
                }
                #expect(result.status == 256 + Int(SIGKILL), "\(step): \(result.errors)")
            }
        }
    }

    /// A directory that something has left is no appliance: the bundle is still what it is made of.
    @Test func whatWasLeftIsNoAppliance() throws {
        try Self.withAppliance { directory, root in
            let environment = try Self.environment(directory, bundle: try Self.bundle(root))
            let place = directory + "/new"
            try AtomicFile.makeDirectory(place + "/var/lib/appliance-net/derived/etc")
            let boot = try Self.program("firstboot", "--ovf-env", environment, "--files-only", "--root", place)
            #expect(boot.status == 0, "\(boot.errors)")
            let authority = "/etc/haproxy/ca.crt"
            #expect(try AtomicFile.read(place + authority) == AtomicFile.read(root + authority))
        }
    }

    /// Who gives the bundle to a machine that has booted without it is told that it has come too late.
    @Test func aMachineThatHasBootedIsNotRebuilt() throws {
        try Self.withAppliance { directory, root in
            let environment = try Self.environment(directory, bundle: try Self.bundle(root))
            let boot = try Self.program("firstboot", "--ovf-env", environment, "--files-only", "--root", root)
            #expect(boot.errors.contains("appliance.recovery_bundle is passed over"), "\(boot.errors)")
            let new = ["firstboot", "--ovf-env", environment, "--files-only", "--root", directory + "/new"]
            #expect(try Self.program(new).errors.contains("made 2026-11-18T11:06:40Z, haproxy.cfg version 7)"))
            let again = try Self.program(new)
            #expect(!again.errors.contains("passed over"), "\(again.errors)")
        }
    }

    /// What is made for an image is no appliance yet: a copy of it that is given a bundle becomes what that says.
    @Test func aCopyOfAnImageIsRebuilt() throws {
        try Self.withAppliance { directory, root in
            let boot = ["firstboot", "--files-only", "--root", directory + "/image", "--ovf-env"]
            #expect(try Self.program(boot + [CommandLineTests.example]).status == 0)
            let environment = try Self.environment(directory, bundle: try Self.bundle(root))
            let copy = try Self.program(boot + [environment])
            #expect(copy.status == 0 && !copy.errors.contains("passed over"), "\(copy.errors)")
            let authority = "/etc/haproxy/ca.crt"
            #expect(try AtomicFile.read(directory + "/image" + authority) == AtomicFile.read(root + authority))
        }
    }

    /// Devices, FIFOs and names that lead elsewhere are not unpacked.
    @Test func anArchiveIsLookedAtFirst() throws {
        try Self.withAppliance { directory, root in
            let archive = directory + "/copy.tar"
            let place = ["--files-only", "--root", directory + "/new"]
            let boot = try Self.program(["firstboot", "--ovf-env", CommandLineTests.example] + place)
            #expect(boot.status == 0, "\(boot.errors)")
            let migrate = ["migrate-from", archive, "--plan"] + place
            // The key is where the appliance that we succeed had it.
            let key = root + "/etc/haproxy/ca.key"
            try run("cp", "--remove-destination", root + "/var/lib/appliance-net/pki/ca.key", key)
            try run("tar", "-C", root, "-cf", archive, "etc/haproxy", "etc/vmware")
            let good = try Self.program(migrate)
            #expect(good.status == 2, "\(good.errors)")
            try run("mkfifo", root + "/etc/haproxy/fifo")
            try run("tar", "-C", root, "-cf", archive, "etc/haproxy", "etc/vmware")
            let fifo = try Self.program(migrate)
            #expect(fifo.status == 65)
            #expect(fifo.errors.contains("neither file, directory nor link: etc/haproxy/fifo"), "\(fifo.errors)")
            try run("rm", root + "/etc/haproxy/fifo")
            try run("tar", "-C", root, "-cPf", archive, "../appliance/etc/haproxy", "etc/vmware")
            let above = try Self.program(migrate)
            #expect(above.status == 65)
            #expect(above.errors.contains("a name that leads out of it: ../appliance/etc/haproxy"), "\(above.errors)")
        }
    }

    /// Refused, and no CA is made that the control plane would not know.
    @Test func aBundleThatCannotBeOpenedMakesNothing() throws {
        try Self.withAppliance { directory, root in
            let environment = try Self.environment(
                directory,
                bundle: try Self.bundle(root),
                passphrase: "something else"
            )
            let boot = ["firstboot", "--ovf-env", environment, "--files-only", "--root", directory + "/new"]
            let result = try Self.program(boot)
            #expect(result.status == 65)
            #expect(result.errors.contains("the passphrase is not the one"))
            #expect(try AtomicFile.status(directory + "/new/etc") == nil)
            let json = try Self.program(boot + ["--json"])
            #expect(try run("jq", "-r", ".problems[].message", input: json.output).hasPrefix("the passphrase is not"))
        }
    }

    /// Nothing to rebuild from, and no properties at all: told as every other problem is.
    @Test func whatIsRefusedIsToldAsJSON() throws {
        try withTemporaryDirectory { directory in
            try AtomicFile.replace(directory + "/p.json", with: "{\"recovery.source\": \"\(directory)/nothing\"}")
            for (arguments, status, message) in [
                (["--properties", directory + "/p.json"], 1, "\(directory)/nothing: there is no such file\n"),
                ([], 65, "the machine has no vApp properties, neither in guestinfo nor on a disc\n"),
            ] {
                let place = ["--files-only", "--json", "--root", directory]
                let result = try Self.program(["firstboot"] + arguments + place)
                #expect(result.status == status)
                #expect(try run("jq", "-r", ".problems[].message", input: result.output) == message)
                #expect(try run("jq", "-r", ".problems[].remedy", input: result.output) != "null\n")
            }
        }
    }

    /// What is typed wins, is told, and stays at later boots; what is not typed is what it was.
    @Test func propertiesOfTheFormerAppliance() throws {
        try Self.withAppliance { directory, root in
            let bundle = RecoveryBundle.text(try Self.bundle(root))
            let typed = """
                {"appliance.recovery_bundle": "\(bundle)", "recovery.passphrase": "\(Self.passphrase.revealed())",
                 "network.hostname": "lb2.corp.example", "loadbalance.haproxy_pwd": "example-password",
                 "adapters": [{"mac": "00:50:56:00:00:01", "network": "a", "unit_number": 7},
                              {"mac": "00:50:56:00:00:02", "network": "b", "unit_number": 8},
                              {"mac": "00:50:56:00:00:03", "network": "c", "unit_number": 9}]}
                """
            try AtomicFile.replace(directory + "/properties.json", with: typed)
            let boot = ["firstboot", "--properties", directory + "/properties.json", "--files-only"]
            let place = directory + "/new"
            let first = try Self.program(boot + ["--root", place])
            #expect(first.status == 0, "\(first.errors)")
            #expect(
                first.errors.contains(
                    "network.hostname: lb2.corp.example was typed, and wins over haproxy.local of the old appliance"
                )
            )
            let settings = try #require(try AtomicFile.readText(place + "/etc/appliance-net/appliance.toml"))
            #expect(settings.contains("hostname = \"lb2.corp.example\""))
            #expect(settings.contains("mac = \"00:50:56:00:00:01\"\naddress = \"10.13.10.199/24\""))
            #expect(try Self.program(boot + ["--root", place]).output.contains("nothing to change"))
            let ranges = place + "/etc/vmware/anyip-routes.cfg"
            #expect(try AtomicFile.readText(ranges)?.hasSuffix("10.13.200.32/27\n") == true)
        }
    }

    /// What nobody could open is kept where it is, and that is told.
    @Test func onlyWhatCanBeOpenedElsewhereIsBroughtAway() throws {
        try Self.withAppliance { directory, root in
            let settings = root + "/etc/appliance-net/appliance.toml"
            let text = try #require(try AtomicFile.readText(settings))
            try AtomicFile.replace(settings, with: text + "\n[recovery]\ntarget = \"/mnt/backup\"\nkeep = 2\n")
            let refused = try Self.program("backup", "--root", root)
            #expect(refused.status == 2 && !refused.errors.contains("and lost with it"))
            #expect(refused.errors.contains("nobody outside knows the passphrase"))
            try AtomicFile.replace(
                root + "/var/lib/appliance-net/recovery/passphrase",
                with: Self.passphrase.revealed(),
                mode: 0o600
            )
            let missing = try Self.program("backup", "--root", root)
            #expect(missing.status == 2)
            #expect(missing.errors.contains("/mnt/backup: there is no such directory"))
            try AtomicFile.makeDirectory(root + "/mnt/backup")
            #expect(try Self.program("backup", "--root", root).status == 0)
            for range in 1...3 {
                try AtomicFile.replace(root + "/etc/vmware/anyip-routes.cfg", with: "10.13.200.\(range * 32)/27\n")
                #expect(try Self.program("backup", "--root", root).status == 0)
            }
            let local = try Self.program("backup", "list", "--root", root).output.split(separator: "\n")
            #expect(local.count == 2)
            let brought = try run("ls", root + "/mnt/backup").split(separator: "\n")
            #expect(brought.count == 2)
            #expect(brought.allSatisfy { $0.hasPrefix("haproxy.local-00000") && $0.hasSuffix(".bundle") })
            let newest = try AtomicFile.read("\(root)/mnt/backup/\(try #require(brought.last))")
            #expect(
                try RecoveryBundle.open(newest, passphrase: Self.passphrase).text("/etc/vmware/anyip-routes.cfg")
                    == "10.13.200.96/27\n"
            )
            #expect(try Self.program("backup", "--root", root).errors.contains("nothing has changed"))
        }
    }

    // MARK: -

    /// The appliance of the first example, which has booted, with a service, in a directory.
    static func withAppliance(_ body: (_ directory: String, _ root: String) throws -> Void) throws {
        try withTemporaryDirectory { directory in
            let root = directory + "/appliance"
            let boot = try program("firstboot", "--ovf-env", CommandLineTests.example, "--files-only", "--root", root)
            try #require(boot.status == 0, "\(boot.errors)")
            try AtomicFile.replace(root + "/var/lib/appliance-net/derived/finished", with: "", mode: 0o600)
            let proxy = root + "/etc/haproxy/haproxy.cfg"
            let services =
                "\nfrontend f\n  bind 10.13.200.34:443\n  default_backend b\n\nbackend b\n  server s 10.13.201.20:443\n"
            try AtomicFile.replace(
                proxy,
                with: "# _version=7\n" + (try #require(try AtomicFile.readText(proxy))) + services,
                mode: 0o640
            )
            try body(directory, root)
        }
    }

    /// A bundle that costs no time to open.
    static func bundle(_ root: String) throws -> [UInt8] {
        var backup = Backup(Root(root), program: "0.1.0", now: 1_795_000_000)
        backup.derivation = KeyDerivation(
            rounds: 1024,
            blockSize: 8,
            parallelism: 1,
            salt: Data(repeating: 7, count: 16)
        )
        return try backup.take(passphrase)
    }

    /// The example with new adapters, and with a bundle.
    static func environment(_ directory: String, bundle: [UInt8], passphrase: String = passphrase.revealed()) throws
        -> String
    {
        let text = try #require(try AtomicFile.readText(CommandLineTests.example))
            .replacing("00:50:56:", with: "00:50:57:")
            .replacing(
                "</PropertySection>",
                with: """
                    <Property oe:key="appliance.recovery_bundle" oe:value="\(RecoveryBundle.text(bundle))"/>
                    <Property oe:key="recovery.passphrase" oe:value="\(passphrase)"/>
                    </PropertySection>
                    """
            )
        try AtomicFile.replace(directory + "/environment.xml", with: text)
        return directory + "/environment.xml"
    }

    /// Makes the appliance another one.
    static func alter(_ root: String) throws {
        try AtomicFile.replace(root + "/etc/vmware/anyip-routes.cfg", with: "10.13.200.64/27\n")
        try AtomicFile.replace(root + "/etc/haproxy/haproxy.cfg", with: "defaults\n  mode tcp\n", mode: 0o640)
        try AtomicFile.remove(root + "/etc/haproxy/dataplaneapi.cfg")
    }

    /// Every file with its mode and checksum, without what a restore needs for itself.
    static func witness(_ root: String) throws -> String {
        let script = """
            cd "$1"
            find etc var \\( -path '*/restore*' -o -name '.appliance-net.*' \\) -prune -o -printf '%p %y %m %u %g %l\\n' | sort
            find etc var -path '*/restore*' -prune -o -name '.appliance-net.*' -prune -o -type f -print0 | sort -z | xargs -0 sha256sum
            """
        return try run("sh", "-c", script, "sh", root)
    }

    static func program(_ arguments: String...) throws -> Subprocess.Result { try program(arguments) }

    static func program(_ arguments: [String]) throws -> Subprocess.Result {
        try Subprocess.run([try builtProgram("appliance-net")] + arguments)
    }

    /// Runs the program and kills it when it makes its `step`th rename(2).
    private static func killed(_ arguments: [String], at step: Int) throws -> Subprocess.Result {
        let trace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=rename"]
        let kill = ["-e", "inject=rename:signal=KILL:when=\(step)"]
        return try Subprocess.run(trace + kill + [try builtProgram("appliance-net")] + arguments)
    }
}
