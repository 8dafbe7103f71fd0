import Appliance
import Files
import Glibc
import Recovery
import Syscalls
import TestSupport
import Testing

/// `backup` as a program: beside others, as text, and as the service has it done.
@Suite(.blocking) struct BackupCommandTests {
    /// After each change the service takes a backup: whoever takes one or restores at that moment waits for its end.
    @Test(.turnLimit(.seconds(300)), arguments: ["backup", "restore"]) func oneWaitsForTheOther(_ name: String) throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            try AtomicFile.replace(directory + "/bundle", with: try RecoveryCommandTests.bundle(root))
            try AtomicFile.replace(directory + "/passphrase", with: RecoveryCommandTests.passphrase.revealed())
            let restore = [directory + "/bundle", "--passphrase-file", directory + "/passphrase", "--files-only"]
            let arguments = [name] + (name == "restore" ? restore : []) + ["--root", root]
            let path = root + "/run/appliance-net/recovery.lock"
            guard let lock = try FileLock.acquire(path) else { throw BusyError("somebody holds \(path)") }
            let program = try SpawnedProcess(
                [try builtProgram("appliance-net")] + arguments,
                output: directory + "/log",
                isPatient: false
            )
            let isThere = try eventually {
                if program.hasEnded { return true }
                return try Subprocess.run(["ls", "-l", "/proc/\(program.pid)/fd"]).output.contains("/recovery.lock\n")
            }
            #expect(isThere)
            lock.release()
            let hasEnded = eventually { program.hasEnded }
            #expect(hasEnded && !program.log.contains("another backup or restore"), "\(program.log)")
            let backups = try? AtomicFile.names(in: root + "/var/lib/appliance-net/backups")
            #expect(name == "restore" || backups?.contains { $0.hasSuffix(".bundle") } == true, "\(program.log)")
        }
    }

    /// A property has room for 65535 characters: the history is the first to go, and then there is a file instead.
    @Test func whatDoesNotFitIntoAPropertyIsTold() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            try AtomicFile.replace(directory + "/passphrase", with: RecoveryCommandTests.passphrase.revealed())
            let arguments = ["backup", "--text", "--passphrase-file", directory + "/passphrase", "--root", root]
            /// Nobody makes them smaller.
            func fill(_ path: String, _ bytes: Int) throws {
                try AtomicFile.makeDirectory(AtomicFile.directory(of: root + path))
                try run("sh", "-c", "head -c \(bytes) /dev/urandom > \(root + path)")
            }
            let whole = try RecoveryCommandTests.program(arguments)
            #expect(whole.status == 0 && whole.errors.hasSuffix(" of 65535 characters\n"), "\(whole.errors)")

            let version = "/etc/haproxy/haproxy.cfg.history/6-1795000000.000000001-api"
            try fill(version, 60000)
            let asJSON = try RecoveryCommandTests.program(arguments + ["--json"])
            let fits = "[.history, (.text | length) == .characters]"
            #expect(try run("jq", "-c", fits, input: asJSON.output) == "[false,true]\n")
            let short = try RecoveryCommandTests.program(arguments)
            #expect(short.status == 0, "\(short.errors)")
            #expect(short.errors.contains(" characters do not fit into a property (65535); without its history:\n"))
            #expect(short.output.utf8.count <= 65536 && short.output.split(separator: "\n").count == 1)
            let files = try RecoveryBundle.open(
                try RecoveryBundle.bytes(text: short.output),
                passphrase: RecoveryCommandTests.passphrase
            )
            #expect(files[version] == nil && files["/var/lib/appliance-net/pki/ca.key"] != nil)

            for name in 1...12 { try fill("/etc/haproxy/general/\(name).http", 5000) }
            let none = try RecoveryCommandTests.program(arguments)
            #expect(none.status == 1 && none.output == "")
            #expect(
                none.errors.hasSuffix("(65535); take a file instead: appliance-net backup --out FILE\n"),
                "\(none.errors)"
            )
            let file = directory + "/a.bundle"
            #expect(try RecoveryCommandTests.program(["backup", "--out", file, "--root", root]).status == 0)
            #expect(try RecoveryCommandTests.program("backup", "show", file).output.contains(version))
        }
    }

    /// Whoever has no target hears once what that means, and what to do; a machine that is none yet has nothing to back up.
    @Test func whatIsHereOnlyIsToldOnce() throws {
        try RecoveryCommandTests.withAppliance { directory, root in
            let nothing = try RecoveryCommandTests.program("backup", "list", "--root", root)
            #expect(nothing.status == 0 && nothing.output == "")
            #expect(nothing.errors == "no bundle is kept here; appliance-net backup takes one\n")
            for _ in 1...2 {
                let taken = try RecoveryCommandTests.program("backup", "--root", root)
                #expect(taken.status == 0 && taken.output.split(separator: "\n").count == 1)
                let words =
                    "it is on this appliance's disk only, and lost with it\n    remedy: set target in [recovery] of "
                #expect(taken.errors.ranges(of: words).count == 1, "\(taken.errors)")
                #expect(taken.errors.contains("(property recovery.target), and a passphrase that is known elsewhere"))
            }
            let json = try RecoveryCommandTests.program("backup", "--json", "--root", root)
            let told = try run(
                "jq",
                "-c",
                "[.only_here, .target, (.name as $n | .file | endswith($n))]",
                input: json.output
            )
            #expect(told == "[true,null,true]\n")
            let own = try RecoveryCommandTests.program("backup", "passphrase", "--json", "--root", root).output
            #expect(try run("jq", "-c", "[.generated, (.passphrase | length > 20)]", input: own) == "[true,true]\n")
            let given = root + "/var/lib/appliance-net/recovery/passphrase"
            try AtomicFile.replace(given, with: RecoveryCommandTests.passphrase.revealed(), mode: 0o600)
            let withheld = try RecoveryCommandTests.program("backup", "passphrase", "--json", "--root", root)
            #expect(try run("jq", "-c", ".", input: withheld.output) == "{\"generated\":false}\n")
            try AtomicFile.remove(given)
            let damaged = root + "/var/lib/appliance-net/backups/000001-20261122T000000Z.bundle"
            try AtomicFile.replace(damaged, with: "nothing")
            let list = try RecoveryCommandTests.program("backup", "list", "--json", "--root", root)
            let problems = "[.[] | [.origin == null, .problem]]"
            let listed = try run("jq", "-c", problems, input: list.output)
            #expect(
                listed.contains("[true,\"this is no recovery bundle\"]") && listed.contains("[false,null]"),
                "\(listed)"
            )
            try AtomicFile.remove(damaged)

            let empty = directory + "/empty"
            try AtomicFile.makeDirectory(empty + "/etc/haproxy")
            try AtomicFile.replace(empty + "/etc/haproxy/haproxy.cfg", with: "defaults\n")
            for arguments in [[], ["--out", directory + "/b"], ["--text"], ["passphrase"]] {
                let refused = try RecoveryCommandTests.program(["backup"] + arguments + ["--root", empty])
                #expect(refused.status == 78 && refused.output == "")
                #expect(
                    refused.errors.contains(
                        "there is no network configuration\n    remedy: run appliance-net firstboot"
                    )
                )
            }
            #expect(try AtomicFile.status(empty + "/var") == nil)
            // Whether there is a target is not known of settings that are wrong.
            let settings = root + "/etc/appliance-net/appliance.toml"
            let text = try #require(try AtomicFile.readText(settings))
            try AtomicFile.replace(root + "/etc/appliance-net/passphrase", with: "correct horse\n", mode: 0o644)
            let recovery = "\n[recovery]\ntarget = \"ftp://host/a\"\npassphrase = \"/etc/appliance-net/passphrase\"\n"
            try AtomicFile.replace(settings, with: text + recovery)
            let wrong = try RecoveryCommandTests.program("backup", "--root", root)
            #expect(wrong.status == 2 && !wrong.errors.contains("and lost with it"))
            #expect(
                wrong.errors.contains(
                    " is wrong, so it is not known whether there is a target: target \"ftp://host/a\""
                )
            )
            #expect(wrong.errors.contains("others may read it\n    remedy: chmod 600 /etc/appliance-net/passphrase\n"))
            // A CA that is gone is in no bundle either, nor was the machine never configured.
            let authority = try AtomicFile.read(root + "/etc/haproxy/ca.crt")
            try AtomicFile.remove(root + "/etc/haproxy/ca.crt")
            let bare = try RecoveryCommandTests.program("backup", "--root", root)
            #expect(bare.status == 78 && bare.errors.contains("ca.crt: error: the CA is lost: "), "\(bare.errors)")
            try AtomicFile.replace(root + "/etc/haproxy/ca.crt", with: authority)
            // Settings that are gone are in no bundle that others then rebuild from.
            try AtomicFile.remove(root + "/etc/appliance-net/appliance.toml")
            let lost = try RecoveryCommandTests.program("backup", "--json", "--root", root)
            #expect(lost.status == 78 && lost.output.contains("the file is missing"))
            let kept = try RecoveryCommandTests.program("backup", "list", "--root", root).output.split(separator: "\n")
            #expect(kept.count == 2)
        }
    }

    /// The whole way: the service hears of an edit, and some seconds later the target has it.
    @Test(.turnLimit(.seconds(600))) func theServiceBringsEachChangeAway() throws {
        try WatchTests.withAppliance { root in
            let settings = root + "/etc/appliance-net/appliance.toml"
            let text = try AtomicFile.readText(settings) ?? ""
            try AtomicFile.replace(settings, with: text + "\n[recovery]\ntarget = \"/mnt/backup\"\n")
            for path in ["/mnt/backup", "/etc/haproxy", "/var/lib/appliance-net/recovery"] {
                try AtomicFile.makeDirectory(root + path)
            }
            let request = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
            let files = ["-keyout", root + "/ca.key", "-out", root + "/etc/haproxy/ca.crt", "-subj", "/CN=ca"]
            #expect(try Subprocess.run(request + files).status == 0)
            let secret = RecoveryCommandTests.passphrase
            let passphrase = root + "/var/lib/appliance-net/recovery/passphrase"
            try AtomicFile.replace(passphrase, with: secret.revealed(), mode: 0o600)
            let service = try WatchProcess(root: root)
            /// haproxy.cfg of the newest bundle; nil: there is none, or none in it.
            func brought() throws -> String? {
                let names = try AtomicFile.names(in: root + "/mnt/backup")
                guard let newest = names.filter({ $0.hasSuffix(".bundle") && !$0.hasPrefix(".") }).max() else {
                    return nil
                }
                let bytes = try AtomicFile.read(root + "/mnt/backup/" + newest)
                return try RecoveryBundle.open(bytes, passphrase: secret).text("/etc/haproxy/haproxy.cfg")
            }
            for proxy in ["defaults\n  mode http\n", "defaults\n  mode tcp\n"] {
                try AtomicFile.replace(root + "/etc/haproxy/haproxy.cfg", with: proxy, mode: 0o640)
                let isThere = try eventually(seconds: 200) { try brought() == proxy }
                try #require(isThere, "\(service.log)")
            }
            service.signal(SIGTERM)
            let ended = eventually { service.ended() == 0 }
            #expect(ended, "\(service.log)")
        }
    }
}
